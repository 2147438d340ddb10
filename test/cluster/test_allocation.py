"""How real Spark asks for its executors: profiles of its own, a few at a time, sizes that only it can work out."""

from __future__ import annotations

import pytest

from rig import accounting, audit, scheduler, spark
from rig.api import Json
from rig.cache import RIG_ROOT
from rig.kubelet import Kubelet
from rig.light_app import LightApp
from rig.waiting import holds_for, wait_for
from rig.workspace import TERMINAL, Workspace

MUSTER = {"spark.kubernetes.scheduler.name": scheduler.NAME}
PROFILE = "spark-exec-resourceprofile-id"
DYNAMIC = MUSTER | {
    "spark.dynamicAllocation.enabled": "true",
    "spark.dynamicAllocation.shuffleTracking.enabled": "true",
    "spark.dynamicAllocation.initialExecutors": "1",
    "spark.dynamicAllocation.minExecutors": "0",
    "spark.dynamicAllocation.maxExecutors": "2",
    "spark.dynamicAllocation.schedulerBacklogTimeout": "1s",
    "spark.executor.instances": "0",
}
ONE_AT_A_TIME = MUSTER | {
    "spark.kubernetes.allocation.batch.size": "1",
    "spark.kubernetes.allocation.batch.delay": "2s",
    "spark.kubernetes.allocation.maxPendingPods": "1",
}


@pytest.mark.slow
@pytest.mark.usefixtures("muster")
def test_executors_of_another_profile_come_beside_the_gang(workspace: Workspace, kubelet: Kubelet) -> None:
    """Nothing tells of a profile before its stage runs: its executors are placed as they come, in their own size."""
    workspace.add_nodes(2, cpu="4", memory="16Gi")
    log = audit.Audit(workspace.cluster.audit_log)
    job = RIG_ROOT / "jobs" / "profiles.py"
    driver = _submit(workspace, spark.Submission("profiles", workspace.namespace, 0, conf=DYNAMIC, job=job))
    large = wait_for("an executor of the other profile", lambda: _running_of_profile(workspace, "1"), 90)

    container = large[0]["spec"]["containers"][0]
    assert container["resources"]["requests"]["cpu"] == "2"
    assert accounting.overcommitted(workspace.api) == []
    ended = _wait_for_end(workspace, driver)
    assert _result(workspace, kubelet, driver) == 8
    plan = accounting.plan(ended)
    assert plan is not None
    assert [pod_set["profile"] for pod_set in plan["podSets"]] == [0]
    assert sum(accounting.slots(plan).values()) == 1
    # A size of its own is no wrong prediction.
    assert "GangMismatch" not in _reasons(workspace, driver)
    bound = audit.bound_nodes(log.writes(scheduler.USER, workspace.namespace))
    assert {pod["metadata"]["name"] for pod in large} <= set(bound)


@pytest.mark.slow
@pytest.mark.usefixtures("muster")
def test_executors_that_come_one_by_one_find_their_places(workspace: Workspace, kubelet: Kubelet) -> None:
    """Waiting for all of the gang to exist would wait for ever; the places of those to come are kept from others."""
    workspace.add_nodes(2, cpu="2", memory="8Gi")
    submission = spark.Submission("drops", workspace.namespace, executors=3, conf=ONE_AT_A_TIME)
    driver = _submit(workspace, submission)
    wait_for("the driver to be bound", lambda: accounting.plan(_pod(workspace, driver)), 30)
    other = LightApp(workspace, 1, scheduler.NAME).submit().play()
    holds_for("the other waits", lambda: not other.driver_runs(), 5)
    executors = wait_for("all executors to run", lambda: _running_of_profile(workspace, "0", 3), 90)
    assert len({pod["metadata"]["creationTimestamp"] for pod in executors}) == 3
    assert not other.driver_runs()

    _wait_for_end(workspace, driver)
    assert _result(workspace, kubelet, driver) == spark.SHUFFLE_RESULT
    wait_for("the other to be whole", other.whole, 30)


@pytest.mark.slow
@pytest.mark.usefixtures("muster")
def test_a_size_that_only_the_driver_can_work_out_is_no_gang(workspace: Workspace, kubelet: Kubelet) -> None:
    """Said by key and value; the application runs all the same, its pods one by one."""
    workspace.add_nodes(2, cpu="2", memory="8Gi")
    size = "${system:muster.rig.size}"
    conf = MUSTER | {"spark.executor.memoryOverhead": size,
                     "spark.driver.extraJavaOptions": "-Dmuster.rig.size=500m"}
    driver = _submit(workspace, spark.Submission("sizes", workspace.namespace, executors=2, conf=conf))
    ended = _wait_for_end(workspace, driver)
    assert _result(workspace, kubelet, driver) == spark.SHUFFLE_RESULT
    assert accounting.plan(ended) is None
    (note,) = [event["note"] for event in workspace.events(driver) if event["reason"] == "GangUnknown"]
    assert "spark.executor.memoryOverhead" in note
    assert size in note


def _submit(workspace: Workspace, submission: spark.Submission) -> str:
    spark.submit(submission, workspace.cluster.server, workspace.allow_spark(), workspace.folder / "submit.log")
    (driver,) = workspace.pods(role="driver")
    return str(driver["metadata"]["name"])


def _pod(workspace: Workspace, name: str) -> Json:
    return workspace.api.get(workspace.path("pods", name))


def _running_of_profile(workspace: Workspace, profile: str, count: int = 1) -> list[Json] | None:
    pods = [pod for pod in workspace.pods(role="executor")
            if pod["status"]["phase"] == "Running" and pod["metadata"]["labels"][PROFILE] == profile]
    return pods if len(pods) >= count else None


def _wait_for_end(workspace: Workspace, driver: str) -> Json:
    def ended() -> Json | None:
        pod = workspace.pod(driver)
        return pod if pod and pod["status"]["phase"] in TERMINAL else None

    return wait_for(f"driver {driver} to end", ended, 120)


def _result(workspace: Workspace, kubelet: Kubelet, driver: str) -> int | None:
    return spark.result(kubelet.pod_folder(workspace.namespace, driver) / "stdout.log")


def _reasons(workspace: Workspace, pod: str) -> set[str]:
    return {str(event["reason"]) for event in workspace.events(pod)}
