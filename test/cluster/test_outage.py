"""The API server dies and comes back, in the middle of a gang's life."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from conftest import StartMuster
from rig import accounting, control_plane, scheduler
from rig.control_plane import Cluster
from rig.kubelet import Kubelet
from rig.light_app import LightApp
from rig.waiting import wait_for
from rig.workspace import Workspace

EXECUTORS = 5


@pytest.fixture
def own_cluster(tmp_path: pathlib.Path) -> Iterator[Cluster]:
    """A control plane of the test, since the others' connections must not break."""
    running = control_plane.start(tmp_path / "cluster")
    kubelet = Kubelet(running.api(), running.dir / "pods").start()
    yield running
    kubelet.stop()
    control_plane.stop(running)


def test_plans_survive_a_crash_of_the_api_server(
    own_cluster: Cluster, start_muster: StartMuster, tmp_path: pathlib.Path
) -> None:
    daemon = start_muster(kubeconfig=scheduler.install_access(own_cluster, tmp_path)).wait_ready()
    workspace = Workspace(own_cluster, tmp_path).create()
    workspace.add_nodes(3, cpu="4")
    app = LightApp(workspace, EXECUTORS, scheduler.NAME).submit()
    wait_for("the driver to run", app.driver_runs, 30)
    plan = accounting.plan(app.driver())
    assert plan is not None, "the bound driver carries no plan"

    said = len(daemon.log_text())
    own_cluster.crash("kube-apiserver")
    wait_for("a word in the log", lambda: len(daemon.log_text()) > said, 30)
    assert daemon.get("/healthz")[0] == 200
    own_cluster.run("kube-apiserver")
    own_cluster.wait_for_apiserver()

    # Reading first renews the rig's connection, which a write may not do by itself.
    assert accounting.plan(app.driver()) == plan
    app.create_executors()
    wait_for("the executors to run", app.whole, 90)
    assert app.executor_nodes() == accounting.slots(plan)
    later = LightApp(workspace, EXECUTORS, scheduler.NAME).submit().play()
    wait_for("a later application to be whole", later.whole, 60)
    assert not accounting.overcommitted(workspace.api)
