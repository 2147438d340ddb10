"""What a gang that waits for nodes shows to an autoscaler, on a real API server. The autoscaler itself is not here:
the test plays it, by adding a node."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import pytest

from rig import audit, scheduler
from rig.api import Json
from rig.control_plane import Cluster
from rig.light_app import LightApp
from rig.scheduler import MANIFESTS, Muster, kubectl
from rig.waiting import holds_for, wait_for
from rig.workspace import Workspace

EXECUTORS = 10
STAND_IN = "muster.dev/stand-in=true"
DELAY = "cluster-autoscaler.kubernetes.io/pod-scale-up-delay"
RIGHTS = str(MANIFESTS / "optional" / "autoscaler-rbac.yaml")
StartMuster = Callable[..., Muster]


@pytest.fixture
def autoscaler_rights(cluster: Cluster) -> Iterator[None]:
    kubectl(cluster, "apply", "-f", RIGHTS)
    yield
    kubectl(cluster, "delete", "-f", RIGHTS)


def _stand_ins(workspace: Workspace) -> list[Json]:
    return workspace.pods(selector=STAND_IN)


def _scheduled(pod: Json) -> Json:
    found: list[Json] = [c for c in pod["status"].get("conditions", []) if c["type"] == "PodScheduled"]
    return found[0] if found else {}


def _waits(pod: Json, reason: str = "Unschedulable") -> bool:
    return bool(_scheduled(pod).get("reason") == reason and _scheduled(pod)["status"] == "False")


def _asked(workspace: Workspace, app: LightApp) -> bool:
    pods = _stand_ins(workspace)
    return len(pods) == EXECUTORS and all(map(_waits, pods)) and _waits(app.driver())


@pytest.mark.usefixtures("autoscaler_rights")
def test_a_gang_asks_once_and_takes_it_back(workspace: Workspace, start_muster: StartMuster) -> None:
    """N stand-ins, owned, alike and Unschedulable in the same moment as the driver; gone as the executors come."""
    start_muster(autoscaler="cluster-autoscaler").wait_ready()
    log = audit.Audit(workspace.cluster.audit_log)
    app = LightApp(workspace, EXECUTORS, scheduler.NAME).submit().play()
    wait_for("all of the gang to be Unschedulable", lambda: _asked(workspace, app), 30)

    pods = _stand_ins(workspace)
    driver = app.driver()
    for pod in pods:
        owner = pod["metadata"]["ownerReferences"][0]
        assert (owner["uid"], owner["kind"], owner["controller"]) == (driver["metadata"]["uid"], "Pod", True)
        assert all(key.startswith("muster.dev/") for key in pod["metadata"]["labels"]), pod["metadata"]["labels"]
        assert pod["metadata"]["labels"] == pods[0]["metadata"]["labels"]
        spec = pod["spec"]
        assert (spec["schedulerName"], spec["restartPolicy"]) == (scheduler.NAME, "Never")
        assert (spec["terminationGracePeriodSeconds"], spec["automountServiceAccountToken"]) == (0, False)
        assert spec["priority"] >= -10
        assert spec["containers"][0]["resources"]["requests"] == {"cpu": "1", "memory": "1408Mi"}
        assert "nodeName" not in spec
        assert "nominatedNodeName" not in pod["status"]
    _check_same_moment([driver, *pods])
    writes = log.writes(scheduler.USER, workspace.namespace)
    assert all(audit.succeeded(entry) for entry in writes), [e for e in writes if not audit.succeeded(e)]
    holds_for("nothing more is asked", lambda: len(_stand_ins(workspace)) == EXECUTORS, 3)

    workspace.add_nodes(1, cpu="16", memory="64Gi")
    wait_for("the driver to be bound", lambda: app.driver()["spec"].get("nodeName"), 30)
    wait_for("the application to be whole", app.whole, 60)
    wait_for("the stand-ins to be gone", lambda: not _stand_ins(workspace), 5)
    created = [e for e in log.writes(scheduler.USER, workspace.namespace)
               if e["verb"] == "create" and e["objectRef"]["resource"] == "pods" and "subresource" not in e["objectRef"]]
    assert len(created) == EXECUTORS


def _check_same_moment(pods: list[Json]) -> None:
    """Cluster Autoscaler counts the delay from each pod's creation, and all delays end in the same second."""
    moments = {_scheduled(pod)["lastTransitionTime"] for pod in pods}
    assert len(moments) == 1, moments
    ends = {_seconds(pod["metadata"]["creationTimestamp"]) + int(pod["metadata"]["annotations"][DELAY].rstrip("s"))
            for pod in pods}
    assert len(ends) == 1, ends
    assert ends.pop() > _seconds(moments.pop()), "visible before all were Unschedulable"


