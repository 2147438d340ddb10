"""Fresh captures of real Spark releases against `musterctl shape`, field by field.

MUSTER_CAPTURE_VERSIONS: versions with commas, or all (installs them); default: of 3.5.9 and the newest, those
that the cache holds. MUSTER_CAPTURE_CASES: cases with commas, or all (about 4 minutes for each version);
default: the few below, which hold every rule once.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from rig.cache import RIG_ROOT
from rig.capture import Capturer
from rig.capture_cases import CASES
from rig.control_plane import Cluster
from rig.kubelet import Kubelet
from rig.shape_check import differences, find_musterctl
from rig.spark_install import SPARK_VERSION, SPARK_VERSIONS, ensure_spark, is_installed
from rig.workspace import Workspace

FEW = (
    "02-python-minimal", "05-both-overhead-factors", "06-pyspark-memory", "07-off-heap", "07-minimum-overhead",
    "11-executor-template", "12-dynamic-initial-4", "14-scheduler-template-and-conf", "17-references",
)
KEPT = RIG_ROOT / "captures"
# More at a time are not faster on two cores.
PARALLEL = 2

CaptureOf = Callable[[str, str], pathlib.Path]


def _chosen(variable: str, everything: tuple[str, ...], default: list[str]) -> list[str]:
    text = os.environ.get(variable, "")
    if not text:
        return default
    names = list(everything) if text == "all" else text.split(",")
    unknown = sorted(set(names) - set(everything))
    if unknown:
        raise ValueError(f"{variable}: no such name: {', '.join(unknown)}; there are: {', '.join(everything)}")
    return names


VERSIONS = _chosen("MUSTER_CAPTURE_VERSIONS", SPARK_VERSIONS,
                   [v for v in (SPARK_VERSION, SPARK_VERSIONS[-1]) if is_installed(v)] or [SPARK_VERSION])
NAMES = _chosen("MUSTER_CAPTURE_CASES", tuple(CASES), list(FEW))


def _parameters() -> Iterator[object]:
    for version in VERSIONS:
        for name in NAMES:
            if CASES[name].suits(version):
                yield pytest.param(version, name, id=f"{version}-{name}")


@pytest.fixture(scope="module")
def capture_of(cluster: Cluster, kubelet: Kubelet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaptureOf]:
    """Captures all cases of a version when its first is asked for; each is then waited for by its own test."""
    folder = tmp_path_factory.mktemp("captures")
    running: dict[tuple[str, str], Future[pathlib.Path]] = {}

    def capture(version: str, name: str) -> pathlib.Path:
        place = folder / "work" / version / name
        place.mkdir(parents=True)
        workspace = Workspace(cluster, place).create()
        try:
            return Capturer(workspace, kubelet, version, name).run().write(folder / "captures")
        finally:
            workspace.delete()

    def result(version: str, name: str) -> pathlib.Path:
        if (version, name) not in running:
            ensure_spark(version)
            for other in NAMES:
                if CASES[other].suits(version):
                    running[version, other] = pool.submit(capture, version, other)
        return running[version, name].result(timeout=900)

    with ThreadPoolExecutor(PARALLEL) as pool:
        yield result
        for job in running.values():
            job.cancel()


@pytest.fixture(scope="module")
def musterctl() -> pathlib.Path:
    found = find_musterctl()
    if found is None:
        pytest.skip("neither MUSTERCTL nor MUSTER_BINARY is set")
    if not found.is_file():
        pytest.fail(f"{found} is not there")
    return found


@pytest.mark.parametrize("kept", sorted(path.parent for path in KEPT.glob("*/*/driver-pod.json")),
                         ids=lambda path: f"{path.parent.name}-{path.name}")
def test_kept_captures_are_as_predicted(kept: pathlib.Path, musterctl: pathlib.Path) -> None:
    """Captures of all lines since 3.3 that rig/capture_keep.py made small; they need neither Spark nor a cluster."""
    assert differences(musterctl, kept) == []


@pytest.mark.parametrize(("version", "name"), list(_parameters()))
def test_real_executors_are_as_predicted(version: str, name: str, capture_of: CaptureOf,
                                         musterctl: pathlib.Path) -> None:
    capture = capture_of(version, name)
    wanted = CASES[name].count
    assert f"expected total instances: {wanted}\n" in (capture / "executors.txt").read_text(), "Spark's own count"
    assert differences(musterctl, capture) == []
