"""How far two surfaces lie apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from xrviewer.case.mesh import Mesh
from xrviewer.ingest.alike import where_in

Points = NDArray[np.float64]
SAMPLES = 2000
"""Of each surface's vertices that are measured, spread evenly over those that the other has not."""
_CANDIDATES = 8
"""Triangles that are looked at for each point, nearest centres first: in the middle of one that is
large none of them may be the right one."""
_LOOKED_AT_AGAIN = 60
"""Points that seem the farthest, among all triangles that may be nearer."""


def hausdorff_mm(one: Mesh, two: Mesh) -> float:
    """The largest distance from a vertex of either to the other surface, both ways.

    Of a sample of the vertices, so the true one may be a little larger; each distance that is
    measured is exact or too large, never too small.
    """
    return max(_largest_mm(*pair) for pair in _samples(one, two))


def _largest_mm(points: Points, target: Mesh) -> float:
    """Those that seem the farthest are measured anew, until the farthest is one of them."""
    if not len(points):
        return 0.0
    triangles = _Triangles.of(target)
    most_mm = triangles.apart_mm(points)
    known = set[int]()
    while (i := int(most_mm.argmax())) not in known and len(known) < _LOOKED_AT_AGAIN:
        known.add(i)
        most_mm[i] = triangles.exactly_apart_mm(points[i], float(most_mm[i]))
    return float(most_mm.max())


def distances_mm(one: Mesh, two: Mesh) -> Points:
    """From a sample of each one's vertices to the other's surface, exact or too large."""
    every = [(points, target) for points, target in _samples(one, two) if len(points)]
    return np.concatenate([[0.0], *(_Triangles.of(t).apart_mm(points) for points, t in every)])


def _samples(one: Mesh, two: Mesh) -> Iterator[tuple[Points, Mesh]]:
    """Vertices that only one has, and the other."""
    at = where_in(one.points_mm, two.points_mm)
    moved = np.ones(len(two.points_mm), np.bool_)
    moved[at[at >= 0]] = False
    for mesh, own, other in ((one, at < 0, two), (two, moved, one)):
        alone = np.flatnonzero(own)
        yield mesh.points_mm[alone[:: max(1, len(alone) // SAMPLES)]], other


@dataclass(frozen=True, slots=True, eq=False)
class _Triangles:
    """A surface to measure to."""

    corners: Points
    """(9, T): of the first corner, the second, the third."""
    tree: cKDTree
    """Of their centres."""
    radius_mm: float
    """Of the largest, about its centre."""

    @classmethod
    def of(cls, mesh: Mesh) -> _Triangles:
        columns, rows = np.ascontiguousarray(mesh.points_mm.T), mesh.triangles.T.astype(np.intp)
        corners = np.concatenate([columns.take(corner, axis=1) for corner in rows])
        center = (corners[:3] + corners[3:6] + corners[6:]) / 3
        off = (corners.reshape(3, 3, -1) - center) ** 2
        radius_mm = float(np.sqrt(off.sum(axis=1).max()))
        return cls(corners, quick_tree(np.ascontiguousarray(center.T)), radius_mm)

    def apart_mm(self, points: Points) -> Points:
        count = min(_CANDIDATES, self.corners.shape[1])
        _, near = self.tree.query(points, count)
        repeated = np.repeat(points, count, axis=0)
        apart = _to_triangles_mm(repeated.T, self.corners.take(near.ravel(), axis=1))
        return np.asarray(apart.reshape(len(points), count).min(axis=1))

    def exactly_apart_mm(self, point: Points, most_mm: float) -> float:
        """most_mm: no farther than this."""
        near = self.tree.query_ball_point(point, most_mm + self.radius_mm)
        here = np.broadcast_to(point[:, None], (3, len(near)))
        return float(_to_triangles_mm(here, self.corners[:, near]).min(initial=most_mm))


def quick_tree(points: Points) -> cKDTree:
    """Asked once only: split in the middle it is built in a fifth of the time."""
    return cKDTree(points, balanced_tree=False, compact_nodes=False)


def to_triangles_mm(points: Points, triangles: Points) -> Points:
    """Of each point to the triangle beside it, (N, 3) and (N, 3, 3)."""
    return _to_triangles_mm(points.T, triangles.reshape(-1, 9).T)


def _to_triangles_mm(points: Points, corners: Points) -> Points:
    """Of each point to the triangle beside it, (3, N) and (9, N): along short rows numpy takes
    six times as long."""
    a, b, c = corners[:3], corners[3:6], corners[6:]
    inside = _plane_distance(points, a, b, c)
    edges = [_segment_distance(points, p, q) for p, q in ((a, b), (b, c), (c, a))]
    return np.asarray(np.minimum(inside, np.minimum.reduce(edges)))


def _plane_distance(points: Points, a: Points, b: Points, c: Points) -> Points:
    """Infinite where the foot of the plumb line is outside the triangle."""
    normal = _cross(b - a, c - a)
    square = np.maximum(_dot(normal, normal), 1e-30)
    across = [_dot(_cross(q - p, points - p), normal) >= 0 for p, q in ((a, b), (b, c), (c, a))]
    height = np.abs(_dot(points - a, normal)) / np.sqrt(square)
    return np.where(np.logical_and.reduce(across) & (square > 1e-24), height, np.inf)


def _segment_distance(points: Points, p: Points, q: Points) -> Points:
    along, off = q - p, points - p
    t = np.clip(_dot(off, along) / np.maximum(_dot(along, along), 1e-30), 0, 1)
    off = off - t * along
    return np.asarray(np.sqrt(_dot(off, off)))


def _dot(u: Points, v: Points) -> Points:
    return np.asarray(u[0] * v[0] + u[1] * v[1] + u[2] * v[2])


def _cross(u: Points, v: Points) -> Points:
    x = u[1] * v[2] - u[2] * v[1]
    y = u[2] * v[0] - u[0] * v[2]
    return np.stack([x, y, u[0] * v[1] - u[1] * v[0]])
