"""What a ray meets: exact, on the CPU, by Embree."""

from __future__ import annotations

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray

from xrviewer.case.surfaces import Surfaces
from xrviewer.spatial.rays import Hit, Ray

_PAST_HIT_MM = 1e-3
_MAX_HIDDEN = 256
"""Hidden parts a ray may pass before it gives up."""


class Picker:
    """Built once a timepoint, about half a second a million triangles: off the frame thread."""

    def __init__(self, surfaces: Surfaces, is_wanted: NDArray[np.bool_] | None = None) -> None:
        """is_wanted: the only parts that can be met; all of them when it is not given."""
        self._surfaces = surfaces
        self._scene = EmbreeScene()
        # Embree numbers its meshes as they come; an empty one would not get a number.
        self._part_of_mesh: list[int] = []
        for i in range(len(surfaces.parts)):
            points, triangles = surfaces.part(i)
            if len(triangles) and (is_wanted is None or is_wanted[i]):
                TriangleMesh(self._scene, points.astype(np.float32), triangles.astype(np.int32))
                self._part_of_mesh.append(i)

    def pick(self, ray: Ray, is_visible: NDArray[np.bool_]) -> Hit | None:
        """The first visible part along a ray in the case frame."""
        origin = np.array([ray.origin], np.float32)
        direction = np.array([ray.direction], np.float32)
        passed_mm = 0.0
        if not self._part_of_mesh:
            return None
        for _ in range(_MAX_HIDDEN):
            found = self._scene.run(origin, direction, output=True)
            mesh, distance_mm = int(found["geomID"][0]), float(found["tfar"][0])
            if mesh < 0 or mesh >= len(self._part_of_mesh):
                return None
            part = self._part_of_mesh[mesh]
            if is_visible[part]:
                return self._hit(part, int(found["primID"][0]), ray, passed_mm + distance_mm)
            step_mm = distance_mm + _PAST_HIT_MM
            origin = origin + direction * np.float32(step_mm)
            passed_mm += step_mm
        return None

    def pick_many(
        self, origins_mm: NDArray[np.float64], directions: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.bool_]]:
        """For rays, (N, 3) each: the first part or -1, its distance, and whether its outside faces
        the ray's origin."""
        if not self._part_of_mesh:
            none = np.full(len(origins_mm), -1, np.intp)
            return none, np.full(len(none), np.inf), np.zeros(len(none), np.bool_)
        origins, along = origins_mm.astype(np.float32), directions.astype(np.float32)
        found = self._scene.run(origins, along, output=True)
        mesh = found["geomID"]
        is_hit = (mesh >= 0) & (mesh < len(self._part_of_mesh))
        part = np.where(is_hit, np.array(self._part_of_mesh)[np.where(is_hit, mesh, 0)], -1)
        # Embree's geometric normal has the triangle's winding: outwards on a sound surface.
        is_front = np.einsum("ij,ij->i", found["Ng"], along) < 0
        return part.astype(np.intp), np.where(is_hit, found["tfar"], np.inf), is_front & is_hit

    def _hit(self, part: int, triangle: int, ray: Ray, distance_mm: float) -> Hit:
        points, triangles = self._surfaces.part(part)
        a, b, c = points[triangles[triangle]].astype(np.float64)
        normal = np.cross(b - a, c - a)
        normal /= np.linalg.norm(normal) or 1.0
        x, y, z = (
            float(o + d * distance_mm) for o, d in zip(ray.origin, ray.direction, strict=True)
        )
        return Hit(
            part, (x, y, z), (float(normal[0]), float(normal[1]), float(normal[2])), distance_mm
        )
