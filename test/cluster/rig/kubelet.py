"""A kubelet for fake nodes: runs bound Spark pods as local processes, and others as a status only.

One instance serves every node of the cluster. Run as a script:
    python3 -m rig.kubelet --kubeconfig FILE --dir DIR
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import pathlib
import random
import signal
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from rig import pod_status
from rig.api import Api, ApiError, Json
from rig.pod_run import SLEEP_IMAGE, ProcessRun, SleepRun
from rig.spark_image import is_spark

BOUND = "spec.nodeName!="
TERMINAL = ("Succeeded", "Failed")
WATCH_S = 30.0
SPARK_PORTS = (7078, 7079)


class Kubelet:
    """Follows the bound pods of a cluster on a thread of its own, from start() to stop()."""

    def __init__(self, api: Api, folder: pathlib.Path) -> None:
        self._api = api
        self.folder = folder
        self._runs: dict[str, SleepRun | ProcessRun] = {}
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="kubelet")
        self._addresses = _addresses()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def start(self) -> Kubelet:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ends every process of every pod; the watch ends with its connection's time limit."""
        self._stopping.set()
        for run in list(self._runs.values()):
            run.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def pod_folder(self, namespace: str, name: str) -> pathlib.Path:
        """Where a pod's volumes and its stdout.log and stderr.log are."""
        return self.folder / f"{namespace}_{name}"

    def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch(self._list())
            except (ApiError, OSError, http.client.HTTPException) as error:
                if self._stopping.wait(0.5):
                    return
                # A watch that ended with an error is followed by a fresh list, as in any client.
                print(f"kubelet: {error}", file=sys.stderr, flush=True)

    def _list(self) -> str:
        answer = self._api.get(f"/api/v1/pods?fieldSelector={BOUND}")
        present = {pod["metadata"]["uid"] for pod in answer["items"]}
        for uid in set(self._runs) - present:
            self._gone(uid)
        for pod in answer["items"]:
            self._see(pod)
        return str(answer["metadata"]["resourceVersion"])

    def _watch(self, version: str) -> None:
        while not self._stopping.is_set():
            for event in self._api.watch("/api/v1/pods", version, WATCH_S, fieldSelector=BOUND):
                pod = event["object"]
                version = pod["metadata"]["resourceVersion"]
                if self._stopping.is_set():
                    return
                if event["type"] == "DELETED":
                    self._gone(pod["metadata"]["uid"])
                elif event["type"] != "BOOKMARK":
                    self._see(pod)

    def _see(self, pod: Json) -> None:
        uid = pod["metadata"]["uid"]
        if uid not in self._runs:
            if pod["status"].get("phase") in TERMINAL and not pod["metadata"].get("deletionTimestamp"):
                return
            run = self._start(pod)
            if run is None:
                return
            self._runs[uid] = run
        self._runs[uid].update(pod)

    def _gone(self, uid: str) -> None:
        run = self._runs.pop(uid, None)
        if run is not None:
            # Ending a process takes time, and the other pods' events must not wait for it.
            threading.Thread(target=run.stop, daemon=True).start()

    def _start(self, pod: Json) -> SleepRun | ProcessRun | None:
        container = next((c for c in pod["spec"]["containers"] if is_spark(c)), pod["spec"]["containers"][0])
        if container["image"].startswith(SLEEP_IMAGE):
            return SleepRun(self._api, pod, next(self._addresses), self._pool)
        if pod["metadata"].get("deletionTimestamp"):
            self._pool.submit(pod_status.remove, self._api, pod)
            return None
        if not is_spark(container):
            message = f"the test kubelet has nothing to run for image {container['image']}"
            self._pool.submit(pod_status.report, self._api, pod, pod_status.finished(pod, 127, message))
            return None
        metadata = pod["metadata"]
        folder = self.pod_folder(metadata["namespace"], metadata["name"])
        folder.mkdir(parents=True, exist_ok=True)
        return ProcessRun(self._api, pod, container, _free_address(self._addresses), folder)


def _addresses() -> itertools.chain[str]:
    """Loopback addresses from a random start, so that two kubelets of a machine seldom meet."""
    start = random.randrange(1, 250)
    nets = itertools.chain(range(start, 250), range(1, start))
    return itertools.chain.from_iterable((f"127.1.{net}.{host}" for host in range(1, 255)) for net in nets)


def _free_address(addresses: itertools.chain[str]) -> str:
    for address in addresses:
        if all(_can_bind(address, port) for port in SPARK_PORTS):
            return address
    raise RuntimeError("no loopback address is free")


def _can_bind(address: str, port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kubeconfig", type=pathlib.Path, required=True, help="written by up")
    parser.add_argument("--dir", type=pathlib.Path, required=True, help="folder of the pods' files and logs")
    options = parser.parse_args()
    kubelet = Kubelet(Api.from_kubeconfig(options.kubeconfig), options.dir.resolve()).start()
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    done.wait()
    kubelet.stop()


if __name__ == "__main__":
    main()
