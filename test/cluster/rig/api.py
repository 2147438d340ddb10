"""A small client of the Kubernetes API on the standard library."""

from __future__ import annotations

import base64
import http.client
import json
import pathlib
import socket
import ssl
import tempfile
import threading
import urllib.parse
from collections.abc import Iterator
from typing import Any

from rig import kubeconfig

Json = dict[str, Any]

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
REQUEST_TIMEOUT_S = 30.0
# Faults of a kept-alive connection that the server closed between two requests.
STALE = (http.client.RemoteDisconnected, http.client.CannotSendRequest, ConnectionError, ssl.SSLEOFError)


class ApiError(Exception):
    """An answer other than 2xx."""

    def __init__(self, method: str, path: str, code: int, body: str) -> None:
        super().__init__(f"{method} {path}: {code} {body[:600]}")
        self.code = code
        self.body = body


class Api:
    """One identity at one server; safe to use from many threads, each with its own connection."""

    def __init__(self, server: str, tls: ssl.SSLContext, token: str | None = None) -> None:
        self.server = server
        self._netloc = urllib.parse.urlsplit(server).netloc
        self._tls = tls
        self._token = token
        self._local = threading.local()

    @staticmethod
    def from_kubeconfig(path: pathlib.Path) -> Api:
        """Reads a kubeconfig that this rig wrote (JSON, data inline)."""
        config = json.loads(path.read_text(encoding="utf-8"))
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        ca = base64.b64decode(cluster["certificate-authority-data"]).decode("ascii")
        tls = ssl.create_default_context(cadata=ca)
        if "client-certificate-data" in user:
            _load_client_certificate(tls, user)
        return Api(cluster["server"], tls, user.get("token"))

    def get(self, path: str) -> Json:
        return self.request("GET", path)

    def list(self, path: str, **query: str) -> list[Json]:
        items: list[Json] = self.request("GET", _with_query(path, query))["items"]
        return items

    def create(self, path: str, body: Json) -> Json:
        return self.request("POST", path, body)

    def patch(self, path: str, body: Json, content_type: str = MERGE) -> Json:
        return self.request("PATCH", path, body, content_type)

    def delete(self, path: str, grace_s: int | None = None, missing_ok: bool = True) -> None:
        body: Json = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
        if grace_s is not None:
            body["gracePeriodSeconds"] = grace_s
        try:
            self.request("DELETE", path, body)
        except ApiError as error:
            if not (missing_ok and error.code == 404):
                raise

    def find(self, path: str) -> Json | None:
        """The object, or None when there is none."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    def request(self, method: str, path: str, body: Json | None = None, content_type: str = "application/json") -> Json:
        payload = json.dumps(body).encode() if body is not None else None
        headers = self._headers() | ({"Content-Type": content_type} if payload else {})
        fresh = getattr(self._local, "connection", None) is None
        try:
            code, text = self._exchange(method, path, payload, headers)
        except STALE:
            self._drop_connection()
            # Only a kept connection can be stale, and a POST may have been done: it is never repeated.
            if fresh or method == "POST":
                raise
            code, text = self._exchange(method, path, payload, headers)
        except (OSError, http.client.HTTPException):
            # An answer may still be on its way: this connection can carry no other request.
            self._drop_connection()
            raise
        if not 200 <= code < 300:
            raise ApiError(method, path, code, text)
        return json.loads(text) if text.startswith("{") else {"text": text}

    def watch(self, path: str, resource_version: str, timeout_s: float, **query: str) -> Iterator[Json]:
        """Yields watch events until the server's timeout ends the watch; a gone version is an ApiError 410."""
        query |= {"watch": "true", "resourceVersion": resource_version, "allowWatchBookmarks": "true",
                  "timeoutSeconds": str(int(timeout_s))}
        connection = http.client.HTTPSConnection(self._netloc, context=self._tls, timeout=timeout_s + 10)
        try:
            connection.request("GET", _with_query(path, query), headers=self._headers())
            response = connection.getresponse()
            if response.status != 200:
                raise ApiError("WATCH", path, response.status, response.read().decode(errors="replace"))
            while line := response.readline():
                event = json.loads(line)
                if event["type"] == "ERROR":
                    raise ApiError("WATCH", path, event["object"].get("code", 500), json.dumps(event["object"]))
                yield event
        finally:
            connection.close()

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json", "User-Agent": "muster-test-rig"}
        return headers | ({"Authorization": f"Bearer {self._token}"} if self._token else {})

    def _exchange(self, method: str, path: str, payload: bytes | None, headers: dict[str, str]) -> tuple[int, str]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPSConnection(self._netloc, context=self._tls, timeout=REQUEST_TIMEOUT_S)
            connection.connect()
            # Without this, a request with a body waits for the delayed ACK of its headers: 40 ms each.
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._local.connection = connection
        connection.request(method, path, body=payload, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")

    def _drop_connection(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
        self._local.connection = None


def service_account_kubeconfig(
    admin: Api, ca: pathlib.Path, namespace: str, account: str, path: pathlib.Path, seconds: int = 6 * 3600
) -> pathlib.Path:
    """Makes a token with the TokenRequest API and writes a kubeconfig that uses it."""
    token = request_token(admin, namespace, account, {"expirationSeconds": seconds})
    return kubeconfig.write_with_token(path, admin.server, ca, f"{namespace}-{account}", token)


def request_token(admin: Api, namespace: str, account: str, spec: Json) -> str:
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
    return str(admin.create(path, request)["status"]["token"])


def _load_client_certificate(tls: ssl.SSLContext, user: Json) -> None:
    # The standard library takes client certificates from files only.
    with tempfile.TemporaryDirectory() as folder:
        cert, key = pathlib.Path(folder, "cert"), pathlib.Path(folder, "key")
        cert.write_bytes(base64.b64decode(user["client-certificate-data"]))
        key.touch(mode=0o600)
        key.write_bytes(base64.b64decode(user["client-key-data"]))
        tls.load_cert_chain(cert, key)


def _with_query(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urllib.parse.urlencode(query)}" if query else path
