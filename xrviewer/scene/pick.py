"""What a ray meets: exact, on the CPU, by Embree."""

from __future__ import annotations

from typing import Any

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray

from xrviewer.case.surfaces import Surfaces
from xrviewer.document.arrangement import Arrangement
from xrviewer.spatial.rays import Hit, Ray
from xrviewer.spatial.transforms import Vec3

_PAST_HIT_MM = 1e-3
_NOWHERE_MM = 1e9
_MAX_PASSES = 256
"""Foreign surfaces a ray may pass before it gives up."""


class Picker:
    """Built once a timepoint, about half a second a million triangles: off the frame thread."""

    def __init__(self, surfaces: Surfaces, is_wanted: NDArray[np.bool_] | None = None) -> None:
        """is_wanted: the only parts that can be met; all of them when it is not given."""
        self._surfaces = surfaces
        self._scene = EmbreeScene()
        # Embree numbers its meshes as they come; an empty one would not get a number.
        part_of_mesh: list[int] = []
        for i in range(len(surfaces.parts)):
            points, triangles = surfaces.part(i)
            if len(triangles) and (is_wanted is None or is_wanted[i]):
                TriangleMesh(self._scene, points.astype(np.float32), triangles.astype(np.int32))
                part_of_mesh.append(i)
        self._part_of_mesh = np.array([*part_of_mesh, -1])  # the last one for Embree's "no mesh"
        low, high = surfaces.parts["min_mm"], surfaces.parts["max_mm"]
        is_full = (surfaces.parts["triangle_count"] > 0)[:, None]
        self._low, self._high = np.where(is_full, low, 0.0), np.where(is_full, high, 0.0)
        self._centers = np.where(is_full, (self._low + self._high) / 2, _NOWHERE_MM)
        half = (self._high - self._low) / 2
        self._radii_squared = np.einsum("ij,ij->i", half, half) + _PAST_HIT_MM
        self._moved: tuple[Arrangement, NDArray[np.float64]] | None = None

    def pick(
        self, ray: Ray, is_visible: NDArray[np.bool_], places: Arrangement | None = None
    ) -> Hit | None:
        """The first visible part along a ray in the case frame."""
        if len(self._part_of_mesh) == 1:
            return None
        if places is None or not places.is_any_moved:
            part, triangle, distance_mm = self._first(ray)
            if part < 0 or is_visible[part]:
                return self._hit(part, triangle, ray, distance_mm, None) if part >= 0 else None
        return self._first_visible(ray, is_visible, places)

    def _first(self, ray: Ray) -> tuple[int, int, float]:
        found = self._scene.run(
            np.array([ray.origin], np.float32), np.array([ray.direction], np.float32), output=True
        )
        part = int(self._part_of_mesh[found["geomID"][0]])
        return part, int(found["primID"][0]), float(found["tfar"][0])

    def _first_visible(
        self, ray: Ray, is_visible: NDArray[np.bool_], places: Arrangement | None
    ) -> Hit | None:
        """Each part whose box the ray meets is looked for in its own frame, all in one query: the
        tree knows every part at home, so moving one rebuilds nothing. What lies before it there
        is passed."""
        parts = self._near(ray, is_visible, places)
        origins, directions = _rays_of_parts(ray, places, parts)
        enter, leave = _box_distances(origins, directions, self._low[parts], self._high[parts])
        is_met = enter <= leave
        parts, origins, directions = parts[is_met], origins[is_met], directions[is_met]
        passed, leave = np.maximum(enter[is_met] - _PAST_HIT_MM, 0.0), leave[is_met]
        best: tuple[int, int, float] | None = None
        for _ in range(_MAX_PASSES):
            if not len(parts):
                break
            found = self._scene.run(
                (origins + directions * passed[:, None]).astype(np.float32),
                directions.astype(np.float32),
                output=True,
            )
            met, passed = self._part_of_mesh[found["geomID"]], passed + found["tfar"]
            best = _nearer(best, parts, met == parts, passed, found["primID"])
            end = leave if best is None else np.minimum(leave, best[2])
            goes_on = (met >= 0) & (met != parts) & (passed < end)
            parts, leave = parts[goes_on], leave[goes_on]
            origins, directions = origins[goes_on], directions[goes_on]
            passed = passed[goes_on] + _PAST_HIT_MM
        if best is None:
            return None
        part, triangle, distance_mm = best
        return self._hit(part, triangle, ray, distance_mm, places)

    def pick_many(
        self, origins_mm: NDArray[np.float64], directions: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.bool_]]:
        """For rays, (N, 3) each: the first part or -1, its distance, and whether its outside faces
        the ray's origin."""
        if len(self._part_of_mesh) == 1:
            none = np.full(len(origins_mm), -1, np.intp)
            return none, np.full(len(none), np.inf), np.zeros(len(none), np.bool_)
        origins, along = origins_mm.astype(np.float32), directions.astype(np.float32)
        found = self._scene.run(origins, along, output=True)
        part = self._part_of_mesh[found["geomID"]]
        is_hit = part >= 0
        # Embree's geometric normal has the triangle's winding: outwards on a sound surface.
        is_front = np.einsum("ij,ij->i", found["Ng"], along) < 0
        return part.astype(np.intp), np.where(is_hit, found["tfar"], np.inf), is_front & is_hit

    def _near(
        self, ray: Ray, is_visible: NDArray[np.bool_], places: Arrangement | None
    ) -> NDArray[np.intp]:
        """The visible parts whose ball the ray's line meets: of a thousand a dozen is left."""
        centers = self._centers_of(places)
        off = centers - np.array(ray.origin)
        along = off @ np.array(ray.direction)
        beside_squared = np.einsum("ij,ij->i", off, off) - along * along
        return np.flatnonzero(is_visible & (beside_squared <= self._radii_squared))

    def _centers_of(self, places: Arrangement | None) -> NDArray[np.float64]:
        if places is None or not places.is_any_moved:
            return self._centers
        if self._moved is None or self._moved[0] is not places:
            there = np.einsum("nij,nj->ni", places.turns, self._centers) + places.shifts_mm
            self._moved = (places, there)
        return self._moved[1]

    def _hit(
        self, part: int, triangle: int, ray: Ray, distance_mm: float, places: Arrangement | None
    ) -> Hit:
        points, triangles = self._surfaces.part(part)
        normal = _normal(*points[triangles[triangle]].tolist())
        if places is not None:
            nx, ny, nz = (places.turns[part] @ normal).tolist()
            normal = (nx, ny, nz)
        x, y, z = (o + d * distance_mm for o, d in zip(ray.origin, ray.direction, strict=True))
        return Hit(part, (x, y, z), normal, distance_mm, triangle)


