"""A real archive, Orthanc of Debian's packages, that lives as long as the tests need it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

AET = "ARCHIVE"
OWN = "XRVIEWER"
USER, PASSWORD = "reader", "a password"
_SEARCH = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
_PLUGINS = ("/usr/share/orthanc/plugins", "/usr/local/share/orthanc/plugins")
_START_S = 30.0


@dataclass(frozen=True)
class Orthanc:
    """Where it listens."""

    folder: Path
    http_port: int
    https_port: int
    """Of a tunnel in front of it: Debian 12's Orthanc crashes at its own HTTPS."""
    dicom_port: int
    move_port: int
    certificate: Path | None

    @property
    def pacs(self) -> str:
        return f"pacs{'+tls' if self.certificate else ''}://{AET}@localhost:{self.dicom_port}"

    @property
    def web(self) -> str:
        if self.certificate is not None:
            return f"https://localhost:{self.https_port}/dicom-web"
        return f"http://localhost:{self.http_port}/dicom-web"

    def upload(self, paths: Iterable[Path]) -> None:
        for path in paths:
            url = f"http://localhost:{self.http_port}/instances"
            with urlopen(Request(url, path.read_bytes())) as answer:
                assert json.load(answer)["Status"] == "Success"

    def answers(self) -> bool:
        try:
            urlopen(f"http://localhost:{self.http_port}/dicom-web/studies?limit=1").close()
        except OSError as error:
            return getattr(error, "code", 0) == 401
        return True


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return int(found.getsockname()[1])


@contextmanager
def orthanc(folder: Path, with_tls: bool = False, with_password: bool = False) -> Iterator[Orthanc]:
    program, plugin = shutil.which("Orthanc", path=_SEARCH), _plugin()
    if program is None or plugin is None or not all(map(shutil.which, ("openssl", "socat"))):
        pytest.skip("no Orthanc here: install orthanc, orthanc-dicomweb, openssl and socat")
    certificate = _certificate(folder) if with_tls else None
    server = Orthanc(folder, *(free_port() for _ in range(4)), certificate)
    config = folder / "orthanc.json"
    config.write_text(json.dumps(_config(server, plugin, with_password)))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, str(config)], stdout=log, stderr=log, cwd=folder)
        try:
            _wait(server, process)
            with _tunnel(server):
                yield server
        finally:
            process.kill()  # asked kindly it takes three seconds, and has nothing to save
            process.wait(30)


def _plugin() -> Path | None:
    found = (Path(folder, "libOrthancDicomWeb.so") for folder in _PLUGINS)
    return next((path for path in found if path.exists()), None)


def _config(server: Orthanc, plugin: Path, with_password: bool) -> dict[str, object]:
    made: dict[str, object] = {
        "StorageDirectory": str(server.folder / "db"),
        "IndexDirectory": str(server.folder / "db"),
        "HttpPort": server.http_port,
        "DicomPort": server.dicom_port,
        "DicomAet": AET,
        "DicomCheckCalledAet": True,
        "DicomAlwaysAllowFind": False,
        "DicomAlwaysAllowGet": False,
        "DicomModalities": {"own": [OWN, "localhost", server.move_port]},
        "AuthenticationEnabled": with_password,
        "RegisteredUsers": {USER: PASSWORD},
        "Plugins": [str(plugin)],
        "DicomWeb": {"Enable": True},
    }
    if server.certificate is not None:
        made |= {
            "DicomTlsEnabled": True,
            "DicomTlsCertificate": str(server.certificate),
            "DicomTlsPrivateKey": str(server.certificate.with_name("key.pem")),
            "DicomTlsRemoteCertificateRequired": False,
            "DicomTlsTrustedCertificates": str(server.certificate),
        }
    return made


def _certificate(folder: Path) -> Path:
    """One that signs itself: nobody trusts it until told to."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    what = "-x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost".split()
    names = ["-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", *what, *names, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "both.pem").write_bytes(key.read_bytes() + certificate.read_bytes())
    return certificate


@contextmanager
def _tunnel(server: Orthanc) -> Iterator[None]:
    if server.certificate is None:
        yield
        return
    both = server.certificate.with_name("both.pem")
    front = f"OPENSSL-LISTEN:{server.https_port},bind=localhost,cert={both},verify=0,fork,reuseaddr"
    process = subprocess.Popen(["socat", front, f"TCP:localhost:{server.http_port}"])
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _wait(server: Orthanc, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while not server.answers():
        log = (server.folder / "log").read_text(errors="replace")[-2000:]
        assert process.poll() is None and time.monotonic() < deadline, log
        time.sleep(0.1)
