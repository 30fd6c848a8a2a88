"""Where a study lies: pacs://AET@HOST:PORT/STUDY, or https://HOST/dicom-web/studies/STUDY."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from xrviewer.errors import UsageError

PLAIN, TLS = "pacs", "pacs+tls"
_WEB = ("http", "https")
_DEFAULT_PORTS = {PLAIN: 104, TLS: 2762}
_UID = re.compile(r"[0-9]+(\.[0-9]+)*", re.ASCII)
_AET = re.compile(r"[!-\[\]-~][ -\[\]-~]{0,15}", re.ASCII)
_MARK = re.compile(r"[a-z][a-z0-9+]+://", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """A server, and perhaps a study on it, or a series of that study."""

    scheme: str
    host: str
    port: int
    aet: str = ""
    """The server's application entity title; DICOMweb has none."""
    root: str = ""
    """Of DICOMweb, the address before `/studies`."""
    study: str = ""
    series: str = ""

    @property
    def is_web(self) -> bool:
        return self.scheme in _WEB

    def __str__(self) -> str:
        """The server alone: a study's UID is as good as a name to those who have the archive."""
        return self.root or f"{self.scheme}://{self.aet}@{self.host}:{self.port}"


def is_address(source: str) -> bool:
    """A path may hold a colon, but not that."""
    return _MARK.match(source) is not None


def is_aet(text: str) -> bool:
    """An application entity title."""
    return _AET.fullmatch(text) is not None


def parse_address(text: str) -> Address:
    """Raises UsageError, with the form that was meant."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"{text} is no address of a server: {error}") from None
    if parts.scheme in _WEB and host:
        return _web(text, parts, host)
    if parts.scheme not in _DEFAULT_PORTS:
        raise UsageError(f"{text} is no server; begin with pacs://, pacs+tls:// or https://")
    if not host or not is_aet(unquote(parts.username or "")):
        raise UsageError(f"{text} is not pacs://AET@HOST:PORT/STUDY: which AE title has it?")
    study, series = _uids(text, [part for part in parts.path.split("/") if part])
    port = port or _DEFAULT_PORTS[parts.scheme]
    return Address(parts.scheme, host, port, unquote(parts.username or ""), "", study, series)


def _web(text: str, parts: SplitResult, host: str) -> Address:
    if parts.username or parts.password:
        raise UsageError("no password in an address, where others can read it: use ~/.netrc")
    root, _, rest = parts.path.partition("/studies")
    words = [part for part in rest.split("/") if part]
    if words[1:] and words[1] == "series":
        del words[1]
    study, series = _uids(text, words)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    shown = f"{parts.scheme}://{parts.netloc}{root.rstrip('/')}"
    return Address(parts.scheme, host, port, "", shown, study, series)


def _uids(text: str, words: list[str]) -> tuple[str, str]:
    if len(words) > 2 or not all(_UID.fullmatch(w) and len(w) <= 64 for w in words):
        raise UsageError(f"{text}: a study's UID, and perhaps a series', are digits and dots")
    study, series = (*words, "", "")[:2]
    return study, series
