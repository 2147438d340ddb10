"""Reading the API server's audit log: who wrote what."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator

from rig.api import Json

WRITES = ("create", "update", "patch", "delete", "deletecollection")


class Audit:
    """The entries from a moment on; the log is written before each answer is sent, so it is complete."""

    def __init__(self, log: pathlib.Path) -> None:
        self._log = log
        self._from = log.stat().st_size if log.exists() else 0

    def writes(self, user: str, namespace: str) -> list[Json]:
        return [
            entry
            for entry in self._entries()
            if entry["user"]["username"] == user
            and entry["verb"] in WRITES
            and entry.get("objectRef", {}).get("namespace") == namespace
        ]

    def _entries(self) -> Iterator[Json]:
        with open(self._log, "rb") as log:
            log.seek(self._from)
            for line in log:
                # The last line may be in the making.
                if line.endswith(b"\n"):
                    yield json.loads(line)


def is_binding(entry: Json) -> bool:
    reference = entry["objectRef"]
    return (entry["verb"], reference["resource"], reference.get("subresource")) == ("create", "pods", "binding")


def is_event(entry: Json) -> bool:
    return bool(entry["objectRef"]["resource"] == "events")


def succeeded(entry: Json) -> bool:
    return int(entry["responseStatus"]["code"]) < 300


def bound_nodes(entries: list[Json]) -> dict[str, str]:
    """Pod name to node name, for the bindings that succeeded."""
    return {
        entry["objectRef"]["name"]: entry["requestObject"]["target"]["name"]
        for entry in entries
        if is_binding(entry) and succeeded(entry)
    }
