"""Eyes that nobody wears: named views of a model, and a walk around it."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Pose, Vec3
from xrviewer.spatial.views import Fov, View, looking_at, symmetric_fov

FLAT_FOV_RAD = math.radians(30)
"""Of a picture on a page: a lens a portrait would be taken with."""
INSIDE_FOV_RAD = math.radians(78)
_MARGIN = 1.08

_DIRECTIONS: dict[str, Vec3] = {
    "front": (0.0, 0.10, 1.0),
    "back": (0.0, 0.10, -1.0),
    "left": (1.0, 0.08, 0.0),
    "right": (-1.0, 0.08, 0.0),
    "top": (0.0, 1.0, 0.02),
    "bottom": (0.0, -1.0, 0.02),
    "corner": (-0.55, 0.22, 1.0),
}
"""From the model's centre to the eye, in a room where the model's front faces +z. Left is the
patient's left."""
INSIDE = "inside"
"""Not a side but a spot within, which the anatomy decides."""
LOWEST = "lowest"
"""Before the place where the shown map is lowest."""
VIEW_NAMES = (*_DIRECTIONS, INSIDE, LOWEST)


def named_view(
    name: str, low_m: NDArray[np.float64], high_m: NDArray[np.float64], aspect: float
) -> View:
    """An eye that takes in the whole box from a named side; not for INSIDE or LOWEST."""
    return view_from(np.array(_DIRECTIONS[name]), low_m, high_m, aspect)


def view_from(
    direction: NDArray[np.float64],
    low_m: NDArray[np.float64],
    high_m: NDArray[np.float64],
    aspect: float,
) -> View:
    """An eye that takes in the whole box; direction: from its centre to the eye."""
    center, half = (low_m + high_m) / 2, (high_m - low_m) / 2
    fov, back = symmetric_fov(FLAT_FOV_RAD, aspect), _unit(direction)
    return View(_eye(center, back, _distance(back, half, fov)), fov)


def turntable(
    low_m: NDArray[np.float64], high_m: NDArray[np.float64], aspect: float, steps: int
) -> list[View]:
    """Once around, from the corner view, at one distance that fits the box from every side."""
    center, half = (low_m + high_m) / 2, (high_m - low_m) / 2
    start = math.atan2(*_DIRECTIONS["corner"][::2])
    angles = [start + 2 * math.pi * i / steps for i in range(steps)]
    backs = [_unit(np.array([math.sin(angle), 0.20, math.cos(angle)])) for angle in angles]
    fov = symmetric_fov(FLAT_FOV_RAD, aspect)
    # Of all of them the farthest: a camera that comes and goes makes the model breathe.
    distance = max(_distance(back, half, fov) for back in backs)
    return [View(_eye(center, back, distance), fov) for back in backs]


def _distance(back: NDArray[np.float64], half: NDArray[np.float64], fov: Fov) -> float:
    """As near as lets every corner of the box be seen; back: from its centre to the eye."""
    above = (0.0, 1.0, 0.0) if abs(back[1]) < 0.9999 else (0.0, 0.0, -1.0)
    right = _unit(np.cross(above, back))
    up = np.cross(back, right)
    corners = half * np.array(list(product((-1, 1), repeat=3)))
    across = np.abs(corners @ right) / math.tan(fov.right_rad)
    along = np.abs(corners @ up) / math.tan(fov.up_rad)
    return float(np.max(np.maximum(across, along) * _MARGIN + corners @ back))


def _eye(center: NDArray[np.float64], back: NDArray[np.float64], distance: float) -> Pose:
    return looking_at(_vec3(center + back * distance), _vec3(center))


def inside_view(eye_m: NDArray[np.float64], towards_m: NDArray[np.float64], aspect: float) -> View:
    """Wide, as a person standing there would look about."""
    pose = looking_at(_vec3(eye_m), _vec3(towards_m))
    return View(pose, symmetric_fov(INSIDE_FOV_RAD, aspect))


def orbit_pose(target_m: Vec3, yaw_rad: float, pitch_rad: float, distance_m: float) -> Pose:
    """An eye that circles a point; yaw 0 stands in front of it, on +z."""
    level = math.cos(pitch_rad)
    back = (math.sin(yaw_rad) * level, math.sin(pitch_rad), math.cos(yaw_rad) * level)
    eye = tuple(t + distance_m * b for t, b in zip(target_m, back, strict=True))
    return looking_at((eye[0], eye[1], eye[2]), target_m)


def _unit(v: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(v / np.linalg.norm(v))


def _vec3(point: NDArray[np.float64]) -> Vec3:
    return (float(point[0]), float(point[1]), float(point[2]))
