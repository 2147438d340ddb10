"""What a run puts into the cluster and takes out again: nodes, pods, Spark-shaped gangs."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import re
from collections.abc import Callable, Iterable

from rig import nodes
from rig.api import MERGE, Api, ApiError, Json
from rig.control_plane import Cluster
from rig.light_app import LightApp
from rig.workspace import Workspace

NAMESPACE = "default"
WRITERS = 8
IMAGE = "bench/none"
REMOVAL_TRIES = 40


@dataclasses.dataclass(frozen=True)
class Shape:
    """GANGSxPODS: each gang a driver and its executors; gangs of one are plain pods."""

    gangs: int
    pods: int

    @staticmethod
    def parse(text: str) -> Shape:
        match = re.fullmatch(r"([1-9][0-9]*)x([1-9][0-9]*)", text)
        if not match:
            raise ValueError(f"{text!r} is not a shape such as 500x20 (gangs x pods)")
        return Shape(int(match[1]), int(match[2]))

    @property
    def total(self) -> int:
        return self.gangs * self.pods

    def __str__(self) -> str:
        return f"{self.gangs}x{self.pods}"


class Load:
    """Writes with a few threads; every pod names the same scheduler, whoever answers to that name."""

    def __init__(self, cluster: Cluster, scheduler: str) -> None:
        self.api: Api = cluster.api()
        self._scheduler = scheduler
        self._workspace = Workspace(cluster, cluster.dir)
        self._workspace.namespace = NAMESPACE

    def add_nodes(self, count: int) -> None:
        specs = [nodes.NodeSpec(f"node-{i:05}", cpu="32", memory="256Gi", pods=110) for i in range(count)]
        _each(lambda spec: nodes.create(self.api, spec), specs)

    def add_pods(self, shape: Shape) -> None:
        """Drivers of 1 CPU and 1408 MiB with executors of the same size, Spark's smallest; plain
        pods of 1 CPU and 200 MiB."""
        if shape.pods == 1:
            self.add_plain_pods("plain", shape.gangs)
        else:
            _each(lambda _: self._submit(shape.pods - 1), range(shape.gangs))

    def add_plain_pods(self, prefix: str, count: int, scheduler: str = "") -> None:
        path = self._workspace.path("pods")
        _each(lambda i: self.api.create(path, self._plain_pod(f"{prefix}-{i:05}", scheduler)), range(count))

    def let_run(self, pods: Iterable[Json]) -> None:
        """Says of bound pods what a kubelet says, in its size."""
        def run(pod: Json) -> None:
            path = self._workspace.path("pods", pod["metadata"]["name"]) + "/status"
            self.api.patch(path, {"status": _running_status(pod)}, MERGE)
        _each(run, list(pods))

    def pods(self) -> list[Json]:
        return self.api.list(self._workspace.path("pods"))

    def remove(self, selector: str = "") -> None:
        """Removes the pods (of the selector), and all ConfigMaps and events."""
        query = f"?labelSelector={selector}" if selector else ""
        self._remove_all(self._workspace.path("pods") + query)
        self._remove_all(self._workspace.path("configmaps"))
        self._remove_all(f"/apis/events.k8s.io/v1/namespaces/{NAMESPACE}/events")

    def _remove_all(self, path: str) -> None:
        for _ in range(REMOVAL_TRIES):
            try:
                self.api.delete(path, grace_s=0)
                if not self.api.get(path)["items"]:
                    return
            except (TimeoutError, OSError, ApiError):
                continue  # a removal of many thousands outlasts one request
        raise RuntimeError(f"could not be emptied: {path}")

    def _submit(self, executors: int) -> None:
        app = LightApp(self._workspace, executors, self._scheduler)
        app.submit().create_executors()

    def _plain_pod(self, name: str, scheduler: str) -> Json:
        container = {"name": "main", "image": IMAGE, "resources": {"requests": {"cpu": "1", "memory": "200Mi"}}}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"bench": name.split("-")[0]}},
                "spec": {"schedulerName": scheduler or self._scheduler, "restartPolicy": "Never",
                         "containers": [container]}}


def whole_gangs(pods: Iterable[Json]) -> tuple[int, int]:
    """Gangs with all pods bound, and those with only some: a driver's executors by their owner."""
    members: dict[str, list[bool]] = {}
    for pod in pods:
        owners = pod["metadata"].get("ownerReferences")
        gang = owners[0]["uid"] if owners else pod["metadata"]["uid"]
        members.setdefault(gang, []).append(bool(pod["spec"].get("nodeName")))
    whole = sum(all(bound) for bound in members.values())
    partial = sum(any(bound) and not all(bound) for bound in members.values())
    return whole, partial


def _each(action: Callable[..., object], arguments: Iterable[object]) -> None:
    with concurrent.futures.ThreadPoolExecutor(WRITERS) as writers:
        for done in [writers.submit(action, argument) for argument in arguments]:
            done.result()


def _running_status(pod: Json) -> Json:
    now = "2026-01-01T00:00:00Z"
    kinds = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    container = pod["spec"]["containers"][0]
    state = {"name": container["name"], "image": container["image"], "imageID": f"{IMAGE}@sha256:{'0' * 64}",
             "containerID": f"containerd://{'0' * 64}", "ready": True, "started": True, "restartCount": 0,
             "state": {"running": {"startedAt": now}}, "lastState": {}}
    return {"phase": "Running", "hostIP": "127.0.0.1", "podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}],
            "startTime": now, "containerStatuses": [state],
            "conditions": [{"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": now}
                           for kind in kinds]}
