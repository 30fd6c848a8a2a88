"""The surface where a field passes a level: marching cubes, a whole grid at a time in numpy.

The table is made, not copied: on a face whose two inside corners lie across from each other both
are cut off, in every cube alike, and no polygon is cut along a face of its cube. So each edge has
two triangles, whatever the field. scikit-image's takes six times as long and holds the
interpreter's lock meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

_CORNERS = 8
_EDGES = 12

Loop = tuple[int, ...]
Triangles = tuple[Loop, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """In index coordinates; triangles wind so that they are seen from below the level."""

    points: NDArray[np.float32]
    slopes: NDArray[np.float32]
    """Of the field at each point, by index, falling: away from what is above the level."""
    triangles: NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class CubeTable:
    """By case: bit c of a case is whether corner c = x + 2 y + 4 z is above the level."""

    first: NDArray[np.int32]
    """Of the case's triangles in `edges`."""
    count: NDArray[np.int32]
    edges: NDArray[np.uint8]
    """(N, 3): edge 4 axis + its place on the two other axes."""


def contour(values: NDArray[np.float32], level: float) -> Contour:
    """Closed. Values of the two outermost places of each axis must lie below the level."""
    inside, flat, strides = values > level, values.ravel(), strides_of(values.shape)
    found = [_crossings(inside, axis) for axis in range(3)]
    parts = [_parts(flat, at, stride, level) for at, stride in zip(found, strides, strict=True)]
    every = [(at, axis, part) for axis, (at, part) in enumerate(zip(found, parts, strict=True))]
    return Contour(
        points=np.concatenate([_points(values.shape, *one) for one in every]),
        slopes=np.concatenate([_slopes(flat, strides, *one) for one in every]),
        triangles=_triangles(inside, _numbered(found, values.size)).view(np.uint32),
    )


def _numbered(found: list[NDArray[np.int64]], size: int) -> NDArray[np.int32]:
    """For each edge of the grid, axis by axis, the number of the point on it."""
    number = np.empty(3 * size, np.int32)
    first = 0
    for axis, at in enumerate(found):
        number[at + axis * size] = np.arange(first, first + len(at), dtype=np.int32)
        first += len(at)
    return number


def _crossings(inside: NDArray[np.bool_], axis: int) -> NDArray[np.int64]:
    """Places, flat, whose next one along the axis is on the other side."""
    is_crossed = np.zeros(inside.shape, np.bool_)
    low = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
    high = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
    np.not_equal(inside[low], inside[high], out=is_crossed[low])
    return np.flatnonzero(is_crossed)


def strides_of(shape: tuple[int, ...]) -> tuple[int, int, int]:
    return shape[1] * shape[2], shape[2], 1


def _parts(
    flat: NDArray[np.float32], at: NDArray[np.int64], stride: int, level: float
) -> NDArray[np.float32]:
    """Of each edge, up to where the level is passed."""
    here = flat.take(at)
    return np.asarray((np.float32(level) - here) / (flat.take(at + stride) - here))


def _points(
    shape: tuple[int, ...], at: NDArray[np.int64], axis: int, parts: NDArray[np.float32]
) -> NDArray[np.float32]:
    points = np.stack(np.unravel_index(at, shape), axis=1).astype(np.float32)
    points[:, axis] += parts
    return points


def _slopes(
    flat: NDArray[np.float32],
    strides: tuple[int, int, int],
    at: NDArray[np.int64],
    axis: int,
    parts: NDArray[np.float32],
) -> NDArray[np.float32]:
    beyond = at + strides[axis]
    slopes = np.empty((len(at), 3), np.float32)
    for other, stride in enumerate(strides):
        near = flat.take(at - stride) - flat.take(at + stride)
        far = flat.take(beyond - stride) - flat.take(beyond + stride)
        slopes[:, other] = near + parts * (far - near)
    return slopes


def _triangles(inside: NDArray[np.bool_], number: NDArray[np.int32]) -> NDArray[np.int32]:
    table = cube_table()
    case = cases(inside)
    cells = np.flatnonzero(case + np.uint8(1) > 1)  # neither all below nor, wrapped to 0, all above
    own = case.ravel().take(cells)
    counts = table.count.take(own)
    ends = np.cumsum(counts)
    rows = np.arange(ends[-1] if len(ends) else 0) + np.repeat(
        table.first.take(own) - ends + counts, counts
    )
    places = edge_offsets(inside.shape)[table.edges].take(rows, axis=0)
    places += np.repeat(cells, counts)[:, None]
    return np.asarray(number.take(places))


