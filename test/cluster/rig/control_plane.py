"""Starts and ends a control plane: etcd, kube-apiserver, controllers and, if asked, kube-scheduler."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import signal
import time
from collections.abc import Sequence

from rig import kubeconfig
from rig.api import Api, ApiError
from rig.binaries import ensure_binaries
from rig.cache import RIG_ROOT
from rig.pki import Authority, KeyPair
from rig.processes import ProcessId, end_processes, free_ports, start_logged, tail
from rig.waiting import wait_for

# What the tests lean on, and no more: fewer controllers start faster and leave the audit log readable.
CONTROLLERS = (
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "root-ca-certificate-publisher-controller",
    "clusterrole-aggregation-controller",
    "namespace-controller",
    "garbage-collector-controller",
    "pod-garbage-collector-controller",
    "taint-eviction-controller",
    "replicaset-controller",
    "deployment-controller",
    "statefulset-controller",
    "job-controller",
    "disruption-controller",
    "persistentvolume-binder-controller",
    # Without these two no claim and no volume can be deleted.
    "persistentvolumeclaim-protection-controller",
    "persistentvolume-protection-controller",
)
START_TIMEOUT_S = 90.0
SCHEDULER_CONFIG = """\
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
clientConnection: {{kubeconfig: {kubeconfig}, qps: 5000, burst: 5000}}
leaderElection: {{leaderElect: false}}
"""


@dataclasses.dataclass
class Cluster:
    """A running control plane, as DIR/cluster.json describes it."""

    dir: pathlib.Path
    server: str
    ports: dict[str, int]
    processes: dict[str, ProcessId]
    commands: dict[str, list[str]] = dataclasses.field(default_factory=dict)

    @property
    def admin_kubeconfig(self) -> pathlib.Path:
        return self.dir / "admin.kubeconfig"

    @property
    def ca(self) -> pathlib.Path:
        return self.dir / "pki" / "ca.crt"

    @property
    def audit_log(self) -> pathlib.Path:
        return self.dir / "audit.log"

    def api(self) -> Api:
        return Api.from_kubeconfig(self.admin_kubeconfig)

    def save(self) -> None:
        state = {
            "server": self.server,
            "ports": self.ports,
            "processes": {name: dataclasses.asdict(process) for name, process in self.processes.items()},
            "commands": self.commands,
            "paths": {"admin_kubeconfig": str(self.admin_kubeconfig), "audit_log": str(self.audit_log)},
        }
        (self.dir / "cluster.json").write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")

    @staticmethod
    def load(folder: pathlib.Path) -> Cluster:
        state = json.loads((folder / "cluster.json").read_text(encoding="utf-8"))
        processes = {name: ProcessId(**fields) for name, fields in state["processes"].items()}
        return Cluster(folder, state["server"], state["ports"], processes, state["commands"])

    def run(self, name: str) -> None:
        """Starts a component by its command, and notes its process."""
        log = self.dir / f"{name}.log"
        identity = ProcessId.of(start_logged(self.commands[name], log).pid)
        if identity is None:
            raise RuntimeError(f"{name} ended at once:\n{tail(log)}")
        self.processes[name] = identity
        self.save()

    def crash(self, name: str) -> None:
        """Kills a component without a warning; run() starts it again, over the same data and port."""
        process = self.processes.pop(name)
        end_processes([process], grace_s=0, first=signal.SIGKILL)
        wait_for(f"{name} to be gone", lambda: not process.alive(), 10)
        self.save()

    def wait_for_apiserver(self) -> None:
        api = self.api()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not _found(api, "/readyz"):
            for name, process in self.processes.items():
                if not process.alive():
                    raise RuntimeError(f"{name} ended:\n{tail(self.dir / f'{name}.log')}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"kube-apiserver not ready:\n{tail(self.dir / 'kube-apiserver.log')}")
            time.sleep(0.1)


def start(folder: pathlib.Path, with_kube_scheduler: bool = False, apiserver_flags: Sequence[str] = ()) -> Cluster:
    """Starts a control plane in an empty folder; on failure nothing of it keeps running.

    `apiserver_flags` beat the rig's own."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "cluster.json").exists():
        raise RuntimeError(f"{folder} holds a cluster already; end it with down --dir and choose a fresh folder")
    starter = _Starter(folder, ensure_binaries(), apiserver_flags)
    try:
        starter.start_servers()
        if with_kube_scheduler:
            starter.start_kube_scheduler()
        starter.wait_until_usable()
    except BaseException:
        stop(starter.cluster)
        raise
    return starter.cluster


def stop(cluster: Cluster) -> None:
    """Ends exactly the processes of this cluster, clients before servers."""
    for name in ("kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"):
        process = cluster.processes.pop(name, None)
        if process:
            # The data is not kept, so nobody waits for servers that linger over open watches.
            end_processes([process], grace_s=1.5)
    cluster.save()


