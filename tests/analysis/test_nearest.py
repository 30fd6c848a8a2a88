"""Nearest points against the distance to every triangle, one by one."""

from __future__ import annotations

import numpy as np
from trimesh.triangles import closest_point

from tests.analysis.phantoms import shell_mesh
from xrviewer.analysis.nearest import NearestPoint


def test_as_near_as_the_nearest_of_all_triangles() -> None:
    _, mesh = shell_mesh(20, 2, detail=3)
    rng = np.random.default_rng(3)
    asked = rng.normal(size=(150, 3))
    asked *= (rng.uniform(15, 27, 150) / np.linalg.norm(asked, axis=1))[:, None]
    corners = mesh.points_mm[mesh.triangles]
    truth = [
        np.linalg.norm(
            closest_point(corners, np.repeat(p[None], len(corners), 0)) - p, axis=1
        ).min()
        for p in asked
    ]
    feet = NearestPoint(mesh).feet(asked)
    np.testing.assert_allclose(feet.distance_mm, truth, atol=1e-4)
    np.testing.assert_allclose(feet.interpolated(mesh, mesh.points_mm), feet.points_mm, atol=1e-9)
    off = np.linalg.norm(feet.points_mm - asked, axis=1)
    np.testing.assert_allclose(off, feet.distance_mm, atol=1e-9)
