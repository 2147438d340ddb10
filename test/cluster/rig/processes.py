"""Starting and ending child processes, and only those."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import random
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence

# Below Linux's default range for outgoing connections, which could otherwise take a chosen port
# between the choice and the server's start.
PORT_RANGE = (20000, 32000)


@dataclasses.dataclass(frozen=True)
class ProcessId:
    """A process by pid and start time: a pid alone may by now belong to somebody else."""

    pid: int
    start_ticks: int

    @staticmethod
    def of(pid: int) -> ProcessId | None:
        """The present process of that pid; None when there is none, or only its zombie."""
        try:
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        # The command's name stands in brackets and may contain anything, so count from its end.
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] == "Z" else ProcessId(pid, int(fields[19]))

    def alive(self) -> bool:
        return ProcessId.of(self.pid) == self

    def signal(self, number: int) -> None:
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def end_processes(ids: Sequence[ProcessId], grace_s: float = 5.0, first: int = signal.SIGTERM) -> None:
    """Asks all to end, waits for them together, then kills what is left."""
    for process in ids:
        process.signal(first)
    deadline = time.monotonic() + grace_s
    while any(process.alive() for process in ids) and time.monotonic() < deadline:
        _reap(ids)
        time.sleep(0.05)
    for process in ids:
        process.signal(signal.SIGKILL)
    _reap(ids)


def _reap(ids: Sequence[ProcessId]) -> None:
    """Collects those that are our own children, so that they do not stay as zombies."""
    for process in ids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)


def start_logged(
    command: Sequence[str], log: pathlib.Path, env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Starts a process in a session of its own, with both outputs appended to `log`."""
    with open(log, "ab") as out:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            start_new_session=True,
        )


def free_ports(count: int) -> list[int]:
    """Picks ports that nothing listens on at the moment."""
    held: list[socket.socket] = []
    try:
        while len(held) < count:
            candidate = socket.socket()
            try:
                candidate.bind(("127.0.0.1", random.randint(*PORT_RANGE)))
                held.append(candidate)
            except OSError:
                candidate.close()
        return [s.getsockname()[1] for s in held]
    finally:
        for s in held:
            s.close()


def tail(path: pathlib.Path, lines: int = 30) -> str:
    """The end of a log, for error messages."""
    if not path.exists():
        return f"({path.name} was not written)"
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
