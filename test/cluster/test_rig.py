"""The rig itself: real Spark on the real control plane, placed by the default scheduler."""

from __future__ import annotations

from rig import spark
from rig.api import Json
from rig.kubelet import Kubelet
from rig.waiting import wait_for
from rig.workspace import TERMINAL, Workspace


def test_real_spark_finishes_with_kube_scheduler(workspace: Workspace, kubelet: Kubelet) -> None:
    workspace.add_nodes(2)
    submission = spark.Submission("rig", workspace.namespace, executors=3)
    log = workspace.folder / "submit.log"
    spark.submit(submission, workspace.cluster.server, workspace.allow_spark(), log)

    driver = workspace.pods(role="driver")[0]["metadata"]["name"]
    wait_for("three executors", lambda: len(workspace.pods(role="executor")) == 3, 60)
    ended = wait_for("the driver to end", lambda: _ended(workspace, driver), 120)

    folder = kubelet.pod_folder(workspace.namespace, driver)
    assert ended["status"]["phase"] == "Succeeded", (folder / "stderr.log").read_text()[-3000:]
    assert spark.result(folder / "stdout.log") == spark.SHUFFLE_RESULT


def _ended(workspace: Workspace, name: str) -> Json | None:
    pod = workspace.pod(name)
    return pod if pod and pod["status"]["phase"] in TERMINAL else None
