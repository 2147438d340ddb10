"""A throw-away certificate authority for one cluster, made with the openssl command."""

from __future__ import annotations

import dataclasses
import pathlib
import subprocess

DAYS = "3650"
CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
SERVER_NAMES = (
    "IP:127.0.0.1,IP:10.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,"
    "DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
)


@dataclasses.dataclass(frozen=True)
class KeyPair:
    """A certificate and its key, as PEM files."""

    cert: pathlib.Path
    key: pathlib.Path


class Authority:
    """Signs certificates of one folder."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.pair = KeyPair(folder / "ca.crt", folder / "ca.key")

    def create(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        _openssl("req", "-x509", *CURVE, "-days", DAYS, "-subj", "/CN=muster-test-ca",
                 "-keyout", str(self.pair.key), "-out", str(self.pair.cert))

    def server(self, name: str) -> KeyPair:
        return self._sign(name, f"/CN={name}", f"subjectAltName={SERVER_NAMES}\nextendedKeyUsage=serverAuth\n")

    def client(self, user: str, group: str = "") -> KeyPair:
        subject = f"/O={group}/CN={user}" if group else f"/CN={user}"
        return self._sign(user.replace(":", "-"), subject, "extendedKeyUsage=clientAuth\n")

    def service_account_keys(self) -> KeyPair:
        """The key that signs service account tokens, and its public half."""
        pair = KeyPair(self.folder / "sa.pub", self.folder / "sa.key")
        _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(pair.key))
        _openssl("ec", "-in", str(pair.key), "-pubout", "-out", str(pair.cert))
        return pair

    def _sign(self, name: str, subject: str, extensions: str) -> KeyPair:
        pair = KeyPair(self.folder / f"{name}.crt", self.folder / f"{name}.key")
        request, extension_file = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extension_file.write_text(extensions, encoding="ascii")
        _openssl("req", "-new", *CURVE, "-subj", subject, "-keyout", str(pair.key), "-out", str(request))
        _openssl("x509", "-req", "-in", str(request), "-CA", str(self.pair.cert), "-CAkey", str(self.pair.key),
                 "-CAcreateserial", "-days", DAYS, "-extfile", str(extension_file), "-out", str(pair.cert))
        return pair


def _openssl(*arguments: str) -> None:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]} failed: {done.stderr.strip()}")
