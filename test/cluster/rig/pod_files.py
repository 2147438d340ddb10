"""A pod's volumes as folders, and the paths of its containers rewritten to them.

A process has no mount namespace of its own here, so what a container would find at
/opt/spark/conf lies in a folder of the pod, and every mention of the path is replaced.
"""

from __future__ import annotations

import base64
import pathlib
import re

from rig.api import Api, Json, request_token


class NotMountable(Exception):
    """A volume's source does not exist (yet); a kubelet would say FailedMount and try again."""


class PodFiles:
    """The folder of one pod."""

    def __init__(self, api: Api, pod: Json, folder: pathlib.Path) -> None:
        self._api = api
        self._pod = pod
        self._namespace = pod["metadata"]["namespace"]
        self.folder = folder
        self._mounts: dict[str, str] = {}

    def prepare(self, container: Json) -> None:
        """Writes the volumes that the container mounts."""
        volumes = {volume["name"]: volume for volume in self._pod["spec"].get("volumes", [])}
        for mount in container.get("volumeMounts", []):
            host = self.folder / "volumes" / mount["name"]
            if "subPath" in mount:
                host /= mount["subPath"]
            self._mounts[mount["mountPath"].rstrip("/")] = str(host)
        for mount in container.get("volumeMounts", []):
            self._write_volume(volumes[mount["name"]])

    def path(self, mount_path: str) -> pathlib.Path | None:
        """The folder that stands for a mount path of the container."""
        host = self._mounts.get(mount_path)
        return pathlib.Path(host) if host else None

    def rewrite(self, text: str) -> str:
        """Replaces the container's paths; one pass, so that no replacement is replaced again."""
        if not self._mounts:
            return text
        longest_first = sorted(self._mounts, key=len, reverse=True)
        pattern = "|".join(re.escape(path) + r"(?![\w.-])" for path in longest_first)
        return re.sub(pattern, lambda match: self._mounts[match.group(0)], text)

    def _write_volume(self, volume: Json) -> None:
        target = self.folder / "volumes" / volume["name"]
        target.mkdir(parents=True, exist_ok=True)
        if "configMap" in volume:
            self._write_config_map(target, volume["configMap"])
        elif "projected" in volume:
            for source in volume["projected"]["sources"]:
                self._write_projected(target, source)
        elif "emptyDir" not in volume:
            kinds = sorted(set(volume) - {"name"})
            raise NotMountable(f"volume {volume['name']}: the process kubelet cannot mount {', '.join(kinds)}")

    def _write_config_map(self, target: pathlib.Path, source: Json) -> None:
        found = self._api.find(f"/api/v1/namespaces/{self._namespace}/configmaps/{source['name']}")
        if found is None:
            if source.get("optional"):
                return
            raise NotMountable(f'configmap "{source["name"]}" not found')
        content = {key: text.encode() for key, text in found.get("data", {}).items()}
        content |= {key: base64.b64decode(text) for key, text in found.get("binaryData", {}).items()}
        for item in source.get("items") or [{"key": key, "path": key} for key in content]:
            if item["key"] not in content:
                raise NotMountable(f'configmap "{source["name"]}" has no key {item["key"]}')
            _write(target / item["path"], self._rewrite_bytes(content[item["key"]]))

    def _write_projected(self, target: pathlib.Path, source: Json) -> None:
        if "serviceAccountToken" in source:
            _write(target / source["serviceAccountToken"]["path"], self._token(source["serviceAccountToken"]))
        elif "configMap" in source:
            self._write_config_map(target, source["configMap"])
        elif "downwardAPI" in source:
            for item in source["downwardAPI"]["items"]:
                _write(target / item["path"], field_value(self._pod, item["fieldRef"]["fieldPath"], "").encode())

    def _token(self, source: Json) -> bytes:
        metadata = self._pod["metadata"]
        spec = {
            "audiences": [source["audience"]] if source.get("audience") else [],
            "expirationSeconds": source.get("expirationSeconds", 3600),
            "boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": metadata["name"], "uid": metadata["uid"]},
        }
        account = self._pod["spec"].get("serviceAccountName", "default")
        return request_token(self._api, self._namespace, account, spec).encode()

    def _rewrite_bytes(self, content: bytes) -> bytes:
        try:
            return self.rewrite(content.decode()).encode()
        except UnicodeDecodeError:
            return content


def field_value(pod: Json, path: str, ip: str) -> str:
    """What the downward API gives for a field of the pod."""
    if path in ("status.podIP", "status.podIPs"):
        return ip
    annotation = re.fullmatch(r"metadata\.(labels|annotations)\['(.+)'\]", path)
    if annotation:
        return str(pod["metadata"].get(annotation.group(1), {}).get(annotation.group(2), ""))
    value: object = pod
    for part in path.split("."):
        value = value.get(part, "") if isinstance(value, dict) else ""
    return str(value)


def _write(path: pathlib.Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
