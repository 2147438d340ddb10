"""Fake nodes: Node objects without a machine.

No node-lifecycle controller runs in the rig, so nothing ever marks such a node unreachable: a Ready
condition written once stays true, and no heartbeat is needed.
"""

from __future__ import annotations

import dataclasses
import datetime

from rig.api import Api, Json

CONDITIONS = (
    ("Ready", "True", "KubeletReady"),
    ("MemoryPressure", "False", "KubeletHasSufficientMemory"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID"),
)


@dataclasses.dataclass(frozen=True)
class NodeSpec:
    """What a node offers; capacity and allocatable are the same."""

    name: str
    cpu: str = "8"
    memory: str = "32Gi"
    pods: int = 110
    labels: dict[str, str] = dataclasses.field(default_factory=dict)
    taints: tuple[Json, ...] = ()


def create(api: Api, spec: NodeSpec) -> Json:
    """Creates the node and makes it Ready."""
    labels = {"kubernetes.io/hostname": spec.name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    node = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": spec.name, "labels": labels | spec.labels},
        "spec": {"taints": list(spec.taints)} if spec.taints else {},
    }
    api.create("/api/v1/nodes", node)
    api.patch(f"/api/v1/nodes/{spec.name}/status", {"status": _status(spec)})
    # TaintNodesByCondition gave the new node a not-ready taint, which a controller that is not
    # here would take off now that the node is ready.
    return api.patch(f"/api/v1/nodes/{spec.name}", {"spec": {"taints": list(spec.taints) or None}})


def delete(api: Api, name: str) -> None:
    api.delete(f"/api/v1/nodes/{name}")


def _status(spec: NodeSpec) -> Json:
    resources = {"cpu": spec.cpu, "memory": spec.memory, "pods": str(spec.pods)}
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    stamps = {"lastHeartbeatTime": now, "lastTransitionTime": now}
    return {
        "capacity": resources,
        "allocatable": resources,
        "conditions": [{"type": t, "status": s, "reason": r, "message": "", **stamps} for t, s, r in CONDITIONS],
        "addresses": [{"type": "Hostname", "address": spec.name}, {"type": "InternalIP", "address": "127.0.0.1"}],
        "nodeInfo": {
            "kubeletVersion": "v1.36.3", "kubeProxyVersion": "", "operatingSystem": "linux", "architecture": "amd64",
            "osImage": "test rig", "kernelVersion": "", "containerRuntimeVersion": "processes://1", "machineID": "",
            "systemUUID": "", "bootID": "",
        },
    }
