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
from xrviewer.compiled import Place, compiled
from xrviewer.ingest.crossings import Crossings
from xrviewer.ingest.middles import Middles
from xrviewer.ingest.regions import Names, Owners, Places

_AT_ONCE = 1 << 19
"""Places whose edges are numbered at a time."""

Numbers = NDArray[np.int32]
Points = NDArray[np.float32]


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
    pairs: Places
    """(P, 2): inside and, lower, outside."""
    ends: Places
    """Of each pair's triangles; 0 before them."""
    middles: Middles

    def sides(self, name: int) -> Places:
        """(S, 3): where triangles of an owner begin and end, and whether it is outside of them."""
        is_outside, own = self.pairs[:, 1] == name, (self.pairs == name).any(axis=1)
        return np.asarray(np.stack([self.ends[:-1], self.ends[1:], is_outside], axis=1)[own])


def borders(owners: Owners, found: Crossings) -> Borders:
    """Of all owners at once."""
    shape = owners.shape
    planes = max(2, _AT_ONCE // (shape[1] * shape[2]))

    def laid(start: int) -> tuple[_Piece, _Junctions]:
        return _Slab.of(owners, start, min(start + planes + 1, shape[0]), found).between()

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

    def between(self) -> tuple[_Piece, _Junctions]:
        """What lies in cubes of two owners, and the cubes of more."""
        x, y, z = strides_of(self.names.shape)
        corners = np.array([0, x, y, x + y, z, x + z, y + z, x + y + z], Place)
        edges, flat = edge_offsets(self.names.shape).astype(Place), self.names.reshape(-1)
        table, cells = cube_table(), self._mixed()
        first, count = table.first.astype(Place), table.count.astype(Place)
        cases, triangles, inside, outside = _between_two(
            flat, cells, corners, self.number, edges, first, count, table.edges.reshape(-1)
        )
        more = cells[cases < 0]
        owners = flat.take(corners[:, None] + more).astype(np.int32)
        number = self.number.take(edges[:, None] + more)
        junctions = _Junctions(more.astype(np.int64) + self.offset, owners, number)
        return _Piece(triangles, inside, outside), junctions

    def _mixed(self) -> NDArray[Place]:
        """Cubes of more than one owner, by their lowest corner. Flat: where a row goes on into the
        next, all is outermost, and has one owner."""
        low = high = self.names.reshape(-1)
        for stride in strides_of(self.names.shape)[::-1]:
            low = np.minimum(low[:-stride], low[stride:])
            high = np.maximum(high[:-stride], high[stride:])
        return np.flatnonzero(low != high).view(Place)


@compiled
def _between_two(
    names: Owners,
    cells: NDArray[Place],
    corners: NDArray[Place],
    number: Numbers,
    offsets: NDArray[Place],
    first: NDArray[Place],
    count: NDArray[Place],
    edges: NDArray[np.uint8],
) -> tuple[NDArray[np.int16], Numbers, Owners, Owners]:
    """Each cube's case, -1 where more meet; triangles, and who is inside and outside of each."""
    cases = np.empty(len(cells), np.int16)
    highs, lows = np.empty(len(cells), names.dtype), np.empty(len(cells), names.dtype)
    total = Place(0)
    for n in range(len(cells)):
        cases[n], highs[n], lows[n] = _case(names, cells[n], corners)
        if cases[n] >= 0:
            total += count[cases[n]]
    numbers = np.empty(total * Place(3), np.int32)
    inside, outside = np.empty(total, names.dtype), np.empty(total, names.dtype)
    at = Place(0)
    for n in range(len(cells)):
        if cases[n] >= 0:
            row, rows = first[cases[n]], count[cases[n]]
            for corner in range(Place(3) * rows):
                edge = edges[Place(3) * row + corner]
                numbers[Place(3) * at + corner] = number[cells[n] + offsets[edge]]
            for own in range(at, at + rows):
                inside[own], outside[own] = highs[n], lows[n]
            at += rows
    return cases, numbers.reshape(-1, 3), inside, outside


@compiled
def _case(names: Owners, cell: Place, corners: NDArray[Place]) -> tuple[int, int, int]:
    """Which corners of a cube are the higher owner's, bit by bit; -1 of more than two. And who the
    two are. Without branches, which no processor would foresee."""
    high = low = names[cell]
    for n in range(1, 8):
        high, low = max(high, names[cell + corners[n]]), min(low, names[cell + corners[n]])
    bits, are_two = 0, True
    for n in range(8):
        own = names[cell + corners[n]]
        bits |= (own == high) << n
        are_two &= (own == high) | (own == low)
    return bits if are_two else -1, high, low


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


def _by_pair(triangles: Numbers, inside: Owners, outside: Owners) -> tuple[Numbers, Places, Places]:
    """Sorted by who is inside and who is outside; who that is, and where each pair's end."""
    count = int(inside.max(initial=0)) + 1
    pair = inside.astype(np.int64) * count + outside
    counts = np.bincount(pair, minlength=1)
    there = np.flatnonzero(counts)
    ends = np.cumsum(counts)
    ordered = np.empty_like(triangles)
    _put_in_order(triangles, pair, ends - counts, ordered)
    return ordered, np.stack(np.divmod(there, count), axis=1), np.append(0, ends[there])


@compiled
def _put_in_order(triangles: Numbers, keys: Places, firsts: Places, ordered: Numbers) -> None:
    """firsts: where the next of each key goes."""
    for n in range(len(triangles)):
        at = firsts[keys[n]]
        firsts[keys[n]] += 1
        for corner in range(3):
            ordered[at, corner] = triangles[n, corner]


def _index(places: Places, shape: tuple[int, ...]) -> Places:
    return np.stack(np.unravel_index(places, shape), axis=1)


def _face_corners(keys: Places, shape: tuple[int, ...]) -> tuple[Places, NDArray[np.bool_]]:
    """The lowest corner of each face, and along which axes it stretches."""
    place, axis = np.divmod(-1 - keys, 3)
    return _index(place, shape), axis[:, None] != np.arange(3)
