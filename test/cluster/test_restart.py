"""The daemon is killed after it has made a plan: nothing of the plan is lost."""

from __future__ import annotations

import threading

from conftest import StartMuster
from rig import accounting, scheduler
from rig.light_app import LightApp
from rig.waiting import holds_for, wait_for
from rig.workspace import Workspace

EXECUTORS = 6
MANY = 40


def test_a_new_process_keeps_the_plan(workspace: Workspace, start_muster: StartMuster) -> None:
    # 8 CPUs: the gang takes 7, so beside it there is room for one more pod of one CPU.
    workspace.add_nodes(4, cpu="2")
    crashing = start_muster().wait_ready()
    app = LightApp(workspace, EXECUTORS, scheduler.NAME).submit()
    wait_for("the driver to run", app.driver_runs, 30)
    plan = accounting.plan(app.driver())
    assert plan is not None, "the bound driver carries no plan"
    crashing.kill()

    # Waits while nobody schedules, and would fit only on the reserved room.
    rival = LightApp(workspace, 1, scheduler.NAME).submit()
    start_muster().wait_ready()
    wait_for("a word on the rival", lambda: accounting.condition(rival.driver()).get("status") == "False", 30)
    holds_for("the reserved room stays free", lambda: not rival.driver()["spec"].get("nodeName"), 2)

    app.create_executors()
    wait_for("the executors to be bound", lambda: app.executor_nodes().total() == EXECUTORS, 30)
    assert app.executor_nodes() == accounting.slots(plan)
    assert not accounting.overcommitted(workspace.api)


def test_a_crash_while_executors_are_bound(workspace: Workspace, start_muster: StartMuster) -> None:
    """Some executors are bound and some not, and some binds may be in flight: the plan holds for all."""
    workspace.add_nodes(8, cpu="6")
    crashing = start_muster().wait_ready()
    app = LightApp(workspace, MANY, scheduler.NAME).submit()
    wait_for("the driver to run", app.driver_runs, 30)
    plan = accounting.plan(app.driver())
    assert plan is not None, "the bound driver carries no plan"

    creator = threading.Thread(target=app.create_executors, daemon=True)
    creator.start()
    wait_for("a part of the executors to be bound", lambda: app.executor_nodes().total() >= MANY // 4, 30, 0.01)
    crashing.kill()
    creator.join(timeout=30)

    start_muster().wait_ready()
    wait_for("all executors to run", app.whole, 30)
    assert app.executor_nodes() == accounting.slots(plan)
    assert not accounting.overcommitted(workspace.api)
