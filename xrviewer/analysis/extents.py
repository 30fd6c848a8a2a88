"""Measures of whole structures: the volume within, the area painted on, the gap between two."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from xrviewer.analysis.crossings import Tracer
from xrviewer.analysis.facets import on_border, triangle_areas_mm2
from xrviewer.analysis.figures import Precision
from xrviewer.analysis.nearest import Feet, NearestPoint
from xrviewer.case.mesh import Mesh, Points
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.errors import MeasureError

MM3_PER_ML = 1000.0
_BIAS = 0.1
"""The part of a voxel's half diagonal that is no chance, and does not average out over an area."""
_FINE, _MOST_SPLITS = 0.25, 12
"""Longest edge under a brush, of its radius; and how often triangles are split to get there."""
_CHUNK = 4096
"""Edges compared with those around them at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """A measure of a structure and where it was taken."""

    quantity: Quantity
    points_mm: Points


def volume(mesh: Mesh, precision: Precision) -> Quantity:
    """Enclosed. Errors of single voxels even out over the surface; what remains is its own."""
    if not len(mesh.triangles):
        raise MeasureError("this structure has no surface here, so it has no volume")
    if on_border(mesh)[mesh.triangles].any():
        raise MeasureError("this surface is open: no volume is enclosed")
    value = abs(mesh.volume_mm3) / MM3_PER_ML
    return Quantity(value, Unit.ML, _of_surface(mesh, precision))


def _of_surface(mesh: Mesh, precision: Precision) -> float | None:
    if precision.voxel_mm is None:
        return None
    area = float(triangle_areas_mm2(mesh).sum())
    off_mm = math.hypot(_BIAS * precision.voxel_mm, precision.surface_mm or 0.0)
    return area * off_mm / MM3_PER_ML


def painted_area(
    mesh: Mesh, strokes_mm: Points, radius_mm: float, precision: Precision
) -> Quantity:
    """Of the surface within the brush's radius of any of its places.

    A triangle at the rim counts with the part of it that the distance, linear over it, puts
    inside. The rim itself may lie a point's precision off.
    """
    brush = cKDTree(strokes_mm)
    mesh = _finer(mesh, brush, radius_mm)
    nearest = brush.query(mesh.points_mm)[0]
    inside = _inside_parts((radius_mm - nearest)[mesh.triangles])
    value = float(triangle_areas_mm2(mesh) @ inside)
    if not value > 0:
        raise MeasureError("nothing is painted yet: move the brush over the surface")
    point = precision.point_mm
    return Quantity(value, Unit.MM2, None if point is None else 2 * np.sqrt(np.pi * value) * point)


def _finer(mesh: Mesh, brush: cKDTree, radius_mm: float) -> Mesh:
    """What lies under the brush in triangles that are small beside it, each on its own: over a
    large one the distance is far from linear."""
    corners, kept = mesh.points_mm[mesh.triangles], []
    for _ in range(_MOST_SPLITS):
        length = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
        is_near = brush.query(corners.mean(axis=1))[0] <= radius_mm + length
        is_large = length > radius_mm * _FINE
        kept.append(corners[is_near & ~is_large])
        corners = _quartered(corners[is_near & is_large])
        if not len(corners):
            break
    points = np.concatenate([*kept, corners]).reshape(-1, 3)
    return Mesh(
        points, np.zeros_like(points), np.arange(len(points), dtype=np.uint32).reshape(-1, 3)
    )


def _quartered(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 3, 3) to (4 N, 3, 3), by the middles of the edges."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
    four = ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))
    return np.concatenate([np.stack(one, axis=1) for one in four])


def _inside_parts(heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T,): the part of each triangle where a linear function of these corners is over 0."""
    low, middle, high = np.sort(heights, axis=1).T
    with np.errstate(divide="ignore", invalid="ignore"):
        tip = high**2 / ((high - low) * (high - middle))
        rest = low**2 / ((high - low) * (middle - low))
    part = np.where(middle > 0, 1 - rest, tip)
    return np.where(low >= 0, 1.0, np.where(high <= 0, 0.0, part))


