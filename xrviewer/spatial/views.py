"""One eye's view of the room."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Matrix, Pose, Vec3, invert_similarity, quaternion

NEAR_M = 0.002
"""People put their heads into joints; in reverse-Z a near plane so near costs no precision."""


@dataclass(frozen=True, slots=True)
class Fov:
    """Half angles in radians, as OpenXR gives them: left and down are negative."""

    left_rad: float
    right_rad: float
    up_rad: float
    down_rad: float


@dataclass(frozen=True, slots=True)
class View:
    """An eye in the room and what it takes in."""

    eye: Pose
    fov: Fov
    hidden: NDArray[np.float32] | None = field(default=None, compare=False)
    """(N, 2) corners of triangles that the lens never shows, as tangents: x and y at z = -1."""
    whole: Fov | None = None
    """Of the picture that this is a piece of; None for one that is whole."""


def symmetric_fov(vertical_rad: float, aspect: float) -> Fov:
    """Of a flat picture; aspect is width / height."""
    up = vertical_rad / 2
    right = math.atan(math.tan(up) * aspect)
    return Fov(-right, right, up, -up)


def clip_from_eye(fov: Fov, near_m: float = NEAR_M) -> Matrix:
    """Reverse-Z with the far plane at infinity: float depth is then even over the whole range."""
    left, right = math.tan(fov.left_rad), math.tan(fov.right_rad)
    up, down = math.tan(fov.up_rad), math.tan(fov.down_rad)
    return np.array(
        [
            [2 / (right - left), 0, (right + left) / (right - left), 0],
            [0, 2 / (up - down), (up + down) / (up - down), 0],
            [0, 0, 0, near_m],
            [0, 0, -1, 0],
        ]
    )


def eye_from_room(view: View) -> Matrix:
    return invert_similarity(view.eye.matrix())


def looking_at(eye_m: Vec3, target_m: Vec3, up: Vec3 = (0.0, 1.0, 0.0)) -> Pose:
    """The pose of an eye at one point that looks at another."""
    back = np.subtract(eye_m, target_m)
    back = back / np.linalg.norm(back)
    right = np.cross(up, back)
    right = right / np.linalg.norm(right)
    return Pose(eye_m, quaternion(np.column_stack([right, np.cross(back, right), back])))
