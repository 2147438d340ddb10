"""Applications whose number of executors changes, or need not be met in full."""

from __future__ import annotations

from collections import Counter

import pytest

from rig import accounting, scheduler, spark
from rig.api import Json
from rig.cache import RIG_ROOT
from rig.kubelet import Kubelet
from rig.light_app import LightApp
from rig.spark_install import SPARK_VERSIONS, is_installed
from rig.waiting import holds_for, wait_for
from rig.workspace import TERMINAL, Workspace

WAVES_JOB = RIG_ROOT / "jobs" / "waves.py"
INITIAL, MOST, LEAST = 2, 4, 1
MINIMUM = f"{scheduler.NAME}.dev/min-executors"
ALLOCATORS = pytest.mark.parametrize(
    ("allocator", "version"), [("statefulset", spark.SPARK_VERSION), ("deployment", SPARK_VERSIONS[-1])])
DYNAMIC = {
    "spark.kubernetes.scheduler.name": scheduler.NAME,
    "spark.dynamicAllocation.enabled": "true",
    "spark.dynamicAllocation.shuffleTracking.enabled": "true",
    "spark.dynamicAllocation.initialExecutors": str(INITIAL),
    "spark.dynamicAllocation.minExecutors": str(LEAST),
    "spark.dynamicAllocation.maxExecutors": str(MOST),
    "spark.dynamicAllocation.executorIdleTimeout": "3s",
    "spark.dynamicAllocation.schedulerBacklogTimeout": "1s",
    # Zero would be taken for the count of a static application, and raise the initial number.
    "spark.executor.instances": "0",
}


@pytest.mark.slow
@pytest.mark.usefixtures("muster")
def test_dynamic_allocation_grows_and_shrinks(workspace: Workspace, kubelet: Kubelet) -> None:
    """The gang is the initial number; the rest comes one by one; what was given back serves another gang."""
    workspace.add_nodes(1, cpu="6", memory="16Gi")
    driver = _submit(workspace, spark.Submission("waves", workspace.namespace, 0, conf=DYNAMIC, job=WAVES_JOB))
    plan = _plan(workspace, driver)
    assert sum(accounting.slots(plan).values()) == INITIAL

    wait_for("growth to the most", lambda: _running(workspace) == MOST, 60)
    # A driver and three executors need four of six CPUs; the waves hold five until they have shrunk.
    other = LightApp(workspace, 3, scheduler.NAME).submit().play()
    holds_for("the other waits while the wave lasts", lambda: not other.driver_runs(), 1)
    wait_for("the executors to shrink", lambda: _running(workspace, driver) == LEAST, 60)
    wait_for("the other application to be whole", other.whole, 30)

    _assert_result(workspace, kubelet, driver)


@pytest.mark.usefixtures("muster")
@pytest.mark.parametrize("minimum", ["2", "50%"])
def test_minimum_admits_a_part(workspace: Workspace, minimum: str) -> None:
    """Four are asked for, two are enough to start with, and the others come when there is room."""
    workspace.add_nodes(1, cpu="3", memory="16Gi")
    app = LightApp(workspace, 4, scheduler.NAME, annotations={MINIMUM: minimum}).submit().play()
    wait_for("driver and two executors", lambda: app.running_executors() == 2, 30)
    workspace.add_nodes(1, cpu="2", memory="16Gi")
    wait_for("the others", app.whole, 30)


@pytest.mark.usefixtures("muster")
def test_minimum_is_all_or_nothing(workspace: Workspace) -> None:
    workspace.add_nodes(1, cpu="2", memory="16Gi")
    app = LightApp(workspace, 4, scheduler.NAME, annotations={MINIMUM: "2"}).submit().play()
    wait_for("the driver to be told", lambda: _reason(app.driver()) == "Unschedulable", 30)
    holds_for("the driver waits", lambda: not app.driver_runs(), 3)


@pytest.mark.usefixtures("muster")
@pytest.mark.parametrize("minimum", ["many", "-1", "101%", "5", "1.5"])
def test_wrong_minimum_is_refused_by_name(workspace: Workspace, minimum: str) -> None:
    """Never clamped, never ignored; five of four executors are wrong as well."""
    workspace.add_nodes(2)
    app = LightApp(workspace, 4, scheduler.NAME, annotations={MINIMUM: minimum}).submit().play()
    wait_for("the refusal", lambda: _reason(app.driver()) == "GangRefused", 10)
    message = accounting.condition(app.driver())["message"]
    assert MINIMUM in message
    assert minimum in message


