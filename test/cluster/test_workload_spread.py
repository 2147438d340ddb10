"""Pods of Services and ReplicaSets are spread over zones although they do not ask for it."""

from __future__ import annotations

import pathlib
import re

import pytest

from conftest import StartMuster
from rig import nodes, scheduler
from rig.api import Api, Json, service_account_kubeconfig
from rig.control_plane import Cluster
from rig.pod_run import SLEEP_IMAGE
from rig.scheduler import Muster
from rig.waiting import wait_for
from rig.workspace import Workspace

LABELS = {"app": "web"}
RBAC = "/apis/rbac.authorization.k8s.io/v1"
OPTIONAL = ("services", "replicationcontrollers", "replicasets", "statefulsets")


@pytest.fixture
def zones(workspace: Workspace) -> dict[str, str]:
    """The zones of three equal nodes, of which the first two by name share one."""
    zone_of = {}
    for number, zone in enumerate(("x", "x", "y")):
        name = f"{workspace.namespace}-n{number}"
        workspace.node_names.append(name)
        zone_of[name] = f"{workspace.namespace}-{zone}"
        labels = {"topology.kubernetes.io/zone": zone_of[name]}
        nodes.create(workspace.api, nodes.NodeSpec(name, labels=labels))
    return zone_of


def test_pods_of_a_replica_set(start_muster: StartMuster, workspace: Workspace, zones: dict[str, str]) -> None:
    """Of three nodes that score alike the first two by name are in one zone: the second pod passes one over."""
    daemon = start_muster().wait_ready()
    path = f"/apis/apps/v1/namespaces/{workspace.namespace}/replicasets"
    before = _known(daemon, "replicasets")
    template = {"metadata": {"labels": LABELS}, "spec": _pod_spec() | {"restartPolicy": "Always"}}
    workspace.api.create(path, {
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web"},
        "spec": {"replicas": 0, "selector": {"matchLabels": LABELS}, "template": template}})
    wait_for("the daemon to see it", lambda: _known(daemon, "replicasets") > before, 15)
    workspace.api.patch(f"{path}/web", {"spec": {"replicas": 2}})
    wait_for("two bound pods", lambda: len(_zones_of_pods(workspace, zones)) == 2, 30)
    assert len(set(_zones_of_pods(workspace, zones))) == 2
    workspace.api.delete(f"{path}/web")


def test_pods_of_a_service(start_muster: StartMuster, workspace: Workspace, zones: dict[str, str]) -> None:
    daemon = start_muster().wait_ready()
    before = _known(daemon, "services")
    workspace.api.create(workspace.path("services"), {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
        "spec": {"clusterIP": "None", "selector": LABELS}})
    wait_for("the daemon to see it", lambda: _known(daemon, "services") > before, 15)
    _create_pods(workspace, 2)
    wait_for("two bound pods", lambda: len(_zones_of_pods(workspace, zones)) == 2, 30)
    assert len(set(_zones_of_pods(workspace, zones))) == 2


def test_without_the_right_to_read_them(
    start_muster: StartMuster, cluster: Cluster, workspace: Workspace, zones: dict[str, str], tmp_path: pathlib.Path,
    muster_kubeconfig: pathlib.Path
) -> None:
    """It says so and schedules: the pods are not spread. Given the right, it reads them without a restart."""
    assert muster_kubeconfig.is_file()  # made with the role that is copied here
    account = f"narrow-{workspace.namespace}"
    rules = [rule for rule in cluster.api().get(f"{RBAC}/clusterroles/muster-scheduler")["rules"]
             if not set(OPTIONAL) & set(rule["resources"])]
    _create_account(workspace, account, rules)
    kubeconfig = tmp_path / "narrow.kubeconfig"
    service_account_kubeconfig(cluster.api(), cluster.ca, workspace.namespace, account, kubeconfig)
    try:
        daemon = start_muster(kubeconfig=kubeconfig).wait_ready()
        for resource in OPTIONAL:
            assert f"{resource}: may not be read; going on without" in daemon.log_text()
        _create_pods(workspace, 2)
        wait_for("two bound pods", lambda: len(_zones_of_pods(workspace, zones)) == 2, 30)
        assert len(set(_zones_of_pods(workspace, zones))) == 1
        full = cluster.api().get(f"{RBAC}/clusterroles/muster-scheduler")["rules"]
        workspace.api.patch(f"{RBAC}/clusterroles/{account}", {"rules": full})
        wait_for("what was missed to be read", lambda: _metric(daemon, "muster_watch_synced", "services") == 1, 60)
    finally:
        workspace.api.delete(f"{RBAC}/clusterrolebindings/{account}")
        workspace.api.delete(f"{RBAC}/clusterroles/{account}")


def _pod_spec() -> Json:
    container = {"name": "main", "image": SLEEP_IMAGE, "resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}
    return {"schedulerName": scheduler.NAME, "containers": [container]}


def _create_pods(workspace: Workspace, count: int) -> None:
    for number in range(count):
        workspace.api.create(workspace.path("pods"), {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"web-{number}", "labels": LABELS},
            "spec": _pod_spec() | {"restartPolicy": "Never"}})


def _zones_of_pods(workspace: Workspace, zones: dict[str, str]) -> list[str]:
    places = [pod["spec"].get("nodeName") for pod in workspace.pods(selector="app=web")]
    return [zones[place] for place in places if place]


def _metric(daemon: Muster, name: str, resource: str) -> float:
    found = re.search(rf'^{name}{{resource="{resource}"}} (\S+)$', daemon.get("/metrics")[1], re.MULTILINE)
    assert found, f"{name} of {resource} is not there"
    return float(found[1])


def _known(daemon: Muster, resource: str) -> float:
    return _metric(daemon, "muster_watch_objects", resource)


def _create_account(workspace: Workspace, name: str, rules: list[Json]) -> None:
    api: Api = workspace.api
    api.create(workspace.path("serviceaccounts"), {
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}})
    api.create(f"{RBAC}/clusterroles", {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules})
    api.create(f"{RBAC}/clusterrolebindings", {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": workspace.namespace}]})
