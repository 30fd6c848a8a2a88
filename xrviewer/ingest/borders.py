"""The borders between regions, each laid once: both neighbours have its very points and triangles.

Marching cubes of many labels. In a cube of two owners the borders are those of the table of two,
seen from the higher; where more meet, every piece of border on the cube's faces is joined to the
cube's middle. On a face whose corners lie across, the higher is cut off, in every cube alike. So
each owner's surface is closed, and no two have a gap or an overlap between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

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
_AT_ONCE = 1 << 19
"""Places whose edges are numbered at a time."""

Numbers = NDArray[np.int32]
Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Middles:
    """Points in faces and cubes where more than two regions meet."""

    crossings: Places
    """That are joined to a middle, and to which one each is."""
    of: Places
    corners: Places
    """Lowest, of each middle's face or cube."""
    is_free: NDArray[np.bool_]
    """Along which axes it stretches."""

    def with_crossings(self, points: Points, slopes: Points) -> Points:
        """The crossings, and behind them the points nearest to all planes through those joined to
        each, within its face or cube. Their mean alone would lie off what goes straight on."""
        near = points[self.crossings].astype(np.float64)
        normals = slopes[self.crossings].astype(np.float64) * self.is_free[self.of]
        normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-9)[:, None]
        count = np.maximum(np.bincount(self.of, minlength=len(self.corners)), 1)[:, None]
        mean = self._sums(near) / count
        height = np.einsum("ij,ij->i", normals, near - mean[self.of])
        towards = self._sums(normals * height[:, None]) / count
        planes = (normals[:, :, None] * normals[:, None, :]).reshape(-1, 9)
        spread = self._sums(planes).reshape(-1, 3, 3) / count[:, :, None]
        step = np.linalg.solve(spread + _STIFF * np.eye(3), towards[:, :, None])[:, :, 0]
        laid = np.clip(mean + step, self.corners, self.corners + self.is_free)
        return np.concatenate([points, laid.astype(np.float32)])

    def _sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        columns = [np.bincount(self.of, column, len(self.corners)) for column in values.T]
        return np.stack(columns, axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """Points by index of the places; each triangle winds outwards seen from `inside`."""

    points: Points
    slopes: Points
    """At each, away from its owner; 0 where three meet."""
    owners: Names
    """Of two, the one at the lower place; -1 where three meet."""
    triangles: Numbers
    inside: Names
    outside: Names
    """Lower than inside."""
    middles: Middles


def borders(owners: Owners, found: Crossings) -> Borders:
    """Of all owners at once."""
    pieces, junctions = [], []
    shape = owners.shape
    planes = max(2, _AT_ONCE // (shape[1] * shape[2]))
    for start in range(0, shape[0] - 1, planes):
        slab = _Slab.of(owners, start, min(start + planes + 1, shape[0]), found)
        cells, corners = slab.mixed()
        low, high = corners.min(axis=1), corners.max(axis=1)
        is_two = ((corners == low[:, None]) | (corners == high[:, None])).all(axis=1)
        pieces.append(slab.between_two(cells[is_two], corners[is_two]))
        junctions.append(slab.between_more(cells[~is_two], corners[~is_two]))
    return _joined(found, pieces, _Segments.joined(junctions), shape)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    triangles: NDArray[np.int64]
    inside: Names
    outside: Names


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

    def mixed(self) -> tuple[Places, Names]:
        """Cubes by their lowest corner, and the eight owners of each: corner x + 2 y + 4 z."""
        low = high = self.names
        for axis in range(3):
            a, b = (
                tuple(part if axis == n else slice(None) for n in range(3))
                for part in (slice(None, -1), slice(1, None))
            )
            low, high = np.minimum(low[a], low[b]), np.maximum(high[a], high[b])
        at = np.stack(np.nonzero(low != high))
        strides = strides_of(self.names.shape)
        cells = np.asarray(strides) @ at
        steps = [(n & 1) * strides[0] + (n >> 1 & 1) * strides[1] + (n >> 2) for n in range(8)]
        flat = self.names.reshape(-1)
        return cells, np.stack([flat[cells + step] for step in steps], axis=1)

    def between_two(self, cells: Places, corners: Names) -> _Piece:
        table = cube_table()
        high, low = corners.max(axis=1), corners.min(axis=1)
        bits = (corners == high[:, None]) @ (1 << np.arange(8))
        counts = table.count[bits]
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        rows = np.arange(total) + np.repeat(table.first[bits] - ends + counts, counts)
        edges = table.edges[rows]
        at = np.repeat(cells, counts)[:, None] + edge_offsets(self.names.shape)[edges]
        return _Piece(self.number[at], np.repeat(high, counts), np.repeat(low, counts))

    def between_more(self, cells: Places, corners: Names) -> _Segments:
        """On the faces of cubes where more than two meet."""
        offsets, strides = edge_offsets(self.names.shape), strides_of(self.names.shape)
        made = []
        for ring in cube_faces():
            edges = [edge_between(ring[i], ring[(i + 1) % 4]) for i in range(4)]
            points = self.number[cells[:, None] + offsets[edges]].astype(np.int64)
            lowest, axis = min(ring), _axis_across(ring)
            place = cells + sum((lowest >> n & 1) * strides[n] for n in range(3)) + self.offset
            points = np.column_stack([points, -1 - (3 * place + axis)])
            for row, start, end, inside, outside in _on_face(corners[:, ring]):
                made.append(
                    np.stack(
                        [
                            cells[row] + self.offset,
                            points[row, start],
                            points[row, end],
                            corners[row, ring[inside]],
                            corners[row, ring[outside]],
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

    @classmethod
    def joined(cls, parts: Sequence[_Segments]) -> _Segments:
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))


_MIDDLE = 4


def _on_face(ring: Names) -> Iterator[tuple[Places, int, int, int, int]]:
    """Rows, the points on a face's ring that a border goes from and to there, and the corners that
    it has inside and outside, seen from outside the cube."""
    is_crossed = ring != np.roll(ring, -1, axis=1)
    count = is_crossed.sum(axis=1)
    across = ring[:, :2] == ring[:, 2:]
    has_middle = (count == 3) | ((count == 4) & ~across.any(axis=1))
    for i in range(4):
        yield np.flatnonzero(has_middle & is_crossed[:, i]), i, _MIDDLE, (i + 1) % 4, i
        for j in range(i + 1, 4):
            both = (count == 2) & is_crossed[:, i] & is_crossed[:, j]
            yield np.flatnonzero(both), i, j, i + 1, i
        own, other = across[:, i % 2], across[:, (i + 1) % 2]
        # Of two that lie across the higher is cut off; of one, what it parts.
        is_cut = other & (~own | (ring[:, i] > ring[:, (i + 1) % 4]))
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
    cells, in_cell = np.unique(segments.cells, return_inverse=True)
    start, end = segments.starts, segments.ends.copy()
    end[is_middle] = count + on_face
    middle = len(faces) + in_cell
    face_corners, is_free = _face_corners(faces, shape)
    middles = Middles(
        np.concatenate([start[is_middle], start, end[~is_middle]]),
        np.concatenate([on_face, middle, middle[~is_middle]]),
        np.concatenate([face_corners, _index(cells, shape)]),
        np.concatenate([is_free, np.ones((len(cells), 3), np.bool_)]),
    )
    fans = np.stack([count + middle, start, end], axis=1)
    is_low = segments.inside < segments.outside
    fans[is_low] = fans[is_low][:, ::-1]
    high = np.maximum(segments.inside, segments.outside)
    low = np.minimum(segments.inside, segments.outside)
    more = len(middles.corners)
    return Borders(
        middles.with_crossings(found.points, found.slopes),
        np.concatenate([found.slopes, np.zeros((more, 3), np.float32)]),
        np.concatenate([found.below, np.full(more, -1, np.int32)]),
        np.concatenate([*(piece.triangles for piece in pieces), fans]).astype(np.uint32),
        np.concatenate([*(piece.inside for piece in pieces), high]).astype(np.int32),
        np.concatenate([*(piece.outside for piece in pieces), low]).astype(np.int32),
        middles,
    )


def _index(places: Places, shape: tuple[int, ...]) -> Places:
    return np.stack(np.unravel_index(places, shape), axis=1)


def _face_corners(keys: Places, shape: tuple[int, ...]) -> tuple[Places, NDArray[np.bool_]]:
    """The lowest corner of each face, and along which axes it stretches."""
    place, axis = np.divmod(-1 - keys, 3)
    return _index(place, shape), axis[:, None] != np.arange(3)
