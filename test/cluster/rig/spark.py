"""Submitting a real Spark application in cluster mode, and reading what it printed."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import subprocess

from rig.api import Json
from rig.cache import RIG_ROOT
from rig.spark_install import SPARK_VERSION, ensure_spark

SHUFFLE_JOB = RIG_ROOT / "jobs" / "shuffle.py"
SHUFFLE_RESULT = sum(range(20_000))
SUBMIT_TIMEOUT_S = 120
JVM_FLAGS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx512m"


def image(version: str = SPARK_VERSION) -> str:
    """The name that stands for a container image; the process kubelet takes the version from it."""
    return f"spark:{version}"


IMAGE = image()


@dataclasses.dataclass(frozen=True)
class Submission:
    """What a user would say to spark-submit."""

    name: str
    namespace: str
    executors: int = 3
    driver_template: pathlib.Path | None = None
    executor_template: pathlib.Path | None = None
    conf: dict[str, str] = dataclasses.field(default_factory=dict)
    version: str = SPARK_VERSION
    job: pathlib.Path = SHUFFLE_JOB

    def settings(self, server: str) -> dict[str, str]:
        settings = {
            "spark.kubernetes.namespace": self.namespace,
            "spark.kubernetes.container.image": image(self.version),
            "spark.kubernetes.authenticate.driver.serviceAccountName": "spark",
            "spark.kubernetes.submission.waitAppCompletion": "false",
            # The default, kubernetes.default.svc, needs cluster DNS.
            "spark.kubernetes.driver.master": server,
            "spark.executor.instances": str(self.executors),
            "spark.executor.memory": "512m",
            "spark.driver.memory": "512m",
            "spark.executor.cores": "1",
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "6",
            # The job starts only when every executor has come, so a right result proves them all.
            "spark.scheduler.minRegisteredResourcesRatio": "1.0",
            "spark.scheduler.maxRegisteredResourcesWaitingTime": "300s",
        }
        if self.driver_template:
            settings["spark.kubernetes.driver.podTemplateFile"] = str(self.driver_template)
        if self.executor_template:
            settings["spark.kubernetes.executor.podTemplateFile"] = str(self.executor_template)
        return settings | self.conf


def submit(submission: Submission, server: str, kubeconfig: pathlib.Path, log: pathlib.Path) -> None:
    """Runs spark-submit to its end; its output goes to `log`."""
    flags = [word for key, value in submission.settings(server).items() for word in ("--conf", f"{key}={value}")]
    arguments = ["--master", f"k8s://{server}", "--deploy-mode", "cluster", "--name", submission.name, *flags,
                 f"local://{submission.job}"]
    run_submit(arguments, kubeconfig, log, submission.version)


def run_submit(arguments: list[str], kubeconfig: pathlib.Path, log: pathlib.Path,
               version: str = SPARK_VERSION) -> None:
    """Runs that version's spark-submit with exactly these arguments."""
    spark = ensure_spark(version)
    env = os.environ | {
        "KUBECONFIG": str(kubeconfig),
        "SPARK_HOME": str(spark.home),
        "JAVA_TOOL_OPTIONS": JVM_FLAGS,
    }
    command = [str(spark.home / "bin" / "spark-submit"), *arguments]
    with open(log, "ab") as out:
        done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                              timeout=SUBMIT_TIMEOUT_S, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"spark-submit ended with {done.returncode}:\n{_cause(log)}")


def _cause(log: pathlib.Path) -> str:
    """The exceptions of a log without their stacks, else its end."""
    text = log.read_text(encoding="utf-8", errors="replace")
    named = [line for line in text.splitlines() if "Exception" in line and not line.lstrip().startswith("at ")]
    return "\n".join(named) or text[-3000:]


def result(stdout: pathlib.Path) -> int | None:
    """The number that the job printed, or None."""
    for line in stdout.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("RESULT "):
            return int(line.split()[1])
    return None


def write_template(path: pathlib.Path, scheduler: str) -> pathlib.Path:
    """A pod template that chooses a scheduler and nothing else."""
    path.write_text(f"apiVersion: v1\nkind: Pod\nspec:\n  schedulerName: {scheduler}\n", encoding="ascii")
    return path


def role_of(pod: Json) -> str:
    return str(pod["metadata"].get("labels", {}).get("spark-role", ""))
