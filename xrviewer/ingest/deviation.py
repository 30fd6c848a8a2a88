"""How far two surfaces lie apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from xrviewer.case.mesh import Mesh

Points = NDArray[np.float64]
SAMPLES = 2000
"""Of each surface's vertices that are measured, spread evenly."""
_AT_ONCE = 100
"""Points that are measured first, those farthest from a vertex."""
_CANDIDATES = 10
"""Triangles that are looked at for each point, nearest centres first: in the middle of one that is
large none of them may be the right one."""
_LOOKED_AT_AGAIN = 60
"""Points that seem the farthest, among all triangles that may be nearer."""


def hausdorff_mm(one: Mesh, two: Mesh, tree_of_one: cKDTree | None = None) -> float:
    """The largest distance from a vertex of either to the other surface, both ways.

    Of a sample of the vertices, so the true one may be a little larger; each distance that is
    measured is exact or too large, never too small.
    """
    tree = quick_tree(one.points_mm) if tree_of_one is None else tree_of_one
    return max(_largest_mm(one, two, quick_tree(two.points_mm)), _largest_mm(two, one, tree))


def _largest_mm(source: Mesh, target: Mesh, tree: cKDTree) -> float:
    """Only points that lie far from the nearest vertex can be the farthest from the surface."""
    points = _sample(source)
    most_mm, _ = tree.query(points)
    order = np.argsort(most_mm)[::-1]
    worst = order[: max(_AT_ONCE, np.count_nonzero(most_mm) // 10)]
    largest = _largest_of_mm(points[worst], target)
    rest = order[len(worst) :]
    rest = rest[most_mm[rest] > largest]
    return max(largest, _largest_of_mm(points[rest], target)) if len(rest) else largest


def _largest_of_mm(points: Points, target: Mesh) -> float:
    """Those that seem the farthest are measured anew, until the farthest is one of them."""
    most_mm = _apart_mm(points, target)
    corners = target.points_mm[target.triangles]
    center = corners.mean(axis=1)
    radius = np.linalg.norm(corners - center[:, None], axis=2).max(axis=1)
    known = set[int]()
    while (i := int(most_mm.argmax())) not in known and len(known) < _LOOKED_AT_AGAIN:
        known.add(i)
        may = np.linalg.norm(center - points[i], axis=1) <= most_mm[i] + radius
        here = np.broadcast_to(points[i], (int(np.count_nonzero(may)), 3))
        most_mm[i] = to_triangles_mm(here, corners[may]).min(initial=most_mm[i])
    return float(most_mm.max())


def distances_mm(source: Mesh, target: Mesh) -> Points:
    """From a sample of the source's vertices to the target's surface."""
    return _apart_mm(_sample(source), target)


def _sample(source: Mesh) -> Points:
    return source.points_mm[:: max(1, len(source.points_mm) // SAMPLES)]


def _apart_mm(points: Points, target: Mesh) -> Points:
    a, b, c = (target.points_mm.take(column, axis=0) for column in target.triangles.T)
    count = min(_CANDIDATES, len(a))
    _, nearest = quick_tree((a + b + c) / 3).query(points, count)
    near = target.triangles[nearest.reshape(len(points), count)]
    candidates = target.points_mm[near]
    repeated = np.broadcast_to(points[:, None], (*candidates.shape[:2], 3))
    apart = to_triangles_mm(repeated.reshape(-1, 3), candidates.reshape(-1, 3, 3))
    return np.asarray(apart.reshape(len(points), count).min(axis=1))


def quick_tree(points: Points) -> cKDTree:
    """Asked once only: split in the middle it is built in a fifth of the time."""
    return cKDTree(points, balanced_tree=False, compact_nodes=False)


def to_triangles_mm(points: Points, triangles: Points) -> Points:
    """Of each point to the triangle beside it, (N, 3) and (N, 3, 3)."""
    a, b, c = (triangles[:, i] for i in range(3))
    inside = _plane_distance(points, a, b, c)
    edges = [_segment_distance(points, p, q) for p, q in ((a, b), (b, c), (c, a))]
    return np.asarray(np.minimum(inside, np.minimum.reduce(edges)))


def _plane_distance(points: Points, a: Points, b: Points, c: Points) -> Points:
    """Infinite where the foot of the plumb line is outside the triangle."""
    normal = np.cross(b - a, c - a)
    square = np.maximum(np.einsum("ij,ij->i", normal, normal), 1e-30)
    off = points - a
    across = [
        np.einsum("ij,ij->i", np.cross(q - p, points - p), normal) >= 0
        for p, q in ((a, b), (b, c), (c, a))
    ]
    height = np.abs(np.einsum("ij,ij->i", off, normal)) / np.sqrt(square)
    return np.where(np.logical_and.reduce(across) & (square > 1e-24), height, np.inf)


def _segment_distance(points: Points, p: Points, q: Points) -> Points:
    along = q - p
    length = np.maximum(np.einsum("ij,ij->i", along, along), 1e-30)
    t = np.clip(np.einsum("ij,ij->i", points - p, along) / length, 0, 1)
    return np.asarray(np.linalg.norm(points - p - t[:, None] * along, axis=1))
