"""Room that others take, before, while and after a plan is made."""

from __future__ import annotations

from collections import Counter

import pytest

from rig import accounting, scheduler, stranger
from rig.api import Json
from rig.light_app import LightApp
from rig.waiting import holds_for, wait_for
from rig.workspace import Workspace


@pytest.mark.usefixtures("muster")
def test_pods_of_kube_scheduler_count(workspace: Workspace) -> None:
    """Strangers leave 7 of 16 CPUs: a gang of 7 fits around them, one of 8 does not."""
    workspace.add_nodes(4, cpu="4")
    for number in range(9):
        stranger.create(workspace, f"stranger-{number}", "1")
    wait_for("the strangers to be bound", lambda: stranger.bound(workspace) == 9, 30)

    too_big = LightApp(workspace, 7, scheduler.NAME).submit()
    wait_for("a word on it", lambda: accounting.condition(too_big.driver()).get("reason") == "Unschedulable", 20)
    fits = LightApp(workspace, 6, scheduler.NAME).submit().play()
    wait_for("the smaller application to be whole", fits.whole, 30)
    assert not too_big.driver()["spec"].get("nodeName")
    assert not accounting.overcommitted(workspace.api)


@pytest.mark.usefixtures("muster")
def test_room_taken_while_the_gang_gathers(workspace: Workspace) -> None:
    """Between the driver's birth and its ConfigMap's, others take room and leave just enough."""
    names = workspace.add_nodes(4, cpu="4")
    app = LightApp(workspace, 6, scheduler.NAME).submit(with_config_map=False).play()
    for number in range(9):
        stranger.create_bound(workspace, f"stranger-{number}", "1", names[number % 4])
    app.create_config_map()
    wait_for("the application to be whole", app.whole, 30)
    assert not accounting.overcommitted(workspace.api)


@pytest.mark.usefixtures("muster")
def test_a_stolen_slot_is_planned_anew(workspace: Workspace) -> None:
    """A stranger takes reserved room before the executors exist; there is room elsewhere."""
    workspace.add_nodes(3, cpu="4")
    app = LightApp(workspace, 3, scheduler.NAME).submit()
    plan = _plan_of_running(app)
    victim = max(accounting.slots(plan), key=lambda node: accounting.slots(plan)[node])
    taken = 4 - (1 if app.driver()["spec"]["nodeName"] == victim else 0)
    stranger.create_bound(workspace, "thief", str(taken), victim)

    app.create_executors()
    wait_for("the executors to run elsewhere", app.whole, 30)
    assert app.executor_nodes()[victim] == 0
    assert not accounting.overcommitted(workspace.api)


@pytest.mark.usefixtures("muster")
def test_executors_without_their_room_wait_and_say_so(workspace: Workspace) -> None:
    """The stranger takes reserved room, and there is no other: wait, until it leaves."""
    workspace.add_nodes(2, cpu="2")
    app = LightApp(workspace, 3, scheduler.NAME).submit()
    plan = _plan_of_running(app)
    victim = next(node for node in accounting.slots(plan) if node != app.driver()["spec"]["nodeName"])
    stranger.create_bound(workspace, "thief", "2", victim)

    app.create_executors()
    wait_for("the one executor with room to run", lambda: app.running_executors() == 1, 30)
    wait_for("a word on the others", lambda: _waiting(app)["Unschedulable"] == 2, 20)
    holds_for("no node is over its room", lambda: not accounting.overcommitted(workspace.api), 2)
    workspace.api.delete(workspace.path("pods", "thief"))
    wait_for("all executors to run", app.whole, 30)
    assert not accounting.overcommitted(workspace.api)


def _plan_of_running(app: LightApp) -> Json:
    wait_for("the driver to run", app.driver_runs, 30)
    plan = accounting.plan(app.driver())
    assert plan is not None, "the bound driver carries no plan"
    return plan


def _waiting(app: LightApp) -> Counter[str]:
    unbound = [pod for pod in app.executors() if not pod["spec"].get("nodeName")]
    return Counter(accounting.condition(pod).get("reason", "") for pod in unbound)
