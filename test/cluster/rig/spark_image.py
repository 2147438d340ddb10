"""What Spark's container image would do with a pod's command and arguments, done by a local process.

The image has an entrypoint with two words, `driver` and `executor`; both are acted out here over the
jars that the pyspark package brings. Anything else, such as /opt/spark/bin/spark-submit in a pod that a
person wrote, is run as it is, with the image's paths and the kubelet's $(VARIABLE) replaced.
"""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import socket

from rig import kubeconfig
from rig.api import Api, Json
from rig.pod_files import PodFiles, field_value
from rig.spark_install import SPARK_VERSION, SPARK_VERSIONS, Spark, ensure_spark

ACCOUNT_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
BACKEND = "org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend"
# Several JVMs share a small machine: start fast, stay small, optimise little.
JVM_FLAGS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -XX:CICompilerCount=1"


ROLES = ("driver", "executor")
IMAGE_HOME = "/opt/spark"
CONF_MOUNT = f"{IMAGE_HOME}/conf"


def is_spark(container: Json) -> bool:
    words = _words(container)
    return bool(words) and (words[0] in ROLES or words[0].startswith(f"{IMAGE_HOME}/"))


def _words(container: Json) -> list[str]:
    return [*container.get("command", []), *container.get("args", [])]


def version_of(image: str) -> str:
    """The Spark that an image name such as spark:3.5.9 stands for; any other name stands for the default."""
    tag = image.rpartition(":")[2]
    return tag if tag in SPARK_VERSIONS else SPARK_VERSION


class SparkContainer:
    """The process that stands for the Spark container of one pod."""

    def __init__(self, api: Api, pod: Json, container: Json, files: PodFiles, ip: str) -> None:
        self._api = api
        self._pod = pod
        self._container = container
        self._files = files
        self._ip = ip
        self._spark: Spark = ensure_spark(version_of(container["image"]))

    def environment(self) -> dict[str, str]:
        """A clean environment, as in a container: nothing of the caller's leaks in but PATH."""
        env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8",
            # No kubeconfig of the user is found from here.
            "HOME": str(self._files.folder),
            "SPARK_HOME": str(self._spark.home),
            "PYSPARK_PYTHON": str(self._spark.python),
            "PYSPARK_DRIVER_PYTHON": str(self._spark.python),
            "JAVA_TOOL_OPTIONS": f"-Djdk.net.hosts.file={self._write_hosts()} {JVM_FLAGS}",
        }
        for variable in self._container.get("env", []):
            env[variable["name"]] = self._files.rewrite(self._value(variable))
        if _words(self._container)[0] not in ROLES:
            self._as_in_image(env)
        return env

    def command(self, env: dict[str, str]) -> list[str]:
        role, *rest = [self._files.rewrite(argument) for argument in _words(self._container)]
        if role in ROLES:
            return self._driver_command(env, rest) if role == "driver" else self._executor_command(env)
        return [self._in_home(_expanded(word, env)) for word in (role, *rest)]

    def _as_in_image(self, env: dict[str, str]) -> None:
        """What a command finds at fixed places of a container: Spark's conf folder and the account's token."""
        conf, account = self._files.path(CONF_MOUNT), self._files.path(ACCOUNT_MOUNT)
        if conf:
            env.setdefault("SPARK_CONF_DIR", str(conf))
        if account:
            token = (account / "token").read_text(encoding="ascii")
            path = self._files.folder / "kubeconfig"
            kubeconfig.write_with_token(path, self._api.server, account / "ca.crt", "pod", token)
            env["KUBECONFIG"] = str(path)

    def _in_home(self, text: str) -> str:
        """The image's own folders; what the pod mounts over them has been replaced before."""
        return re.sub(rf"(?<![\w.-]){IMAGE_HOME}(?=/(s?bin|jars|examples)/)", str(self._spark.home), text)

    def _value(self, variable: Json) -> str:
        if "valueFrom" in variable:
            return field_value(self._pod, variable["valueFrom"]["fieldRef"]["fieldPath"], self._ip)
        return str(variable.get("value", ""))

    def _driver_command(self, env: dict[str, str], arguments: list[str]) -> list[str]:
        address = env["SPARK_DRIVER_BIND_ADDRESS"]
        conf = {
            "spark.driver.bindAddress": address,
            "spark.executorEnv.SPARK_DRIVER_POD_IP": address,
            **self._account_conf(),
        }
        flags = [word for key, value in conf.items() for word in ("--conf", f"{key}={value}")]
        return [str(self._spark.home / "bin" / "spark-submit"), *flags, "--deploy-mode", "client", *arguments]

    def _account_conf(self) -> dict[str, str]:
        """Where the driver's API client finds what is mounted at a fixed path in a container."""
        account = self._files.path(ACCOUNT_MOUNT)
        if account is None:
            return {}
        prefix = "spark.kubernetes.authenticate.driver.mounted"
        return {f"{prefix}.oauthTokenFile": str(account / "token"), f"{prefix}.caCertFile": str(account / "ca.crt")}

    def _executor_command(self, env: dict[str, str]) -> list[str]:
        options = [env[key] for key in sorted(env) if key.startswith("SPARK_JAVA_OPT_")]
        memory = env["SPARK_EXECUTOR_MEMORY"]
        flags = {
            "--driver-url": env["SPARK_DRIVER_URL"],
            "--executor-id": env["SPARK_EXECUTOR_ID"],
            "--cores": env["SPARK_EXECUTOR_CORES"],
            "--app-id": env["SPARK_APPLICATION_ID"],
            "--hostname": env["SPARK_EXECUTOR_POD_IP"],
            "--resourceProfileId": env["SPARK_RESOURCE_PROFILE_ID"],
            "--podName": env["SPARK_EXECUTOR_POD_NAME"],
        }
        classpath = f"{env.get('SPARK_CONF_DIR', '')}:{self._spark.home}/jars/*"
        # The initial heap is not -Xms = -Xmx as in the image: idle executors would hold real memory.
        java = shutil.which("java") or "java"
        words = [word for pair in flags.items() for word in pair]
        return [java, *options, f"-Xmx{memory}", "-cp", classpath, BACKEND, *words]

    def _write_hosts(self) -> pathlib.Path:
        """A hosts file in place of cluster DNS: the services of the namespace and the pods behind them."""
        namespace = self._pod["metadata"]["namespace"]
        lines = [f"127.0.0.1 localhost {socket.gethostname()}", f"{self._ip} {self._pod['metadata']['name']}"]
        pods = self._api.list(f"/api/v1/namespaces/{namespace}/pods")
        for service in self._api.list(f"/api/v1/namespaces/{namespace}/services"):
            selector = (service["spec"].get("selector") or {}).items()
            for pod in pods:
                address = self._address(pod)
                if address and selector and selector <= pod["metadata"].get("labels", {}).items():
                    name = f"{service['metadata']['name']}.{namespace}.svc"
                    lines.append(f"{address} {name} {name}.cluster.local")
        hosts = self._files.folder / "hosts"
        hosts.write_text("\n".join(lines) + "\n", encoding="ascii")
        return hosts

    def _address(self, pod: Json) -> str:
        # Our own address is not yet in the API when the process starts.
        if pod["metadata"]["uid"] == self._pod["metadata"]["uid"]:
            return self._ip
        return str(pod.get("status", {}).get("podIP", ""))


def _expanded(word: str, env: dict[str, str]) -> str:
    """As the kubelet does it: $(NAME) of a known variable is replaced, any other stays."""
    return re.sub(r"\$\((\w+)\)", lambda match: env.get(match.group(1), match.group(0)), word)
