"""Light applications in the form that the kubeflow Spark operator gives them, webhook included."""

from __future__ import annotations

import uuid

from rig.api import Json
from rig.light_app import LightApp
from rig.workspace import Workspace

GROUP = "sparkoperator.k8s.io"
API_VERSION = f"{GROUP}/v1beta2"
TEMPLATE_PATH = "/opt/spark/pod-template"
TEMPLATE_FILE = "pod-spec-template.yml"
TEMPLATE_KEY = "podspec-configmap-key"
# Fields of a role that the operator's webhook puts into the pod as they are.
COPIED = ("nodeSelector", "tolerations", "affinity", "priorityClassName")


def create_application(workspace: Workspace, name: str, executors: int, driver: Json, executor: Json) -> Json:
    """Creates the SparkApplication; `driver` and `executor` hold what users write for a role."""
    return _create(workspace, "SparkApplication", {"name": name}, _spec(executors, driver, executor))


def create_schedule(workspace: Workspace, name: str, executors: int, executor: Json) -> Json:
    """Creates the ScheduledSparkApplication of an application that is to run every minute."""
    spec = {"schedule": "* * * * *", "concurrencyPolicy": "Allow", "template": _spec(executors, {}, executor)}
    return _create(workspace, "ScheduledSparkApplication", {"name": name}, spec)


def create_scheduled_application(workspace: Workspace, schedule: Json, number: int) -> Json:
    """Creates one run of a schedule, as the operator's controller does when its time has come."""
    name = schedule["metadata"]["name"]
    owner = {"apiVersion": API_VERSION, "kind": "ScheduledSparkApplication", "name": name,
             "uid": schedule["metadata"]["uid"]}
    metadata = {"name": f"{name}-{number}", "labels": {f"{GROUP}/scheduled-app-name": name},
                "ownerReferences": [owner]}
    return _create(workspace, "SparkApplication", metadata, schedule["spec"]["template"])


def _create(workspace: Workspace, kind: str, metadata: Json, spec: Json) -> Json:
    body = {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}
    plural = f"{kind.lower()}s"
    return workspace.api.create(f"/apis/{API_VERSION}/namespaces/{workspace.namespace}/{plural}", body)


def _spec(executors: int, driver: Json, executor: Json) -> Json:
    return {
        "type": "Scala", "mode": "cluster", "sparkVersion": "3.5.9", "image": "spark:3.5.9",
        "mainClass": "org.example.Main", "mainApplicationFile": "local:///opt/app/main.jar",
        "restartPolicy": {"type": "OnFailure"},
        "driver": {"cores": 1, "memory": "1g", "serviceAccount": "spark", **driver},
        "executor": {"instances": executors, "cores": 1, "memory": "1g", **executor},
    }


class OperatorApp(LightApp):
    """One submission of a SparkApplication: the driver's name is the application's, its UID is the run's."""

    def __init__(self, workspace: Workspace, application: Json, scheduler: str) -> None:
        self._application = application
        self._submission = str(uuid.uuid4())
        name = application["metadata"]["name"]
        identity = {f"{GROUP}/{key}": value for key, value in {
            "app-name": name, "launched-by-spark-operator": "true", "mutated-by-spark-operator": "true",
            "submission-id": self._submission}.items()}
        self._operator_labels = application["metadata"].get("labels", {}) | identity
        properties = {f"spark.kubernetes.{role}.label.{key}": value
                      for role in ("driver", "executor") for key, value in self._operator_labels.items()}
        properties["spark.kubernetes.driver.pod.name"] = f"{name}-driver"
        properties["spark.kubernetes.executor.podTemplateFile"] = f"{TEMPLATE_PATH}/{TEMPLATE_FILE}"
        super().__init__(workspace, application["spec"]["executor"]["instances"], scheduler, properties=properties)
        self.driver_name = f"{name}-driver"
        self._template_map = f"{self._prefix}-driver-podspec-conf-map"

    def create_config_map(self, raw_properties: str | None = None) -> None:
        """Beside the settings: the executors' template, which the operator always writes."""
        template = f"metadata:\n  ownerReferences:\n  - {{{', '.join(self._template_owner())}}}\nspec: {{}}\n"
        body = {"apiVersion": "v1", "kind": "ConfigMap", "immutable": True, "data": {TEMPLATE_KEY: template},
                "metadata": {"name": self._template_map, "ownerReferences": [self._owner()]}}
        self._api.create(self._workspace.path("configmaps"), body)
        super().create_config_map(raw_properties)

    def _driver_pod(self) -> Json:
        pod = super()._driver_pod()
        pod["metadata"]["ownerReferences"] = [self._application_reference(controller=True)]
        item = {"key": TEMPLATE_KEY, "path": TEMPLATE_FILE}
        pod["spec"]["volumes"].append({"name": "pod-template-volume",
                                       "configMap": {"name": self._template_map, "items": [item]}})
        pod["spec"]["containers"][0]["volumeMounts"].append(
            {"name": "pod-template-volume", "mountPath": TEMPLATE_PATH})
        return self._mutated(pod, "driver")

    def _executor_pod(self, number: int) -> Json:
        pod = super()._executor_pod(number)
        pod["metadata"]["ownerReferences"].insert(0, self._application_reference(controller=False))
        return self._mutated(pod, "executor")

    def _mutated(self, pod: Json, role: str) -> Json:
        """What the operator's labels and its webhook make of a pod when it is created."""
        wanted = self._application["spec"][role]
        pod["metadata"]["labels"] |= self._operator_labels | wanted.get("labels", {})
        pod["spec"] |= {key: wanted[key] for key in COPIED if key in wanted}
        pod["spec"]["containers"] += wanted.get("sidecars", [])
        if "gpu" in wanted:
            limits = pod["spec"]["containers"][0]["resources"]["limits"]
            limits[wanted["gpu"]["name"]] = str(wanted["gpu"]["quantity"])
        return pod

    def _application_reference(self, controller: bool) -> Json:
        metadata = self._application["metadata"]
        return {"apiVersion": API_VERSION, "kind": "SparkApplication", "name": metadata["name"],
                "uid": metadata["uid"], "controller": controller}

    def _template_owner(self) -> list[str]:
        """In YAML's flow style; the executors' controller is the driver, so the application is not."""
        reference = self._application_reference(controller=False)
        return [f"{key}: {str(value).lower() if value is False else value}" for key, value in reference.items()]
