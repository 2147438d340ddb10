"""manifests/optional/mutating-admission-policy.yaml: Spark's pods go to Muster where nobody can say so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rig import accounting, scheduler, spark
from rig.api import MERGE, Json
from rig.control_plane import Cluster
from rig.kubelet import Kubelet
from rig.light_app import LightApp
from rig.pod_run import SLEEP_IMAGE
from rig.scheduler import MANIFESTS, Muster, kubectl
from rig.waiting import wait_for
from rig.workspace import TERMINAL, Workspace

POLICY = str(MANIFESTS / "optional" / "mutating-admission-policy.yaml")
LABEL = "muster.dev/schedule-spark"
DEFAULT = "default-scheduler"


@pytest.fixture(scope="module")
def policy(cluster: Cluster) -> Iterator[None]:
    kubectl(cluster, "apply", "-f", POLICY)
    yield
    kubectl(cluster, "delete", "-f", POLICY, "--timeout=60s")


@pytest.fixture
def chosen(workspace: Workspace, policy: None) -> Workspace:
    """A workspace whose namespace has the label, once the policy acts there."""
    _label(workspace, "true")
    wait_for("the policy to act", lambda: _scheduler_of(workspace, role="driver") == scheduler.NAME, 30)
    return workspace


@pytest.mark.parametrize("role", ["driver", "executor"])
def test_pods_of_spark_go_to_muster(chosen: Workspace, role: str) -> None:
    assert _scheduler_of(chosen, role=role) == scheduler.NAME


def test_other_pods_stay(chosen: Workspace) -> None:
    assert _scheduler_of(chosen) == DEFAULT
    assert _scheduler_of(chosen, role="connect-server") == DEFAULT


def test_another_scheduler_by_name_stays(chosen: Workspace) -> None:
    assert _scheduler_of(chosen, role="driver", schedulerName="third") == "third"


def test_pods_with_a_node_stay(chosen: Workspace) -> None:
    assert _scheduler_of(chosen, role="driver", nodeName="somewhere") == DEFAULT


def test_repeated_list_keys_are_no_obstacle(chosen: Workspace) -> None:
    twice = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    container = {"name": "main", "image": SLEEP_IMAGE, "env": twice}
    assert _scheduler_of(chosen, role="driver", containers=[container]) == scheduler.NAME


def test_namespaces_without_the_label_are_left_alone(chosen: Workspace) -> None:
    _label(chosen, None)
    wait_for("the policy to let go", lambda: _scheduler_of(chosen, role="driver") == DEFAULT, 30)
    _label(chosen, "false")
    assert _scheduler_of(chosen, role="executor") == DEFAULT


def test_applies_twice_unchanged(cluster: Cluster, policy: None) -> None:
    again = kubectl(cluster, "apply", "-f", POLICY).stdout.splitlines()
    assert len(again) == 2
    assert all(line.endswith(" unchanged") for line in again), again


def test_real_spark_without_a_scheduler_name_is_a_gang(
    chosen: Workspace, muster: Muster, kubelet: Kubelet
) -> None:
    """No template and no setting names Muster, and the application is admitted whole all the same."""
    chosen.add_nodes(2, cpu="2", memory="8Gi")
    submission = spark.Submission("closed", chosen.namespace, executors=2)
    spark.submit(submission, chosen.cluster.server, chosen.allow_spark(), chosen.folder / "submit.log")
    (driver,) = chosen.pods(role="driver")
    name = driver["metadata"]["name"]

    ended = wait_for("the driver to end", lambda: _if_ended(chosen, name), 120)
    assert spark.result(kubelet.pod_folder(chosen.namespace, name) / "stdout.log") == spark.SHUFFLE_RESULT
    plan = accounting.plan(ended)
    assert plan is not None, [event["note"] for event in chosen.events(name)]
    assert sum(accounting.slots(plan).values()) == 2


@pytest.mark.usefixtures("muster")
def test_executors_that_no_policy_moves_hold_no_room(workspace: Workspace) -> None:
    """A driver that carries the name alone: its executors go to kube-scheduler, and the reserved places to others."""
    workspace.add_nodes(2, cpu="2")
    app = LightApp(workspace, 3, scheduler.NAME)
    del app.properties["spark.kubernetes.scheduler.name"]
    app.submit()
    wait_for("the driver to run", app.driver_runs, 30)
    assert accounting.plan(app.driver()) is not None
    app.scheduler = DEFAULT  # of the executors
    app.play()
    wait_for("the application to be whole", app.whole, 30)
    notes = wait_for("the driver to be told", lambda: _notes(workspace, app.driver_name, "GangMismatch"), 10)
    assert DEFAULT in notes[0]
    app.finish()
    assert accounting.overcommitted(workspace.api) == []


def _notes(workspace: Workspace, pod: str, reason: str) -> list[str]:
    return [str(event["note"]) for event in workspace.events(pod) if event["reason"] == reason]


def _label(workspace: Workspace, value: str | None) -> None:
    body = {"metadata": {"labels": {LABEL: value}}}
    workspace.api.patch(f"/api/v1/namespaces/{workspace.namespace}", body, MERGE)


def _scheduler_of(workspace: Workspace, role: str = "", **spec: object) -> str:
    """The scheduler of a pod as the API server would create it."""
    labels = {"spark-role": role} if role else {}
    container = {"name": "main", "image": SLEEP_IMAGE}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "probe-", "labels": labels},
            "spec": {"containers": [container], **spec}}
    return str(workspace.api.create(workspace.path("pods?dryRun=All"), body)["spec"]["schedulerName"])


def _if_ended(workspace: Workspace, name: str) -> Json | None:
    pod = workspace.pod(name)
    return pod if pod and pod["status"]["phase"] in TERMINAL else None
