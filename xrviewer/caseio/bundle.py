"""A case as one file to send: a zip that is opened as it is."""

from __future__ import annotations

import getpass
import re
import socket
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from xrviewer.case.model import Case
from xrviewer.caseio.folder import save_case
from xrviewer.caseio.manifest import MANIFEST_NAME
from xrviewer.errors import CaseError, InputError

_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can state."""
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16
_ALIGN = 64
_LOCAL_HEADER = 30
"""Bytes of it before the name."""
_LONG_SIZES = 20
"""Bytes of the extra field of a file of over 2 GiB."""
_PADDING = struct.Struct("<HH")
_PADDING_ID = 0xD935
"""Of an extra field that other programs pass over; Android pads its packages with it."""
_SHORT_NAME = 5
"""A user or host of fewer letters ('root') is part of ordinary words."""
_TELLING = {
    "a path of a computer": r"(?:^|[\s\"'(=])(?:/(?:home|Users|root|mnt|media|tmp|var|srv)/|~/)"
    r"|\b[A-Za-z]:\\|\\\\\w|\bfile:/",
    "an e-mail address": r"[\w.+-]+@[\w-]+\.\w",
    "a calendar date": r"(?<![\d.])(?:19|20)\d\d(-?)(?:0[1-9]|1[0-2])\1"
    r"(?:0[1-9]|[12]\d|3[01])(?!\d)",
}


def write_bundle(case: Case, out: Path) -> int:
    """Writes the zip whole or not at all; how many bytes it has.

    The case is written anew, so that only what a case may hold is in it, and the same case gives
    the same bytes. Raises CaseError where a text of it tells of a person or a computer.
    """
    partial = out.with_name(f"{out.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as made:
            folder = Path(made) / case.id
            save_case(case, folder)
            _check_texts(out, (folder / MANIFEST_NAME).read_bytes())
            _pack(folder, partial)
        size = partial.stat().st_size
        partial.replace(out)
    except CaseError as error:
        raise CaseError(out, error.reason) from error  # not of the folder that nobody sees
    except OSError as error:
        raise InputError(out, f"cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return size


def _pack(folder: Path, out: Path) -> None:
    """The manifest first; each file stored where its numbers can be mapped."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST_NAME)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for file in (folder / MANIFEST_NAME, *files):
            entry = zipfile.ZipInfo(file.relative_to(folder.parent).as_posix(), _NO_TIME)
            entry.create_system, entry.external_attr = _UNIX, _PLAIN_FILE
            entry.file_size = file.stat().st_size
            entry.extra = _padding(archive.start_dir, entry)
            with file.open("rb") as source, archive.open(entry, "w") as target:
                while block := source.read(1 << 20):
                    target.write(block)


def _padding(first: int, entry: zipfile.ZipInfo) -> bytes:
    """As long as it takes for the data to begin at a multiple of what arrays lie at."""
    is_long = entry.file_size * 1.05 > zipfile.ZIP64_LIMIT  # as zipfile decides it
    data = first + _LOCAL_HEADER + len(entry.filename) + _PADDING.size
    data += _LONG_SIZES if is_long else 0
    count = -data % _ALIGN
    return _PADDING.pack(_PADDING_ID, count) + bytes(count)


def _check_texts(out: Path, manifest: bytes) -> None:
    names = {name for name in (socket.gethostname(), _user()) if len(name) >= _SHORT_NAME}
    telling = dict(_TELLING)
    if names:
        telling["this computer's or user's name"] = rf"\b(?i:{'|'.join(map(re.escape, names))})\b"
    for where, text in _texts(msgspec.json.decode(manifest), ""):
        for what, pattern in telling.items():
            if re.search(pattern, text):
                reason = f"not written: {where} of {MANIFEST_NAME} holds {what}; take it out there"
                raise CaseError(out, reason)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # nobody has a name where no user is known
        return ""


def _texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _texts(inner, f"{where}[{i}]")
