"""VTK's polygon files in XML (.vtp): text, base64 or raw, packed with ZLib or LZMA or not.

Read here since the one library that reads them is VTK itself, a hundred megabytes.
"""

from __future__ import annotations

import base64
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from xrviewer.errors import InputError
from xrviewer.ingest.polygons import NONE, Numbers, VtkSurface, fans, strips, surface

_TYPES = {"Float32": "f4", "Float64": "f8"} | {
    f"{sign}Int{8 * size}": f"{kind}{size}"
    for sign, kind in (("", "i"), ("U", "u"))
    for size in (1, 2, 4, 8)
}
_PACKED: Mapping[str, Callable[[bytes, int], bytes]] = {
    "vtkZLibDataCompressor": lambda block, most: _unpacked(zlib.decompressobj(), block, most),
    "vtkLZMADataCompressor": lambda block, most: _unpacked(lzma.LZMADecompressor(), block, most),
}
_LIMIT_BYTES = 2 << 30
_BROKEN = (ValueError, LookupError, ElementTree.ParseError, zlib.error, lzma.LZMAError, EOFError)


def read_vtp(path: Path) -> VtkSurface:
    """Raises InputError, in a line, for what is no readable one."""
    size = path.stat().st_size
    if size > _LIMIT_BYTES:
        raise InputError(path, f"is {size / 2**30:.1f} GiB; a mesh file has at most 2")
    try:
        return _surface(_opened(path.read_bytes()))
    except _BROKEN as error:
        raise InputError(path, f"is no readable VTP surface: {error}") from None


@dataclass(frozen=True, slots=True)
class _File:
    """The tree, and what its arrays are written with."""

    root: ElementTree.Element
    appended: bytes
    is_base64: bool
    """Of what is appended; what stands in the tree always is."""
    order: str
    header: np.dtype[Any]
    """Of the counts before a block."""
    compressor: str
    left: list[int]
    """Bytes that may still be unpacked."""


def _opened(data: bytes) -> _File:
    """What is appended may be raw bytes, which no XML may hold: it is cut out before."""
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
        raise ValueError("it defines entities, which no mesh needs")
    start = re.search(rb"<AppendedData([^>]*)>\s*_", data)
    text, appended, is_base64 = data, b"", False
    if start is not None:
        is_base64 = b"base64" in start[1]
        end = data.rfind(b"</AppendedData")
        appended = data[start.end() : end if end > start.end() else len(data)]
        text = data[: start.start()] + b"</VTKFile>"
    root = ElementTree.fromstring(text)
    if root.tag != "VTKFile" or root.get("type") != "PolyData":
        raise ValueError(f"it holds {root.get('type', root.tag)[:40]}, not PolyData")
    compressor = root.get("compressor", "")
    if compressor and compressor not in _PACKED:
        raise ValueError(f"it is packed by {compressor[:40]}; save it with ZLib or without")
    order = ">" if root.get("byte_order") == "BigEndian" else "<"
    header = np.dtype(order + ("u8" if root.get("header_type") == "UInt64" else "u4"))
    return _File(root, appended, is_base64, order, header, compressor, [_LIMIT_BYTES])


def _surface(file: _File) -> VtkSurface:
    """All pieces in one; an array that a piece lacks is left out."""
    pieces = [_piece(file, piece) for piece in file.root.iterfind("PolyData/Piece")]
    pieces = [piece for piece in pieces if len(piece.points)]
    if not pieces:
        raise ValueError("it has no points or no polygons")
    firsts = np.cumsum([0, *(len(piece.points) for piece in pieces)])
    shared = [name for name in pieces[0].arrays if all(name in p.arrays for p in pieces)]
    return surface(
        np.concatenate([piece.points for piece in pieces]),
        np.concatenate([p.triangles + n for p, n in zip(pieces, firsts, strict=False)]),
        {name: np.concatenate([piece.arrays[name] for piece in pieces]) for name in shared},
    )


def _piece(file: _File, piece: ElementTree.Element) -> VtkSurface:
    count = int(piece.get("NumberOfPoints", "0"))
    points = piece.find("Points/DataArray")
    if points is None or not count:
        return VtkSurface(np.zeros((0, 3)), NONE, {})
    places = _numbers(file, points).reshape(-1, 3).astype(np.float64)
    if len(places) != count:
        raise ValueError(f"it has {len(places)} points, and says {count}")
    cells = [
        _cells(file, piece.find(name), cut) for name, cut in (("Polys", fans), ("Strips", strips))
    ]
    return VtkSurface(places, np.concatenate(cells), dict(_arrays(file, piece, count)))


