"""What a ray meets: exact, on the CPU, by Embree."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray

from xrviewer.case.surfaces import Surfaces
from xrviewer.document.arrangement import Arrangement
from xrviewer.scene.triangle import unit_normal
from xrviewer.spatial.rays import Hit, Ray
from xrviewer.spatial.transforms import Vec3

_PAST_HIT_MM = 1e-3
_NEVER = 1e300
"""Square of no radius: a part without triangles is met by nothing."""
_NOT_LEVEL = 1e-30
"""Turns no ray, and divides by no nought."""
_MAX_PASSES = 256
"""Foreign surfaces a ray may pass before it gives up."""
Values = NDArray[np.float64]


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
        self._part_of_mesh = np.array([*part_of_mesh, -1])  # the last for Embree's "no mesh"
        self._boxes_mm = np.stack([surfaces.parts["min_mm"], surfaces.parts["max_mm"]], axis=1)
        self._boxes_mm = self._boxes_mm.astype(np.float64)
        self._is_full = surfaces.parts["triangle_count"] > 0
        self._boxes_mm[~self._is_full] = 0.0
        self._boxes: list[tuple[Vec3, Vec3]] = self._boxes_mm.tolist()
        self._home, self._ball = self._whereabouts(None), self._around()
        self._moved: tuple[Arrangement, _Whereabouts] | None = None

    def pick(
        self, ray: Ray, is_visible: NDArray[np.bool_], places: Arrangement | None = None
    ) -> Hit | None:
        """The first visible part along a ray in the case frame."""
        if len(self._part_of_mesh) == 1:
            return None
        if places is None or not places.is_any_moved:
            if _misses(ray, *self._ball):
                return None
            part, triangle, distance_mm = self._first(ray)
            if part < 0 or is_visible[part]:
                return self._hit(part, triangle, ray, distance_mm, None) if part >= 0 else None
        return self._first_visible(ray, is_visible, places)

    def _around(self) -> tuple[Vec3, float]:
        """A ball round all parts at home: most hands point past them, and need no tree for that."""
        boxes = self._boxes_mm[self._is_full]
        if not len(boxes):
            return (0.0, 0.0, 0.0), 0.0
        low, high = boxes[:, 0].min(axis=0), boxes[:, 1].max(axis=0)
        x, y, z = ((low + high) / 2).tolist()
        return (x, y, z), math.dist(low.tolist(), high.tolist()) / 2 + _PAST_HIT_MM

    def _first(self, ray: Ray) -> tuple[int, int, float]:
        found = self._scene.run(
            np.array([ray.origin], np.float32), np.array([ray.direction], np.float32), output=True
        )
        part = int(self._part_of_mesh[found["geomID"][0]])
        return part, int(found["primID"][0]), float(found["tfar"][0])

    def _first_visible(
        self, ray: Ray, is_visible: NDArray[np.bool_], places: Arrangement | None
    ) -> Hit | None:
        """Parts are asked in the order in which the ray comes to the balls round them, each in its
        own frame: the tree knows every part at home, so moving one rebuilds nothing. A hand's ray
        ends at the first or second, and Embree, whose tree is in no cache, costs most here."""
        there = self._whereabouts_of(places)
        best: tuple[float, int, int] | None = None
        for enter, part in there.on_the_way(ray, is_visible):
            if best is not None and best[0] <= enter:
                break
            seen_from = there.part_from_case[part].tolist()
            origin, along = _carried(ray.origin, seen_from, 1.0), _carried(ray.direction, seen_from)
            found = self._first_of_part(
                part, Ray(origin, along), *_box_distances(origin, along, self._boxes[part])
            )
            best = found if best is None else min(best, found or best)
        if best is None:
            return None
        distance_mm, part, triangle = best
        return self._hit(part, triangle, ray, distance_mm, places)

    def _first_of_part(
        self, part: int, ray: Ray, passed_mm: float, end_mm: float
    ) -> tuple[float, int, int] | None:
        """What lies before it at home is passed, within the part's box."""
        (x, y, z), (dx, dy, dz) = ray.origin, ray.direction
        for _ in range(_MAX_PASSES):
            if passed_mm > end_mm:
                break
            start = (x + dx * passed_mm, y + dy * passed_mm, z + dz * passed_mm)
            met, triangle, distance_mm = self._first(Ray(start, ray.direction))
            if met < 0:
                break
            if met == part:
                return passed_mm + distance_mm, part, triangle
            passed_mm += distance_mm + _PAST_HIT_MM
        return None

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

    def _whereabouts_of(self, places: Arrangement | None) -> _Whereabouts:
        if places is None or not places.is_any_moved:
            return self._home
        if self._moved is None or self._moved[0] is not places:
            self._moved = (places, self._whereabouts(places))
        return self._moved[1]

    def _whereabouts(self, places: Arrangement | None) -> _Whereabouts:
        centers, half = self._boxes_mm.mean(axis=1), np.ptp(self._boxes_mm, axis=1) / 2
        radii_squared = np.where(self._is_full, np.einsum("ij,ij->i", half, half), -_NEVER)
        turns = np.broadcast_to(np.eye(3), (len(centers), 3, 3))
        shifts = np.zeros((len(centers), 3))
        if places is not None:
            turns, shifts = places.turns, places.shifts_mm
        centers = np.einsum("nij,nj->ni", turns, centers) + shifts
        return _Whereabouts.of(centers, radii_squared, turns, shifts)

    def _hit(
        self, part: int, triangle: int, ray: Ray, distance_mm: float, places: Arrangement | None
    ) -> Hit:
        points, triangles = self._surfaces.part(part)
        normal = unit_normal(points[triangles[triangle]].tolist())
        if places is not None:
            nx, ny, nz = (places.turns[part] @ normal).tolist()
            normal = (nx, ny, nz)
        x, y, z = (o + d * distance_mm for o, d in zip(ray.origin, ray.direction, strict=True))
        return Hit(part, (x, y, z), normal, distance_mm, triangle)


