"""The nearest point of all that can be seen: exact, for one point at a time, moved parts too.

Triangles that lie together are kept in leaves, leaves in groups; a group is of one part. The boxes
of groups and leaves say what cannot be nearer than a triangle's middle that is already known; of
the few triangles that are left, each is asked. In numpy, and the last ones in plain floats: there
are so few that a tree walked in Python would take longer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import Surfaces
from xrviewer.document.arrangement import Arrangement
from xrviewer.scene.triangle import Corners, nearest_on_triangle, unit_normal
from xrviewer.spatial.rays import Hit
from xrviewer.spatial.transforms import Vec3

Values = NDArray[np.float64]
Indices = NDArray[np.intp]

LEAF, GROUP = 16, 128
"""Triangles in a leaf, leaves in a group."""
_SLIVER = 1e-2
"""Of the square of a triangle's radius: less than this twice its area is."""
_BITS = 10
"""Of a place on the curve that orders triangles, each axis."""
_MARGIN, _ROUNDING_MM = 1 + 1e-5, 1e-4
"""So much farther than what is known to be near is looked at, for what rounding took."""


class NearestSurface:
    """Built once a timepoint, about a second a million triangles: off the frame thread."""

    def __init__(self, surfaces: Surfaces) -> None:
        self._points = surfaces.positions_mm
        first = np.repeat(surfaces.parts["vertex_first"], surfaces.parts["triangle_count"])
        corners = surfaces.triangles + first[:, None]
        points = self._points[corners]
        # The bounds hold for any middle: rounded to float32 it takes half the memory.
        middles = points.mean(axis=1)
        order, leaf_parts = _in_leaves(surfaces, middles)
        self._corners, self._middles = corners[order], middles[order]
        radii = _radii(points, middles)
        self._radii, self._normals = radii[order], _normals(points, radii)[order]
        low, high = points.min(axis=1)[order].min(axis=1), points.max(axis=1)[order].max(axis=1)
        self._leaves = _Boxes.of(low, high)
        starts, self._leaf_group = _groups(leaf_parts)
        self._starts = [*starts.tolist(), len(leaf_parts)]
        self._parts = leaf_parts[starts]
        self._groups = self._leaves.joined(starts)
        self._every_leaf = np.arange(len(leaf_parts))
        self._moved: tuple[Arrangement, Values] | None = None

    def nearest(
        self,
        point_mm: Vec3,
        is_visible: NDArray[np.bool_],
        places: Arrangement | None = None,
        within_mm: float = math.inf,
    ) -> Hit | None:
        """Of the visible parts where they lie; None when nothing is that near."""
        if not len(self._parts):
            return None
        seen = self._as_seen(point_mm, places)
        lower = self._groups.squared_from(seen)
        lower[~is_visible[self._parts]] = math.inf
        first = int(lower.argmin())
        if lower[first] == math.inf or lower[first] > within_mm * within_mm:
            return None
        upper = _reach(min(self._leaf_distance(first, seen), within_mm))
        leaves = self._leaves_within(np.flatnonzero(lower <= upper * upper), seen, upper)
        if not len(leaves):  # a group's box may be within reach and none of its leaves
            return None
        best: tuple[float, int, Vec3, Corners] | None = None
        for bound, leaf, corners in self._candidates(leaves, seen, upper):
            if best is not None and _reach(best[0]) < bound:
                break
            group = self._leaf_group[leaf]
            point = seen[group].tolist()
            foot = nearest_on_triangle(point, corners)
            distance_mm = math.dist(foot, point)
            if distance_mm > within_mm:
                continue
            # Of two that are as near it is the same one, however far was looked.
            asked = (distance_mm, int(self._parts[group]), foot, corners)
            best = asked if best is None else min(best, asked)
        return None if best is None else _hit(*best, places)

    def _as_seen(self, point_mm: Vec3, places: Arrangement | None) -> Values:
        """The point as each group's part sees it, (G, 3)."""
        if places is None or not places.is_any_moved:
            seen = np.empty((len(self._parts), 3))
            seen[:] = point_mm
            return seen
        if self._moved is None or self._moved[0] is not places:
            turns, shifts = places.turns, places.shifts_mm
            back = np.concatenate([turns, -shifts[:, None] @ turns], axis=1)[self._parts]
            self._moved = (places, np.ascontiguousarray(back.transpose(1, 0, 2)).reshape(4, -1))
        return (np.array((*point_mm, 1.0)) @ self._moved[1]).reshape(-1, 3)

    def _leaf_distance(self, group: int, seen: Values) -> float:
        """To a triangle's middle in the group's nearest leaf: the nearest is no farther."""
        point, first = seen[group], self._starts[group]
        of_leaves = slice(first, self._starts[group + 1])
        leaf = first + int(self._leaves.part(of_leaves).squared_from(point).argmin())
        off = self._middles[leaf] - point
        return math.sqrt(np.einsum("ij,ij->i", off, off).min())

    def _leaves_within(self, groups: Indices, seen: Values, upper: float) -> Indices:
        """Those of these groups that may hold something nearer."""
        leaves = np.concatenate(
            [self._every_leaf[self._starts[g] : self._starts[g + 1]] for g in groups.tolist()]
        )
        there = seen[self._leaf_group[leaves]]
        return leaves[self._leaves.part(leaves).squared_from(there) <= upper * upper]

    def _candidates(
        self, leaves: Indices, seen: Values, upper: float
    ) -> list[tuple[float, int, Corners]]:
        """Each triangle that may be the nearest: how near at most, its leaf, its corners.

        It lies in its plane, and within its radius of its middle: no nearer than the two say."""
        off = self._middles[leaves] - seen[self._leaf_group[leaves]][:, None]
        squared = np.einsum("ijk,ijk->ij", off, off)
        over = np.einsum("ijk,ijk->ij", off, self._normals[leaves])
        over *= over
        aside = np.sqrt(np.abs(squared - over))
        aside -= self._radii[leaves]
        np.maximum(aside, 0.0, out=aside)
        bounds = (over + aside * aside).ravel()
        upper = min(upper, _reach(math.sqrt(squared.min())))
        left = np.flatnonzero(bounds <= upper * upper)
        left = left[bounds[left].argsort()]
        rows, columns = np.divmod(left, LEAF)
        leaves, bounds = leaves[rows], np.sqrt(bounds[left])
        corners = self._points[self._corners[leaves, columns]].tolist()
        return list(zip(bounds.tolist(), leaves.tolist(), corners, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class _Boxes:
    center: Values
    half: Values

    @classmethod
    def of(cls, low: NDArray[np.floating], high: NDArray[np.floating]) -> _Boxes:
        low, high = low.astype(np.float64), high.astype(np.float64)
        return cls((low + high) / 2, (high - low) / 2)

    def part(self, which: slice | Indices) -> _Boxes:
        return _Boxes(self.center[which], self.half[which])

    def joined(self, starts: Indices) -> _Boxes:
        if not len(starts):
            return self
        low = np.minimum.reduceat(self.center - self.half, starts)
        return _Boxes.of(low, np.maximum.reduceat(self.center + self.half, starts))

    def squared_from(self, point: Values) -> Values:
        """Distances, squared; 0 within a box."""
        off = np.abs(self.center - point)
        off -= self.half
        np.maximum(off, 0.0, out=off)
        return np.asarray(np.einsum("ij,ij->i", off, off))


def _hit(
    distance_mm: float, part: int, foot: Vec3, corners: Corners, places: Arrangement | None
) -> Hit:
    normal = unit_normal(corners)
    if places is not None:
        turn = places.turns[part]
        x, y, z = (turn @ foot + places.shifts_mm[part]).tolist()
        foot = (x, y, z)
        x, y, z = (turn @ normal).tolist()
        normal = (x, y, z)
    return Hit(part, foot, normal, distance_mm)


def _reach(distance_mm: float) -> float:
    return distance_mm * _MARGIN + _ROUNDING_MM


def _radii(points: NDArray[np.float32], middles: NDArray[np.float32]) -> NDArray[np.float32]:
    off = points - middles[:, None]
    radii: NDArray[np.float32] = np.sqrt(np.einsum("ijk,ijk->ij", off, off).max(axis=1))
    return radii * np.float32(_MARGIN)


def _normals(points: NDArray[np.float32], radii: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit; none for slivers: float32 does not know which way they face."""
    across = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    length = np.linalg.norm(across, axis=1)
    is_known = (length > _SLIVER * radii * radii)[:, None]
    found: NDArray[np.float32] = np.zeros_like(across)
    np.divide(across, length[:, None], out=found, where=is_known)
    return found


def _in_leaves(surfaces: Surfaces, middles: NDArray[np.float32]) -> tuple[Indices, Indices]:
    """(L, LEAF) numbers of triangles, near ones together, and the part of each leaf. A part's last
    leaf is filled up with its last triangle."""
    parts = surfaces.parts
    count = parts["triangle_count"].astype(np.int64)
    part_of = np.repeat(np.arange(len(parts)), count)
    order = np.argsort(_places_on_curve(surfaces, middles, part_of), kind="stable")
    leaf_count = -(-count // LEAF)
    leaf_parts = np.repeat(np.arange(len(parts)), leaf_count)
    number = np.arange(len(leaf_parts)) - (np.cumsum(leaf_count) - leaf_count)[leaf_parts]
    row = number[:, None] * LEAF + np.arange(LEAF)
    row = np.minimum(row, count[leaf_parts][:, None] - 1)
    return order[parts["triangle_first"].astype(np.int64)[leaf_parts][:, None] + row], leaf_parts


def _places_on_curve(
    surfaces: Surfaces, middles: NDArray[np.float32], part_of: Indices
) -> NDArray[np.int64]:
    """Of each triangle along Morton's curve through its part's box; parts one after another."""
    low = surfaces.parts["min_mm"].astype(np.float64)
    size = np.maximum((surfaces.parts["max_mm"] - low).max(axis=1), 1e-9)
    share = (middles - low[part_of]) / size[part_of, None]
    cell = np.clip(share * (1 << _BITS), 0, (1 << _BITS) - 1).astype(np.int64)
    spread = _spread_bits(cell)
    return (part_of << 3 * _BITS) | spread[:, 0] | spread[:, 1] << 1 | spread[:, 2] << 2


def _spread_bits(cell: NDArray[np.int64]) -> NDArray[np.int64]:
    """Two empty bits after each of ten."""
    for shift, mask in ((16, 0x030000FF), (8, 0x0300F00F), (4, 0x030C30C3), (2, 0x09249249)):
        cell = (cell | cell << shift) & mask
    return cell


def _groups(leaf_parts: Indices) -> tuple[Indices, Indices]:
    """Where each starts, and the group of each leaf: so many leaves on end, of one part."""
    is_other = np.diff(leaf_parts, prepend=-1) != 0
    starts = np.flatnonzero(is_other)
    since = np.arange(len(leaf_parts)) - np.repeat(starts, np.diff(starts, append=len(leaf_parts)))
    is_start = since % GROUP == 0
    return np.flatnonzero(is_start), np.cumsum(is_start) - 1
