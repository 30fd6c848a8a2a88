"""Files inside a zip, read where they lie: `x.zip/knee/case.json` is a path like any other.

What is stored is mapped from the zip; what is compressed is unpacked into memory, up to a limit.
Nothing is ever unpacked to the disk.
"""

from __future__ import annotations

import mmap
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO

from xrviewer.caseio.manifest import MANIFEST_NAME
from xrviewer.caseio.paths import form_fault
from xrviewer.errors import InputError

UNPACK_LIMIT_BYTES = 512 << 20
"""Most that one compressed file may come to; stored ones may be of any size."""
LIMIT_FILES = 10_000
_SUFFIX = ".zip"
_ENCRYPTED = 1
"""In an entry's flags."""
_READ_HERE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL_HEADER = struct.Struct("<4s22xHH")
"""Signature, then the lengths of the name and of the extra field."""
_BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Extent:
    """Bytes of a file as they lie on the disk."""

    file: Path
    first: int
    size: int


def is_zip(path: Path) -> bool:
    return path.suffix.lower() == _SUFFIX and path.is_file()


def is_packed(path: Path) -> bool:
    """Whether the path means a zip or something in it."""
    return _split(path) is not None


def case_in(archive: Path) -> Path:
    """The folder in the zip that holds its case. Raises InputError unless there is just one."""
    names = [PurePosixPath(name) for name in _entries(archive)]
    found = sorted(name.parent for name in names if name.name == MANIFEST_NAME)
    if len(found) == 1:
        return archive / found[0]
    if found:
        raise InputError(archive, f"holds {len(found)} cases; put one case in a zip")
    reason = (
        f"holds no case: there is no {MANIFEST_NAME} in it; of a zip of scans `xrviewer import`"
    )
    raise InputError(archive, f"{reason} makes a case")


def is_file(path: Path) -> bool:
    split = _split(path)
    return path.is_file() if split is None else split[1] in _entries(split[0])


def size_of(path: Path) -> int:
    split = _split(path)
    return path.stat().st_size if split is None else _entry(*split).file_size


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes as a stream. Raises OSError, and InputError for a broken zip."""
    split = _split(path)
    if split is None:
        with path.open("rb") as file:
            yield file
        return
    entry = _unpackable(path, _entry(*split))
    with _readable(path), zipfile.ZipFile(split[0]) as archive, archive.open(entry) as file:
        yield file


def extent(path: Path) -> Extent | None:
    """Where the file's own bytes lie; None when they are compressed."""
    split = _split(path)
    if split is None:
        return Extent(path, 0, path.stat().st_size)
    entry = _entry(*split)
    if entry.compress_type != zipfile.ZIP_STORED:
        return None
    with split[0].open("rb") as file:
        file.seek(entry.header_offset)
        header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\3\4":
        raise InputError(path, "is not where its zip says; copy the zip again")
    _, name, extra = _LOCAL_HEADER.unpack(header)
    first = entry.header_offset + _LOCAL_HEADER.size + name + extra
    if first + entry.file_size > split[0].stat().st_size:
        raise InputError(path, "is cut short; copy the zip again")
    return Extent(split[0], first, entry.file_size)


def contents(path: Path) -> mmap.mmap | memoryview | bytes:
    """All of the file, mapped where it can be."""
    place = extent(path)
    if place is None:
        with opened(path) as stream:
            return stream.read()
    with place.file.open("rb") as file:
        if place.size == 0:
            return b""
        try:
            whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError:  # some network and user-space file systems cannot map
            file.seek(place.first)
            return file.read(place.size)
    if place.file == path:
        return whole
    return memoryview(whole)[place.first : place.first + place.size]


def _split(path: Path) -> tuple[Path, str] | None:
    """The zip, and the name in it."""
    for archive in (path, *path.parents):
        if is_zip(archive):
            return archive, path.relative_to(archive).as_posix()
    return None


def _entry(archive: Path, name: str) -> zipfile.ZipInfo:
    try:
        return _entries(archive)[name]
    except KeyError:
        raise FileNotFoundError(2, "there is no such file in the zip", name) from None


def _unpackable(path: Path, entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    if entry.compress_type != zipfile.ZIP_STORED and entry.file_size > UNPACK_LIMIT_BYTES:
        size, limit = entry.file_size / 2**20, UNPACK_LIMIT_BYTES >> 20
        fix = "unpack the zip, or share the case with `xrviewer export CASE --out FILE.zip`"
        raise InputError(path, f"is compressed and {size:.0f} MiB (limit {limit}); {fix}")
    return entry


def _entries(archive: Path) -> Mapping[str, zipfile.ZipInfo]:
    stat = archive.stat()
    return _checked(archive, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _checked(archive: Path, _mtime_ns: int, _size: int) -> Mapping[str, zipfile.ZipInfo]:
    """Each file in the zip by its name. Raises InputError for a zip that means harm or is broken.

    The unused arguments tell a zip that was written anew."""
    with _readable(archive), zipfile.ZipFile(archive) as opened_zip:
        listed = [entry for entry in opened_zip.infolist() if not entry.is_dir()]
    if len(listed) > LIMIT_FILES:
        raise InputError(archive, f"holds {len(listed)} files; a case has at most {LIMIT_FILES}")
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in listed:
        fault = _fault(entry) or ("is there twice" if entry.filename in found else None)
        if fault:
            raise InputError(archive, f"{entry.orig_filename[:80]!r} in it {fault}")
        found[entry.filename] = entry
    return found


def _fault(entry: zipfile.ZipInfo) -> str | None:
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted; make the zip without a password"
    if entry.compress_type not in _READ_HERE:
        return "is compressed in a way that is not read; make the zip without compression"
    if entry.compress_type == zipfile.ZIP_STORED and entry.compress_size != entry.file_size:
        return "claims two sizes"
    return form_fault(entry.orig_filename)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise InputError(path, f"is no whole zip: {' '.join(str(error).split())}") from None
