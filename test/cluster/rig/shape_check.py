"""Compares what `musterctl shape` predicts with the executor pod that real Spark created, field by field."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from collections.abc import Iterator
from fractions import Fraction

from rig.accounting import quantity
from rig.api import Json

TIMEOUT_S = 30
# Admission adds these to every pod of a cluster.
FROM_ADMISSION = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
COUNT_LINE = "expected total instances: "


def find_musterctl() -> pathlib.Path | None:
    """$MUSTERCTL, else the one that was built with the daemon of $MUSTER_BINARY; None when neither is said."""
    given, daemon = os.environ.get("MUSTERCTL"), os.environ.get("MUSTER_BINARY")
    if given:
        return pathlib.Path(given).resolve()
    if not daemon:
        return None
    near = pathlib.Path(daemon).resolve().parent
    places = (near / "musterctl", near.parent / "cli" / "musterctl")
    return next((place for place in places if place.is_file()), places[-1])


def predict(musterctl: pathlib.Path, capture: pathlib.Path) -> Json:
    """What the executors will be, from the driver and its ConfigMaps alone."""
    command = [str(musterctl), "shape", "--driver", str(capture / "driver-pod.json"),
               "--configmaps", str(capture / "configmaps.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if done.returncode != 0:
        return {"podSets": [], "unknown": [f"exit code {done.returncode}: {done.stderr.strip()}"]}
    answer: Json = json.loads(done.stdout)
    return answer


def differences(musterctl: pathlib.Path, capture: pathlib.Path) -> list[str]:
    """One line for each thing that is not as predicted; empty when the prediction is exact."""
    shape = predict(musterctl, capture)
    if shape["unknown"] or len(shape["podSets"]) != 1:
        return [f"no single pod set: {shape['unknown']}"]
    (predicted,) = shape["podSets"]
    found = list(_differ("count", predicted["count"], _count(capture)))
    executor = capture / "executor-pod.json"
    if executor.exists():
        found += _pod_differences(predicted, json.loads(executor.read_text(encoding="utf-8"))["spec"])
    return found


def _pod_differences(predicted: Json, spec: Json) -> Iterator[str]:
    for kind in ("containers", "initContainers"):
        yield from _differ(f"{kind} (names)", [c["name"] for c in predicted.get(kind, [])],
                           [c["name"] for c in spec.get(kind, [])])
        for mine, real in zip(predicted.get(kind, []), spec.get(kind, []), strict=False):
            for part in ("requests", "limits"):
                amounts = [_amounts(c.get("resources", {}).get(part, {})) for c in (mine, real)]
                yield from _differ(f"{real['name']} {part}", *amounts)
    for part in ("requests", "limits"):
        yield from _differ(f"pod's {part}", _amounts(predicted[part]), effective(spec, part))
    for field in ("nodeSelector", "affinity", "topologySpreadConstraints"):
        yield from _differ(field, predicted.get(field) or {}, spec.get(field) or {})
    for field in ("priorityClassName", "schedulerName", "runtimeClassName"):
        yield from _differ(field, predicted.get(field) or "", spec.get(field) or "")
    yield from _differ("tolerations", _tolerations(predicted), _tolerations(spec))


def effective(spec: Json, part: str) -> dict[str, Fraction]:
    """What the whole pod takes: containers and sidecars together, or an init container that takes more.

    The limits of a pod are summed in the same way, over the containers that have one.
    """
    sidecars: dict[str, Fraction] = {}
    peak: dict[str, Fraction] = {}
    for container in spec.get("initContainers", []):
        wanted = _amounts(container.get("resources", {}).get(part, {}))
        if container.get("restartPolicy") == "Always":
            _add(sidecars, wanted)
            wanted = {}
        for name in {*wanted, *sidecars}:
            together = wanted.get(name, Fraction(0)) + sidecars.get(name, Fraction(0))
            peak[name] = max(peak.get(name, Fraction(0)), together)
    total = dict(sidecars)
    for container in spec["containers"]:
        _add(total, _amounts(container.get("resources", {}).get(part, {})))
    for name, amount in peak.items():
        total[name] = max(total.get(name, Fraction(0)), amount)
    return total


def _add(total: dict[str, Fraction], more: dict[str, Fraction]) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, Fraction(0)) + amount


def _amounts(resources: dict[str, str]) -> dict[str, Fraction]:
    return {name: quantity(text) for name, text in resources.items()}


def _tolerations(spec: Json) -> list[Json]:
    """Without their seconds: those say when a pod has to leave, and not where it may go."""
    return [{key: value for key, value in found.items() if key != "tolerationSeconds"}
            for found in spec.get("tolerations", []) if found.get("key") not in FROM_ADMISSION]


def _count(capture: pathlib.Path) -> int:
    text = (capture / "executors.txt").read_text(encoding="utf-8")
    return int(text.split(COUNT_LINE, 1)[1].split(maxsplit=1)[0])


def _differ(what: str, predicted: object, real: object) -> Iterator[str]:
    if predicted != real:
        yield f"{what}: predicted {_shown(predicted)}, real {_shown(real)}"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(value[key])}" for key in sorted(value)) + "}"
    return str(value)
