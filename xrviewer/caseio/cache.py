"""Surfaces that were read once, packed as the GPU wants them: opening again is one memory map.

One file a GLB in the user's cache folder, told apart by a hash of the path (the path itself may
hold a name and is not kept). A file that is older, cut, changed in any byte or made by another
version is ignored and made again. No cache, no matter: whatever fails here costs only time.
Of a case in a zip nothing is kept: who is sent one and looks at it leaves nothing behind.

Tried: a checksum by crc32 takes 30 ms for the whole body; a sum of 64-bit words takes 2 ms, sees
any flipped or lost block, and touches pages that the upload touches anyway.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import numpy as np
import platformdirs
from numpy.typing import NDArray

from xrviewer import __version__
from xrviewer.case.model import Color
from xrviewer.case.surfaces import PART_DTYPE, ScalarMap, Surfaces
from xrviewer.caseio.gltf import GltfParts
from xrviewer.caseio.packed import is_packed

CACHE_VARIABLE = "XRVIEWER_CACHE"
"""Names another folder; empty turns the cache off."""
CACHE_LIMIT_BYTES = 2 << 30
SMALLEST_BYTES = 64 << 10
"""Below this reading is as fast as the cache."""

_MAGIC = b"XRVPACK\0"
_VERSION = 1
_PREFIX = struct.Struct("<8sIIQQ")
"""Magic, version, header bytes, file bytes, sum of the 64-bit words after it."""
_ALIGN = 64
_SUFFIX = ".xrpack"
_UNUSABLE = (OSError, ValueError, LookupError, TypeError, struct.error, msgspec.MsgspecError)


class _Slice(msgspec.Struct, frozen=True):
    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int


class _Header(msgspec.Struct, frozen=True):
    """What is not an array."""

    reader: str
    """Version of the program: a reader that was put right must not be answered from before."""
    source_bytes: int
    source_mtime_ns: int
    slices: tuple[_Slice, ...]
    part_ids: tuple[str, ...]
    names: tuple[str, ...]
    colors: tuple[Color | None, ...]
    opacities: tuple[float, ...]
    groups: tuple[str | None, ...]
    faults: tuple[str, ...]


def cached(path: Path, read: Callable[[Path], GltfParts]) -> GltfParts:
    """What `read` gives for the GLB, from the cache where it holds just that file."""
    folder = cache_folder()
    if folder is None or not _is_worth_caching(path):
        return read(path)
    entry = folder / (_key(path) + _SUFFIX)
    with contextlib.suppress(*_UNUSABLE):
        found = _load(entry, path)
        if found is not None:
            return found
    stat = path.stat()
    parts = read(path)
    with contextlib.suppress(OSError):
        if _is_self_contained(path):
            _store(entry, stat, parts)
            _drop_oldest(folder)
    return parts


def cache_folder() -> Path | None:
    """The folder, made if need be; None when it is turned off or cannot be written."""
    named = os.environ.get(CACHE_VARIABLE)
    if named == "":
        return None
    folder = Path(named) if named else platformdirs.user_cache_path("xrviewer")
    folder = folder / "surfaces"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _is_worth_caching(path: Path) -> bool:
    if path.suffix.lower() != ".glb" or is_packed(path):
        return False
    try:
        return path.stat().st_size >= SMALLEST_BYTES
    except OSError:
        return False


def _is_self_contained(glb: Path) -> bool:
    """Whether all its data lies inside: the change of another file would go unseen."""
    with glb.open("rb") as file:
        head = file.read(20)
        length = int.from_bytes(head[12:16], "little")
        return b'"uri"' not in file.read(length)


def _key(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:32]


def _load(entry: Path, source: Path) -> GltfParts | None:
    """None or ValueError for whatever is not exactly the cache of `source` as it is now."""
    if not entry.is_file():
        return None
    block = np.memmap(entry, np.uint8, "r").view(np.ndarray)
    magic, version, header_bytes, size, checksum = _PREFIX.unpack_from(block.data)
    if (magic, version, size) != (_MAGIC, _VERSION, len(block)):
        return None
    if _checksum(block[_PREFIX.size :].view(np.uint64)) != checksum:
        return None
    end = _PREFIX.size + header_bytes
    header = msgspec.json.decode(block[_PREFIX.size : end].tobytes(), type=_Header)
    stat = source.stat()
    found = (header.reader, header.source_bytes, header.source_mtime_ns)
    if found != (__version__, stat.st_size, stat.st_mtime_ns):
        return None
    arrays = {s.name: _slice(block, s, end) for s in header.slices}
    os.utime(entry)  # the oldest by use is dropped first
    return _parts(header, arrays)


def _slice(block: NDArray[np.uint8], entry: _Slice, first: int) -> NDArray[Any]:
    dtype = PART_DTYPE if entry.dtype == "part" else np.dtype(entry.dtype)
    size = int(np.prod(entry.shape, dtype=object)) * dtype.itemsize
    if not (first <= entry.offset and entry.offset + size <= len(block)):
        raise ValueError(f"slice {entry.name} lies outside the file")
    return block[entry.offset : entry.offset + size].view(dtype).reshape(entry.shape)


def _parts(header: _Header, arrays: dict[str, NDArray[Any]]) -> GltfParts:
    maps = {
        name.removeprefix("map:"): ScalarMap(name.removeprefix("map:"), values)
        for name, values in arrays.items()
        if name.startswith("map:")
    }
    surfaces = Surfaces(
        part_ids=header.part_ids,
        parts=arrays["parts"],
        positions_mm=arrays["positions_mm"],
        normals=arrays["normals"],
        triangles=arrays["triangles"],
        maps=MappingProxyType(maps),
        colors=arrays.get("colors"),
    )
    _check_ranges(surfaces)
    return GltfParts(
        surfaces=surfaces,
        names=header.names,
        colors=header.colors,
        opacities=header.opacities,
        groups=header.groups,
        faults=header.faults,
    )


def _check_ranges(surfaces: Surfaces) -> None:
    """Cheap: 990 rows, not a million triangles, which the sum already vouches for."""
    parts = surfaces.parts
    vertices = parts["vertex_first"].astype(np.uint64) + parts["vertex_count"]
    triangles = parts["triangle_first"].astype(np.uint64) + parts["triangle_count"]
    if len(parts) != len(surfaces.part_ids):
        raise ValueError("parts and their ids differ in number")
    if len(parts) and vertices.max() > len(surfaces.positions_mm):
        raise ValueError("a part's vertices lie outside the arrays")
    if len(parts) and triangles.max() > len(surfaces.triangles):
        raise ValueError("a part's triangles lie outside the arrays")


def _store(entry: Path, stat: os.stat_result, parts: GltfParts) -> None:
    """Whole or absent: written beside its place and renamed. Not flushed to the disk, which
    takes longer than reading the GLB: the sum sees what a power cut would lose."""
    arrays = {name: _words(array) for name, array in _arrays(parts.surfaces)}
    header = _header(stat, parts, dict(_arrays(parts.surfaces)))
    text = msgspec.json.encode(header)
    first = np.zeros((header.slices[0].offset - _PREFIX.size) // 8, np.uint64)
    first.view(np.uint8)[: len(text)] = np.frombuffer(text, np.uint8)
    blocks = [first, *arrays.values()]
    size = _PREFIX.size + sum(block.nbytes for block in blocks)
    checksum = sum(map(_checksum, blocks)) % 2**64
    prefix = _PREFIX.pack(_MAGIC, _VERSION, len(text), size, checksum)
    _write_whole(entry, [prefix, *(block.data for block in blocks)])


def _words(array: NDArray[Any]) -> NDArray[np.uint64]:
    """The bytes of an array, with zeros up to the next alignment; copied only if need be."""
    flat = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    if len(flat) % _ALIGN:
        flat = np.concatenate([flat, np.zeros(-len(flat) % _ALIGN, np.uint8)])
    return flat.view(np.uint64)


def _arrays(surfaces: Surfaces) -> Iterator[tuple[str, NDArray[Any]]]:
    yield "parts", surfaces.parts
    yield "positions_mm", surfaces.positions_mm
    yield "normals", surfaces.normals
    yield "triangles", surfaces.triangles
    if surfaces.colors is not None:
        yield "colors", surfaces.colors
    for id, scalar_map in surfaces.maps.items():
        yield f"map:{id}", scalar_map.values


def _header(
    stat: os.stat_result, parts: GltfParts, arrays: dict[str, NDArray[Any]]
) -> _Header:  # fmt: skip
    """Offsets come after the header, whose length depends on them: so they are counted from a
    place that leaves room for their longest spelling."""
    header = _Header(
        reader=__version__,
        source_bytes=stat.st_size,
        source_mtime_ns=stat.st_mtime_ns,
        slices=_slices(arrays, 1 << 50),
        part_ids=parts.surfaces.part_ids,
        names=parts.names,
        colors=parts.colors,
        opacities=parts.opacities,
        groups=parts.groups,
        faults=parts.faults,
    )
    first = _padded(_PREFIX.size + len(msgspec.json.encode(header)))
    return msgspec.structs.replace(header, slices=_slices(arrays, first))


def _slices(arrays: dict[str, NDArray[Any]], first: int) -> tuple[_Slice, ...]:
    slices, offset = [], first
    for name, array in arrays.items():
        dtype = "part" if array.dtype == PART_DTYPE else array.dtype.str
        slices.append(_Slice(name, dtype, array.shape, offset))
        offset += _padded(array.nbytes)
    return tuple(slices)


def _padded(size: int) -> int:
    return -(-size // _ALIGN) * _ALIGN


def _checksum(words: NDArray[np.uint64]) -> int:
    return int(np.add.reduce(words))


def _write_whole(entry: Path, blocks: Sequence[bytes | memoryview]) -> None:
    handle, temporary = tempfile.mkstemp(suffix=".part", dir=entry.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(blocks)
        os.replace(temporary, entry)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _drop_oldest(folder: Path) -> None:
    """Also what a kill left of a file that was being written: it is never used again."""
    files = [(p.stat(), p) for p in folder.iterdir()]
    files.sort(key=lambda item: item[0].st_mtime_ns, reverse=True)
    total = 0
    for stat, path in files:
        total += stat.st_size
        if total > CACHE_LIMIT_BYTES:
            path.unlink(missing_ok=True)
