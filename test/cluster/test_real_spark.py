"""A real Spark application, admitted as a gang and placed by its plan."""

from __future__ import annotations

from collections import Counter

import pytest

from rig import accounting, audit, scheduler, spark
from rig.api import Json
from rig.kubelet import Kubelet
from rig.waiting import wait_for
from rig.workspace import TERMINAL, Workspace

EXECUTORS = 3


@pytest.mark.usefixtures("muster")
def test_real_spark_lands_on_its_plan(workspace: Workspace, kubelet: Kubelet) -> None:
    # Two nodes of two CPUs: four pods of one CPU each fit only if both nodes are used whole.
    workspace.add_nodes(2, cpu="2", memory="8Gi")
    log = audit.Audit(workspace.cluster.audit_log)

    driver = _submit(workspace)
    ended = _wait_for_end(workspace, driver)

    folder = kubelet.pod_folder(workspace.namespace, driver)
    assert ended["status"]["phase"] == "Succeeded", (folder / "stderr.log").read_text()[-3000:]
    assert spark.result(folder / "stdout.log") == spark.SHUFFLE_RESULT
    # Spark deletes its executors at the end, so where they were is read from the audit log.
    bound = audit.bound_nodes(log.writes(scheduler.USER, workspace.namespace))
    executors = Counter(node for pod, node in bound.items() if pod != driver)
    plan = accounting.plan(ended)
    assert plan is not None, "the bound driver carries no plan"
    assert executors == accounting.slots(plan)
    assert sum(executors.values()) == EXECUTORS


@pytest.mark.usefixtures("muster")
def test_real_spark_shape_is_predicted_exactly(workspace: Workspace) -> None:
    workspace.add_nodes(2)
    driver = _submit(workspace)
    executors = wait_for("the executors", lambda: _executors_if_all(workspace), 90)

    plan = accounting.plan(workspace.api.get(workspace.path("pods", driver)))
    assert plan is not None
    assert plan["version"] == 1
    (pod_set,) = plan["podSets"]
    assert pod_set["count"] == EXECUTORS
    real = accounting.requests(executors[0])
    for resource in ("cpu", "memory"):
        assert accounting.quantity(pod_set["requests"][resource]) == real[resource], resource


@pytest.mark.slow
@pytest.mark.usefixtures("muster")
def test_two_real_applications_run_one_after_the_other(workspace: Workspace, kubelet: Kubelet) -> None:
    """Each needs 4 of 6 CPUs; the second starts when the first has ended, and both get all they asked for."""
    workspace.add_nodes(2, cpu="3", memory="8Gi")
    drivers = [_submit(workspace, name) for name in ("first", "second")]
    ended = [_wait_for_end(workspace, driver) for driver in drivers]

    for pod in ended:
        folder = kubelet.pod_folder(workspace.namespace, pod["metadata"]["name"])
        assert pod["status"]["phase"] == "Succeeded", (folder / "stderr.log").read_text()[-3000:]
        assert spark.result(folder / "stdout.log") == spark.SHUFFLE_RESULT
    first, second = sorted(ended, key=lambda pod: str(pod["status"]["startTime"]))
    # RFC 3339 times in UTC with whole seconds compare as text.
    finished = first["status"]["containerStatuses"][0]["state"]["terminated"]["finishedAt"]
    assert finished <= second["status"]["startTime"]


def _submit(workspace: Workspace, name: str = "real") -> str:
    """Submits with one line in the pod templates, and returns the driver's name."""
    template = spark.write_template(workspace.folder / "template.yaml", scheduler.NAME)
    submission = spark.Submission(name, workspace.namespace, EXECUTORS, template, template)
    spark.submit(submission, workspace.cluster.server, workspace.allow_spark(), workspace.folder / "submit.log")
    (driver,) = workspace.pods(selector=f"spark-role=driver,spark-app-name={name}")
    return str(driver["metadata"]["name"])


def _wait_for_end(workspace: Workspace, name: str) -> Json:
    return wait_for(f"driver {name} to end", lambda: _if_ended(workspace, name), 240)


def _if_ended(workspace: Workspace, name: str) -> Json | None:
    pod = workspace.pod(name)
    return pod if pod and pod["status"]["phase"] in TERMINAL else None


def _executors_if_all(workspace: Workspace) -> list[Json] | None:
    pods = workspace.pods(role="executor")
    return pods if len(pods) == EXECUTORS else None
