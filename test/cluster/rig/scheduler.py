"""The daemon under test: its account, its process, and what it says over HTTP and in its log."""

from __future__ import annotations

import http.client
import pathlib
import signal
import subprocess

from rig.api import service_account_kubeconfig
from rig.binaries import ensure_binaries
from rig.cache import RIG_ROOT
from rig.control_plane import Cluster
from rig.processes import free_ports, start_logged, tail
from rig.waiting import wait_for

NAME = "muster"
NAMESPACE = "muster-system"
USER = f"system:serviceaccount:{NAMESPACE}:{NAME}"
MANIFESTS = RIG_ROOT.parent.parent / "manifests"
READY_TIMEOUT_S = 30.0


def kubectl(cluster: Cluster, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [str(ensure_binaries() / "kubectl"), "--kubeconfig", str(cluster.admin_kubeconfig),
               "--request-timeout=30s", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
    return done


def install_access(cluster: Cluster, folder: pathlib.Path) -> pathlib.Path:
    """Applies namespace and rights from manifests/ and returns a kubeconfig of the service account."""
    kubectl(cluster, "apply", "-f", str(MANIFESTS / "00-namespace.yaml"), "-f", str(MANIFESTS / "10-rbac.yaml"))
    return service_account_kubeconfig(cluster.api(), cluster.ca, NAMESPACE, NAME, folder / "muster.kubeconfig")


def write_config(path: pathlib.Path, **fields: str) -> pathlib.Path:
    lines = ["apiVersion: muster.dev/v1alpha1", "kind: MusterConfiguration"]
    path.write_text("\n".join(lines + [f"{key}: {value}" for key, value in fields.items()]) + "\n", encoding="utf-8")
    return path


class Muster:
    """One process of the daemon."""

    def __init__(self, binary: pathlib.Path, kubeconfig: pathlib.Path, log: pathlib.Path,
                 config: pathlib.Path | None = None, server: str = "", leader_elect: bool = False) -> None:
        """Without leader election it works at once, and does not wait for the lease of one that was killed."""
        self.log = log
        self.port = free_ports(1)[0]
        command = [str(binary), "--kubeconfig", str(kubeconfig), "--listen", f"127.0.0.1:{self.port}"]
        if config:
            command += ["--config", str(config)]
        command.append(f"--leader-elect={str(leader_elect).lower()}")
        if server:
            command += ["--server", server]
        self.process = start_logged(command, log)

    def get(self, path: str) -> tuple[int, str]:
        """Status code and body; (0, reason) when nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error)
        finally:
            connection.close()

    def wait_ready(self) -> Muster:
        try:
            wait_for("muster's /readyz", lambda: self._alive() and self.get("/readyz")[0] == 200, READY_TIMEOUT_S)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; /readyz: {self.get('/readyz')}; log:\n{tail(self.log)}") from None
        return self

    def stop(self) -> int:
        """SIGTERM; returns the exit code. A daemon that does not end in 15 s is killed, and that raises."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """SIGKILL, as a crash or the out-of-memory killer would."""
        self.process.kill()
        self.process.wait(timeout=10)

    def log_text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def _alive(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"muster ended with {self.process.returncode}:\n{tail(self.log)}")
        return True