def _cells(
    file: _File, element: ElementTree.Element | None, cut: Callable[[Numbers, Numbers], Numbers]
) -> Numbers:
    named = {a.get("Name"): a for a in element.iterfind("DataArray")} if element is not None else {}
    if "connectivity" not in named or "offsets" not in named:
        return NONE
    ends = _numbers(file, named["offsets"]).astype(np.int64)
    return cut(np.concatenate([[0], ends]), _numbers(file, named["connectivity"]).astype(np.int64))


def _arrays(
    file: _File, piece: ElementTree.Element, count: int
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Of the points, those of one number each."""
    for element in piece.iterfind("PointData/DataArray"):
        if element.get("NumberOfComponents", "1") != "1" or element.get("type") not in _TYPES:
            continue
        values, name = _numbers(file, element), element.get("Name", "")
        if len(values) != count:
            raise ValueError(f"its array {name!r} has {len(values)} numbers for {count} points")
        yield name, values.astype(np.float64)


def _numbers(file: _File, element: ElementTree.Element) -> NDArray[Any]:
    dtype = np.dtype(file.order + _TYPES[element.get("type", "")])
    form = element.get("format", "ascii")
    if form == "ascii":
        return np.array((element.text or "").split()).astype(dtype)
    if form == "appended":
        data, is_base64 = file.appended[int(element.get("offset", "0")) :], file.is_base64
    else:
        data, is_base64 = (element.text or "").strip().encode("ascii"), True
    source = _Source(data, is_base64)
    block = _unpack(file, source) if file.compressor else _plain(file, source)
    return np.frombuffer(block[: len(block) // dtype.itemsize * dtype.itemsize], dtype)


@dataclass(slots=True)
class _Source:
    """Bytes one after the other. Each run of base64 ends where it is padded."""

    data: bytes
    is_base64: bool
    at: int = 0

    def head(self, size: int) -> tuple[bytes, bytes]:
        """So many bytes; and what was decoded with them, being of the same run."""
        run = self.data[self.at : self.at + (_letters(size) if self.is_base64 else size)]
        self.at += len(run)
        found = base64.b64decode(run, validate=True) if self.is_base64 else run
        if len(found) < size:
            raise ValueError(f"it breaks off after {len(found)} of {size} bytes")
        return found[:size], b"" if run.endswith(b"=") else found[size:]

    def block(self, size: int, before: bytes) -> bytes:
        more = self.head(size - len(before))[0] if size > len(before) else b""
        return (before + more)[:size]


def _letters(size: int) -> int:
    """Of base64, for so many bytes."""
    return -(-size // 3) * 4


def _plain(file: _File, source: _Source) -> bytes:
    head, rest = source.head(file.header.itemsize)
    return source.block(int(np.frombuffer(head, file.header)[0]), rest)


def _unpack(file: _File, source: _Source) -> bytes:
    """How many blocks, how large each, how large the last if it is less; then their sizes."""
    wide = file.header.itemsize
    start = source.at
    count = int(np.frombuffer(source.head(wide)[0], file.header)[0])
    if not 0 <= count <= len(source.data):
        raise ValueError(f"it claims {count} blocks")
    source.at = start
    sizes = np.frombuffer(source.head(wide * (3 + count))[0], file.header).astype(np.int64)[1:]
    full, last, packed = int(sizes[0]), int(sizes[1]), sizes[2:]
    file.left[0] -= full * (count - 1) + (last or full) if count else 0
    if min(full, last, *packed.tolist()) < 0 or file.left[0] < 0:
        raise ValueError("it unpacks to more than a mesh holds")
    data, _ = source.head(int(packed.sum())) if count else (b"", b"")
    ends = np.cumsum([0, *packed])
    unpack = _PACKED[file.compressor]
    most = [full] * (count - 1) + [last or full]
    blocks = [unpack(data[a:b], n) for a, b, n in zip(ends[:-1], ends[1:], most, strict=False)]
    return b"".join(blocks)


def _unpacked(unpacker: Any, block: bytes, most: int) -> bytes:
    """At most what the block says it holds."""
    found: bytes = unpacker.decompress(block, max_length=most) if most else b""
    if len(found) != most:
        raise ValueError(f"a block of it holds {len(found)} bytes, and says {most}")
    return found
