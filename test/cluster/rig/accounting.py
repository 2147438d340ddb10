"""Arithmetic over pods and nodes, written apart from the scheduler's own, to check it."""

from __future__ import annotations

import json
import re
from collections import Counter
from fractions import Fraction

from rig.api import Api, Json
from rig.workspace import TERMINAL

PLAN_ANNOTATION = "muster.dev/plan"
SUFFIXES = (
    {"m": Fraction(1, 1000), "": Fraction(1)}
    | {letter: Fraction(1000**power) for power, letter in enumerate("kMGTPE", start=1)}
    | {f"{letter}i": Fraction(1024**power) for power, letter in enumerate("KMGTPE", start=1)}
)


def quantity(text: str) -> Fraction:
    """A Kubernetes quantity, exactly."""
    match = re.fullmatch(r"([+-]?[0-9.]+)([a-zA-Z]*)", text)
    if not match:
        raise ValueError(f"not a quantity: {text!r}")
    return Fraction(match.group(1)) * SUFFIXES[match.group(2)]


def requests(pod: Json) -> Counter[str]:
    """What a pod of the rig takes (its containers; the rig's pods have no init containers)."""
    total: Counter[str] = Counter({"pods": 1})
    for container in pod["spec"]["containers"]:
        for name, text in container.get("resources", {}).get("requests", {}).items():
            total[name] += quantity(text)  # type: ignore[assignment]
    return total


def overcommitted(api: Api) -> list[str]:
    """Every node and resource of which more is taken than there is; empty when all is well."""
    taken: dict[str, Counter[str]] = {}
    for pod in api.list("/api/v1/pods"):
        node = pod["spec"].get("nodeName")
        if node and pod["status"].get("phase") not in TERMINAL:
            taken.setdefault(node, Counter()).update(requests(pod))
    faults = []
    for node in api.list("/api/v1/nodes"):
        name, room = node["metadata"]["name"], node["status"]["allocatable"]
        for resource, amount in taken.get(name, Counter()).items():
            if amount > quantity(room.get(resource, "0")):
                faults.append(f"{name}: {resource} {float(amount)} of {room.get(resource, '0')}")
    return faults


def plan(driver: Json) -> Json | None:
    """The plan on a driver, or None."""
    text = driver["metadata"].get("annotations", {}).get(PLAN_ANNOTATION)
    return json.loads(text) if text else None


def slots(of_plan: Json) -> Counter[str]:
    """Executor slots of each node, over all pod sets."""
    total: Counter[str] = Counter()
    for pod_set in of_plan["podSets"]:
        total.update(pod_set["slots"])
    return total


def condition(pod: Json, kind: str = "PodScheduled") -> Json:
    found = [c for c in pod["status"].get("conditions", []) if c["type"] == kind]
    return found[0] if found else {}
