"""Ways to the API server, other than a kubeconfig with a good token and a server that is there."""

from __future__ import annotations

import json
import pathlib
import subprocess
from collections.abc import Iterator

import pytest

from conftest import StartMuster
from rig.binaries import ensure_binaries
from rig.control_plane import Cluster
from rig.processes import free_ports
from rig.relay import Relay
from rig.waiting import holds_for, wait_for


@pytest.fixture
def proxy(muster_kubeconfig: pathlib.Path, tmp_path: pathlib.Path) -> Iterator[str]:
    """`kubectl proxy` as the daemon's account: plain HTTP on loopback, no credentials needed."""
    port = free_ports(1)[0]
    command = [str(ensure_binaries() / "kubectl"), "--kubeconfig", str(muster_kubeconfig), "proxy", f"--port={port}"]
    with open(tmp_path / "proxy.log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait(timeout=10)


def test_server_flag_beats_the_kubeconfig(start_muster: StartMuster, proxy: str) -> None:
    start_muster(server=proxy).wait_ready()


def test_token_file_that_is_mended(
    start_muster: StartMuster, cluster: Cluster, muster_kubeconfig: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    """A refused token is read again from its file, as it is when a projected token has changed."""
    token_file = tmp_path / "token"
    token_file.write_text("stale")
    config = json.loads(muster_kubeconfig.read_text())
    user = config["users"][0]["user"]
    good = user.pop("token")
    user["tokenFile"] = token_file.name
    path = tmp_path / "token-file.kubeconfig"
    path.write_text(json.dumps(config))

    daemon = start_muster(kubeconfig=path)
    wait_for("/readyz to say 401", lambda: "401" in daemon.get("/readyz")[1], 15)
    token_file.write_text(good)
    # Tokens are read again every minute at the latest.
    wait_for("/readyz", lambda: daemon.get("/readyz")[0] == 200, 90)


def test_server_that_comes_back(
    start_muster: StartMuster, cluster: Cluster, muster_kubeconfig: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    """Readiness follows the return of a server within the back-off."""
    with Relay(cluster.ports["kube-apiserver"]) as relay:
        text = muster_kubeconfig.read_text().replace(cluster.server, relay.url)
        config = tmp_path / "relay.kubeconfig"
        config.write_text(text)
        daemon = start_muster(kubeconfig=config)
        wait_for("/readyz to say no", lambda: daemon.get("/readyz")[0] == 503, 10)
        holds_for("not ready without a server", lambda: daemon.get("/readyz")[0] == 503, 4)
        relay.open()
        wait_for("/readyz", lambda: daemon.get("/readyz")[0] == 200, 40)
