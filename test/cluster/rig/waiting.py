"""Bounded waiting: every wait of the rig has a limit and says what it waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(what: str, probe: Callable[[], T | None], timeout_s: float, every_s: float = 0.1) -> T:
    """Calls `probe` until it returns something true, and returns that; TimeoutError names `what`."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise TimeoutError(f"waited {timeout_s:g} s in vain for: {what}")
        time.sleep(every_s)


def holds_for(what: str, probe: Callable[[], object], duration_s: float, every_s: float = 0.2) -> None:
    """Asserts that `probe` stays true for the whole time; AssertionError names `what`."""
    deadline = time.monotonic() + duration_s
    while time.monotonic() < deadline:
        if not probe():
            raise AssertionError(f"did not hold for {duration_s:g} s: {what}")
        time.sleep(every_s)
