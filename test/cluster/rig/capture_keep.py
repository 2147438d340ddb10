"""Makes captures small enough to keep: nothing of a token, an address or a Java option, on one line a file.

Run as a script: python3 -m rig.capture_keep FROM TO CASE...
"""

from __future__ import annotations

import argparse
import json
import pathlib
import re

from rig.api import Json

FILES = ("driver-pod.json", "configmaps.json", "executor-pod.json")
# Folders that the process kubelet gave to pods.
RIG_FOLDER = re.compile(r"/tmp/muster-capture-\w+")
DROPPED_FIELDS = ("env", "ports", "securityContext", "imagePullPolicy", "resizePolicy", "terminationMessagePath",
                  "terminationMessagePolicy")
DROPPED_POD_FIELDS = ("dnsPolicy", "securityContext", "serviceAccount", "enableServiceLinks", "hostname")
# A properties file holds much that says nothing about executors' shape and names places of one machine.
DROPPED_SETTINGS = re.compile(
    r"^(spark\.(master|jars|driver\.host|app\.submitTime|submit\.pyFiles|kubernetes\.driver\.master"
    r"|kubernetes\.driver\.podTemplateFile)\b.*|#.*)\n", re.MULTILINE)


def keep(source: pathlib.Path, target: pathlib.Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        if (source / name).exists():
            value = json.loads((source / name).read_text(encoding="utf-8"))
            small = _small_maps(value) if value["kind"] == "List" else _small_pod(value)
            text = RIG_FOLDER.sub("/opt/rig", json.dumps(small, separators=(",", ":")))
            (target / name).write_text(text + "\n", encoding="utf-8")
    counts = (source / "executors.txt").read_text(encoding="utf-8").splitlines()[:2]
    (target / "executors.txt").write_text("\n".join(counts) + "\n", encoding="utf-8")


def _small_pod(pod: Json) -> Json:
    metadata = {key: pod["metadata"][key] for key in ("name", "namespace", "uid", "labels", "annotations",
                                                      "ownerReferences") if key in pod["metadata"]}
    spec = {key: value for key, value in pod["spec"].items() if key not in DROPPED_POD_FIELDS}
    spec["volumes"] = [v for v in spec.get("volumes", []) if not _is_token(v)]
    for kind in ("containers", "initContainers"):
        if kind in spec:
            spec[kind] = [_small_container(container) for container in spec[kind]]
    return {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec}


def _small_container(container: Json) -> Json:
    small = {key: value for key, value in container.items() if key not in DROPPED_FIELDS}
    small["volumeMounts"] = [mount for mount in container.get("volumeMounts", []) if not _is_token(mount)]
    return small


def _small_maps(maps: Json) -> Json:
    kept = []
    for found in maps["items"]:
        data = {key: DROPPED_SETTINGS.sub("", text) for key, text in found.get("data", {}).items()}
        if "ca.crt" not in data:
            metadata = {key: found["metadata"][key] for key in ("name", "namespace")}
            kept.append({"kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata, "data": data})
    return {"apiVersion": "v1", "kind": "List", "items": kept}


def _is_token(volume: Json) -> bool:
    return str(volume["name"]).startswith("kube-api-access")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path, metavar="FROM", help="the folder given to capture --out")
    parser.add_argument("target", type=pathlib.Path, metavar="TO")
    parser.add_argument("cases", nargs="+", metavar="CASE")
    options = parser.parse_args()
    for version in sorted(path for path in options.source.iterdir() if path.is_dir()):
        for case in options.cases:
            if (version / case).is_dir():
                keep(version / case, options.target / version.name / case)


if __name__ == "__main__":
    main()
