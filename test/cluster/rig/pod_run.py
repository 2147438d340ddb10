"""The life of one pod on a fake node: as a local process, or as nothing but a status."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Executor

from rig import pod_status
from rig.api import Api, ApiError, Json
from rig.pod_files import NotMountable, PodFiles
from rig.spark_image import SparkContainer

# Pods of this image run nothing: they are Running until deleted, or until the annotation below
# tells the exit code that they shall end with.
SLEEP_IMAGE = "muster-test/sleep"
EXIT_ANNOTATION = "rig.muster.dev/exit"
POLL_S = 0.2
# A JVM that ignores SIGTERM is killed sooner than Kubernetes' 30 s, which tests need not wait for.
GRACE_LIMIT_S = 10
# Kubernetes waits 10 s, 20 s, 40 s, ... before it starts a container again; here it begins sooner.
RESTART_DELAY_S = 1.0
RESTART_DELAY_LIMIT_S = 60.0


class SleepRun:
    """A pod without a process; steps run on a pool, one at a time per pod, in order."""

    def __init__(self, api: Api, pod: Json, ip: str, pool: Executor) -> None:
        self._api = api
        self._pod = pod
        self._ip = ip
        self._pool = pool
        self._step_lock = threading.Lock()
        self._reported = pod.get("status", {}).get("phase", "Pending")

    def update(self, pod: Json) -> None:
        self._pod = pod
        self._pool.submit(self._step)

    def stop(self) -> None:
        """Nothing runs, so nothing is left to end."""

    def _step(self) -> None:
        with self._step_lock:
            try:
                self._advance(self._pod)
            except (ApiError, OSError) as error:
                # The pod may have vanished meanwhile; a later update tries again otherwise.
                if getattr(error, "code", 0) not in (404, 409):
                    print(f"kubelet: {error}", file=sys.stderr, flush=True)

    def _advance(self, pod: Json) -> None:
        if pod["metadata"].get("deletionTimestamp"):
            if self._reported != "Removed":
                pod_status.remove(self._api, pod)
                self._reported = "Removed"
            return
        if self._reported == "Pending":
            pod_status.report(self._api, pod, pod_status.running(pod, self._ip))
            self._reported = "Running"
        exit_code = pod["metadata"].get("annotations", {}).get(EXIT_ANNOTATION)
        if exit_code is not None and self._reported == "Running":
            pod_status.report(self._api, pod, pod_status.finished(pod, int(exit_code)))
            self._reported = "Finished"


class ProcessRun:
    """A Spark pod as a local process, with a thread that follows it."""

    def __init__(self, api: Api, pod: Json, container: Json, ip: str, folder: pathlib.Path) -> None:
        self._api = api
        self._pod = pod
        self._container = container
        self._ip = ip
        self._files = PodFiles(api, pod, folder)
        self._restarts = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._guarded, args=(self._live,), daemon=True)
        self._thread.start()

    def update(self, pod: Json) -> None:
        if pod["metadata"].get("deletionTimestamp"):
            self._ending.set()

    def stop(self) -> None:
        """Ends the process; returns when it is gone."""
        self._ending.set()
        self._thread.join(timeout=GRACE_LIMIT_S + 20)

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except (ApiError, OSError) as error:
            if getattr(error, "code", 0) != 404:
                print(f"kubelet: {error}", file=sys.stderr, flush=True)
        except Exception:  # noqa: BLE001 - a pod's failure must be seen, and must not end the kubelet
            traceback.print_exc()

    def _live(self) -> None:
        delay_s = RESTART_DELAY_S
        while (process := self._start_when_mountable()) is not None:
            self._guarded(lambda: self._report(pod_status.running(self._pod, self._ip, self._restarts)))
            exit_code = self._wait(process)
            if not self._starts_again(exit_code):
                self._guarded(lambda code=exit_code: self._report(pod_status.finished(self._pod, code)))
                break
            self._restarts += 1
            self._guarded(lambda code=exit_code: self._report(pod_status.between(self._pod, code, self._restarts)))
            self._ending.wait(delay_s)
            delay_s = min(2 * delay_s, RESTART_DELAY_LIMIT_S)
        # A finished pod stays until somebody deletes it.
        self._ending.wait()
        pod_status.remove(self._api, self._pod)

    def _starts_again(self, exit_code: int) -> bool:
        policy = self._pod["spec"].get("restartPolicy", "Always")
        wanted = policy == "Always" or (policy == "OnFailure" and exit_code != 0)
        return wanted and not self._ending.is_set()

    def _start_when_mountable(self) -> subprocess.Popen[bytes] | None:
        """Spark creates its driver's ConfigMap after the driver, so the first tries may fail."""
        while not self._ending.is_set():
            try:
                self._files.prepare(self._container)
                return self._start()
            except NotMountable:
                self._ending.wait(POLL_S)
        return None

    def _start(self) -> subprocess.Popen[bytes]:
        spark = SparkContainer(self._api, self._pod, self._container, self._files, self._ip)
        env = spark.environment()
        folder = self._files.folder
        with open(folder / "stdout.log", "ab") as out, open(folder / "stderr.log", "ab") as err:
            return subprocess.Popen(spark.command(env), cwd=folder, env=env, stdin=subprocess.DEVNULL,
                                    stdout=out, stderr=err, start_new_session=True)

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        while process.poll() is None and not self._ending.wait(POLL_S):
            pass
        if process.poll() is None:
            self._end_group(process)
        # As a container runtime does, the rest of the group goes with its first process.
        self._signal_group(process, signal.SIGKILL)
        code = process.wait(timeout=10)
        return code if code >= 0 else 128 - code

    def _end_group(self, process: subprocess.Popen[bytes]) -> None:
        self._signal_group(process, signal.SIGTERM)
        grace = self._pod["spec"].get("terminationGracePeriodSeconds", 30)
        try:
            process.wait(timeout=min(grace, GRACE_LIMIT_S))
        except subprocess.TimeoutExpired:
            self._signal_group(process, signal.SIGKILL)

    def _signal_group(self, process: subprocess.Popen[bytes], number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)

    def _report(self, status: Json) -> None:
        self._pod = pod_status.report(self._api, self._pod, status)