def _seconds(timestamp: str) -> int:
    return int(datetime.datetime.fromisoformat(timestamp).timestamp())


@pytest.mark.usefixtures("autoscaler_rights")
@pytest.mark.parametrize("kill", [False, True])
def test_stand_ins_go_with_their_driver(workspace: Workspace, start_muster: StartMuster, kill: bool) -> None:
    """Also when Muster was killed meanwhile: the garbage collector and the next process see to it."""
    muster = start_muster(autoscaler="karpenter").wait_ready()
    app = LightApp(workspace, EXECUTORS, scheduler.NAME).submit()
    wait_for("all of the gang to be Unschedulable", lambda: _asked(workspace, app), 30)
    assert not any(DELAY in pod["metadata"].get("annotations", {}) for pod in _stand_ins(workspace))
    if kill:
        muster.kill()
    workspace.api.delete(workspace.path("pods", app.driver_name), grace_s=0)
    if kill:
        start_muster(autoscaler="karpenter").wait_ready()
    wait_for("the stand-ins to be gone", lambda: not _stand_ins(workspace), 5)


@pytest.mark.usefixtures("autoscaler_rights")
def test_a_restart_goes_on_with_what_is_there(workspace: Workspace, start_muster: StartMuster) -> None:
    """And one that is told of no autoscaler takes it away."""
    muster = start_muster(autoscaler="cluster-autoscaler").wait_ready()
    app = LightApp(workspace, EXECUTORS, scheduler.NAME).submit()
    wait_for("all of the gang to be Unschedulable", lambda: _asked(workspace, app), 30)
    before = {pod["metadata"]["uid"] for pod in _stand_ins(workspace)}
    muster.kill()
    again = start_muster(autoscaler="cluster-autoscaler").wait_ready()
    holds_for("the same stand-ins are there",
              lambda: {pod["metadata"]["uid"] for pod in _stand_ins(workspace)} == before, 3)
    again.kill()
    start_muster().wait_ready()
    wait_for("the stand-ins to be gone", lambda: not _stand_ins(workspace), 5)
    assert _waits(app.driver())


def test_a_quota_for_the_driver_only(workspace: Workspace, start_muster: StartMuster, cluster: Cluster) -> None:
    """A defined state: the driver waits alone, an event says why, nothing is left, and it is not tried endlessly."""
    kubectl(cluster, "apply", "-f", RIGHTS)
    quota: Json = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"},
             "spec": {"hard": {"requests.cpu": "3"}}}
    workspace.api.create(workspace.path("resourcequotas"), quota)
    # What the quota controller writes, which is not in the rig; admission then counts on.
    counted = {"status": {"hard": quota["spec"]["hard"], "used": {"requests.cpu": "0"}}}
    workspace.api.patch(workspace.path("resourcequotas", "small/status"), counted)
    muster = start_muster(autoscaler="cluster-autoscaler").wait_ready()
    app = LightApp(workspace, EXECUTORS, scheduler.NAME).submit()
    try:
        events = wait_for("the event", lambda: workspace.events(app.driver_name, "GangCapacityRefused"), 30)
        assert "exceeded quota" in events[0]["note"]
        wait_for("the driver to wait alone", lambda: _waits(app.driver()) and not _stand_ins(workspace), 10)
        page = muster.get("/metrics")[1]
        assert 'muster_capacity_failures_total{reason="not_allowed"} 1' in page
        assert "muster_stand_ins 0" in page
    finally:
        kubectl(cluster, "delete", "-f", RIGHTS)


def test_without_the_rights(workspace: Workspace, start_muster: StartMuster) -> None:
    """The manifests of every installation do not allow Muster to create pods."""
    start_muster(autoscaler="karpenter").wait_ready()
    app = LightApp(workspace, EXECUTORS, scheduler.NAME).submit()
    events = wait_for("the event", lambda: workspace.events(app.driver_name, "GangCapacityRefused"), 30)
    assert "cannot create resource" in events[0]["note"]
    wait_for("the driver to wait alone", lambda: _waits(app.driver()), 10)
