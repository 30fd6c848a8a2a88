"""One surface on its own, while it is being made or measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Matrix, apply, apply_direction

Points = NDArray[np.float64]
_SAME_POINT_MM = 1e-4
"""Vertices nearer than this are one: files repeat a vertex for every triangle or texture seam."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles turn counter-clockwise seen from outside; what is measured may be open, in pieces
    or inside out."""

    points_mm: Points
    normals: Points
    """Unit; 0 where there is none."""
    triangles: NDArray[np.uint32]

    @classmethod
    def of(cls, points_mm: NDArray[Any], triangles: NDArray[Any], are_unique: bool = False) -> Mesh:
        """In double precision, without triangles that have no area, with normals from the
        triangles around (those of a file may be faceted). Repeated vertices share theirs;
        are_unique: there is none, which saves the search."""
        points = np.ascontiguousarray(points_mm, np.float64)
        indices = np.ascontiguousarray(triangles, np.uint32).reshape(-1, 3)
        a, b, c = (points[indices[:, i]] for i in range(3))
        cross = np.cross(b - a, c - a)
        has_area = (cross != 0).any(axis=1)
        indices, cross = indices[has_area], cross[has_area]
        same = np.arange(len(points)) if are_unique else welded(points)
        return cls(points, _normals(same, indices, cross), indices)

    def moved(self, transform: Matrix) -> Mesh:
        """By a rigid transform."""
        return Mesh(
            apply(transform, self.points_mm),
            apply_direction(transform, self.normals),
            self.triangles,
        )

    def flipped(self) -> Mesh:
        """Inside out."""
        return Mesh(self.points_mm, -self.normals, self.triangles[:, ::-1])

    @property
    def volume_mm3(self) -> float:
        """Enclosed; negative where the triangles look inwards."""
        if not len(self.triangles):
            return 0.0
        near = self.points_mm - self.points_mm.mean(axis=0)
        return float(spaces_under(near, self.triangles).sum())


def spaces_under(points: NDArray[np.floating], triangles: NDArray[np.integer]) -> NDArray[Any]:
    """The volume under each triangle; the sum is what they enclose.

    A coordinate at a time: three times as fast as the cross products of whole corners.
    """
    corners = triangles.T.astype(np.intp, order="C", copy=False)  # or each take makes one
    x, y, z = (own.take(corners) for own in np.ascontiguousarray(points.T))
    x[1:] -= x[0]
    y[1:] -= y[0]
    under = x[1] * y[2]
    under -= x[2] * y[1]
    under *= z[0] + z[1] + z[2]
    under /= 6
    return np.asarray(under)


def welded(points_mm: Points) -> NDArray[np.int64]:
    """For each vertex, the first one at its place."""
    cells = np.round(points_mm / _SAME_POINT_MM).astype(np.int64)
    if not len(cells):
        return np.zeros(0, np.int64)
    cells -= cells.min(axis=0)
    size = cells.max(axis=0) + 1
    if float(np.prod(size.astype(np.float64))) < 2**62:
        # One number a cell: sorting those is ten times as fast as sorting triples.
        packed = (cells[:, 0] * size[1] + cells[:, 1]) * size[2] + cells[:, 2]
    else:
        packed = cells.view([("", cells.dtype)] * 3).ravel()
    _, first, inverse = np.unique(packed, return_index=True, return_inverse=True)
    return np.asarray(first[inverse.ravel()], np.int64)


def _normals(same: NDArray[np.int64], triangles: NDArray[np.uint32], cross: Points) -> Points:
    """Weighted by the triangles' areas; same: the vertex that stands for each."""
    total = np.zeros((len(same), 3))
    for column in range(3):
        corner = same[triangles[:, column]]
        for axis in range(3):
            total[:, axis] += np.bincount(corner, cross[:, axis], len(total))
    total = total[same]
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1), 1e-30)[:, None])
