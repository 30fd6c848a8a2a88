"""Legacy VTK polygon files (.vtk), versions 2 to 5, text and binary: points, triangles, and the
numbers on the points."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from xrviewer.errors import InputError
from xrviewer.ingest.polygons import NONE, Numbers, VtkSurface, fans, strips, surface

_TYPES = {
    "float": ">f4",
    "double": ">f8",
    "int": ">i4",
    "vtktypeint32": ">i4",
    "vtktypeint64": ">i8",
    "long": ">i8",
    "short": ">i2",
    "char": ">i1",
    "signed_char": ">i1",
    "vtktypeint8": ">i1",
    "unsigned_char": ">u1",
    "unsigned_short": ">u2",
    "unsigned_int": ">u4",
    "unsigned_long": ">u8",
    "vtkidtype": ">i4",  # as VTK itself writes it
}
_CELLS = {
    "VERTICES": lambda offsets, corners: NONE,
    "LINES": lambda offsets, corners: NONE,
    "POLYGONS": fans,
    "TRIANGLE_STRIPS": strips,
}
_WIDTHS = {"NORMALS": 3, "VECTORS": 3, "TENSORS": 9, "TENSORS6": 6, "GLOBAL_IDS": 1}
_Named = tuple[str, NDArray[np.float64]]
_LIMIT_BYTES = 2 << 30


def read_vtk(path: Path) -> VtkSurface:
    size = path.stat().st_size
    if size > _LIMIT_BYTES:
        raise InputError(path, f"is {size / 2**30:.1f} GiB; a mesh file has at most 2")
    try:
        return _read(_Cursor(path.read_bytes()))
    except (ValueError, LookupError, UnicodeDecodeError) as error:
        raise InputError(path, f"is no readable VTK surface: {error}") from None


class _Cursor:
    """A place in the file: lines of words, and blocks of numbers between them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0
        first = self.line()
        if not first.startswith("# vtk DataFile"):
            raise ValueError("it does not begin as one")
        self.line()  # a title: free text, which nobody needs
        self._is_binary = self.line().upper() == "BINARY"

    def line(self) -> str:
        """The next that is not empty."""
        while self.at < len(self._data):
            end = self._data.find(b"\n", self.at)
            end = len(self._data) if end < 0 else end
            text = self._data[self.at : end].strip()
            self.at = end + 1
            if text:
                return text.decode("ascii", "replace")
        raise EOFError

    def numbers(self, count: int, kind: str) -> NDArray[Any]:
        dtype = np.dtype(_TYPES[kind.lower()])
        if not 0 <= count <= len(self._data):
            raise ValueError(f"it claims {count} numbers")
        if self._is_binary:
            block = np.frombuffer(self._data, dtype, count, self.at)
            self.at += block.nbytes
            return block
        words = self._data[self.at :].split(None, count)
        if len(words) < count:
            raise ValueError(f"it breaks off after {len(words)} of {count} numbers")
        rest = len(words[count]) if len(words) > count else 0
        self.at = len(self._data) - rest
        return np.array(words[:count]).astype(dtype)

    def colors(self, count: int) -> None:
        """Passed over: bytes, or numbers from 0 to 1."""
        self.numbers(count, "unsigned_char" if self._is_binary else "float")


def _read(cursor: _Cursor) -> VtkSurface:
    """Sections up to the arrays; what is of no surface is passed over. Then the arrays."""
    points: NDArray[np.float64] | None = None
    triangles = [NONE]
    words = [""]
    with suppress(EOFError):
        while words[0] not in ("POINT_DATA", "CELL_DATA"):
            words = cursor.line().split()
            if words[0] == "DATASET" and words[1] != "POLYDATA":
                raise ValueError(f"it holds {words[1]}, not POLYDATA")
            if words[0] == "POINTS":
                count = int(words[1])
                points = cursor.numbers(3 * count, words[2]).reshape(-1, 3).astype(np.float64)
            elif words[0] in _CELLS:
                cut = _CELLS[words[0]]
                triangles.append(cut(*_cells(cursor, int(words[1]), int(words[2]))))
    found = surface(points, np.concatenate(triangles), {})
    return replace(found, arrays=dict(_arrays(cursor, words, len(found.points))))


def _arrays(cursor: _Cursor, words: list[str], points: int) -> Iterator[_Named]:
    """Of the points, those of one number each; the rest of the file is passed over.

    words: of the line that was read last.
    """
    counts = {"POINT_DATA": 0, "CELL_DATA": 0}
    kind = ""
    with suppress(EOFError):
        while True:
            if words[0] in counts:
                kind = words[0]
                counts[kind] = int(words[1])
                if kind == "POINT_DATA" and counts[kind] != points:
                    raise ValueError(f"it has numbers for {words[1]} points, and {points} points")
            elif kind:
                found = _attribute(cursor, words, counts[kind])
                yield from found if kind == "POINT_DATA" else ()
            words = cursor.line().split()


def _attribute(cursor: _Cursor, words: list[str], count: int) -> list[_Named]:
    """One number a place, by name. All else is read too: its bytes may look like words."""
    name, width = words[0], _WIDTHS.get(words[0])
    if name == "FIELD":
        return list(_field(cursor, int(words[2]), count))
    if name == "SCALARS":
        width = int(words[3]) if len(words) > 3 else 1
        cursor.line()  # its lookup table
        values = cursor.numbers(count * width, words[2])
        return [(unquote(words[1]), values.astype(np.float64))] if width == 1 else []
    if name == "LOOKUP_TABLE":
        cursor.colors(4 * int(words[2]))
    elif name == "COLOR_SCALARS":
        cursor.colors(count * int(words[2]))
    elif name == "TEXTURE_COORDINATES":
        cursor.numbers(count * int(words[2]), words[3])
    elif width is not None:
        cursor.numbers(count * width, words[2])
    return []


def _field(cursor: _Cursor, count: int, points: int) -> Iterator[_Named]:
    left = count
    while left:
        words = cursor.line().split()
        if len(words) != 4 or words[3].lower() not in _TYPES:
            continue  # notes about the array before
        left -= 1
        width, length = int(words[1]), int(words[2])
        values = cursor.numbers(width * length, words[3])
        if length != points:
            raise ValueError(f"its array {words[0]!r} has {length} numbers for {points} points")
        if width == 1:
            yield unquote(words[0]), values.astype(np.float64)


def _cells(cursor: _Cursor, count: int, size: int) -> tuple[Numbers, Numbers]:
    """Where each begins among the corners, and the corners.

    Version 5 writes the two apart; before, each cell began with its size.
    """
    mark = cursor.at
    words = cursor.line().split()
    if words[0] == "OFFSETS":
        offsets = cursor.numbers(count, words[1]).astype(np.int64)
        words = cursor.line().split()
        return offsets, cursor.numbers(size, words[1]).astype(np.int64)
    cursor.at = mark
    flat = cursor.numbers(size, "int").astype(np.int64)
    starts = np.empty(count + 1, np.int64)
    at = 0
    for i in range(count):
        starts[i] = at
        at += int(flat[at]) + 1
    starts[count] = at
    is_corner = np.ones(len(flat), bool)
    is_corner[starts[:-1]] = False
    return starts - np.arange(count + 1), flat[is_corner]