class _Starter:
    """The steps of a start, over the folder and the ports that they share."""

    def __init__(self, folder: pathlib.Path, binaries: pathlib.Path, apiserver_flags: Sequence[str]) -> None:
        self.binaries = binaries
        self.apiserver_flags = apiserver_flags
        names = ("etcd", "etcd-peer", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
        ports = dict(zip(names, free_ports(len(names)), strict=True))
        self.cluster = Cluster(folder, f"https://127.0.0.1:{ports['kube-apiserver']}", ports, {})
        self.authority = Authority(folder / "pki")
        self.authority.create()
        self.sa_keys = self.authority.service_account_keys()
        self._kubeconfig("admin", "system:masters")

    def start_servers(self) -> None:
        self._run("etcd", self._etcd_flags())
        self._run("kube-apiserver", self._apiserver_flags())
        self.cluster.wait_for_apiserver()
        self._run("kube-controller-manager", self._controller_flags())

    def start_kube_scheduler(self) -> None:
        config = self.cluster.dir / "kube-scheduler.yaml"
        identity = self._kubeconfig("system:kube-scheduler")
        config.write_text(SCHEDULER_CONFIG.format(kubeconfig=identity), encoding="utf-8")
        self._run("kube-scheduler", [f"--config={config}", *self._serving_flags("kube-scheduler")])

    def wait_until_usable(self) -> None:
        """Pods can be created from the moment at which `default` has its account and the CA."""
        api = self.cluster.api()
        wait_for(
            "service account and CA certificate of namespace default",
            lambda: _found(api, "/api/v1/namespaces/default/serviceaccounts/default")
            and _found(api, "/api/v1/namespaces/default/configmaps/kube-root-ca.crt"),
            START_TIMEOUT_S,
        )

    def _kubeconfig(self, user: str, group: str = "") -> pathlib.Path:
        path = self.cluster.dir / f"{user.replace(':', '-')}.kubeconfig"
        pair = self.authority.client(user, group)
        return kubeconfig.write_with_certificate(path, self.cluster.server, self.authority.pair.cert, user, pair)

    def _run(self, name: str, flags: list[str]) -> None:
        self.cluster.commands[name] = [str(self.binaries / name), *flags]
        self.cluster.run(name)

    def _etcd_flags(self) -> list[str]:
        client = f"http://127.0.0.1:{self.cluster.ports['etcd']}"
        peer = f"http://127.0.0.1:{self.cluster.ports['etcd-peer']}"
        return [
            "--name=test",
            f"--data-dir={self.cluster.dir / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=test={peer}",
            "--log-level=warn",
            "--quota-backend-bytes=8589934592",
            # The data dies with the test, so it need not survive a power cut.
            "--unsafe-no-fsync",
        ]

    def _apiserver_flags(self) -> list[str]:
        serving = self.authority.server("kube-apiserver")
        ports, folder = self.cluster.ports, self.cluster.dir
        return [
            f"--etcd-servers=http://127.0.0.1:{ports['etcd']}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            # A loopback address is no valid endpoint of the kubernetes service; do not write any.
            "--endpoint-reconciler-type=none",
            f"--secure-port={ports['kube-apiserver']}",
            f"--tls-cert-file={serving.cert}",
            f"--tls-private-key-file={serving.key}",
            f"--client-ca-file={self.authority.pair.cert}",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.0.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.sa_keys.cert}",
            f"--service-account-signing-key-file={self.sa_keys.key}",
            "--max-requests-inflight=3000",
            "--max-mutating-requests-inflight=3000",
            f"--audit-policy-file={RIG_ROOT / 'rig' / 'audit_policy.yaml'}",
            f"--audit-log-path={folder / 'audit.log'}",
            "--audit-log-maxsize=4096",
            "--profiling=false",
            *self.apiserver_flags,
        ]

    def _controller_flags(self) -> list[str]:
        # In system:masters, so that controllers need no accounts and roles of their own here.
        identity = self._kubeconfig("system:kube-controller-manager", "system:masters")
        return [
            f"--kubeconfig={identity}",
            f"--controllers={','.join(CONTROLLERS)}",
            "--leader-elect=false",
            f"--root-ca-file={self.authority.pair.cert}",
            f"--service-account-private-key-file={self.sa_keys.key}",
            "--kube-api-qps=500",
            "--kube-api-burst=1000",
            "--pvclaimbinder-sync-period=1s",
            "--profiling=false",
            *self._serving_flags("kube-controller-manager"),
        ]

    def _serving_flags(self, name: str) -> list[str]:
        pair: KeyPair = self.authority.server(f"{name}-serving")
        return [
            "--bind-address=127.0.0.1",
            f"--secure-port={self.cluster.ports[name]}",
            f"--tls-cert-file={pair.cert}",
            f"--tls-private-key-file={pair.key}",
        ]


def _found(api: Api, path: str) -> bool:
    try:
        api.get(path)
    except (ApiError, OSError):
        return False
    return True
