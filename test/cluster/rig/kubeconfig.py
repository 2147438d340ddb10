"""Kubeconfig files, with a client certificate or a bearer token."""

from __future__ import annotations

import base64
import json
import pathlib
from typing import Any

from rig.pki import KeyPair


def write_with_certificate(path: pathlib.Path, server: str, ca: pathlib.Path, user: str, pair: KeyPair) -> pathlib.Path:
    credentials = {"client-certificate-data": _encoded(pair.cert), "client-key-data": _encoded(pair.key)}
    return _write(path, server, ca, user, credentials)


def write_with_token(path: pathlib.Path, server: str, ca: pathlib.Path, user: str, token: str) -> pathlib.Path:
    return _write(path, server, ca, user, {"token": token})


def _encoded(file: pathlib.Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()


def _write(path: pathlib.Path, server: str, ca: pathlib.Path, user: str, credentials: dict[str, Any]) -> pathlib.Path:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": {"server": server, "certificate-authority-data": _encoded(ca)}}],
        "users": [{"name": user, "user": credentials}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": user}}],
        "current-context": "test",
    }
    # JSON is YAML too, and the standard library writes it.
    path.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path
