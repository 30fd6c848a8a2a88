"""EXT_meshopt_compression: the three codecs and the filters that meshes use.

Written from the extension's bitstream specification, for lack of a packaged decoder.
Attributes cost about 4 s and indices 1 s a million, so such files load slowly, but right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.caseio.gltf.faults import UnreadableError
from xrviewer.caseio.gltf.schema import MeshoptView

_GROUP = 16
_TWO_BIT = [bytes((b >> 6, b >> 4 & 3, b >> 2 & 3, b & 3)) for b in range(256)]
_FOUR_BIT = [bytes((b >> 4, b & 15)) for b in range(256)]


def decode(packed: bytes, view: MeshoptView) -> bytes:
    """The buffer view's bytes; raises UnreadableError for a damaged stream."""
    codec = _CODECS.get(view.mode)
    filtering = _FILTERS.get(view.filter)
    if codec is None or filtering is None:
        raise UnreadableError(f"meshopt {view.mode} with filter {view.filter} is not known")
    if view.byte_stride == 0 or view.byte_stride > 256:
        raise UnreadableError(f"a meshopt stride of {view.byte_stride} is not allowed")
    try:
        return filtering(codec(packed, view), view.byte_stride).tobytes()
    except (IndexError, ValueError, OverflowError) as error:
        raise UnreadableError("meshopt data is damaged") from error


