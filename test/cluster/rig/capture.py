"""Captures what real Spark creates: the driver, its ConfigMaps, and the executors, before any is scheduled."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
import time

from rig import spark
from rig.api import ApiError, Json
from rig.cache import RIG_ROOT, cache_root
from rig.capture_cases import CASES, JAVA, PRIORITY_CLASS, Case
from rig.kubelet import Kubelet
from rig.spark_install import ensure_spark
from rig.waiting import wait_for
from rig.workspace import Workspace

# Nothing tolerates it, so a kube-scheduler of the same cluster leaves driver and executors alone.
TAINT: Json = {"key": "rig.muster.dev/capture", "effect": "NoSchedule"}
IDLE_JOB = RIG_ROOT / "jobs" / "idle.py"
# A class of the pyspark package that makes a SparkContext from its first argument, and then has work.
JAVA_CLASS = "org.apache.spark.mllib.util.KMeansDataGenerator"
JAVA_RESOURCE = "jars/spark-mllib_*.jar"
EXECUTORS_TIMEOUT_S = 120.0
# Spark asks for the next batch a second after the last; longer silence means that all have been asked for.
QUIET_S = 2.5


@dataclasses.dataclass
class Capture:
    """One application, as the files of a capture hold it."""

    version: str
    case: str
    driver: Json
    config_maps: Json
    executor: Json | None
    names: list[str]
    timeline: list[tuple[float, int]]
    arguments: list[str]

    def write(self, folder: pathlib.Path) -> pathlib.Path:
        target = folder / self.version / self.case
        target.mkdir(parents=True, exist_ok=True)
        _dump(target / "driver-pod.json", self.driver)
        _dump(target / "configmaps.json", self.config_maps)
        if self.executor:
            _dump(target / "executor-pod.json", self.executor)
        (target / "executors.txt").write_text(self._executors_text(), encoding="utf-8")
        (target / "submit.txt").write_text("\n".join(_submit_lines(self.arguments)) + "\n", encoding="utf-8")
        return target

    def _executors_text(self) -> str:
        moments = ", ".join(f"{second:.1f}: {count}" for second, count in self.timeline)
        lines = [f"executor pods at end: {len(self.names)}", f"expected total instances: {len(self.names)}",
                 f"timeline (seconds after driver start: executor pods): {moments}", *self.names]
        return "\n".join(lines) + "\n"


class Capturer:
    """Runs one case in a workspace of its own; binds the driver itself and nothing else."""

    def __init__(self, workspace: Workspace, kubelet: Kubelet, version: str, name: str) -> None:
        self._workspace = workspace
        self._kubelet = kubelet
        self._version = version
        self._name = name
        self._case: Case = CASES[name]

    def run(self) -> Capture:
        (node,) = self._workspace.add_nodes(1, taints=(TAINT,))
        ensure_priority_class(self._workspace)
        arguments = self._arguments()
        log = self._workspace.folder / "submit.log"
        spark.run_submit(arguments, self._workspace.allow_spark(), log, self._version)
        (driver,) = self._workspace.pods(role="driver")
        config_maps = self._config_maps()
        self._bind(driver, node)
        pods, timeline = self._executors(driver)
        names = [f"{pod['metadata']['name']} created {pod['metadata']['creationTimestamp']}" for pod in pods]
        return Capture(self._version, self._name, _unscheduled(driver), config_maps,
                       _unscheduled(pods[0]) if pods else None, names, timeline, arguments)

    def _arguments(self) -> list[str]:
        server, workspace = self._workspace.cluster.server, self._workspace
        conf = {
            "spark.kubernetes.namespace": workspace.namespace,
            "spark.kubernetes.container.image": spark.image(self._version),
            "spark.kubernetes.authenticate.driver.serviceAccountName": "spark",
            "spark.kubernetes.submission.waitAppCompletion": "false",
            # The default, kubernetes.default.svc, needs cluster DNS.
            "spark.kubernetes.driver.master": server,
            "spark.ui.enabled": "false",
        } | self._templates() | self._case.conf
        flags = [word for key, value in conf.items() for word in ("--conf", f"{key}={value}")]
        start = ["--master", f"k8s://{server}", "--deploy-mode", "cluster", "--name", "pi"]
        if self._case.kind == JAVA:
            # Points, clusters, dimensions, scaling: small numbers, since nothing is ever computed.
            (jar,) = ensure_spark(self._version).home.glob(JAVA_RESOURCE)
            job = [f"local://{jar}", f"k8s://{server}", str(workspace.folder / "points"), "2", "2", "2", "1.0"]
            return [*start, "--class", JAVA_CLASS, *flags, *job]
        return [*start, *flags, f"local://{IDLE_JOB}"]

    def _templates(self) -> dict[str, str]:
        found = {}
        for role, text in (("executor", self._case.executor_template), ("driver", self._case.driver_template)):
            if text:
                path = self._workspace.folder / f"{role}.yaml"
                path.write_text(text, encoding="utf-8")
                found[f"spark.kubernetes.{role}.podTemplateFile"] = str(path)
        return found

    def _config_maps(self) -> Json:
        maps = self._workspace.api.list(self._workspace.path("configmaps"))
        for found in maps:
            found["metadata"].pop("managedFields", None)
            if "ca.crt" in found.get("data", {}):
                found["data"]["ca.crt"] = "REDACTED"
        return {"apiVersion": "v1", "kind": "List", "items": maps}

    def _bind(self, driver: Json, node: str) -> None:
        name = driver["metadata"]["name"]
        body = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name},
                "target": {"apiVersion": "v1", "kind": "Node", "name": node}}
        self._workspace.api.create(self._workspace.path("pods", f"{name}/binding"), body)

    def _executors(self, driver: Json) -> tuple[list[Json], list[tuple[float, int]]]:
        """All executors, once none has come for a while, and how many there were when."""
        start = last = time.monotonic()
        timeline = [(0.0, 0)]
        while True:
            pods = self._workspace.pods(role="executor")
            now = time.monotonic()
            if len(pods) != timeline[-1][1]:
                timeline.append((now - start, len(pods)))
                last = now
            if not pods and not self._ready(driver):
                last = now
            if now - last > QUIET_S:
                return sorted(pods, key=_executor_id), timeline
            if now - start > EXECUTORS_TIMEOUT_S or self._ended(driver):
                raise TimeoutError(f"{self._version} {self._name}: no executors; {self._driver_log(driver)[-3000:]}")
            time.sleep(0.1)

    def _ready(self, driver: Json) -> bool:
        """Whether the driver's SparkContext is there; only then does it mean something to see no executors."""
        return self._case.count == 0 and "READY" in self._driver_log(driver, "stdout.log")

    def _ended(self, driver: Json) -> bool:
        pod = self._workspace.pod(driver["metadata"]["name"])
        return pod is None or pod["status"]["phase"] in ("Succeeded", "Failed")

    def _driver_log(self, driver: Json, file: str = "stderr.log") -> str:
        path = self._kubelet.pod_folder(self._workspace.namespace, driver["metadata"]["name"]) / file
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def ensure_priority_class(workspace: Workspace) -> None:
    """The class that a template names; without it the API server would refuse the executors."""
    body = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": PRIORITY_CLASS},
            "value": 1000}
    try:
        workspace.api.create("/apis/scheduling.k8s.io/v1/priorityclasses", body)
    except ApiError as error:
        if error.code != 409:
            raise
    # Admission takes the class from a cache that may lag behind by a moment.
    wait_for("the priority class", lambda: _admitted(workspace), 20)


