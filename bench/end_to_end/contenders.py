"""The three that bind the same pods: the raw binder, kube-scheduler and Muster."""

from __future__ import annotations

import dataclasses
import pathlib
import subprocess
from collections.abc import Callable

from rig import kubeconfig, scheduler
from rig.binaries import ensure_binaries
from rig.control_plane import Cluster
from rig.pki import Authority
from rig.processes import free_ports, start_logged

SCHEDULER_NAME = "bench"
KUBE_SCHEDULER_CONFIG = """\
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
clientConnection: {{kubeconfig: {kubeconfig}, qps: 10000, burst: 10000}}
leaderElection: {{leaderElect: {elect}}}
profiles: [{{schedulerName: bench}}]
"""
MUSTER_CONFIG = """\
apiVersion: muster.dev/v1alpha1
kind: MusterConfiguration
schedulerName: bench
leaderElection: {resourceName: muster, resourceNamespace: muster-system}
"""


@dataclasses.dataclass(frozen=True)
class Contender:
    """`start` returns the process; `user` is its name in the audit log."""

    name: str
    user: str
    start: Callable[[pathlib.Path], subprocess.Popen[bytes]]


class Contenders:
    """Makes identities and configurations once; each start is a fresh process."""

    def __init__(self, cluster: Cluster, build: pathlib.Path, elect: bool, muster_lines: str = "") -> None:
        self._cluster = cluster
        self._elect = str(elect).lower()
        self._muster = _built(build / "scheduler/runtime/muster")
        self._raw = _built(build / "bench/end_to_end/bench_raw_binder")
        self._muster_kubeconfig = scheduler.install_access(cluster, cluster.dir)
        self._muster_config = _write(cluster.dir / "muster.yaml", MUSTER_CONFIG + muster_lines)
        identity = self._certificate("system:kube-scheduler")
        text = KUBE_SCHEDULER_CONFIG.format(kubeconfig=identity, elect=self._elect)
        self._kube_config = _write(cluster.dir / "bench-kube-scheduler.yaml", text)

    def all(self) -> dict[str, Contender]:
        listed = (
            Contender("raw", scheduler.USER, self._start_raw),
            Contender("kube-scheduler", "system:kube-scheduler", self._start_kube_scheduler),
            Contender("muster", scheduler.USER, self._start_muster),
        )
        return {one.name: one for one in listed}

    def _start_raw(self, log: pathlib.Path) -> subprocess.Popen[bytes]:
        return start_logged([str(self._raw), "--kubeconfig", str(self._muster_kubeconfig), "--scheduler-name",
                             SCHEDULER_NAME], log)

    def _start_kube_scheduler(self, log: pathlib.Path) -> subprocess.Popen[bytes]:
        return start_logged([str(ensure_binaries() / "kube-scheduler"), f"--config={self._kube_config}",
                             "--bind-address=127.0.0.1", f"--secure-port={free_ports(1)[0]}",
                             f"--cert-dir={self._cluster.dir / 'kube-scheduler-certs'}"], log)

    def _start_muster(self, log: pathlib.Path) -> subprocess.Popen[bytes]:
        return start_logged([str(self._muster), "--kubeconfig", str(self._muster_kubeconfig), "--config",
                             str(self._muster_config), "--listen", f"127.0.0.1:{free_ports(1)[0]}",
                             f"--leader-elect={self._elect}", "--log-level=info"], log)

    def _certificate(self, user: str) -> pathlib.Path:
        authority = Authority(self._cluster.dir / "pki")
        path = self._cluster.dir / f"bench-{user.replace(':', '-')}.kubeconfig"
        return kubeconfig.write_with_certificate(path, self._cluster.server, self._cluster.ca, user,
                                                 authority.client(user))


def _built(path: pathlib.Path) -> pathlib.Path:
    if not path.is_file():
        raise SystemExit(f"{path} is not there: cmake --build --preset release --target muster bench_raw_binder")
    return path


def _write(path: pathlib.Path, text: str) -> pathlib.Path:
    path.write_text(text, encoding="utf-8")
    return path