def _attributes(packed: bytes, view: MeshoptView) -> NDArray[np.uint8]:
    """(count, stride): per byte of the element, zigzag differences in groups of 16."""
    stride, count = view.byte_stride, view.count
    if stride % 4 or packed[0] != 0xA0 or len(packed) < 1 + stride:
        raise UnreadableError("meshopt attributes do not start as they should")
    most = min(0x2000 // stride & ~15, 256)
    columns = [bytearray() for _ in range(stride)]
    at = 1
    for first in range(0, count, most):
        groups = (min(count - first, most) + 15) // _GROUP
        for column in columns:
            at = _column(packed, at, groups, column)
    deltas = np.array([np.frombuffer(c, np.uint8)[:count] for c in columns], np.uint8)
    signed = (deltas >> 1) ^ (np.uint8(0) - (deltas & 1))
    sums: NDArray[np.uint8] = np.cumsum(signed, axis=1, dtype=np.uint8).T
    return np.ascontiguousarray(sums + np.frombuffer(packed[-stride:], np.uint8))


def _column(packed: bytes, at: int, groups: int, out: bytearray) -> int:
    """One byte column of one block; returns where the next begins."""
    header, at = at, at + (groups + 3) // 4
    for group in range(groups):
        mode = packed[header + (group >> 2)] >> ((group & 3) << 1) & 3
        if mode == 0:
            out += bytes(_GROUP)
        elif mode == 3:
            out += packed[at : at + _GROUP]
            at += _GROUP
        else:
            at = _packed_group(packed, at, mode, out)
    if at > len(packed):
        raise IndexError
    return at


def _packed_group(packed: bytes, at: int, mode: int, out: bytearray) -> int:
    """Sixteen small numbers; the largest that fits says that a whole byte follows."""
    size, table, sentinel = (4, _TWO_BIT, 3) if mode == 1 else (8, _FOUR_BIT, 15)
    values = bytearray(b"".join([table[b] for b in packed[at : at + size]]))
    at += size
    place = values.find(sentinel)
    while place >= 0:
        values[place] = packed[at]
        at += 1
        place = values.find(sentinel, place + 1)
    out += values
    return at


class _Fifo:
    """The last sixteen things seen; 0 is the newest."""

    def __init__(self, empty: Any) -> None:
        self._items = [empty] * 16
        self._next = 0

    def push(self, item: Any) -> None:
        self._items[self._next & 15] = item
        self._next += 1

    def __getitem__(self, age: int) -> Any:
        return self._items[self._next - 1 - age & 15]


class _Triangles:
    """The triangle codec: each triangle shares an edge or vertices with recent ones."""

    def __init__(self, packed: bytes, count: int) -> None:
        self._packed = packed
        self._at = 1 + count // 3
        self._edges, self._vertices = _Fifo((0, 0)), _Fifo(0)
        self._next = self._last = 0

    def decode(self, triangles: int) -> list[int]:
        out: list[int] = []
        for code in self._packed[1 : 1 + triangles]:
            out += self._beside(code) if code < 0xF0 else self._fresh(code)
        return out

    def _beside(self, code: int) -> tuple[int, int, int]:
        """A triangle on an edge seen lately."""
        a, b = self._edges[code >> 4]
        choice = code & 15
        c = self._vertices[choice] if 0 < choice < 13 else self._new_vertex(choice)
        self._edges.push((c, b))
        self._edges.push((a, c))
        return a, b, c

    def _new_vertex(self, choice: int) -> int:
        if choice == 0:
            vertex, self._next = self._next, self._next + 1
        elif choice == 15:
            vertex = self._far_vertex()
        else:
            vertex = self._last = self._last + (1 if choice == 14 else -1)
        self._vertices.push(vertex)
        return vertex

    def _fresh(self, code: int) -> tuple[int, int, int]:
        """A triangle on no edge seen lately."""
        if code < 0xFE:
            pair = self._packed[len(self._packed) - 16 + (code & 15)]
        else:
            pair, self._at = self._packed[self._at], self._at + 1
            self._next = 0 if pair == 0 else self._next
        choices = (15 if code == 0xFF else 0, pair >> 4, pair & 15)
        a, b, c = [self._fresh_vertex(choice) for choice in choices]
        for vertex, choice in zip((a, b, c), choices, strict=True):
            if choice in (0, 15):
                self._vertices.push(vertex)
        for edge in ((b, a), (c, b), (a, c)):
            self._edges.push(edge)
        return a, b, c

    def _fresh_vertex(self, choice: int) -> int:
        if choice == 0:
            self._next += 1
            return self._next - 1
        return self._far_vertex() if choice == 15 else int(self._vertices[choice - 1])

    def _far_vertex(self) -> int:
        value, self._at = _variable(self._packed, self._at)
        self._last += _unzigzag(value)
        return self._last


def _triangles(packed: bytes, view: MeshoptView) -> NDArray[np.generic]:
    if packed[0] not in (0xE0, 0xE1) or view.count % 3 or len(packed) < 17 + view.count // 3:
        raise UnreadableError("meshopt triangles do not start as they should")
    if packed[0] == 0xE0:
        raise UnreadableError("meshopt triangles are of version 0; write them anew")
    return _as_indices(_Triangles(packed, view.count).decode(view.count // 3), view)


def _indices(packed: bytes, view: MeshoptView) -> NDArray[np.generic]:
    if packed[0] != 0xD1:
        raise UnreadableError("meshopt indices do not start as they should")
    at, lasts, out = 1, [0, 0], []
    for _ in range(view.count):
        value, at = _variable(packed, at)
        lasts[value & 1] += _unzigzag(value >> 1)
        out.append(lasts[value & 1])
    return _as_indices(out, view)


def _as_indices(values: list[int], view: MeshoptView) -> NDArray[np.generic]:
    if view.byte_stride not in (2, 4):
        raise UnreadableError(f"meshopt indices of {view.byte_stride} bytes are not allowed")
    wide = np.array(values, np.int64)
    dtype = np.uint16 if view.byte_stride == 2 else np.uint32
    if len(wide) and (wide.min() < 0 or wide.max() > np.iinfo(dtype).max):
        raise UnreadableError("a meshopt index is out of range")
    return wide.astype(dtype)


def _variable(packed: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, at most five bytes, and where the next begins."""
    value = 0
    for shift in range(0, 35, 7):
        byte, at = packed[at], at + 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError("a number does not end")


def _unzigzag(value: int) -> int:
    return value >> 1 ^ -(value & 1)


def _unfiltered(values: NDArray[np.generic], stride: int) -> NDArray[np.generic]:
    return values


def _octahedral(values: NDArray[np.generic], stride: int) -> NDArray[np.generic]:
    """Unit vectors folded onto an octahedron; the fourth component passes through."""
    if stride not in (4, 8):
        raise UnreadableError(f"meshopt octahedral data of {stride} bytes is not allowed")
    dtype: type[Any] = np.int8 if stride == 4 else np.int16
    stored = np.ascontiguousarray(values).view(dtype)
    folded = stored.astype(np.float64)
    x, y = folded[:, 0] / np.maximum(folded[:, 2], 1), folded[:, 1] / np.maximum(folded[:, 2], 1)
    z = 1 - np.abs(x) - np.abs(y)
    below = np.maximum(-z, 0)
    unit = np.column_stack([x - np.copysign(below, x), y - np.copysign(below, y), z])
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    return np.column_stack([np.rint(unit * np.iinfo(dtype).max), folded[:, 3]]).astype(dtype)


def _exponential(values: NDArray[np.generic], stride: int) -> NDArray[np.generic]:
    """24 bits of mantissa, 8 of exponent, to float32."""
    stored = np.ascontiguousarray(values).view(np.int32)
    mantissa = (stored << 8) >> 8
    floats: NDArray[np.generic] = np.ldexp(mantissa.astype(np.float64), stored >> 24)
    return floats.astype(np.float32)


_CODECS: dict[str, Callable[[bytes, MeshoptView], NDArray[Any]]] = {
    "ATTRIBUTES": _attributes,
    "TRIANGLES": _triangles,
    "INDICES": _indices,
}
_FILTERS: dict[str, Callable[[NDArray[Any], int], NDArray[Any]]] = {
    "NONE": _unfiltered,
    "OCTAHEDRAL": _octahedral,
    "EXPONENTIAL": _exponential,
}