def _admitted(workspace: Workspace) -> bool:
    container = {"name": "none", "image": "none"}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "probe"},
            "spec": {"priorityClassName": PRIORITY_CLASS, "containers": [container]}}
    try:
        workspace.api.create(workspace.path("pods?dryRun=All"), body)
    except ApiError:
        return False
    return True


def _executor_id(pod: Json) -> int:
    return int(pod["metadata"]["labels"]["spark-exec-id"])


def _unscheduled(pod: Json) -> Json:
    """The pod as it was created: without what a scheduler or the rig's bookkeeping added."""
    metadata = {key: value for key, value in pod["metadata"].items() if key != "managedFields"}
    spec = {key: value for key, value in pod["spec"].items() if key != "nodeName"}
    status = {"phase": "Pending", "qosClass": pod["status"].get("qosClass", "Burstable")}
    return {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": status}


def _dump(path: pathlib.Path, value: Json) -> None:
    path.write_text(_placeless(json.dumps(value, indent=2)) + "\n", encoding="utf-8")


def _placeless(text: str) -> str:
    """Text in which this machine's folders have the names that they would have in an image."""
    return re.sub(rf"{re.escape(str(cache_root()))}/spark-[0-9.]+/lib/[^/]+/site-packages/pyspark", "/opt/spark",
                  text.replace(str(RIG_ROOT), "/opt/app"))


def _submit_lines(arguments: list[str]) -> list[str]:
    """An option and its value on one line."""
    lines: list[str] = []
    for word in arguments:
        if lines and lines[-1].startswith("--") and " " not in lines[-1]:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [_placeless(line) for line in lines]
