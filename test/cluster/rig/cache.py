"""Where things that are slow to make are kept between runs."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
from collections.abc import Iterator

RIG_ROOT = pathlib.Path(__file__).resolve().parent.parent


def cache_root() -> pathlib.Path:
    """${MUSTER_CACHE:-$HOME/.cache/muster}, made if it is not there."""
    configured = os.environ.get("MUSTER_CACHE")
    root = pathlib.Path(configured) if configured else pathlib.Path.home() / ".cache" / "muster"
    root.mkdir(parents=True, exist_ok=True)
    return root


@contextlib.contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Holds a lock in the cache, so that two test runs do not make the same thing at once."""
    with open(cache_root() / f"{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
