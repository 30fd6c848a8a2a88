"""A triangle mesh to measure on, and what follows from its corners alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

Points = NDArray[np.float64]
_SAME_POINT_MM = 1e-4
"""Vertices nearer than this are one: files repeat a vertex for every triangle or texture seam."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Corners and triangles, millimetres; it may be open, in several pieces or inside out."""

    points_mm: Points
    triangles: NDArray[np.int64]

    @classmethod
    def of(cls, points_mm: NDArray[Any], triangles: NDArray[Any]) -> Mesh:
        """In double precision, without triangles that have no area."""
        points = np.ascontiguousarray(points_mm, np.float64)
        indices = np.ascontiguousarray(triangles, np.int64)
        has_area = np.linalg.norm(_cross(points, indices), axis=1) > 0
        return cls(points, indices[has_area])

    def welded(self) -> NDArray[np.int64]:
        """For each vertex, the first one at its place."""
        cells = np.round(self.points_mm / _SAME_POINT_MM).astype(np.int64)
        packed = cells.view([("", cells.dtype)] * 3).ravel()
        _, first, inverse = np.unique(packed, return_index=True, return_inverse=True)
        return np.asarray(first[inverse.ravel()], np.int64)

    def flipped(self) -> Mesh:
        return Mesh(self.points_mm, self.triangles[:, ::-1])

    def vertex_normals(self) -> Points:
        """Unit, from the triangles around (stored normals may be faceted); 0 where there is none.

        Repeated vertices share theirs.
        """
        cross = _cross(self.points_mm, self.triangles)
        same = self.welded()
        total = np.zeros((len(self.points_mm), 3))
        for column in range(3):
            corner = same[self.triangles[:, column]]
            for axis in range(3):
                total[:, axis] += np.bincount(corner, cross[:, axis], len(total))
        total = total[same]
        return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1), 1e-30)[:, None])

    def vertex_areas_mm2(self) -> NDArray[np.float64]:
        """A third of every triangle around."""
        return self._shared_out(self.triangle_areas_mm2())

    def triangle_areas_mm2(self) -> NDArray[np.float64]:
        return np.asarray(np.linalg.norm(_cross(self.points_mm, self.triangles), axis=1) / 2)

    def volume_mm3(self) -> float:
        """Enclosed; negative where the triangles look inwards."""
        a, b, c = (self.points_mm[self.triangles[:, i]] for i in range(3))
        middle = self.points_mm.mean(axis=0)
        return float(np.einsum("ij,ij->", a - middle, np.cross(b - middle, c - middle)) / 6)

    def prism_volumes_mm3(self, outwards_mm: Points) -> NDArray[np.float64]:
        """Between the surface and itself moved by outwards_mm, (N, 3), shared out to vertices."""
        a, b, c = (self.points_mm[self.triangles[:, i]] for i in range(3))
        p, q, r = (v + outwards_mm[self.triangles[:, i]] for i, v in enumerate((a, b, c)))
        volume = _tetrahedron(a, b, c, r) + _tetrahedron(a, b, r, q) + _tetrahedron(a, q, r, p)
        return self._shared_out(volume)

    def pieces(self, is_wanted: NDArray[np.bool_]) -> tuple[int, NDArray[np.int64]]:
        """How many connected groups the wanted vertices form, and the group of each vertex; -1."""
        same = self.welded()
        wanted = is_wanted[self.triangles]
        links: list[NDArray[np.int64]] = []
        for i, j in ((0, 1), (1, 2), (2, 0)):
            both = wanted[:, i] & wanted[:, j]
            links.append(same[self.triangles[both][:, [i, j]]])
        pairs = np.concatenate(links)
        size = len(self.points_mm)
        graph = csr_matrix((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), (size, size))
        group = connected_components(graph, directed=False)[1][same]
        group = np.where(is_wanted, group, -1)
        numbers, renumbered = np.unique(group[is_wanted], return_inverse=True)
        group[is_wanted] = renumbered
        return len(numbers), group.astype(np.int64)

    def on_border(self) -> NDArray[np.bool_]:
        """Vertices on an edge that only one triangle has."""
        same = self.welded()
        corners = same[self.triangles]
        edges = np.sort(
            np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
        )
        unique, count = np.unique(edges, axis=0, return_counts=True)
        is_border = np.zeros(len(self.points_mm), np.bool_)
        is_border[unique[count == 1]] = True
        return np.asarray(is_border[same])

    def _shared_out(self, of_triangles: NDArray[np.float64]) -> NDArray[np.float64]:
        share = np.repeat(of_triangles / 3, 3)
        return np.bincount(self.triangles.ravel(), share, len(self.points_mm)).astype(np.float64)


def _cross(points: Points, triangles: NDArray[np.int64]) -> Points:
    a, b, c = (points[triangles[:, i]] for i in range(3))
    return np.cross(b - a, c - a)


def _tetrahedron(a: Points, b: Points, c: Points, d: Points) -> NDArray[np.float64]:
    """Signed: above a triangle that turns counter-clockwise seen from d."""
    return np.asarray(np.einsum("ij,ij->i", d - a, np.cross(b - a, c - a)) / 6)