@dataclass(frozen=True, slots=True, eq=False)
class _Whereabouts:
    """Of each part where it lies, and a ball round it: of a thousand parts one product leaves a
    dozen."""

    balls: Values
    """(5, N): the centre off the middle, its square less the radius' square, 1."""
    middle: Vec3
    part_from_case: Values
    """(N, 4, 3), for rows on its left."""

    @classmethod
    def of(cls, centers: Values, radii_squared: Values, turns: Values, shifts: Values) -> Self:
        is_full = radii_squared >= 0
        middle = centers[is_full].mean(axis=0) if is_full.any() else np.zeros(3)
        off = centers - middle
        rest = np.einsum("ij,ij->i", off, off) - radii_squared - _PAST_HIT_MM
        balls = np.ascontiguousarray(np.vstack([off.T, rest, np.ones(len(off))]))
        back = np.concatenate([turns, -shifts[:, None] @ turns], axis=1)
        x, y, z = middle.tolist()
        return cls(balls, (x, y, z), back)

    def on_the_way(self, ray: Ray, is_visible: NDArray[np.bool_]) -> list[tuple[float, int]]:
        """Of the visible ones whose ball lies before the ray: at which distance it starts, and the
        part, the nearest first. Reckoned from the point of the ray's line that is nearest to the
        middle, for an eye far off would cost it its digits."""
        dx, dy, dz = ray.direction
        x, y, z = (o - m for o, m in zip(ray.origin, self.middle, strict=True))
        back = x * dx + y * dy + z * dz
        x, y, z = x - back * dx, y - back * dy, z - back * dz
        along, squared = x * dx + y * dy + z * dz, x * x + y * y + z * z
        line = np.array([(-2 * x, -2 * y, -2 * z, 1.0, squared), (dx, dy, dz, 0.0, -along)])
        beside, ahead = line @ self.balls
        half = ahead * ahead
        half -= beside
        parts = ((half >= 0) & is_visible).nonzero()[0]
        found = zip(ahead[parts].tolist(), half[parts].tolist(), parts.tolist(), strict=True)
        spans = [(a - back, math.sqrt(h) + _PAST_HIT_MM, part) for a, h, part in found]
        return sorted((a - h, part) for a, h, part in spans if a + h >= 0)


def _misses(ray: Ray, center: Vec3, radius_mm: float) -> bool:
    (x, y, z), (dx, dy, dz), (cx, cy, cz) = ray.origin, ray.direction, center
    x, y, z = cx - x, cy - y, cz - z
    ahead = max(x * dx + y * dy + z * dz, 0.0)
    return math.hypot(x - ahead * dx, y - ahead * dy, z - ahead * dz) > radius_mm


def _carried(row: Vec3, by: list[Vec3], place: float = 0.0) -> Vec3:
    """A row times the four rows of a rigid move: a direction, or with 1 a point."""
    x, y, z = row
    (a, b, c), (d, e, f), (g, h, i), (j, k, m) = by
    return (
        x * a + y * d + z * g + place * j,
        x * b + y * e + z * h + place * k,
        x * c + y * f + z * i + place * m,
    )


def _box_distances(origin: Vec3, along: Vec3, box: tuple[Vec3, Vec3]) -> tuple[float, float]:
    """Where a ray enters and leaves a box; enter > leave where it misses it."""
    enter, leave = 0.0, math.inf
    for o, d, low, high in zip(origin, along, *box, strict=True):
        one, other = (low - o) / (d + _NOT_LEVEL), (high - o) / (d + _NOT_LEVEL)
        enter, leave = max(enter, min(one, other)), min(leave, max(one, other))
    return max(enter - _PAST_HIT_MM, 0.0), leave + _PAST_HIT_MM
