"""A driver pod that a person wrote: spark-submit in client mode, its settings in a ConfigMap of theirs."""

from __future__ import annotations

import pathlib

from rig import accounting, spark
from rig.api import Json
from rig.kubelet import Kubelet
from rig.waiting import wait_for
from rig.workspace import TERMINAL, Workspace

NAME = "etl-driver"
CONFIG_MAP = "etl-conf"
CONF_FOLDER = "/opt/spark/conf"
TEMPLATE = "executor-pod-template.yaml"
CONTAINER_MEMORY = "1Gi"


class ClientApp:
    """One such driver in a workspace."""

    def __init__(self, workspace: Workspace, scheduler: str, executors: int, version: str = spark.SPARK_VERSION,
                 named: bool = True) -> None:
        """`named`: whether spark.kubernetes.driver.pod.name is set, without which executors have no owner."""
        self._workspace = workspace
        self._scheduler = scheduler
        self.executors_wanted = executors
        self.version = version
        self._named = named

    def settings(self) -> dict[str, str]:
        settings = {
            "spark.master": f"k8s://{self._workspace.cluster.server}",
            "spark.submit.deployMode": "client",
            "spark.kubernetes.namespace": self._workspace.namespace,
            "spark.kubernetes.container.image": spark.image(self.version),
            "spark.kubernetes.authenticate.driver.serviceAccountName": "spark",
            "spark.executor.instances": str(self.executors_wanted),
            "spark.executor.cores": "1",
            "spark.executor.memory": "512m",
            "spark.driver.memory": "512m",
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "6",
            "spark.scheduler.minRegisteredResourcesRatio": "1.0",
            "spark.scheduler.maxRegisteredResourcesWaitingTime": "300s",
            "spark.kubernetes.executor.podTemplateFile": f"{CONF_FOLDER}/{TEMPLATE}",
        }
        return settings | ({"spark.kubernetes.driver.pod.name": NAME} if self._named else {})

    def submit(self, words: list[str], restart_policy: str = "Never") -> ClientApp:
        """Creates the ConfigMap and the driver, which runs spark-submit with these words behind the addresses."""
        self._workspace.allow_spark()
        self._workspace.api.create(self._workspace.path("configmaps"), self._config_map())
        self._workspace.api.create(self._workspace.path("pods"), self._pod(words, restart_policy))
        return self

    def driver(self) -> Json:
        return self._workspace.api.get(self._workspace.path("pods", NAME))

    def executors(self) -> list[Json]:
        return self._workspace.pods(role="executor")

    def all_run(self) -> list[Json] | None:
        """The executors, once there are as many as wanted and all of them run."""
        pods = [pod for pod in self.executors() if pod["status"]["phase"] == "Running"]
        return pods if len(pods) == self.executors_wanted else None

    def wait_for_plan(self) -> Json:
        """The plan on the bound driver; without one, says what the driver's events say."""
        driver = wait_for("the driver to be bound", self._if_bound, 30)
        plan = accounting.plan(driver)
        notes = [f"{event['reason']}: {event.get('note')}" for event in self._workspace.events(NAME)]
        assert plan is not None, f"the bound driver carries no plan; events: {notes}"
        return plan

    def wait_for_end(self, timeout_s: float = 150) -> Json:
        return wait_for("the driver to end", self._if_ended, timeout_s)

    def log(self, kubelet: Kubelet, name: str = "stdout.log") -> pathlib.Path:
        return kubelet.pod_folder(self._workspace.namespace, NAME) / name

    def _if_bound(self) -> Json | None:
        pod = self.driver()
        return pod if pod["spec"].get("nodeName") else None

    def _if_ended(self) -> Json | None:
        pod = self.driver()
        return pod if pod["status"]["phase"] in TERMINAL else None

    def _config_map(self) -> Json:
        defaults = "# settings of the nightly job\n" + "".join(f"{k} {v}\n" for k, v in self.settings().items())
        template = f"apiVersion: v1\nkind: Pod\nspec:\n  schedulerName: {self._scheduler}\n"
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": CONFIG_MAP},
                "data": {"spark-defaults.conf": defaults, TEMPLATE: template}}

    def _pod(self, words: list[str], restart_policy: str) -> Json:
        addresses = [word for key in ("host", "bindAddress") for word in ("--conf", f"spark.driver.{key}=$(POD_IP)")]
        address = {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}
        container = {
            "name": "driver",
            "image": spark.image(self.version),
            "command": ["/opt/spark/bin/spark-submit"],
            "args": [*addresses, *words],
            "env": [address, {"name": "SCRATCH", "value": "/scratch"}],
            "resources": {"requests": {"cpu": "1", "memory": CONTAINER_MEMORY}, "limits": {"memory": CONTAINER_MEMORY}},
            "volumeMounts": [{"name": "conf", "mountPath": CONF_FOLDER}, {"name": "scratch", "mountPath": "/scratch"}],
        }
        volumes = [{"name": "conf", "configMap": {"name": CONFIG_MAP}}, {"name": "scratch", "emptyDir": {}}]
        spec = {"schedulerName": self._scheduler, "serviceAccountName": "spark", "restartPolicy": restart_policy,
                "containers": [container], "volumes": volumes}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": NAME, "labels": {"app": "etl"}}, "spec": spec}
