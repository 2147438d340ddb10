"""The clocks and counters of a run: the audit log, and /proc."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import pathlib
import time
from collections import Counter
from collections.abc import Callable, Mapping

QUIET_S = 1.5
POLL_S = 0.1
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Writes:
    """What one user wrote since the start; times are seconds since the epoch, by the API server's clock."""

    binds: int = 0
    refused_binds: int = 0
    events: int = 0
    other: Counter[str] = dataclasses.field(default_factory=Counter)
    first_bind_s: float = 0.0
    last_bind_s: float = 0.0
    bind_durations_s: list[float] = dataclasses.field(default_factory=list)


class AuditTail:
    """Reads what was appended to the log since it was opened, without asking the server."""

    def __init__(self, log: pathlib.Path, user: str) -> None:
        self._log = open(log, "rb")  # noqa: SIM115
        self._log.seek(0, os.SEEK_END)
        self._user = user
        self._partial = b""
        self.writes = Writes()
        self.lines = 0

    def read(self) -> int:
        """Returns how many lines there are by now."""
        *lines, self._partial = (self._partial + self._log.read()).split(b"\n")
        for line in lines:
            self._take(json.loads(line))
        self.lines += len(lines)
        return self.lines

    def close(self) -> None:
        self._log.close()

    def _take(self, entry: dict) -> None:
        if entry["user"]["username"] != self._user:
            return
        target = entry["objectRef"]
        if target["resource"] == "events":
            self.writes.events += 1
        elif target.get("subresource") == "binding":
            self._take_bind(entry)
        else:
            self.writes.other[f"{entry['verb']} {target['resource']}/{target.get('subresource', '')}"] += 1

    def _take_bind(self, entry: dict) -> None:
        writes = self.writes
        if entry["responseStatus"]["code"] >= 300:
            writes.refused_binds += 1
            return
        begin, end = _seconds(entry["requestReceivedTimestamp"]), _seconds(entry["stageTimestamp"])
        writes.binds += 1
        writes.first_bind_s = min(writes.first_bind_s, begin) if writes.first_bind_s else begin
        writes.last_bind_s = max(writes.last_bind_s, end)
        writes.bind_durations_s.append(end - begin)

    def wait_bound(self, pods: int, timeout_s: float, alive: Callable[[], bool]) -> None:
        """Waits until so many pods are bound."""
        deadline = time.monotonic() + timeout_s
        while True:
            # Asked first: what a process wrote before its end is in the log by then.
            living = alive()
            self.read()
            if self.writes.binds >= pods:
                return
            if not living or time.monotonic() > deadline:
                raise TimeoutError(f"{self._user}: {self.writes.binds} of {pods} pods bound, after {timeout_s:g} s or "
                                   "its end")
            time.sleep(POLL_S)

    def wait_quiet(self, timeout_s: float, alive: Callable[[], bool]) -> None:
        """Waits until nothing has been written for a while: events come after the binds."""
        deadline = time.monotonic() + timeout_s
        quiet_since, lines = time.monotonic(), self.read()
        while time.monotonic() < min(quiet_since + QUIET_S, deadline) and alive():
            time.sleep(POLL_S)
            if self.read() != lines:
                quiet_since, lines = time.monotonic(), self.lines


def cpu_seconds(pids: Mapping[str, int]) -> dict[str, float]:
    """User and system time of each process, of all its threads."""
    return {name: _cpu_seconds(pid) for name, pid in pids.items()}


def _cpu_seconds(pid: int) -> float:
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def peak_mib(pid: int) -> float:
    """Peak resident memory."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def _seconds(stamp: str) -> float:
    return datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()
