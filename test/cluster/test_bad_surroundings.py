"""A configuration, a server and a token that the daemon cannot work with."""

from __future__ import annotations

import pathlib
import socket
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest

from conftest import StartMuster
from rig import kubeconfig
from rig.api import service_account_kubeconfig
from rig.control_plane import Cluster
from rig.scheduler import Muster
from rig.waiting import holds_for, wait_for


def test_unknown_field_stops_the_start(start_muster: StartMuster) -> None:
    daemon = start_muster(shapeTimeuot="5s")
    assert _exit_code(daemon) not in (0, None)
    assert "shapeTimeuot" in daemon.log_text()


@pytest.mark.parametrize("value", ["soon", "-5s"])
def test_bad_value_stops_the_start(start_muster: StartMuster, value: str) -> None:
    daemon = start_muster(shapeTimeout=value)
    assert _exit_code(daemon) not in (0, None)
    assert "shapeTimeout" in daemon.log_text()


def test_missing_kubeconfig_stops_the_start(start_muster: StartMuster, tmp_path: pathlib.Path) -> None:
    daemon = start_muster(kubeconfig=tmp_path / "not-there.kubeconfig")
    assert _exit_code(daemon) not in (0, None)
    assert "not-there.kubeconfig" in daemon.log_text()


def test_no_api_server(start_muster: StartMuster, cluster: Cluster, tmp_path: pathlib.Path, deaf: DeafServer) -> None:
    """It stays up, says so, and does not hammer on the door."""
    daemon = start_muster(kubeconfig=_kubeconfig(cluster, tmp_path, deaf.url, "token"))
    wait_for("/healthz", lambda: daemon.get("/healthz")[0] == 200, 10)
    time.sleep(2)
    before = deaf.connections
    holds_for("alive, but not ready", lambda: daemon.get("/healthz")[0] == 200 and daemon.get("/readyz")[0] == 503, 6)
    # Sixteen watched resources with a back-off that has grown to some seconds by now.
    assert deaf.connections - before <= 40
    assert deaf.url.removeprefix("https://") in daemon.log_text()
    assert len(daemon.log_text().splitlines()) < 200


def test_token_refused(start_muster: StartMuster, cluster: Cluster, tmp_path: pathlib.Path) -> None:
    daemon = start_muster(kubeconfig=_kubeconfig(cluster, tmp_path, cluster.server, "no-such-token"))
    wait_for("/readyz to say 401", lambda: _says(daemon.get("/readyz"), 503, "401"), 15)
    assert "401" in daemon.log_text()
    assert daemon.get("/healthz")[0] == 200
    assert "no-such-token" not in daemon.log_text(), "a token must not be logged"


def test_account_without_rights(start_muster: StartMuster, cluster: Cluster, tmp_path: pathlib.Path) -> None:
    """The account `default` may authenticate, and nothing more."""
    path = tmp_path / "weak.kubeconfig"
    service_account_kubeconfig(cluster.api(), cluster.ca, "default", "default", path)
    daemon = start_muster(kubeconfig=path)
    wait_for("/readyz to say 403", lambda: _says(daemon.get("/readyz"), 503, "403"), 15)
    assert "403" in daemon.log_text()


class DeafServer:
    """Accepts connections, counts them, and closes each at once."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._socket.getsockname()[1]}"
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        # Wakes the accept, which a close alone does not.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()


@pytest.fixture
def deaf() -> Iterator[DeafServer]:
    server = DeafServer()
    yield server
    server.close()


def _kubeconfig(cluster: Cluster, folder: pathlib.Path, server: str, token: str) -> pathlib.Path:
    return kubeconfig.write_with_token(folder / "bad.kubeconfig", server, cluster.ca, "somebody", token)


def _exit_code(daemon: Muster) -> int | None:
    try:
        return daemon.process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        return None


def _says(answer: tuple[int, str], code: int, word: str) -> bool:
    return answer[0] == code and word in answer[1]
