"""A namespace and nodes of one test, and their removal."""

from __future__ import annotations

import pathlib
import uuid

from rig import nodes
from rig.api import Api, Json, service_account_kubeconfig
from rig.control_plane import Cluster
from rig.spark import role_of
from rig.waiting import wait_for

TERMINAL = ("Succeeded", "Failed")
SPARK_VERBS = ["create", "get", "list", "watch", "update", "patch", "delete", "deletecollection"]
SPARK_RULES: list[Json] = [
    {
        "apiGroups": [""],
        "resources": ["pods", "services", "configmaps", "persistentvolumeclaims"],
        "verbs": SPARK_VERBS,
    },
    # From 4.2 on, spark-submit creates a network policy beside the driver.
    {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": SPARK_VERBS},
    # For spark.kubernetes.allocation.pods.allocator.
    {"apiGroups": ["apps"], "resources": ["statefulsets", "deployments"], "verbs": SPARK_VERBS},
]


class Workspace:
    """What one test owns in the cluster; names are fresh, so tests cannot meet."""

    def __init__(self, cluster: Cluster, folder: pathlib.Path) -> None:
        self.cluster = cluster
        self.api: Api = cluster.api()
        self.folder = folder
        self.namespace = f"t-{uuid.uuid4().hex[:8]}"
        self.node_names: list[str] = []

    def create(self) -> Workspace:
        self.api.create("/api/v1/namespaces", _object("v1", "Namespace", self.namespace))
        self._wait_for("serviceaccounts", "default")
        self._wait_for("configmaps", "kube-root-ca.crt")
        return self

    def add_nodes(self, count: int, cpu: str = "8", memory: str = "32Gi", **fields: object) -> list[str]:
        """Adds Ready nodes, named after the namespace, and returns all names so far."""
        for _ in range(count):
            name = f"{self.namespace}-n{len(self.node_names)}"
            self.node_names.append(name)
            nodes.create(self.api, nodes.NodeSpec(name, cpu=cpu, memory=memory, **fields))  # type: ignore[arg-type]
        return self.node_names

    def path(self, resource: str, name: str = "") -> str:
        path = f"/api/v1/namespaces/{self.namespace}/{resource}"
        return f"{path}/{name}" if name else path

    def pods(self, role: str = "", selector: str = "") -> list[Json]:
        found = self.api.list(self.path("pods"), **({"labelSelector": selector} if selector else {}))
        return [pod for pod in found if not role or role_of(pod) == role]

    def pod(self, name: str) -> Json | None:
        return self.api.find(self.path("pods", name))

    def events(self, pod: str, reason: str = "") -> list[Json]:
        path = f"/apis/events.k8s.io/v1/namespaces/{self.namespace}/events"
        found = self.api.list(path, fieldSelector=f"regarding.name={pod}")
        return [event for event in found if not reason or event["reason"] == reason]

    def allow_spark(self) -> pathlib.Path:
        """Makes, once, the service account `spark` with the rights Spark asks for, and its kubeconfig."""
        target = self.folder / f"{self.namespace}-spark.kubeconfig"
        if target.exists():
            return target
        rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{self.namespace}"
        self.api.create(self.path("serviceaccounts"), _object("v1", "ServiceAccount", "spark"))
        self.api.create(f"{rbac}/roles", _object("rbac.authorization.k8s.io/v1", "Role", "spark", rules=SPARK_RULES))
        self.api.create(f"{rbac}/rolebindings", _object(
            "rbac.authorization.k8s.io/v1", "RoleBinding", "spark",
            roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "spark"},
            subjects=[{"kind": "ServiceAccount", "name": "spark", "namespace": self.namespace}],
        ))
        return service_account_kubeconfig(self.api, self.cluster.ca, self.namespace, "spark", target)

    def delete(self) -> None:
        """Deletes the pods, the namespace and the nodes, and waits until they are gone."""
        self.api.delete(self.path("pods"), grace_s=None)
        wait_for(f"pods of {self.namespace} to end", lambda: not self.pods(), 60)
        self.api.delete(f"/api/v1/namespaces/{self.namespace}")
        for name in self.node_names:
            nodes.delete(self.api, name)

    def _wait_for(self, resource: str, name: str) -> None:
        wait_for(f"{resource} {name}", lambda: self.api.find(self.path(resource, name)), 30)


def _object(api_version: str, kind: str, name: str, **fields: object) -> Json:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **fields}
