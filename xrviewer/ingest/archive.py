"""Zip files as sources: unpacked where only this user can look, and gone again afterwards."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath

from xrviewer.errors import InputError
from xrviewer.ingest.scratch import private_folder
from xrviewer.ingest.words import known_words

LIMIT_BYTES = 32 << 30
LIMIT_FILES = 200_000
LIMIT_RATIO = 400
"""Bytes that one byte may unpack to, over the whole file: scans reach 20, a bomb 1000 and more."""
_CHUNK = 1 << 20
_SUFFIX = re.compile(r"(\.seg)?\.[a-z0-9]{1,8}(\.gz)?", re.ASCII)
_BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error)


@contextmanager
def unpacked(paths: Sequence[Path]) -> Iterator[tuple[Path, ...]]:
    """The same paths, with a folder in place of every zip file."""
    with ExitStack() as closing:
        found = []
        for path in paths:
            if path.is_file() and zipfile.is_zipfile(path):
                folder = closing.enter_context(private_folder(str(path)))
                _unpack(path, folder)
                path = folder
            found.append(path)
        yield tuple(found)


def _unpack(archive: Path, folder: Path) -> None:
    """Under names of our own: what an entry is called may be a path to anywhere, or a person."""
    allowed = min(LIMIT_BYTES, archive.stat().st_size * LIMIT_RATIO)
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            if len(entries) > LIMIT_FILES:
                raise InputError(archive, f"holds {len(entries)} files; {LIMIT_FILES} are allowed")
            for number, entry in enumerate(entries):
                allowed -= _copy(opened, entry, folder / _name(number, entry.filename), allowed)
                if allowed < 0:
                    raise InputError(archive, "unpacks to far more than it holds: a zip bomb?")
    except _BROKEN as error:
        raise InputError(archive, f"is no zip file that can be unpacked: {error}") from None


def _copy(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, allowed: int) -> int:
    """Bytes that were written; stops soon after there are too many, whatever the entry claims."""
    written = 0
    with opened.open(entry) as source, target.open("wb") as file:
        while written <= allowed and (block := source.read(_CHUNK)):
            written += file.write(block)
    return written


def _name(number: int, entry: str) -> str:
    """The known words of the name, and its ending, by which volumes and meshes are told."""
    name = PurePosixPath(entry.replace("\\", "/")).name.lower()
    ending = next((m[0] for m in _SUFFIX.finditer(name) if m.end() == len(name)), "")
    words = known_words(name.removesuffix(ending))
    return f"{number:06} {'_'.join(words)[:80]}{ending}"
