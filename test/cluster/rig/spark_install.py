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
INSTALL_TIMEOUT_S = 1800
JRE_PACKAGE = "openjdk-17-jre-headless"


@dataclasses.dataclass(frozen=True)
class Spark:
    """An installed Spark: SPARK_HOME and the Python that has it."""

    home: pathlib.Path
    python: pathlib.Path


@functools.cache
def ensure_spark() -> Spark:
    """Installs what is missing (Spark is a download of about 300 MB)."""
    _ensure_java()
    venv = cache_root() / f"spark-{SPARK_VERSION}"
    done = venv / "installed"
    if not done.exists():
        with exclusive("spark-install"):
            if not done.exists():
                _install(venv)
                done.touch()
    homes = list(venv.glob("lib/python3*/site-packages/pyspark"))
    return Spark(homes[0], venv / "bin" / "python")


def _install(venv: pathlib.Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True, timeout=300)
    pip = [str(venv / "bin" / "pip"), "install", "--quiet", f"pyspark=={SPARK_VERSION}"]
    subprocess.run(pip, check=True, timeout=INSTALL_TIMEOUT_S)


def _ensure_java() -> None:
    if shutil.which("java"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise RuntimeError(f"no java in PATH: install a JRE of version 17, for example Debian's {JRE_PACKAGE}")
    with exclusive("java-install"):
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", JRE_PACKAGE]
        subprocess.run(command, check=True, timeout=INSTALL_TIMEOUT_S, stdout=sys.stderr)
