"""Legacy VTK polygon files (.vtk), versions 2 to 5, text and binary: points, triangles, and the
numbers on the points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from xrviewer.errors import InputError

_TYPES = {
    "float": ">f4",
    "double": ">f8",
    "int": ">i4",
    "vtktypeint32": ">i4",
    "vtktypeint64": ">i8",
    "long": ">i8",
    "short": ">i2",
    "char": ">i1",
    "unsigned_char": ">u1",
    "unsigned_short": ">u2",
    "unsigned_int": ">u4",
}
_LIMIT_BYTES = 2 << 30


@dataclass(frozen=True, slots=True, eq=False)
class VtkSurface:
    points: NDArray[np.float64]
    triangles: NDArray[np.int64]
    """(M, 3); polygons of more corners are cut into fans."""
    arrays: Mapping[str, NDArray[np.float64]]
    """A number a point, by the name in the file."""


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


def _read(cursor: _Cursor) -> VtkSurface:
    """Sections up to the polygons; what stands between them is passed over. Then the arrays."""
    points: NDArray[np.float64] | None = None
    try:
        while True:
            words = cursor.line().split()
            if words[0] == "DATASET" and words[1] != "POLYDATA":
                raise ValueError(f"it holds {words[1]}, not POLYDATA")
            if words[0] == "POINTS":
                count = int(words[1])
                points = cursor.numbers(3 * count, words[2]).reshape(-1, 3).astype(np.float64)
            elif words[0] == "POLYGONS":
                found = _polygons(cursor, int(words[1]), int(words[2]))
                points, triangles = _checked(points, found)
                return VtkSurface(points, triangles, dict(_arrays(cursor, len(points))))
            elif words[0] in ("VERTICES", "LINES"):
                _polygons(cursor, int(words[1]), int(words[2]))
    except EOFError:
        raise ValueError("it has no polygons") from None


def _arrays(cursor: _Cursor, points: int) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Of the points, those of one number each; the rest of the file is passed over."""
    is_of_points = False
    with suppress(EOFError):
        while True:
            words = cursor.line().split()
            if words[0] in ("POINT_DATA", "CELL_DATA"):
                is_of_points = words[0] == "POINT_DATA"
                if is_of_points and int(words[1]) != points:
                    raise ValueError(f"it has numbers for {words[1]} points, and {points} points")
            elif is_of_points and words[0] == "SCALARS":
                width = int(words[3]) if len(words) > 3 else 1
                cursor.line()  # its lookup table
                values = cursor.numbers(points * width, words[2])
                if width == 1:
                    yield unquote(words[1]), values.astype(np.float64)
            elif is_of_points and words[0] in ("NORMALS", "VECTORS"):
                cursor.numbers(3 * points, words[2])
            elif is_of_points and words[0] == "FIELD":
                yield from _field(cursor, int(words[2]), points)


def _field(cursor: _Cursor, count: int, points: int) -> Iterator[tuple[str, NDArray[np.float64]]]:
    left = count
    while left:
        words = cursor.line().split()
        if len(words) != 4:
            continue  # notes about the array before
        left -= 1
        width, length = int(words[1]), int(words[2])
        values = cursor.numbers(width * length, words[3])
        if length != points:
            raise ValueError(f"its array {words[0]!r} has {length} numbers for {points} points")
        if width == 1:
            yield unquote(words[0]), values.astype(np.float64)


def _polygons(cursor: _Cursor, count: int, size: int) -> NDArray[np.int64]:
    """Version 5 writes offsets and corners apart; before, each polygon began with its size."""
    mark = cursor.at
    words = cursor.line().split()
    if words[0] == "OFFSETS":
        offsets = cursor.numbers(count, words[1]).astype(np.int64)
        words = cursor.line().split()
        return _fans(offsets, cursor.numbers(size, words[1]).astype(np.int64))
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
    return _fans(starts - np.arange(count + 1), flat[is_corner])


def _fans(offsets: NDArray[np.int64], corners: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(offsets) < 2:
        return np.zeros((0, 3), np.int64)
    first, sizes = offsets[:-1], np.diff(offsets)
    parts = []
    for step in range(1, int(sizes.max()) - 1):
        own = first[sizes > step + 1]
        parts.append(np.stack([corners[own], corners[own + step], corners[own + step + 1]], 1))
    return np.concatenate(parts) if parts else np.zeros((0, 3), np.int64)


def _checked(
    points: NDArray[np.float64] | None, triangles: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    if points is None or not len(triangles):
        raise ValueError("it has no points or no polygons")
    if not np.isfinite(points).all():
        raise ValueError("it has points that are NaN or infinite")
    if not 0 <= triangles.min() <= triangles.max() < len(points):
        raise ValueError("it has a triangle whose corner is not there")
    return points, triangles