def gap(one: Mesh, other: Mesh, precision: Precision) -> Extent:
    """The least distance between two surfaces and its two ends; 0 where they touch or cross.

    Corners against faces on both sides, then edges against edges wherever those could be nearer.
    """
    if not len(one.triangles) or not len(other.triangles):
        raise MeasureError("one of the two structures has no surface here")
    there, back = _Corners.of(one, other), _Corners.of(other, one)
    ends = min((there.nearest(), back.nearest()[::-1]), key=_between)
    edges = there.edges_within(one, _between(ends)), back.edges_within(other, _between(ends))
    for found in (_edge_gap(*edges), _crossing(edges[0], other), _crossing(edges[1], one)):
        if found is not None:
            ends = min((ends, found), key=_between)
    point = precision.point_mm
    uncertainty = None if point is None else float(np.sqrt(2) * point)
    return Extent(Quantity(_between(ends), Unit.MM, uncertainty), ends)


Segments = tuple[Points, Points]


@dataclass(frozen=True, slots=True, eq=False)
class _Corners:
    """The corners of one mesh and where each stands on another."""

    used: NDArray[np.uint32]
    points_mm: Points
    feet: Feet

    @classmethod
    def of(cls, corners: Mesh, faces: Mesh) -> _Corners:
        used = np.unique(corners.triangles)
        points = corners.points_mm[used]
        return cls(used, points, NearestPoint(faces).feet(points))

    def nearest(self) -> Points:
        best = int(self.feet.distance_mm.argmin())
        return np.stack([self.points_mm[best], self.feet.points_mm[best]])

    def edges_within(self, mesh: Mesh, gap_mm: float) -> Segments:
        """Those with a point nearer than the gap, for all that their ends tell."""
        distance = np.full(len(mesh.points_mm), np.inf)
        distance[self.used] = self.feet.distance_mm
        pairs = np.concatenate([mesh.triangles[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
        a, b = (mesh.points_mm[pairs[:, i]] for i in (0, 1))
        length = np.linalg.norm(b - a, axis=1)
        could_be = distance[pairs].sum(axis=1) - length <= 2 * gap_mm
        return a[could_be], b[could_be]


def _edge_gap(one: Segments, other: Segments) -> Points | None:
    """Each edge against those whose middles are near enough; a few thousand pairs at a time."""
    (a, b), (c, d) = one, other
    if not len(a) or not len(c):
        return None
    reach = (np.linalg.norm(b - a, axis=1).max() + np.linalg.norm(d - c, axis=1).max()) / 2
    tree, best = cKDTree((c + d) / 2), None
    nearest = tree.query((a + b) / 2)[0]
    for first in range(0, len(a), _CHUNK):
        rows = slice(first, first + _CHUNK)
        lists = tree.query_ball_point((a[rows] + b[rows]) / 2, nearest[rows] + reach)
        i = np.repeat(np.arange(len(lists)), [len(near) for near in lists]) + first
        j = np.concatenate([np.asarray(near, np.int64) for near in lists])
        p, q = _nearest_on_segments(a[i], b[i], c[j], d[j])
        at = int(((p - q) ** 2).sum(axis=1).argmin())
        ends = np.stack([p[at], q[at]])
        best = ends if best is None else min((best, ends), key=_between)
    return best


def _nearest_on_segments(a: Points, b: Points, c: Points, d: Points) -> tuple[Points, Points]:
    """The nearest points of segments ab and cd where both lie within; else of an end, which the
    corners have found already."""
    u, v, w = b - a, d - c, a - c
    uu, uv, vv, uw, vw = (
        np.einsum("ij,ij->i", *pair) for pair in ((u, u), (u, v), (v, v), (u, w), (v, w))
    )
    determinant = uu * vv - uv * uv
    safe = np.maximum(determinant, 1e-30)
    s, t = np.clip((uv * vw - vv * uw) / safe, 0, 1), np.clip((uu * vw - uv * uw) / safe, 0, 1)
    return a + s[:, None] * u, c + t[:, None] * v


def _crossing(edges: Segments, faces: Mesh) -> Points | None:
    """A place where an edge goes through a face, as both ends of a gap that is 0."""
    a, b = edges
    length = np.linalg.norm(b - a, axis=1)
    is_long = length > 0
    a, b, length = a[is_long], b[is_long], length[is_long]
    if not len(a):
        return None
    direction = (b - a) / length[:, None]
    found = Tracer(faces).crossings(a, direction, float(length.max()))
    is_within = (found.distance_mm >= 0) & (found.distance_mm <= length[found.ray])
    if not is_within.any():
        return None
    ray, distance = (of[is_within][0] for of in (found.ray, found.distance_mm))
    return np.tile(a[ray] + distance * direction[ray], (2, 1))


def _between(ends: Points) -> float:
    return float(np.linalg.norm(ends[1] - ends[0]))
