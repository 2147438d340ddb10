"""A Spark application without JVMs: pods in the form that Spark 3.5 gives them, run as a status only.

The driver's pod and ConfigMap are what spark-submit creates, in its order. Once the driver is Running,
the rig creates the executor pods that Spark would create: owned by the driver, in batches.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable

from rig.api import MERGE, ApiError, Json
from rig.pod_run import EXIT_ANNOTATION, SLEEP_IMAGE
from rig.waiting import wait_for
from rig.workspace import Workspace

# spark.kubernetes.allocation.batch.size and .delay of Spark 3.5.
BATCH_SIZE = 5
BATCH_DELAY_S = 1.0
DRIVER_MEMORY_MIB = 1024


def with_overhead_mib(memory_mib: int) -> int:
    """The memory request of a JVM application's pod: 10 %, at least 384 MiB, on top."""
    return memory_mib + max(int(0.1 * memory_mib), 384)


class LightApp:
    """One application of a workspace."""

    def __init__(self, workspace: Workspace, executors: int, scheduler: str, cores: int = 1,
                 memory_mib: int = 1024, properties: dict[str, str] | None = None,
                 annotations: dict[str, str] | None = None) -> None:
        """`annotations` are the driver's."""
        self._workspace = workspace
        self._api = workspace.api
        self.executors_wanted = executors
        self.scheduler = scheduler
        self.cores = cores
        self.memory_mib = memory_mib
        self._annotations = annotations or {}
        self.app_id = f"spark-{secrets.token_hex(16)}"
        self._prefix = f"app-{secrets.token_hex(8)}"
        self.driver_name = f"{self._prefix}-driver"
        self.config_map_name = f"spark-drv-{secrets.token_hex(8)}-conf-map"
        self.properties = self._default_properties() | (properties or {})
        # Makes the claim NAME with that owner, after each executor: Spark's claimName=OnDemand.
        self.executor_claims: Callable[[str, Json], Json] | None = None
        self._driver_uid = ""
        self._player: threading.Thread | None = None

    def submit(self, raw_properties: str | None = None, with_config_map: bool = True) -> LightApp:
        """Creates the driver, then its ConfigMap, as spark-submit does."""
        driver = self._api.create(self._workspace.path("pods"), self._driver_pod())
        self._driver_uid = driver["metadata"]["uid"]
        if with_config_map:
            self.create_config_map(raw_properties)
        return self

    def create_config_map(self, raw_properties: str | None = None) -> None:
        """Creates the driver's ConfigMap, if need be with another text in place of the properties."""
        text = raw_properties if raw_properties is not None else self._properties_text()
        self._api.create(self._workspace.path("configmaps"), self._config_map(text))

    def play(self) -> LightApp:
        """Plays the driver on a thread: waits until it runs, then asks for executors batch by batch."""
        self._player = threading.Thread(target=self._play, daemon=True)
        self._player.start()
        return self

    def create_executors(self, count: int | None = None, first_id: int = 1) -> None:
        """Creates executors at once."""
        for number in range(first_id, first_id + (self.executors_wanted if count is None else count)):
            pod = self._api.create(self._workspace.path("pods"), self._executor_pod(number))
            if self.executor_claims:
                name = pod["metadata"]["name"]
                self.executor_claims(f"{name}-pvc-0", {"apiVersion": "v1", "kind": "Pod", "name": name,
                                                       "uid": pod["metadata"]["uid"]})

    def finish(self) -> None:
        """Ends the application as Spark does: the executors are deleted, the driver ends with 0."""
        if self._player:
            self._player.join(timeout=60)
        for pod in self.executors():
            self._api.delete(self._workspace.path("pods", pod["metadata"]["name"]))
        body = {"metadata": {"annotations": {EXIT_ANNOTATION: "0"}}}
        self._api.patch(self._workspace.path("pods", self.driver_name), body, MERGE)
        wait_for("the driver to end", lambda: self.driver()["status"]["phase"] == "Succeeded", 30)

    def driver(self) -> Json:
        return self._api.get(self._workspace.path("pods", self.driver_name))

    def executors(self) -> list[Json]:
        selector = f"spark-app-selector={self.app_id},spark-role=executor"
        return self._workspace.pods(selector=selector)

    def executor_nodes(self) -> Counter[str]:
        """How many executors are bound to each node."""
        return Counter(pod["spec"]["nodeName"] for pod in self.executors() if pod["spec"].get("nodeName"))

    def running_executors(self) -> int:
        return sum(pod["status"]["phase"] == "Running" for pod in self.executors())

    def driver_runs(self) -> bool:
        return bool(self.driver()["status"]["phase"] == "Running")

    def whole(self) -> bool:
        return self.running_executors() == self.executors_wanted

    def _play(self) -> None:
        # An error means that the driver or the namespace is going away: the test is over.
        with contextlib.suppress(ApiError):
            # Longer than any test waits for a driver, so that the test's own limit speaks first.
            wait_for("the driver to run", self.driver_runs, 300)
            for first in range(1, self.executors_wanted + 1, BATCH_SIZE):
                self.create_executors(min(BATCH_SIZE, self.executors_wanted - first + 1), first)
                time.sleep(BATCH_DELAY_S)

    def _default_properties(self) -> dict[str, str]:
        return {
            "spark.app.id": self.app_id,
            "spark.app.name": "light",
            "spark.master": f"k8s://{self._workspace.cluster.server}",
            "spark.submit.deployMode": "cluster",
            "spark.submit.pyFiles": "",
            "spark.kubernetes.namespace": self._workspace.namespace,
            "spark.kubernetes.container.image": SLEEP_IMAGE,
            "spark.kubernetes.driver.pod.name": self.driver_name,
            "spark.kubernetes.submitInDriver": "true",
            "spark.kubernetes.resource.type": "java",
            "spark.kubernetes.memoryOverheadFactor": "0.1",
            "spark.kubernetes.scheduler.name": self.scheduler,
            "spark.driver.host": f"{self._prefix}-driver-svc.{self._workspace.namespace}.svc",
            "spark.driver.port": "7078",
            "spark.driver.blockManager.port": "7079",
            "spark.executor.instances": str(self.executors_wanted),
            "spark.executor.cores": str(self.cores),
            "spark.executor.memory": f"{self.memory_mib}m",
        }

    def _properties_text(self) -> str:
        """As java.util.Properties.store writes it."""
        head = f"#Java properties built from Kubernetes config map with name: {self.config_map_name}\n"
        escaped = (f"{key}={_escaped(value)}" for key, value in self.properties.items())
        return head + "\n".join(escaped) + "\n"

    def _config_map(self, properties: str) -> Json:
        owner = self._owner()
        return {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": self.config_map_name, "ownerReferences": [owner]},
            "immutable": True,
            "data": {"spark.kubernetes.namespace": self._workspace.namespace, "spark.properties": properties},
        }

    def _owner(self) -> Json:
        return {"apiVersion": "v1", "kind": "Pod", "name": self.driver_name, "uid": self._driver_uid,
                "controller": True}

    def _labels(self, role: str) -> dict[str, str]:
        return {"spark-app-name": "light", "spark-app-selector": self.app_id, "spark-role": role,
                "spark-version": "3.5.9"}

    def _driver_pod(self) -> Json:
        memory = f"{with_overhead_mib(DRIVER_MEMORY_MIB)}Mi"
        container = {
            "name": "spark-kubernetes-driver",
            "image": SLEEP_IMAGE,
            "args": ["driver", "--properties-file", "/opt/spark/conf/spark.properties", "--class",
                     "org.example.Main", "local:///opt/app/main.jar"],
            "env": [{"name": "SPARK_APPLICATION_ID", "value": self.app_id},
                    {"name": "SPARK_CONF_DIR", "value": "/opt/spark/conf"}],
            "resources": {"limits": {"memory": memory}, "requests": {"cpu": "1", "memory": memory}},
            "volumeMounts": [{"name": "spark-local-dir-1", "mountPath": "/var/data/spark-local"},
                             {"name": "spark-conf-volume-driver", "mountPath": "/opt/spark/conf"}],
        }
        item = {"key": "spark.properties", "path": "spark.properties", "mode": 420}
        source = {"name": self.config_map_name, "items": [item], "defaultMode": 420}
        volumes = [{"name": "spark-local-dir-1", "emptyDir": {}},
                   {"name": "spark-conf-volume-driver", "configMap": source}]
        metadata = {"name": self.driver_name, "labels": self._labels("driver"), "annotations": self._annotations}
        return self._pod(metadata, container, volumes)

    def _executor_pod(self, number: int) -> Json:
        memory = f"{with_overhead_mib(self.memory_mib)}Mi"
        container = {
            "name": "spark-kubernetes-executor",
            "image": SLEEP_IMAGE,
            "args": ["executor"],
            "env": [{"name": "SPARK_APPLICATION_ID", "value": self.app_id},
                    {"name": "SPARK_EXECUTOR_ID", "value": str(number)}],
            "resources": {"limits": {"memory": memory}, "requests": {"cpu": str(self.cores), "memory": memory}},
            "volumeMounts": [{"name": "spark-local-dir-1", "mountPath": "/var/data/spark-local"}],
        }
        labels = self._labels("executor") | {"spark-exec-id": str(number), "spark-exec-resourceprofile-id": "0"}
        metadata = {"name": f"{self._prefix}-exec-{number}", "labels": labels, "ownerReferences": [self._owner()]}
        volumes: list[Json] = [{"name": "spark-local-dir-1", "emptyDir": {}}]
        if self.executor_claims:
            claim = {"claimName": f"{metadata['name']}-pvc-0"}
            volumes.append({"name": "data", "persistentVolumeClaim": claim})
        return self._pod(metadata, container, volumes)

    def _pod(self, metadata: Json, container: Json, volumes: list[Json]) -> Json:
        spec = {"schedulerName": self.scheduler, "restartPolicy": "Never", "containers": [container],
                "volumes": volumes}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _escaped(value: str) -> str:
    return "".join(f"\\{character}" if character in ":=#!\\" else character for character in value)
