"""Where rays leave and enter a mesh: Embree finds the triangle, double precision the place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh, Points

_PAST_MM = 2e-4
"""How far beyond a crossing the ray starts again; float32 holds 1e-5 mm at 100 mm."""
_GRAZING_MM = 1e-3
_MOST_CROSSINGS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """All of them, in no order that matters."""

    ray: NDArray[np.int64]
    distance_mm: NDArray[np.float64]
    leaves: NDArray[np.bool_]
    """The triangle turns counter-clockwise seen from ahead: out of a sound closed surface."""

    def first_after(self, start_mm: float, rays: int, leaves: bool) -> NDArray[np.float64]:
        """The nearest of that kind beyond start_mm, a ray; infinite where there is none."""
        is_wanted = (self.leaves == leaves) & (self.distance_mm > start_mm)
        first = np.full(rays, np.inf)
        np.minimum.at(first, self.ray[is_wanted], self.distance_mm[is_wanted])
        return first


class Tracer:
    """Built once a mesh, some 0.3 s a million triangles."""

    def __init__(self, mesh: Mesh) -> None:
        corners = mesh.points_mm[mesh.triangles]
        self._corner = corners[:, 0]
        self._normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        # About its own middle, where float32 is finest.
        self._middle = mesh.points_mm.mean(axis=0) if len(mesh.points_mm) else np.zeros(3)
        self._scene = EmbreeScene(robust=True)
        if len(mesh.triangles):
            points = (mesh.points_mm - self._middle).astype(np.float32)
            TriangleMesh(self._scene, points, mesh.triangles.astype(np.int32))

    def crossings(self, origins_mm: Points, directions: Points, until_mm: float) -> Crossings:
        """Every crossing up to until_mm along unit directions."""
        ray, at = np.arange(len(origins_mm)), np.zeros(len(origins_mm))
        found: list[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]] = []
        for _ in range(_MOST_CROSSINGS if len(self._corner) else 0):
            start = origins_mm[ray] + at[:, None] * directions[ray] - self._middle
            triangle, about = self._first(start, directions[ray])
            is_hit = triangle >= 0
            ray, at, triangle = ray[is_hit], at[is_hit], triangle[is_hit]
            distance, leaves = self._where(origins_mm[ray], directions[ray], triangle)
            about = at + about[is_hit]
            # A ray along a triangle's plane has no crossing worth computing twice.
            distance = np.where(np.abs(distance - about) < _GRAZING_MM, distance, about)
            is_near = distance <= until_mm
            ray, distance, leaves = ray[is_near], distance[is_near], leaves[is_near]
            if not len(ray):
                break
            found.append((ray, distance, leaves))
            at = np.maximum(distance, at[is_near]) + _PAST_MM
        return Crossings(
            np.concatenate([np.zeros(0, np.int64), *(row[0] for row in found)]),
            np.concatenate([np.zeros(0), *(row[1] for row in found)]),
            np.concatenate([np.zeros(0, np.bool_), *(row[2] for row in found)]),
        )

    def _first(
        self, start: Points, directions: Points
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The triangle each ray meets first, or -1, and the distance in single precision."""
        found = self._scene.run(
            np.ascontiguousarray(start, np.float32),
            np.ascontiguousarray(directions, np.float32),
            output=True,
        )
        is_hit = (found["geomID"] == 0) & np.isfinite(found["tfar"]) & (found["tfar"] < 1e30)
        triangle = np.where(is_hit, found["primID"], -1)
        return triangle.astype(np.int64), found["tfar"].astype(np.float64)

    def _where(
        self, origins: Points, directions: Points, triangle: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        normal = self._normal[triangle]
        facing = np.einsum("ij,ij->i", normal, directions)
        ahead = np.einsum("ij,ij->i", normal, self._corner[triangle] - origins)
        safe = np.where(np.abs(facing) > 1e-30, facing, 1e-30)
        return ahead / safe, facing > 0