def _rays_of_parts(
    ray: Ray, places: Arrangement | None, parts: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ray as each of these parts sees it, (N, 3) twice."""
    origin, direction = np.array(ray.origin), np.array(ray.direction)
    if places is None or not places.is_any_moved:
        shape = (len(parts), 3)
        return np.broadcast_to(origin, shape), np.broadcast_to(direction, shape)
    turns = places.turns[parts]
    origins = np.einsum("nji,nj->ni", turns, origin - places.shifts_mm[parts])
    return origins, np.einsum("nji,j->ni", turns, direction)


def _box_distances(
    origins: NDArray[np.float64],
    directions: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where each ray enters and leaves its box; enter > leave where it misses it."""
    steep = np.where(np.abs(directions) < 1e-12, 1e-12, directions)
    one, other = (low - origins) / steep, (high - origins) / steep
    enter = np.minimum(one, other).max(axis=1)
    leave = np.maximum(one, other).min(axis=1)
    return np.maximum(enter, 0.0), leave + _PAST_HIT_MM


def _nearer(
    best: tuple[int, int, float] | None,
    parts: NDArray[np.intp],
    is_own: NDArray[np.bool_],
    distances_mm: NDArray[np.float64],
    triangles: NDArray[Any],
) -> tuple[int, int, float] | None:
    """The nearest of what was found and what is found now."""
    if not is_own.any():
        return best
    i = int(np.argmin(np.where(is_own, distances_mm, np.inf)))
    if best is not None and best[2] <= distances_mm[i]:
        return best
    return int(parts[i]), int(triangles[i]), float(distances_mm[i])


def _normal(a: list[float], b: list[float], c: list[float]) -> Vec3:
    """In plain floats: np.cross alone takes longer than the whole query."""
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    length = (x * x + y * y + z * z) ** 0.5 or 1.0
    return (x / length, y / length, z / length)
