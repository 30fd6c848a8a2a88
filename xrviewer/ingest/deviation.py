"""How far two surfaces lie apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from xrviewer.case.mesh import Mesh
from xrviewer.ingest.alike import Numbers, where_in

Points = NDArray[np.float64]
SAMPLES = 2000
"""Of each surface's vertices that are measured, spread evenly over those that the other has not."""
_CANDIDATES = 4, 16
"""Triangles that are looked at for each point, nearest centres first; and for each that may be the
farthest. With one alone most points seemed to be."""
_AT_ONCE = 64
"""Such points."""
_LARGE = 4.0
"""Times the radius of most triangles: one that is larger would make every distance look uncertain,
and its centre is near to few of its places."""
_LOOKED_AT_AGAIN = 60
"""Points, among all triangles that may be nearer: in the middle of a large one its centre is none
of the nearest."""


def hausdorff_mm(one: Mesh, two: Mesh, at: Numbers | None = None) -> float:
    """The largest distance from a vertex of either to the other surface, both ways. at: where each
    vertex of the second is among the first's, -1 where it is not, if that is known.

    Of a sample of the vertices, so the true one may be a little larger; each distance that is
    measured is exact or too large, never too small.
    """
    at = where_in(two.points_mm, one.points_mm) if at is None else at
    return max(_largest_mm(*pair) for pair in _samples(one, two, at))


def _largest_mm(points: Points, target: Mesh) -> float:
    """Those that seem the farthest are measured anew, until the farthest is known to be so far."""
    if not len(points):
        return 0.0
    triangles = _Triangles.of_mesh(target)
    most_mm, is_exact = triangles.apart_mm(points, _CANDIDATES[0])
    is_looked_at, left = is_exact.copy(), _LOOKED_AT_AGAIN
    while not is_exact[i := int(most_mm.argmax())] and left:
        if is_looked_at[i]:
            most_mm[i] = triangles.exactly_apart_mm(points[i], float(most_mm[i]))
            is_exact[i], left = True, left - 1
            continue
        worst = np.argsort(most_mm)[-_AT_ONCE:]
        worst = np.append(worst[~is_looked_at[worst]], i)
        most_mm[worst], is_exact[worst] = triangles.apart_mm(points[worst], _CANDIDATES[1])
        is_looked_at[worst] = True
    return float(most_mm.max())


def distances_mm(one: Mesh, two: Mesh) -> Points:
    """From a sample of each one's vertices to the other's surface, exact or too large."""
    at = where_in(two.points_mm, one.points_mm)
    every = [(points, target) for points, target in _samples(one, two, at) if len(points)]
    return np.concatenate(
        [[0.0], *(_Triangles.of_mesh(t).apart_mm(p, _CANDIDATES[1])[0] for p, t in every)]
    )


def _samples(one: Mesh, two: Mesh, at: Numbers) -> Iterator[tuple[Points, Mesh]]:
    """Vertices that only one has, and the other."""
    moved = np.ones(len(one.points_mm), np.bool_)
    moved[at[at >= 0]] = False
    for mesh, own, other in ((one, moved, two), (two, at < 0, one)):
        alone = np.flatnonzero(own)
        yield mesh.points_mm[alone[:: max(1, len(alone) // SAMPLES)]], other


@dataclass(frozen=True, slots=True, eq=False)
class _Triangles:
    """A surface to measure to."""

    corners: Points
    """(9, T): of the first corner, the second, the third."""
    tree: cKDTree
    """Of their centres; of those that are much larger than most, of their quarters' quarters."""
    of: NDArray[np.int64]
    """Whose centre each is."""
    radius_mm: float
    """About its centre nothing is farther off than that."""

    @classmethod
    def of_mesh(cls, mesh: Mesh) -> _Triangles:
        columns, rows = (
            np.ascontiguousarray(mesh.points_mm.T),
            mesh.triangles.T.astype(np.intp, order="C"),
        )
        corners = np.concatenate([columns.take(corner, axis=1) for corner in rows])
        centers, radius_mm = _centers(corners)
        # At the second, the parts of all together are four times as many as the triangles.
        limit_mm = max(_LARGE * float(np.median(radius_mm)), float(np.sqrt((radius_mm**2).mean())))
        large = np.flatnonzero(radius_mm > limit_mm)
        is_whole, parts, of = radius_mm <= limit_mm, corners.take(large, axis=1), large
        every, whose = [centers[:, is_whole]], [np.flatnonzero(is_whole)]
        while len(of):
            parts, of = _quarters(parts), np.tile(of, 4)
            centers, radius_mm = _centers(parts)
            is_small = radius_mm <= limit_mm
            every.append(centers[:, is_small])
            whose.append(of[is_small])
            parts, of = parts[:, ~is_small], of[~is_small]
        tree = quick_tree(np.ascontiguousarray(np.concatenate(every, axis=1).T))
        return cls(corners, tree, np.concatenate(whose), limit_mm)

    def apart_mm(self, points: Points, candidates: int) -> tuple[Points, NDArray[np.bool_]]:
        """To the triangles of the nearest centres, and whether no other can be nearer."""
        count = min(candidates, len(self.of))
        center_mm, near = self.tree.query(points, count)
        repeated = np.repeat(points, count, axis=0)
        apart = _to_triangles_mm(repeated.T, self.corners.take(self.of[near.ravel()], axis=1))
        found_mm = apart.reshape(len(points), count).min(axis=1)
        others_mm = center_mm.reshape(len(points), count)[:, -1] - self.radius_mm
        return found_mm, found_mm <= others_mm

    def exactly_apart_mm(self, point: Points, most_mm: float) -> float:
        """most_mm: no farther than this."""
        near = np.unique(self.of[self.tree.query_ball_point(point, most_mm + self.radius_mm)])
        here = np.broadcast_to(point[:, None], (3, len(near)))
        return float(_to_triangles_mm(here, self.corners[:, near]).min(initial=most_mm))


def _centers(corners: Points) -> tuple[Points, Points]:
    """Of triangles, (3, N), and how far their corners lie from them."""
    center = (corners[:3] + corners[3:6] + corners[6:]) / 3
    off = (corners.reshape(3, 3, -1) - center) ** 2
    return center, np.sqrt(off.sum(axis=1).max(axis=0))


def _quarters(corners: Points) -> Points:
    """Of each triangle, cut at the middles of its edges."""
    a, b, c = corners[:3], corners[3:6], corners[6:]
    ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
    parts = (a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)
    return np.concatenate([np.concatenate(part) for part in parts], axis=1)


def quick_tree(points: Points) -> cKDTree:
    """Asked once only: split in the middle, and not to the end, it is built in a sixth of the
    time."""
    return cKDTree(points, balanced_tree=False, compact_nodes=False, leafsize=64)


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
