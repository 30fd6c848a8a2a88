"""The borders between regions, each laid once: both neighbours have its very points and triangles.

Marching cubes of many labels. In a cube of two owners the borders are those of the table of two,
seen from the higher; where more meet, the pieces of border on the cube's faces are joined to a
middle, one for all that hang together. On a face whose corners lie across, the higher is cut off,
in every cube alike. So each owner's surface is closed, and no two have a gap or an overlap between
them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from xrviewer.analysis.contour import (
    cube_faces,
    cube_table,
    edge_between,
    edge_offsets,
    strides_of,
)
from xrviewer.ingest.crossings import Crossings
from xrviewer.ingest.regions import Names, Owners, Places

_STIFF = 0.03
"""How little planes may differ, in squared sines, before their crossing is not looked for."""
_INSET = 0.02
"""Of an edge: no two middles may lie on one corner, or they would be taken for one point."""
_AT_ONCE = 1 << 19
"""Places whose edges are numbered at a time."""

Numbers = NDArray[np.int32]
Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Middles:
    """Points in faces where more than two regions meet, and of each sheet in cubes of such."""

    crossings: Places
    """That are joined to a middle, and to which one each is."""
    of: Places
    counts: NDArray[np.float64]
    """Of each middle's crossings, (M, 1)."""
    normals: NDArray[np.float64]
    """Of the planes through the crossings."""
    nearest: NDArray[np.float64]
    """(M, 3, 3): what makes of the planes' heights a step to where they cross."""
    corners: Places
    """Lowest, of each middle's face or cube."""
    is_free: NDArray[np.bool_]
    """Along which axes it stretches."""

    @classmethod
    def of_planes(
        cls,
        crossings: Places,
        of: Places,
        corners: Places,
        is_free: NDArray[np.bool_],
        slopes: Points,
    ) -> Middles:
        normals = slopes.take(crossings, axis=0).astype(np.float64)
        normals *= is_free.take(of, axis=0)
        x, y, z = normals.T
        normals /= np.maximum(np.sqrt(x * x + y * y + z * z), 1e-9)[:, None]
        counts = np.maximum(np.bincount(of, minlength=len(corners)), 1.0)[:, None]
        planes = np.empty((len(corners), 3, 3))
        for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)):
            planes[:, i, j] = np.bincount(of, normals[:, i] * normals[:, j], len(corners))
            planes[:, j, i] = planes[:, i, j]
        solve = _inverse(planes / counts[:, :, None] + _STIFF * np.eye(3))
        return cls(crossings, of, counts, normals, solve, corners, is_free)

    def with_crossings(self, points: Points) -> Points:
        """The crossings, and behind them the points nearest to all planes through those joined to
        each, within its face or cube. Their mean alone would lie off what goes straight on."""
        near = points.take(self.crossings, axis=0)
        mean = self._sums(near) / self.counts
        off = near - mean.take(self.of, axis=0)
        height = np.einsum("ij,ij->i", self.normals, off)
        towards = self._sums(self.normals * height[:, None]) / self.counts
        step = np.einsum("nij,nj->ni", self.nearest, towards)
        inset = _INSET * self.is_free
        laid = np.clip(mean + step, self.corners + inset, self.corners + self.is_free - inset)
        return np.concatenate([points, laid.astype(np.float32)])

    def _sums(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        columns = [np.bincount(self.of, column, len(self.corners)) for column in values.T]
        return np.stack(columns, axis=1)


def _inverse(symmetric: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each 3 x 3 matrix, by its cofactors: a tenth of the time of as many small solves."""
    one, two, three = (np.ascontiguousarray(symmetric[:, :, i].T) for i in range(3))
    rows = np.stack([_cross(two, three), _cross(three, one), _cross(one, two)])
    rows /= (one * rows[0]).sum(axis=0)
    return np.ascontiguousarray(rows.transpose(2, 0, 1))


def _cross(u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2]
    return np.stack([x, y, u[0] * v[1] - u[1] * v[0]])


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """Points by index of the places; each triangle winds outwards seen from `inside`."""

    points: Points
    slopes: Points
    """At each, away from its owner; 0 where three meet."""
    owners: Names
    """Of two, the one at the lower place; -1 where three meet."""
    triangles: Numbers
    """Pair by pair."""
    pairs: NDArray[np.int64]
    """(P, 2): inside and, lower, outside."""
    ends: tuple[int, ...]
    """Of each pair's triangles; 0 before them."""
    middles: Middles

    def between(self) -> Iterator[tuple[int, int, Numbers]]:
        """Who is inside, who is outside, and the triangles between them."""
        for (inside, outside), (low, high) in zip(self.pairs, pairwise(self.ends), strict=True):
            yield int(inside), int(outside), self.triangles[low:high]


def borders(owners: Owners, found: Crossings) -> Borders:
    """Of all owners at once."""
    shape = owners.shape
    planes = max(2, _AT_ONCE // (shape[1] * shape[2]))

    def laid(start: int) -> tuple[_Piece, _Junctions]:
        slab = _Slab.of(owners, start, min(start + planes + 1, shape[0]), found)
        cells, corners = slab.mixed()
        low, high = corners.min(axis=0), corners.max(axis=0)
        is_two = ((corners == low) | (corners == high)).all(axis=0)
        two, more = np.flatnonzero(is_two), np.flatnonzero(~is_two)
        return (
            slab.between_two(cells[two], corners.take(two, axis=1), low[two], high[two]),
            slab.with_numbers(cells[more], corners.take(more, axis=1)),
        )

    with ThreadPoolExecutor(min(os.cpu_count() or 1, 2)) as pool:
        made = list(pool.map(laid, range(0, shape[0] - 1, planes)))
    junctions = _Junctions.joined([more for _, more in made])
    return _joined(found, [two for two, _ in made], _between_more(junctions, shape), shape)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    triangles: Numbers
    inside: Owners
    outside: Owners


@dataclass(frozen=True, slots=True, eq=False)
class _Slab:
    """Planes of the regions with the numbers of the points on their edges."""

    names: Owners
    number: Numbers
    """Of the point on each edge: axis by axis, every place's edge upwards."""
    offset: int
    """Of the first place, among those of all."""

    @classmethod
    def of(cls, names: Owners, start: int, stop: int, found: Crossings) -> _Slab:
        own = names[start:stop]
        offset = start * strides_of(names.shape)[0]
        number = np.empty(3 * own.size, np.int32)
        for axis in range(3):
            first, places = found.along(axis)
            low, high = np.searchsorted(places, [offset, offset + own.size])
            at = places[low:high] - offset + axis * own.size
            number[at] = np.arange(first + low, first + high, dtype=np.int32)
        return cls(own, number, offset)

    def mixed(self) -> tuple[Places, Owners]:
        """Cubes by their lowest corner, and the eight owners of each: corner x + 2 y + 4 z.

        Flat: where a row goes on into the next, all is outermost, and has one owner."""
        flat = self.names.reshape(-1)
        low = high = flat
        strides = strides_of(self.names.shape)
        for stride in strides[::-1]:
            low = np.minimum(low[:-stride], low[stride:])
            high = np.maximum(high[:-stride], high[stride:])
        cells = np.flatnonzero(low != high)
        steps = [(n & 1) * strides[0] + (n >> 1 & 1) * strides[1] + (n >> 2) for n in range(8)]
        corners = np.empty((8, len(cells)), flat.dtype)
        for own, step in zip(corners, steps, strict=True):
            flat.take(cells + step, out=own, mode="clip")
        return cells, corners

    def between_two(self, cells: Places, corners: Owners, low: Owners, high: Owners) -> _Piece:
        table = cube_table()
        bits = np.zeros(len(cells), np.uint8)
        for corner, own in enumerate(corners):
            bits |= (own == high).view(np.uint8) << corner
        counts = table.count[bits]
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        rows = np.arange(total) + np.repeat(table.first[bits] - ends + counts, counts)
        offsets = edge_offsets(self.names.shape).astype(np.int32)[table.edges]
        at = offsets.take(rows, axis=0)
        at += np.repeat(cells.astype(np.int32), counts)[:, None]
        return _Piece(self.number.take(at), np.repeat(high, counts), np.repeat(low, counts))

    def with_numbers(self, cells: Places, corners: Owners) -> _Junctions:
        number = self.number[edge_offsets(self.names.shape)[:, None] + cells]
        return _Junctions(cells + self.offset, corners.astype(np.int32), number)


@dataclass(frozen=True, slots=True, eq=False)
class _Junctions:
    """Cubes where more than two meet."""

    cells: Places
    corners: Names
    """(8, N)"""
    number: Numbers
    """(12, N): of the points on their edges."""

    @classmethod
    def joined(cls, parts: Sequence[_Junctions]) -> _Junctions:
        return cls(
            *(np.concatenate([getattr(p, f.name) for p in parts], axis=-1) for f in fields(cls))
        )


def _between_more(found: _Junctions, shape: tuple[int, ...]) -> _Segments:
    """On the faces of cubes where more than two meet."""
    made, strides = [], strides_of(shape)
    for ring in cube_faces():
        points = found.number[[edge_between(ring[i], ring[(i + 1) % 4]) for i in range(4)]]
        lowest, axis = min(ring), _axis_across(ring)
        place = found.cells + sum((lowest >> n & 1) * strides[n] for n in range(3))
        points = np.vstack([points.astype(np.int64), -1 - (3 * place + axis)])
        for at, start, end, inside, outside in _on_face(found.corners[list(ring)]):
            made.append(
                np.stack(
                    [
                        found.cells[at],
                        points[start, at],
                        points[end, at],
                        found.corners[ring[inside], at],
                        found.corners[ring[outside], at],
                    ]
                )
            )
    return _Segments(*np.concatenate(made, axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class _Segments:
    """Pieces of border on the faces of cubes where more than two meet."""

    cells: Places
    starts: Places
    """Numbers of points; the middle of a face is -1 - (3 * place + axis across)."""
    ends: Places
    inside: Places
    outside: Places


_MIDDLE = 4


def _on_face(ring: Names) -> Iterator[tuple[Places, int, int, int, int]]:
    """Cubes, the points on a face's ring that a border goes from and to there, and the corners that
    it has inside and outside, seen from outside the cube."""
    is_crossed = ring != np.roll(ring, -1, axis=0)
    count = is_crossed.sum(axis=0)
    across = ring[:2] == ring[2:]
    has_middle = (count == 3) | ((count == 4) & ~across.any(axis=0))
    for i in range(4):
        yield np.flatnonzero(has_middle & is_crossed[i]), i, _MIDDLE, (i + 1) % 4, i
        for j in range(i + 1, 4):
            both = (count == 2) & is_crossed[i] & is_crossed[j]
            yield np.flatnonzero(both), i, j, i + 1, i
        own, other = across[i % 2], across[(i + 1) % 2]
        # Of two that lie across the higher is cut off; of one, what it parts.
        is_cut = other & (~own | (ring[i] > ring[(i + 1) % 4]))
        yield np.flatnonzero((count == 4) & is_cut), (i + 3) % 4, i, i, (i + 1) % 4


def _axis_across(ring: Sequence[int]) -> int:
    """The axis along which no corner of the face differs."""
    varies = ring[0] ^ ring[2]
    return next(axis for axis in range(3) if not varies >> axis & 1)


def _joined(
    found: Crossings, pieces: Sequence[_Piece], segments: _Segments, shape: tuple[int, ...]
) -> Borders:
    """With the middles numbered."""
    count = len(found.points)
    is_middle = segments.ends < 0
    faces, on_face = np.unique(segments.ends[is_middle], return_inverse=True)
    start, end = segments.starts, segments.ends.copy()
    end[is_middle] = count + on_face
    cells, of = _sheets(segments.cells, start, end)
    middle = len(faces) + of
    face_corners, is_free = _face_corners(faces, shape)
    middles = Middles.of_planes(
        np.concatenate([start[is_middle], start, end[~is_middle]]),
        np.concatenate([on_face, middle, middle[~is_middle]]),
        np.concatenate([face_corners, _index(cells, shape)]),
        np.concatenate([is_free, np.ones((len(cells), 3), np.bool_)]),
        found.slopes,
    )
    fans = np.stack([count + middle, start, end], axis=1)
    is_low = segments.inside < segments.outside
    fans[is_low] = fans[is_low][:, ::-1]
    high = np.maximum(segments.inside, segments.outside)
    low = np.minimum(segments.inside, segments.outside)
    more, names = len(middles.corners), pieces[0].inside.dtype
    triangles, pairs, ends = _by_pair(
        np.concatenate([*(piece.triangles for piece in pieces), fans.astype(np.int32)]),
        np.concatenate([*(piece.inside for piece in pieces), high.astype(names)]),
        np.concatenate([*(piece.outside for piece in pieces), low.astype(names)]),
    )
    return Borders(
        middles.with_crossings(found.points),
        np.concatenate([found.slopes, np.zeros((more, 3), np.float32)]),
        np.concatenate([found.below, np.full(more, -1, np.int32)]),
        triangles,
        pairs,
        ends,
        middles,
    )


def _sheets(cells: Places, start: Places, end: Places) -> tuple[Places, Places]:
    """Pieces that hang together within a cube: each one's cube, and of which each segment is.

    Each has a middle of its own. With one for all of a cube, what parts a lone corner off would be
    drawn out to where others meet, as a needle.
    """
    ends = np.stack([start, end])
    _, node = np.unique(cells * (int(ends.max(initial=0)) + 1) + ends, return_inverse=True)
    one, other = node.reshape(2, -1)
    count = int(node.max(initial=-1)) + 1
    graph = coo_array((np.ones(len(one), np.bool_), (one, other)), (count, count))
    number, sheet = connected_components(graph, directed=False)
    of = np.asarray(sheet.take(one), np.int64)
    cube = np.empty(number, np.int64)
    cube[of] = cells
    return cube, of


def _by_pair(
    triangles: Numbers, inside: Owners, outside: Owners
) -> tuple[Numbers, NDArray[np.int64], tuple[int, ...]]:
    """Sorted by who is inside and who is outside; who that is, and where each pair's end."""
    count = int(inside.max(initial=0)) + 1
    wide = inside.astype(np.uint32) * np.uint32(count) + outside
    # Of 16 bits it is a radix sort, a tenth of the time.
    pair = wide.astype(np.uint16) if count <= 256 else wide
    order = np.argsort(pair, kind="stable")
    pair = pair.take(order)
    ends = np.flatnonzero(np.diff(pair, append=pair[-1:] + np.uint8(1))) + 1
    pairs = np.stack(np.divmod(pair.take(ends - 1).astype(np.int64), count), axis=1)
    return triangles.take(order, axis=0), pairs, (0, *ends.tolist())


def _index(places: Places, shape: tuple[int, ...]) -> Places:
    return np.stack(np.unravel_index(places, shape), axis=1)


def _face_corners(keys: Places, shape: tuple[int, ...]) -> tuple[Places, NDArray[np.bool_]]:
    """The lowest corner of each face, and along which axes it stretches."""
    place, axis = np.divmod(-1 - keys, 3)
    return _index(place, shape), axis[:, None] != np.arange(3)
