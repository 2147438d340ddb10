"""`musterctl profile` on the event logs that real Spark writes, in every form that it reads."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess

import pytest

from rig.api import Json
from rig.cache import RIG_ROOT
from rig.shape_check import find_musterctl
from rig.spark_install import SPARK_VERSION, SPARK_VERSIONS, ensure_spark, is_installed

JOB = RIG_ROOT / "jobs" / "shuffle.py"
MAP_TASKS = 6  # of the job; its reduce tasks are up to Spark
FORMS = {
    "plain": {"spark.eventLog.compress": "false"},
    "zstd": {"spark.eventLog.compress": "true", "spark.eventLog.compression.codec": "zstd"},
    "lz4": {"spark.eventLog.compress": "true", "spark.eventLog.compression.codec": "lz4"},
    "rolling": {"spark.eventLog.compress": "true", "spark.eventLog.compression.codec": "zstd",
                "spark.eventLog.rolling.enabled": "true", "spark.eventLog.rolling.maxFileSize": "10m"},
}


@pytest.fixture(scope="module")
def musterctl() -> pathlib.Path:
    found = find_musterctl()
    if found is None:
        pytest.skip("neither MUSTERCTL nor MUSTER_BINARY is set: no musterctl to ask")
    return found


@pytest.mark.slow
def test_every_form_says_the_same(musterctl: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """One job, logged in every form: the same tasks and the same bytes."""
    histories = {form: _profile(musterctl, _run(SPARK_VERSION, form, tmp_path / form)) for form in FORMS}
    for form, history in histories.items():
        _assert_is_the_job(history)
        for key in ("tasks", "shuffleBytes"):
            assert history[key] == histories["plain"][key], f"{form}: {history}"


@pytest.mark.slow
def test_the_newest_release(musterctl: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """What the newest Spark writes unless it is told otherwise: a rolling log, compressed."""
    version = SPARK_VERSIONS[-1]
    if not is_installed(version):
        pytest.skip(f"Spark {version} is not installed; the tests of captures install it")
    _assert_is_the_job(_profile(musterctl, _run(version, "rolling", tmp_path / "rolling")))


def _assert_is_the_job(history: Json) -> None:
    assert (history["name"], history["namespace"]) == ("shuffle", "team-a")
    assert history["tasks"] > MAP_TASKS
    assert history["shuffleBytes"] > 0
    assert history["executorMilliseconds"] > 0


def _run(version: str, form: str, logs: pathlib.Path) -> pathlib.Path:
    """Runs the job in one process and returns its event log, a file or a directory."""
    logs.mkdir()
    installed = ensure_spark(version)
    settings = {"spark.eventLog.enabled": "true", "spark.eventLog.dir": logs.as_uri(), "spark.ui.enabled": "false",
                "spark.eventLog.rolling.enabled": "false", "spark.kubernetes.namespace": "team-a",
                "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"} | FORMS[form]
    command = [str(installed.home / "bin" / "spark-submit"), "--master", "local[2]", "--name", "shuffle"]
    for key, value in settings.items():
        command += ["--conf", f"{key}={value}"]
    environment = {"SPARK_HOME": str(installed.home), "PYSPARK_PYTHON": str(installed.python)}
    subprocess.run([*command, str(JOB)], check=True, timeout=180, capture_output=True,
                   env=os.environ | environment, cwd=logs)
    written = [path for path in logs.iterdir() if not path.name.endswith(".crc") and not path.name.startswith(".")
               and path.name not in ("spark-warehouse", "artifacts")]
    assert len(written) == 1, written
    return written[0]


def _profile(musterctl: pathlib.Path, log: pathlib.Path) -> Json:
    answer = subprocess.run([str(musterctl), "profile", "-o", "json", str(log)], check=True, capture_output=True,
                            text=True, timeout=60)
    assert answer.stderr == "", answer.stderr
    [application] = json.loads(answer.stdout)["applications"]
    return application
