"""Fixtures: one control plane for the session; a namespace, nodes and a daemon for each test."""

from __future__ import annotations

import os
import pathlib
import sys
from collections.abc import Callable, Iterator

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from rig import control_plane, scheduler  # noqa: E402
from rig.control_plane import Cluster  # noqa: E402
from rig.kubelet import Kubelet  # noqa: E402
from rig.processes import tail  # noqa: E402
from rig.scheduler import Muster  # noqa: E402
from rig.workspace import Workspace  # noqa: E402

StartMuster = Callable[..., Muster]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane with kube-scheduler, which minds only the pods that name no other scheduler."""
    running = control_plane.start(tmp_path_factory.mktemp("cluster"), with_kube_scheduler=True)
    yield running
    control_plane.stop(running)


@pytest.fixture(scope="session")
def kubelet(cluster: Cluster) -> Iterator[Kubelet]:
    running = Kubelet(cluster.api(), cluster.dir / "pods").start()
    yield running
    running.stop()


@pytest.fixture
def workspace(cluster: Cluster, kubelet: Kubelet, tmp_path: pathlib.Path) -> Iterator[Workspace]:
    """A namespace of the test; its end needs the kubelet, without which bound pods never go."""
    mine = Workspace(cluster, tmp_path).create()
    yield mine
    mine.delete()


@pytest.fixture(scope="session")
def muster_binary() -> pathlib.Path:
    """The daemon under test. Tests are skipped only if none was asked for: a wrong path is a failure."""
    given = os.environ.get("MUSTER_BINARY")
    if not given:
        pytest.skip("MUSTER_BINARY is not set: it names the muster binary to test")
    path = pathlib.Path(given).resolve()
    if not path.is_file():
        pytest.fail(f"MUSTER_BINARY names {given}, which is not there")
    return path


@pytest.fixture(scope="session")
def muster_kubeconfig(cluster: Cluster) -> pathlib.Path:
    """The daemon's own account, with no rights but those of manifests/."""
    return scheduler.install_access(cluster, cluster.dir)


@pytest.fixture
def start_muster(
    muster_binary: pathlib.Path, muster_kubeconfig: pathlib.Path, tmp_path: pathlib.Path
) -> Iterator[StartMuster]:
    """Starts daemons with the given settings of MusterConfiguration; at the end all must stop cleanly."""
    started: list[Muster] = []

    def start(kubeconfig: pathlib.Path = muster_kubeconfig, server: str = "", leader_elect: bool = False,
              **settings: str) -> Muster:
        number = len(started)
        config = scheduler.write_config(tmp_path / f"muster-{number}.yaml", **settings) if settings else None
        log = tmp_path / f"muster-{number}.log"
        started.append(Muster(muster_binary, kubeconfig, log, config, server, leader_elect))
        return started[-1]

    yield start
    for daemon in started:
        # Shown by pytest only when the test failed.
        print(f"--- {daemon.log.name}\n{tail(daemon.log, 60)}")
    # Those that a test ended itself, by signal or by a bad configuration, are not judged here.
    codes = [daemon.stop() for daemon in started if daemon.process.poll() is None]
    assert all(code == 0 for code in codes), f"muster did not end cleanly on SIGTERM: {codes}"


@pytest.fixture
def muster(workspace: Workspace, start_muster: StartMuster) -> Muster:
    """A ready daemon with the default configuration; it ends before the workspace does."""
    return start_muster().wait_ready()
