"""Planes through a patient: a point, the side it is seen from, and which way is right on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from xrviewer.spatial.transforms import Quat, Vec3, rotated, rotation_of_axes

SNAP_RAD = math.radians(5)
"""An oblique plane this near to one of the patient's own is meant to be that one."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Case frame, millimetres. The normal points to who looks at it; unit vectors."""

    point_mm: Vec3
    normal: Vec3
    across: Vec3
    """To the right of the picture; at right angles to the normal."""

    @property
    def along(self) -> Vec3:
        """Upwards in the picture."""
        return cross(self.normal, self.across)

    def distance_mm(self, point_mm: Vec3) -> float:
        """Over the plane, to where the normal points."""
        return dot(self.normal, less(point_mm, self.point_mm))

    def through(self, point_mm: Vec3) -> Plane:
        """Moved along its normal until the point lies in it."""
        return self.shifted(self.distance_mm(point_mm))

    def shifted(self, by_mm: float) -> Plane:
        """Along its normal."""
        return Plane(plus(self.point_mm, scaled(self.normal, by_mm)), self.normal, self.across)


AXIAL, CORONAL, SAGITTAL = "axial", "coronal", "sagittal"
_ANATOMICAL: dict[str, tuple[Vec3, Vec3]] = {
    AXIAL: ((0.0, 0.0, -1.0), (1.0, 0.0, 0.0)),
    CORONAL: ((0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
    SAGITTAL: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
}
"""As radiologists hang them: from the feet, from the front, from the patient's left."""
ANATOMICAL_NAMES = tuple(_ANATOMICAL)


def anatomical(name: str, point_mm: Vec3) -> Plane:
    return Plane(point_mm, *_ANATOMICAL[name])


def oblique(point_mm: Vec3, normal: Vec3, across: Vec3 | None = None) -> Plane:
    """Of any normal; without an across, the picture stands as upright as it can.

    Raises ValueError for a normal that has no direction.
    """
    n = unit(normal)
    if across is None:
        up = (0.0, 0.0, 1.0) if abs(n[2]) < 0.9 else (0.0, -1.0, 0.0)
        across = cross(up, n)
    return Plane(point_mm, n, unit(less(across, scaled(n, dot(n, across)))))


def turned_plane(plane: Plane, about_mm: Vec3, turn: Quat, shift_mm: Vec3) -> Plane:
    """Rigidly: turned about a point, then shifted."""
    off = rotated(turn, less(plane.point_mm, about_mm))
    point = plus(plus(about_mm, off), shift_mm)
    return oblique(point, rotated(turn, plane.normal), rotated(turn, plane.across))


def rotation_to(plane: Plane) -> Quat:
    """Turns x to across, y to along and z to the normal."""
    return rotation_of_axes(plane.across, plane.along, plane.normal)


def plane_of(point_mm: Vec3, rotation_xyzw: Quat) -> Plane:
    """The inverse of rotation_to."""
    normal, across = (rotated(rotation_xyzw, axis) for axis in ((0, 0, 1), (1, 0, 0)))
    return oblique(point_mm, normal, across)


def snapped(plane: Plane) -> Plane:
    """Onto the patient's axial, coronal or sagittal plane when it is within SNAP_RAD of it."""
    normal = _nearest_axis(plane.normal)
    if normal is None:
        return plane
    level = oblique(plane.point_mm, normal, plane.across)
    across = _nearest_axis(level.across)
    return level if across is None else Plane(plane.point_mm, normal, across)


def name_of(plane: Plane) -> str:
    """axial, coronal, sagittal, or oblique; from either side."""
    for name, (normal, _) in _ANATOMICAL.items():
        if abs(dot(normal, plane.normal)) > 1 - 1e-9:
            return name
    return "oblique"


def _nearest_axis(direction: Vec3) -> Vec3 | None:
    i = max(range(3), key=lambda k: abs(direction[k]))
    if abs(direction[i]) < math.cos(SNAP_RAD):
        return None
    sign = math.copysign(1.0, direction[i])
    return (sign * (i == 0), sign * (i == 1), sign * (i == 2))


def dot(a: Vec3, b: Vec3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vec3, b: Vec3) -> Vec3:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def plus(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def less(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def scaled(v: Vec3, by: float) -> Vec3:
    return (v[0] * by, v[1] * by, v[2] * by)


def unit(v: Vec3) -> Vec3:
    """Raises ValueError for a vector without a direction."""
    length = math.hypot(*v)
    if not 1e-9 < length < math.inf:
        raise ValueError(f"no direction: {v}")
    return scaled(v, 1 / length)
