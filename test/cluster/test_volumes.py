"""Claims that wait for their first consumer, with the real PersistentVolume controller."""

from __future__ import annotations

import pytest

from rig import scheduler
from rig.api import Json
from rig.light_app import LightApp
from rig.pod_run import SLEEP_IMAGE
from rig.provisioner import Provisioner
from rig.waiting import holds_for, wait_for
from rig.workspace import Workspace


def _pod_with_claim(workspace: Workspace, name: str, claim: str) -> Json:
    container = {"name": "main", "image": SLEEP_IMAGE, "resources": {"requests": {"cpu": "1", "memory": "64Mi"}},
                 "volumeMounts": [{"name": "data", "mountPath": "/data"}]}
    return workspace.api.create(workspace.path("pods"), {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {"schedulerName": scheduler.NAME, "restartPolicy": "Never", "containers": [container],
                 "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]}})


def _node_of(workspace: Workspace, name: str) -> str:
    pod = workspace.pod(name)
    return str(pod["spec"].get("nodeName", "")) if pod else ""


@pytest.mark.usefixtures("muster")
def test_a_pod_is_bound_after_its_claim_and_to_the_same_node(workspace: Workspace) -> None:
    workspace.add_nodes(2, cpu="4")
    with Provisioner(workspace) as provisioner:
        provisioner.create_claim("data")
        _pod_with_claim(workspace, "reader", "data")
        wait_for("the pod to be bound", lambda: _node_of(workspace, "reader"), 30)
        claim = workspace.api.get(workspace.path("persistentvolumeclaims", "data"))
        assert claim["status"]["phase"] == "Bound"
        assert provisioner.node_of("data") == _node_of(workspace, "reader")


@pytest.mark.usefixtures("muster")
def test_a_pod_whose_claim_does_not_exist_waits_for_it(workspace: Workspace) -> None:
    workspace.add_nodes(1, cpu="4")
    with Provisioner(workspace) as provisioner:
        _pod_with_claim(workspace, "reader", "late")
        holds_for("the pod has no node", lambda: not _node_of(workspace, "reader"), 2)
        message = workspace.api.get(workspace.path("pods", "reader"))["status"]["conditions"][0]["message"]
        assert 'persistentvolumeclaim "late" not found' in message
        provisioner.create_claim("late")
        wait_for("the pod to be bound", lambda: _node_of(workspace, "reader"), 30)


@pytest.mark.usefixtures("muster")
def test_a_volume_for_one_pod_is_given_to_one(workspace: Workspace) -> None:
    """A static volume for one: the other pod waits for a second one."""
    first, second = workspace.add_nodes(2, cpu="4")
    storage_class = f"local-{workspace.namespace}"
    workspace.api.create("/apis/storage.k8s.io/v1/storageclasses", {
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": storage_class},
        "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"})
    names = [f"{workspace.namespace}-pv{number}" for number in range(2)]
    try:
        _create_local_volume(workspace, names[0], storage_class, first)
        for number in range(2):
            _create_claim(workspace, f"c{number}", storage_class)
            _pod_with_claim(workspace, f"p{number}", f"c{number}")
        wait_for("one pod to be bound", lambda: _bound(workspace) == 1, 30)
        holds_for("only one pod has a node", lambda: _bound(workspace) == 1, 2)
        _create_local_volume(workspace, names[1], storage_class, second)
        wait_for("both pods to be bound", lambda: _bound(workspace) == 2, 30)
        assert {_node_of(workspace, "p0"), _node_of(workspace, "p1")} == {first, second}
    finally:
        for name in names:
            workspace.api.delete(f"/api/v1/persistentvolumes/{name}")
        workspace.api.delete(f"/apis/storage.k8s.io/v1/storageclasses/{storage_class}")


def _bound(workspace: Workspace) -> int:
    return sum(bool(_node_of(workspace, name)) for name in ("p0", "p1"))


def _create_claim(workspace: Workspace, name: str, storage_class: str) -> None:
    workspace.api.create(workspace.path("persistentvolumeclaims"), {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name},
        "spec": {"storageClassName": storage_class, "accessModes": ["ReadWriteOnce"],
                 "resources": {"requests": {"storage": "1Gi"}}}})


def _create_local_volume(workspace: Workspace, name: str, storage_class: str, node: str) -> None:
    on_node = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    workspace.api.create("/api/v1/persistentvolumes", {
        "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
        "spec": {"storageClassName": storage_class, "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"},
                 "persistentVolumeReclaimPolicy": "Retain", "local": {"path": "/data"},
                 "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [on_node]}]}}}})


@pytest.mark.usefixtures("muster")
def test_a_gang_whose_executors_bring_claims_is_admitted_and_becomes_whole(workspace: Workspace) -> None:
    """As Spark does with claimName=OnDemand: the pod first, then its claim; two executors fit a node."""
    workspace.add_nodes(3, cpu="2")
    with Provisioner(workspace) as provisioner:
        prefix = "spark.kubernetes.executor.volumes.persistentVolumeClaim.data"
        app = LightApp(workspace, 3, scheduler.NAME, properties={
            f"{prefix}.mount.path": "/data",
            f"{prefix}.options.claimName": "OnDemand",
            f"{prefix}.options.storageClass": provisioner.storage_class,
            f"{prefix}.options.sizeLimit": "1Gi"})
        app.executor_claims = provisioner.create_claim
        app.submit().play()
        wait_for("the application to be whole", app.whole, 60)
        for pod in app.executors():
            claim = pod["metadata"]["name"] + "-pvc-0"
            assert provisioner.node_of(claim) == pod["spec"]["nodeName"]
        assert not workspace.events(app.driver_name, "GangMismatch")
