"""The kubeflow Spark operator's objects: what its webhook adds to executors is known before they exist.

The operator itself does not run here; its pods, labels, owners and ConfigMaps are made in its form.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rig import accounting, scheduler
from rig.api import ApiError, Json
from rig.cache import RIG_ROOT
from rig.control_plane import Cluster
from rig.light_app import LightApp
from rig.operator_app import (
    GROUP,
    OperatorApp,
    create_application,
    create_schedule,
    create_scheduled_application,
)
from rig.scheduler import MANIFESTS, USER, kubectl
from rig.waiting import holds_for, wait_for
from rig.workspace import Workspace

CRD = str(RIG_ROOT / "sparkapplication_crd.yaml")
RIGHTS = str(MANIFESTS / "optional" / "spark-operator-rbac.yaml")
TAINT = {"key": "dedicated", "value": "spark", "effect": "NoSchedule"}
TOLERATION = {"key": "dedicated", "operator": "Equal", "value": "spark", "effect": "NoSchedule"}


@pytest.fixture(scope="module", autouse=True)
def _crd(cluster: Cluster) -> Iterator[None]:
    kubectl(cluster, "apply", "-f", CRD)
    kubectl(cluster, "wait", "--for=condition=Established", "--timeout=30s", "-f", CRD)
    wait_for("the resource to be served", lambda: _is_served(cluster), 30)
    yield
    kubectl(cluster, "delete", "-f", CRD, "--timeout=60s")


@pytest.fixture
def _rights(muster_kubeconfig: object, cluster: Cluster) -> Iterator[None]:
    kubectl(cluster, "apply", "-f", RIGHTS)
    yield
    kubectl(cluster, "delete", "-f", RIGHTS, "--timeout=60s")


@pytest.mark.usefixtures("_rights")
@pytest.mark.parametrize(("verb", "resource", "expected"), [
    ("get", "sparkapplications", "yes"), ("list", "sparkapplications", "no"), ("watch", "sparkapplications", "no"),
    ("update", "sparkapplications", "no"), ("get", "scheduledsparkapplications", "no"),
])
def test_optional_rights(cluster: Cluster, verb: str, resource: str, expected: str) -> None:
    arguments = ["auth", "can-i", verb, f"{resource}.{GROUP}", f"--as={USER}", "-n", "default"]
    assert kubectl(cluster, *arguments, check=False).stdout.strip() == expected


@pytest.mark.parametrize("executor", [{}, {"labels": {"tier": "batch"}}], ids=["plain", "labels"])
@pytest.mark.usefixtures("muster")
def test_application_is_a_gang(workspace: Workspace, executor: Json) -> None:
    workspace.add_nodes(2, cpu="2")
    app = _submit(workspace, executors=3, executor=executor)
    wait_for("the application to be whole", app.whole, 30)
    assert _slots(app) == app.executor_nodes()


@pytest.mark.usefixtures("_rights", "muster")
def test_tolerations_and_selectors_of_the_webhook_are_known(workspace: Workspace) -> None:
    """The driver fits one node only, and its executors the others only: nothing on the driver tells of that."""
    workspace.add_nodes(1, cpu="1")
    tainted = workspace.add_nodes(2, cpu="2", taints=(TAINT,), labels={"disk": "ssd"})[1:]
    app = _submit(workspace, executors=3, executor={"tolerations": [TOLERATION], "nodeSelector": {"disk": "ssd"}})
    wait_for("the application to be whole", app.whole, 20)
    assert set(_slots(app)) <= set(tainted)
    assert _slots(app) == app.executor_nodes()


@pytest.mark.usefixtures("_rights", "muster")
def test_sidecars_of_the_webhook_count(workspace: Workspace) -> None:
    """With its sidecar an executor needs 1.5 CPUs, so that the third has no room, and the driver waits."""
    workspace.add_nodes(1, cpu="4")
    app = _submit(workspace, executors=3, executor={"sidecars": [_sidecar()]})
    wait_for("the driver to be told", lambda: _reason(app) == "Unschedulable", 20)
    holds_for("the driver waits", lambda: not app.driver_runs(), 2)
    workspace.add_nodes(1, cpu="2")
    wait_for("the application to be whole", app.whole, 20)
    assert _slots(app) == app.executor_nodes()


@pytest.mark.usefixtures("muster")
def test_without_the_right_the_driver_is_the_model(workspace: Workspace) -> None:
    """The usual case: both roles have the same tolerations, and Muster may not read the application."""
    workspace.add_nodes(2, cpu="2", taints=(TAINT,))
    tolerations = {"tolerations": [TOLERATION]}
    app = _submit(workspace, executors=3, executor=tolerations, driver=tolerations)
    wait_for("the application to be whole", app.whole, 20)
    assert _slots(app) == app.executor_nodes()


@pytest.mark.usefixtures("muster")
def test_without_the_right_a_wrong_guess_is_corrected(workspace: Workspace) -> None:
    """Executors are bigger than predicted: they get other places, and nobody is stuck or over capacity."""
    workspace.add_nodes(3, cpu="3")
    app = _submit(workspace, executors=3, executor={"sidecars": [_sidecar()]})
    wait_for("the application to be whole", app.whole, 30)
    assert accounting.overcommitted(workspace.api) == []


@pytest.mark.usefixtures("muster")
def test_second_run_of_the_same_name_has_its_own_places(workspace: Workspace) -> None:
    """The operator submits again: the same driver name, another UID, another application id."""
    workspace.add_nodes(2, cpu="2")
    application = create_application(workspace, "nightly", 3, {}, {})
    first = OperatorApp(workspace, application, scheduler.NAME).submit().play()
    wait_for("the first run to be whole", first.whole, 30)
    workspace.api.delete(workspace.path("pods", first.driver_name))
    for pod in first.executors():
        workspace.api.delete(workspace.path("pods", pod["metadata"]["name"]))
    wait_for("the first driver to be gone", lambda: workspace.pod(first.driver_name) is None, 30)

    second = OperatorApp(workspace, application, scheduler.NAME).submit().play()
    wait_for("the second run to be whole", second.whole, 30)
    assert _slots(second) == second.executor_nodes()
    assert accounting.overcommitted(workspace.api) == []


@pytest.mark.usefixtures("_rights", "muster")
def test_burst_of_a_schedule_runs_one_by_one(workspace: Workspace) -> None:
    """A ScheduledSparkApplication makes like applications at like times; the cluster holds one of them.

    With their sidecars each needs 1 + 2 x 1.5 CPUs, so that two never fit beside each other.
    """
    workspace.add_nodes(2, cpu="3")
    schedule = create_schedule(workspace, "nightly", 2, {"sidecars": [_sidecar()]})
    apps: list[LightApp] = []
    for number in range(3):
        application = create_scheduled_application(workspace, schedule, number)
        apps.append(OperatorApp(workspace, application, scheduler.NAME).submit().play())
    for _ in range(3):
        whole = _wait_for_whole(apps)
        others = [app for app in apps if app is not whole]
        assert not any(app.running_executors() for app in others)
        whole.finish()
        apps = others


def _is_served(cluster: Cluster) -> bool:
    """A new resource answers 404 and then 429 for a moment, also after it was Established."""
    try:
        cluster.api().get(f"/apis/{GROUP}/v1beta2/sparkapplications")
    except ApiError:
        return False
    return True


def _submit(workspace: Workspace, executors: int, executor: Json, driver: Json | None = None) -> OperatorApp:
    application = create_application(workspace, "etl", executors, driver or {}, executor)
    app = OperatorApp(workspace, application, scheduler.NAME).submit()
    app.play()
    return app


def _wait_for_whole(apps: list[LightApp]) -> LightApp:
    return wait_for("one application to be whole", lambda: next((a for a in apps if a.whole()), None), 30)


def _sidecar() -> Json:
    return {"name": "log-shipper", "image": "muster-test/sleep", "resources": {"requests": {"cpu": "500m"}}}


def _slots(app: OperatorApp) -> object:
    plan = accounting.plan(app.driver())
    assert plan is not None, "the bound driver carries no plan"
    return accounting.slots(plan)


def _reason(app: OperatorApp) -> str:
    return str(accounting.condition(app.driver()).get("reason", ""))
