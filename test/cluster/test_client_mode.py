"""Drivers that run spark-submit in client mode, in pods that a person wrote; real Spark throughout."""

from __future__ import annotations

from collections import Counter

import pytest

from rig import accounting, audit, scheduler, spark
from rig.api import Json
from rig.cache import RIG_ROOT
from rig.client_app import NAME, ClientApp
from rig.kubelet import Kubelet
from rig.spark_install import SPARK_VERSIONS, is_installed
from rig.waiting import holds_for, wait_for
from rig.workspace import Workspace

EXECUTORS = 2
RESTART_JOB = RIG_ROOT / "jobs" / "restart.py"
ADDRESS = "$(POD_IP)"
# The package of 3.5 does not hold the Connect server's jar; those of 4.x do.
CONNECT_VERSION = SPARK_VERSIONS[-1]
CONNECT = [
    "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
    "--conf", "spark.connect.grpc.binding.port=0", "--conf", f"spark.connect.grpc.binding.address={ADDRESS}",
    "spark-internal",
]
THRIFT = [
    "--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
    "--conf", "spark.sql.catalogImplementation=in-memory", "spark-internal",
    "--hiveconf", f"hive.server2.thrift.bind.host={ADDRESS}", "--hiveconf", "hive.server2.thrift.port=0",
]
SERVERS = pytest.mark.parametrize(
    ("words", "version"), [(CONNECT, CONNECT_VERSION), (THRIFT, spark.SPARK_VERSION)], ids=["connect", "thrift"])


def test_client_mode_runs_with_kube_scheduler(workspace: Workspace, kubelet: Kubelet) -> None:
    """The rig's own part: a driver pod that a person wrote works as a process."""
    workspace.add_nodes(2, cpu="2", memory="8Gi")
    app = ClientApp(workspace, "default-scheduler", EXECUTORS).submit([str(spark.SHUFFLE_JOB)])
    app.wait_for_end()
    assert spark.result(app.log(kubelet)) == spark.SHUFFLE_RESULT, app.log(kubelet, "stderr.log").read_text()[-3000:]


@pytest.mark.usefixtures("muster")
@pytest.mark.parametrize("named", [True, False], ids=["owner-reference", "no-owner-reference"])
def test_client_mode_is_a_gang(workspace: Workspace, kubelet: Kubelet, named: bool) -> None:
    """Executors of both kinds come to the places that the plan of their driver keeps for them."""
    workspace.add_nodes(2, cpu="2", memory="8Gi")
    log = audit.Audit(workspace.cluster.audit_log)
    app = ClientApp(workspace, scheduler.NAME, EXECUTORS, named=named).submit([str(spark.SHUFFLE_JOB)])
    plan = app.wait_for_plan()
    app.wait_for_end()

    assert spark.result(app.log(kubelet)) == spark.SHUFFLE_RESULT, app.log(kubelet, "stderr.log").read_text()[-3000:]
    bound = audit.bound_nodes(log.writes(scheduler.USER, workspace.namespace))
    assert Counter(node for pod, node in bound.items() if pod != NAME) == accounting.slots(plan)
    assert sum(accounting.slots(plan).values()) == EXECUTORS


@pytest.mark.usefixtures("muster")
def test_client_mode_waits_for_room_for_all(workspace: Workspace) -> None:
    """The driver alone would fit: it starts nevertheless only when its executors can, too."""
    workspace.add_nodes(1, cpu="2", memory="8Gi")
    app = ClientApp(workspace, scheduler.NAME, EXECUTORS).submit([str(spark.SHUFFLE_JOB)])
    wait_for("the driver to be told", lambda: _reason(app.driver()) == "Unschedulable", 30)
    holds_for("the driver waits", lambda: not app.driver()["spec"].get("nodeName"), 3)
    workspace.add_nodes(1, cpu="2", memory="8Gi")
    assert sum(accounting.slots(app.wait_for_plan()).values()) == EXECUTORS


@pytest.mark.usefixtures("muster")
def test_restart_in_place_takes_the_old_places(workspace: Workspace, kubelet: Kubelet) -> None:
    """A driver container that fails starts again in its pod: a new application id, the same gang.

    The nodes are full, so that the new executors fit only where the old ones were.
    """
    log = audit.Audit(workspace.cluster.audit_log)
    app = _restarting(workspace, scheduler.NAME)
    plan = app.wait_for_plan()
    _assert_ran_twice(app, kubelet)
    bound = audit.bound_nodes(log.writes(scheduler.USER, workspace.namespace))
    executors = Counter(node for pod, node in bound.items() if pod != NAME)
    assert executors == Counter({node: 2 * count for node, count in accounting.slots(plan).items()})


@pytest.mark.slow
def test_restart_in_place_runs_with_kube_scheduler(workspace: Workspace, kubelet: Kubelet) -> None:
    """The rig's own part of the test above."""
    _assert_ran_twice(_restarting(workspace, "default-scheduler"), kubelet)


def _restarting(workspace: Workspace, scheduler_name: str) -> ClientApp:
    workspace.add_nodes(3, cpu="1", memory="8Gi")
    app = ClientApp(workspace, scheduler_name, EXECUTORS)
    return app.submit([str(RESTART_JOB)], restart_policy="OnFailure")


def _assert_ran_twice(app: ClientApp, kubelet: Kubelet) -> None:
    ended = app.wait_for_end()
    assert ended["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 0
    assert app.log(kubelet).read_text().count("RESULT ") == 2


@pytest.mark.usefixtures("muster")
@SERVERS
def test_servers_are_gangs(workspace: Workspace, kubelet: Kubelet, words: list[str], version: str) -> None:
    """Servers are client-mode drivers that never end by themselves."""
    app = _server(workspace, scheduler.NAME, words, version)
    plan = app.wait_for_plan()
    executors = _executors_of_server(app, kubelet)
    assert Counter(pod["spec"]["nodeName"] for pod in executors) == accounting.slots(plan)


@pytest.mark.slow
@SERVERS
def test_servers_run_with_kube_scheduler(
    workspace: Workspace, kubelet: Kubelet, words: list[str], version: str
) -> None:
    """The rig's own part of the test above."""
    _executors_of_server(_server(workspace, "default-scheduler", words, version), kubelet)


def _server(workspace: Workspace, scheduler_name: str, words: list[str], version: str) -> ClientApp:
    if not is_installed(version):
        pytest.skip(f"Spark {version} is not in the cache; `capture --spark {version}` installs it")
    workspace.add_nodes(2, cpu="2", memory="8Gi")
    return ClientApp(workspace, scheduler_name, EXECUTORS, version).submit(words)


def _executors_of_server(app: ClientApp, kubelet: Kubelet) -> list[Json]:
    executors = wait_for("the executors of the server", app.all_run, 90)
    # A server that cannot open its port ends soon after its executors came.
    holds_for("the server runs", lambda: app.driver()["status"]["phase"] == "Running", 5)
    assert "Exception" not in app.log(kubelet, "stderr.log").read_text()
    return executors


def _reason(pod: Json) -> str:
    return str(accounting.condition(pod).get("reason", ""))