def cases(inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Of each cube at its lowest corner; 0 in the last place of each axis, where none begins."""
    bits = inside.view(np.uint8)
    x = bits[:-1] | bits[1:] << 1
    y = x[:, :-1] | x[:, 1:] << 2
    case = np.zeros(inside.shape, np.uint8)
    np.bitwise_or(y[:, :, :-1], y[:, :, 1:] << 4, out=case[:-1, :-1, :-1])
    return case


def edge_offsets(shape: tuple[int, ...]) -> NDArray[np.int64]:
    """From a cube's place to each edge's among the numbers of all three axes."""
    size, strides = int(np.prod(shape)), np.array(strides_of(shape))
    return np.asarray(np.arange(_EDGES) // 4 * size + edge_starts() @ strides)


@cache
def edge_starts() -> NDArray[np.int64]:
    """The corner that each goes up from."""
    return np.array([_start(edge) for edge in range(_EDGES)])


def _start(edge: int) -> NDArray[np.int64]:
    axis, place = divmod(edge, 4)
    start = np.zeros(3, np.int64)
    start[[a for a in range(3) if a != axis]] = place % 2, place // 2
    return start


@cache
def cube_table() -> CubeTable:
    rows = [
        [triangle for loop in _loops(case) for triangle in _cut(loop)[1]]
        for case in range(1 << _CORNERS)
    ]
    count = np.array([len(row) for row in rows], np.int32)
    edges = np.array([triangle for row in rows for triangle in row], np.uint8)
    return CubeTable((np.cumsum(count) - count).astype(np.int32), count, edges)


def _loops(case: int) -> Iterator[Loop]:
    """The polygons that part the inside corners from the others, by the edges they cross."""
    after: dict[int, int] = {}
    for face in cube_faces():
        after |= _segments(case, face)
    while after:
        loop = [next(iter(after))]
        while (edge := after.pop(loop[-1])) != loop[0]:
            loop.append(edge)
        yield tuple(loop)


def _segments(case: int, face: Loop) -> dict[int, int]:
    """Around a face: from where its outline comes to an inside corner, to where it leaves."""
    is_in = [bool(case >> corner & 1) for corner in face]
    ways = [(face[i], face[(i + 1) % 4]) for i in range(4)]
    found = {}
    for i in range(4):
        if not is_in[i] and is_in[(i + 1) % 4]:
            end = next(i + n for n in range(1, 4) if not is_in[(i + n + 1) % 4])
            found[edge_between(*ways[i])] = edge_between(*ways[end % 4])
    return found


@cache
def cube_faces() -> Triangles:
    """Corners of each, against the clock as seen from outside."""
    faces = []
    for axis in range(3):
        one, two = 1 << (axis + 1) % 3, 1 << (axis + 2) % 3
        ring = (0, one, one | two, two)
        faces += [ring[::-1], tuple(corner | 1 << axis for corner in ring)]
    return tuple(faces)


def edge_between(one: int, other: int) -> int:
    axis = (one ^ other).bit_length() - 1
    low = min(one, other)
    x, y = (low >> a & 1 for a in range(3) if a != axis)
    return 4 * axis + x + 2 * y


@cache
def _cut(loop: Loop) -> tuple[int, Triangles]:
    """Triangles, and how many of the cuts between them lie in a face: as few as can be."""
    if len(loop) < 3:
        return 0, ()
    best: tuple[int, Triangles] = (_EDGES, ())
    for i in range(1, len(loop) - 1):
        left, right = _cut(loop[: i + 1]), _cut(loop[i:])
        bad = left[0] + right[0]
        bad += i > 1 and _share_a_face(loop[0], loop[i])
        bad += i < len(loop) - 2 and _share_a_face(loop[i], loop[-1])
        best = min(best, (bad, (*left[1], (loop[0], loop[i], loop[-1]), *right[1])))
    return best


@cache
def _share_a_face(one: int, other: int) -> bool:
    return any(
        {one, other} <= {edge_between(f[i], f[(i + 1) % 4]) for i in range(4)} for f in cube_faces()
    )
