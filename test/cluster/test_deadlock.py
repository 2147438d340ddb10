"""Two applications that each need 60 % of the cluster, side by side."""

from __future__ import annotations

import pytest

from rig import accounting, scheduler
from rig.light_app import BATCH_SIZE, LightApp
from rig.waiting import holds_for, wait_for
from rig.workspace import Workspace

NODES = 4
CPUS_PER_NODE = "5"
# A driver and 11 executors of one CPU: 12 of the 20 CPUs.
EXECUTORS = 11


def test_kube_scheduler_deadlocks(workspace: Workspace) -> None:
    """What Muster is for: each application holds what the other lacks, and both wait for ever."""
    workspace.add_nodes(NODES, cpu=CPUS_PER_NODE)
    apps = [LightApp(workspace, EXECUTORS, "default-scheduler").submit() for _ in range(2)]
    for app in apps:
        wait_for("both drivers to run", app.driver_runs, 30)
    # Both drivers ask in turn, batch by batch, as they do when their JVMs start together.
    for first in range(1, EXECUTORS + 1, BATCH_SIZE):
        for app in apps:
            app.create_executors(min(BATCH_SIZE, EXECUTORS - first + 1), first)

    wait_for("the cluster to be full", lambda: sum(a.running_executors() for a in apps) == 18, 30)
    holds_for("both applications hold a part and wait", lambda: not any(a.whole() for a in apps), 5)
    assert all(app.running_executors() > 0 for app in apps)


@pytest.mark.usefixtures("muster")
def test_muster_runs_one_whole_then_the_other(workspace: Workspace) -> None:
    workspace.add_nodes(NODES, cpu=CPUS_PER_NODE)
    apps = [LightApp(workspace, EXECUTORS, scheduler.NAME).submit().play() for _ in range(2)]

    first = wait_for("one application to be whole", lambda: next((a for a in apps if a.whole()), None), 30)
    second = next(app for app in apps if app is not first)
    wait_for("the reason on the waiting driver", lambda: _says_why(workspace, second), 10)
    holds_for("the waiting application holds nothing", lambda: _holds_nothing(second), 3)
    assert not accounting.overcommitted(workspace.api)

    first.finish()
    wait_for("the other application to be whole", second.whole, 30)
    assert not accounting.overcommitted(workspace.api)


def _says_why(workspace: Workspace, app: LightApp) -> bool:
    """The condition and an event have kube-scheduler's words."""
    total = len(workspace.api.list("/api/v1/nodes"))
    words = f"0/{total} nodes are available: "
    state = accounting.condition(app.driver())
    events = workspace.events(app.driver_name, "FailedScheduling")
    return (
        state.get("status") == "False"
        and state["reason"] == "Unschedulable"
        and state["message"].startswith(words)
        and any(e["note"].startswith(words) and e["reportingController"] == scheduler.NAME for e in events)
    )


def _holds_nothing(app: LightApp) -> bool:
    return not app.driver()["spec"].get("nodeName") and not app.executors()
