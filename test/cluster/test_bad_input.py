"""Applications that cannot be understood: each is told what is wrong, and its neighbour is not disturbed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import StartMuster
from rig import accounting, scheduler
from rig.api import Json
from rig.light_app import LightApp
from rig.waiting import holds_for, wait_for
from rig.workspace import Workspace

GATHERING, REFUSED = "GangGathering", "GangRefused"
PATIENCE_S = 5.0


def test_driver_without_its_config_map(workspace: Workspace, start_muster: StartMuster) -> None:
    """It waits in silence as long as spark-submit may need, then says what is missing; and goes on waiting."""
    start_muster(shapeTimeout=f"{PATIENCE_S:g}s").wait_ready()
    workspace.add_nodes(2)
    lost = LightApp(workspace, 2, scheduler.NAME).submit(with_config_map=False).play()
    _neighbour_runs(workspace)
    state = wait_for("the reason on the driver", lambda: _with_reason(lost, GATHERING), PATIENCE_S + 10)
    assert lost.config_map_name in state["message"]
    wait_for("an event that names the ConfigMap", _event_naming(workspace, lost, lost.config_map_name), 10)
    assert not lost.driver()["spec"].get("nodeName")

    lost.create_config_map()
    wait_for("the application to be whole", lost.whole, 40)


@pytest.mark.slow
@pytest.mark.usefixtures("muster")
def test_default_patience_is_a_minute(workspace: Workspace) -> None:
    workspace.add_nodes(2)
    lost = LightApp(workspace, 2, scheduler.NAME).submit(with_config_map=False)
    holds_for("no complaint in the first 55 seconds", lambda: not accounting.condition(lost.driver()), 55)
    wait_for("the reason on the driver", lambda: _with_reason(lost, GATHERING), 20)


@pytest.mark.usefixtures("muster")
def test_config_map_that_comes_late_but_in_time(workspace: Workspace) -> None:
    workspace.add_nodes(2)
    late = LightApp(workspace, 2, scheduler.NAME).submit(with_config_map=False).play()
    holds_for("the driver waits, and nothing is said", lambda: not accounting.condition(late.driver()), 3)
    late.create_config_map()
    wait_for("the application to be whole", late.whole, 30)
    assert not workspace.events(late.driver_name, "FailedScheduling")


@pytest.mark.usefixtures("muster")
def test_properties_that_do_not_parse(workspace: Workspace) -> None:
    workspace.add_nodes(2)
    bad = LightApp(workspace, 2, scheduler.NAME).submit(raw_properties="spark.app.name=bad \\u12G4\n")
    _assert_refused(workspace, bad, "\\u")
    _neighbour_runs(workspace)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("-1", ["spark.executor.instances", "-1"]),
        ("abc", ["spark.executor.instances", "abc"]),
        # A number that Spark would take; it is the size of the gang that has a limit.
        ("10000000", ["executors", "10000000", "at most"]),
    ],
)
@pytest.mark.usefixtures("muster")
def test_impossible_number_of_executors(workspace: Workspace, value: str, words: list[str]) -> None:
    workspace.add_nodes(2)
    properties = {"spark.executor.instances": value}
    bad = LightApp(workspace, 2, scheduler.NAME, properties=properties).submit()
    _assert_refused(workspace, bad, *words)
    _neighbour_runs(workspace)


def _assert_refused(workspace: Workspace, app: LightApp, *words: str) -> None:
    state = wait_for("the refusal on the driver", lambda: _with_reason(app, REFUSED), 15)
    assert all(word in state["message"] for word in words), state["message"]
    wait_for("an event that names what is wrong", _event_naming(workspace, app, *words), 10)
    assert not app.driver()["spec"].get("nodeName")


def _neighbour_runs(workspace: Workspace) -> None:
    neighbour = LightApp(workspace, 3, scheduler.NAME).submit().play()
    wait_for("the neighbour to be whole", neighbour.whole, 30)


def _with_reason(app: LightApp, reason: str) -> Json | None:
    state = accounting.condition(app.driver())
    return state if state.get("status") == "False" and state.get("reason") == reason else None


def _event_naming(workspace: Workspace, app: LightApp, *words: str) -> Callable[[], bool]:
    def found() -> bool:
        notes = [e["note"] for e in workspace.events(app.driver_name) if e["reportingController"] == scheduler.NAME]
        return any(all(word in note for word in words) for note in notes)

    return found