@pytest.mark.slow
@pytest.mark.usefixtures("muster")
@ALLOCATORS
def test_other_allocators(workspace: Workspace, kubelet: Kubelet, allocator: str, version: str) -> None:
    """All executors come at once, owned by a set of the cluster and tied to their driver by labels alone."""
    driver = _submit_with_allocator(workspace, scheduler.NAME, allocator, version)
    plan = _plan(workspace, driver)
    executors = wait_for("all executors to be bound", lambda: _bound(workspace, 3), 60)
    assert Counter(pod["spec"]["nodeName"] for pod in executors) == accounting.slots(plan)
    _assert_result(workspace, kubelet, driver)


@pytest.mark.slow
@ALLOCATORS
def test_other_allocators_run_with_kube_scheduler(
    workspace: Workspace, kubelet: Kubelet, allocator: str, version: str
) -> None:
    """The rig's own part of the test above, and what it leans on: the executors' owner is the set."""
    driver = _submit_with_allocator(workspace, "default-scheduler", allocator, version)
    executors = wait_for("all executors to be bound", lambda: _bound(workspace, 3), 60)
    owners = {owner["kind"] for pod in executors for owner in pod["metadata"]["ownerReferences"]}
    assert owners == {"StatefulSet" if allocator == "statefulset" else "ReplicaSet"}
    assert {pod["metadata"]["labels"]["spark-exec-id"] for pod in executors} == {"EXECID"}
    _assert_result(workspace, kubelet, driver)


def _submit_with_allocator(workspace: Workspace, scheduler_name: str, allocator: str, version: str) -> str:
    if not is_installed(version):
        pytest.skip(f"Spark {version} is not in the cache; `capture --spark {version}` installs it")
    workspace.add_nodes(2, cpu="2", memory="8Gi")
    conf = {"spark.kubernetes.scheduler.name": scheduler_name,
            "spark.kubernetes.allocation.pods.allocator": allocator}
    return _submit(workspace, spark.Submission("sets", workspace.namespace, 3, conf=conf, version=version))


def _submit(workspace: Workspace, submission: spark.Submission) -> str:
    spark.submit(submission, workspace.cluster.server, workspace.allow_spark(), workspace.folder / "submit.log")
    (driver,) = workspace.pods(role="driver")
    return str(driver["metadata"]["name"])


def _plan(workspace: Workspace, driver: str) -> Json:
    def bound() -> Json | None:
        pod = workspace.pod(driver)
        return pod if pod and pod["spec"].get("nodeName") else None

    plan = accounting.plan(wait_for("the driver to be bound", bound, 30))
    assert plan is not None, [event.get("note") for event in workspace.events(driver)]
    return plan


def _running(workspace: Workspace, driver: str = "") -> int:
    """Running executors; of this driver, if one is named."""
    pods = [pod for pod in workspace.pods(role="executor") if pod["status"]["phase"] == "Running"]
    if driver:
        pods = [pod for pod in pods if pod["metadata"]["ownerReferences"][0]["name"] == driver]
    return len(pods)


def _bound(workspace: Workspace, count: int) -> list[Json] | None:
    pods = [pod for pod in workspace.pods(role="executor") if pod["spec"].get("nodeName")]
    return pods if len(pods) == count else None


def _assert_result(workspace: Workspace, kubelet: Kubelet, driver: str) -> None:
    def ended() -> bool:
        pod = workspace.pod(driver)
        return pod is not None and pod["status"]["phase"] in TERMINAL

    wait_for(f"driver {driver} to end", ended, 120)
    folder = kubelet.pod_folder(workspace.namespace, driver)
    wanted = spark.SHUFFLE_RESULT if "waves" not in driver else 8
    assert spark.result(folder / "stdout.log") == wanted, (folder / "stderr.log").read_text()[-3000:]


def _reason(pod: Json) -> str:
    return str(accounting.condition(pod).get("reason", ""))
