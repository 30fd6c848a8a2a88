"""How much a surface bends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.facets import vertex_areas_mm2
from xrviewer.case.mesh import Mesh, welded

SMOOTHING_ROUNDS = 3


def mean_curvature(mesh: Mesh) -> NDArray[np.float64]:
    """At every vertex, per millimetre: half the divergence of the normals. A ball of radius r has
    1 / r, a hollow -1 / r.

    In each triangle the normals of the corners change linearly, and so the divergence is one
    number; a vertex has that of the triangles around, then of its neighbours' too: the normals of
    a mesh from voxels waver by degrees.
    """
    a, b, c = (mesh.points_mm[mesh.triangles[:, i]] for i in range(3))
    cross = np.cross(b - a, c - a)
    double = np.linalg.norm(cross, axis=1)
    unit = cross / np.maximum(double, 1e-30)[:, None]
    divergence = np.zeros(len(a))
    for i, opposite in enumerate((c - b, a - c, b - a)):
        slope = np.cross(unit, opposite)  # of the corner's share, times twice the area
        divergence += np.einsum("ij,ij->i", mesh.normals[mesh.triangles[:, i]], slope)
    same = welded(mesh.points_mm)
    area = np.bincount(same, vertex_areas_mm2(mesh), len(same)).astype(np.float64)
    corners = same[mesh.triangles]
    # The divergence times twice the area, halved: half for the mean of two curvatures.
    total = np.bincount(corners.ravel(), np.repeat(divergence / 4 / 3, 3), len(same))
    found = total / np.maximum(area, 1e-30)
    for _ in range(SMOOTHING_ROUNDS):
        found = _smoothed(found, corners, double / 2)
    return np.where(area > 0, found, np.nan)[same]


def _smoothed(
    values: NDArray[np.float64], corners: NDArray[np.int64], area: NDArray[np.float64]
) -> NDArray[np.float64]:
    of_triangles = values[corners].mean(axis=1) * area
    total = np.bincount(corners.ravel(), np.repeat(of_triangles, 3), len(values))
    weight = np.bincount(corners.ravel(), np.repeat(area, 3), len(values))
    return np.asarray(total / np.maximum(weight, 1e-30))
