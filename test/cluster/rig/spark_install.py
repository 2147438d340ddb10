"""Apache Spark from the Python package index, in a virtual environment of the cache; and a JRE."""

from __future__ import annotations

import dataclasses
import functools
import os
import pathlib
import shutil
import subprocess
import sys

from rig.cache import cache_root, exclusive

SPARK_VERSION = "3.5.9"
# The last release of each line that Muster promises to predict; the newest is the last.
SPARK_VERSIONS = ("3.3.4", "3.4.4", SPARK_VERSION, "4.0.5", "4.1.4", "4.3.0")
INSTALL_TIMEOUT_S = 1800
JRE_PACKAGE = "openjdk-17-jre-headless"


@dataclasses.dataclass(frozen=True)
class Spark:
    """An installed Spark: SPARK_HOME and the Python that has it."""

    home: pathlib.Path
    python: pathlib.Path
    version: str


@functools.cache
def ensure_spark(version: str = SPARK_VERSION) -> Spark:
    """Installs what is missing (each Spark is a download of about 300 to 450 MB)."""
    _ensure_java()
    venv = _venv(version)
    if not is_installed(version):
        # One lock for all versions: one download at a time.
        with exclusive("spark-install"):
            if not is_installed(version):
                _install(venv, version)
                _mark(version).touch()
    homes = list(venv.glob("lib/python3*/site-packages/pyspark"))
    return Spark(homes[0], venv / "bin" / "python", version)


def is_installed(version: str) -> bool:
    return _mark(version).exists()


def _venv(version: str) -> pathlib.Path:
    return cache_root() / f"spark-{version}"


def _mark(version: str) -> pathlib.Path:
    """Written last, so that an interrupted installation does not pass for a whole one."""
    return _venv(version) / "installed"


def _install(venv: pathlib.Path, version: str) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True, timeout=300)
    # Without a download cache: the package is kept once, installed.

    pip = [str(venv / "bin" / "pip"), "install", "--quiet", "--no-compile", "--no-cache-dir", f"pyspark=={version}"]
    subprocess.run(pip, check=True, timeout=INSTALL_TIMEOUT_S)


def _ensure_java() -> None:
    if shutil.which("java"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise RuntimeError(f"no java in PATH: install a JRE of version 17, for example Debian's {JRE_PACKAGE}")
    with exclusive("java-install"):
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", JRE_PACKAGE]
        subprocess.run(command, check=True, timeout=INSTALL_TIMEOUT_S, stdout=sys.stderr)
