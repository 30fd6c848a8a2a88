"""Rigid and similarity transforms, as (4, 4) float64 matrices and unit quaternions (x, y, z, w)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float64]
Vec3 = tuple[float, float, float]
Quat = tuple[float, float, float, float]
Rows = Sequence[Sequence[float]]
"""Of a (4, 4) matrix, as its tolist() gives them."""

IDENTITY_ROTATION: Quat = (0.0, 0.0, 0.0, 1.0)
_LAST_ROW = (0.0, 0.0, 0.0, 1.0)
MIN_QUATERNION_NORM = 1e-6
"""Below this a quaternion carries no direction; a runtime's zero quaternion means 'not known'."""


@dataclass(frozen=True, slots=True)
class Pose:
    """A rigid placement: position in metres, rotation as a unit quaternion."""

    position_m: Vec3
    rotation_xyzw: Quat

    @property
    def is_known(self) -> bool:
        """False for what some runtimes give while they look for a hand: NaN, no rotation."""
        (x, y, z), (i, j, k, w) = self.position_m, self.rotation_xyzw
        squared = i * i + j * j + k * k + w * w
        return MIN_QUATERNION_NORM**2 < squared < math.inf and math.isfinite(x * x + y * y + z * z)

    def matrix(self) -> Matrix:
        return rigid(self.position_m, self.rotation_xyzw)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the model stands in the room. Scale 1.0 is life size."""

    position_m: Vec3
    rotation_xyzw: Quat
    scale: float

    def matrix(self) -> Matrix:
        """room_from_model"""
        return similarity(self.position_m, self.rotation_xyzw, self.scale)


@dataclass(frozen=True, slots=True)
class PartPlace:
    """case_from_part: where a part is within its case, millimetres. At home it is the identity."""

    position_mm: Vec3 = (0.0, 0.0, 0.0)
    rotation_xyzw: Quat = IDENTITY_ROTATION

    def matrix(self) -> Matrix:
        return rigid(self.position_mm, self.rotation_xyzw)


def normalized(rotation_xyzw: Iterable[float]) -> Quat:
    """The unit quaternion, w >= 0. Raises ValueError for one with no direction."""
    x, y, z, w = map(float, rotation_xyzw)
    norm = math.sqrt(x * x + y * y + z * z + w * w)
    if not MIN_QUATERNION_NORM < norm < math.inf:
        raise ValueError(f"not a rotation: {(x, y, z, w)}")
    if w < 0:
        norm = -norm
    return (x / norm, y / norm, z / norm, w / norm)


def rotation_rows(rotation_xyzw: Iterable[float]) -> tuple[Vec3, Vec3, Vec3]:
    """Of the rotation matrix, in plain floats: a frame's few poses need no numpy."""
    return unit_rows(normalized(rotation_xyzw))


def unit_rows(rotation_xyzw: Quat) -> tuple[Vec3, Vec3, Vec3]:
    """The same of what is a unit quaternion already."""
    x, y, z, w = rotation_xyzw
    return (
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    )


def rotation_matrix(rotation_xyzw: Iterable[float]) -> Matrix:
    """(3, 3) from a quaternion, normalised on the way."""
    return np.array(rotation_rows(rotation_xyzw))


def quaternion(rotation: Matrix) -> Quat:
    """From a proper (3, 3) rotation, by the branch with the largest divisor (Shepperd)."""
    r = rotation
    trace = r[0, 0] + r[1, 1] + r[2, 2]
    choice = int(np.argmax([r[0, 0], r[1, 1], r[2, 2], trace]))
    if choice == 3:
        q = [r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1], 1 + trace]
        return normalized(q)
    i, j, k = choice, (choice + 1) % 3, (choice + 2) % 3
    q = [0.0, 0.0, 0.0, r[k, j] - r[j, k]]
    q[i] = 1 + r[i, i] - r[j, j] - r[k, k]
    q[j] = r[j, i] + r[i, j]
    q[k] = r[k, i] + r[i, k]
    return normalized(q)


def axis_rotation(axis: ArrayLike, angle_rad: float) -> Quat:
    unit = np.asarray(axis, dtype=np.float64)
    unit = unit / np.linalg.norm(unit) * np.sin(angle_rad / 2)
    return normalized((*unit, np.cos(angle_rad / 2)))


def turned(by: Quat, rotation_xyzw: Quat) -> Quat:
    """First the rotation, then `by`; in plain floats."""
    a, b, c, d = by
    x, y, z, w = rotation_xyzw
    return normalized(
        (
            d * x + a * w + b * z - c * y,
            d * y - a * z + b * w + c * x,
            d * z + a * y - b * x + c * w,
            d * w - a * x - b * y - c * z,
        )
    )


def reversed_rotation(rotation_xyzw: Quat) -> Quat:
    x, y, z, w = rotation_xyzw
    return (-x, -y, -z, w)


def rotated(by: Quat, v: Vec3) -> Vec3:
    """A vector, by a unit quaternion; in plain floats."""
    a, b, c, w = by
    x, y, z = v
    tx, ty, tz = 2 * (b * z - c * y), 2 * (c * x - a * z), 2 * (a * y - b * x)
    return (
        x + w * tx + b * tz - c * ty,
        y + w * ty + c * tx - a * tz,
        z + w * tz + a * ty - b * tx,
    )


def rotation_of_axes(x: Vec3, y: Vec3, z: Vec3) -> Quat:
    """The turn that takes the coordinate axes to these three, orthonormal and right-handed."""
    trace = x[0] + y[1] + z[2]
    if trace > 0:
        return normalized((y[2] - z[1], z[0] - x[2], x[1] - y[0], 1 + trace))
    if x[0] >= y[1] and x[0] >= z[2]:
        return normalized((1 + x[0] - y[1] - z[2], x[1] + y[0], z[0] + x[2], y[2] - z[1]))
    if y[1] >= z[2]:
        return normalized((x[1] + y[0], 1 + y[1] - x[0] - z[2], y[2] + z[1], z[0] - x[2]))
    return normalized((z[0] + x[2], y[2] + z[1], 1 + z[2] - x[0] - y[1], x[1] - y[0]))


def rigid(position_m: Iterable[float], rotation_xyzw: Iterable[float]) -> Matrix:
    return similarity(position_m, rotation_xyzw, 1.0)


def similarity(position_m: Iterable[float], rotation_xyzw: Iterable[float], scale: float) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = rotation_rows(rotation_xyzw)
    x, y, z = position_m
    s = scale  # one array of plain floats: filling an identity in three steps takes thrice as long
    return np.array(
        [(a * s, b * s, c * s, x), (d * s, e * s, f * s, y), (g * s, h * s, i * s, z), _LAST_ROW]
    )


def invert_similarity(transform: Matrix) -> Matrix:
    """Exact for rotation x uniform scale + translation."""
    scale_squared = float(transform[:3, 0] @ transform[:3, 0])
    result = np.eye(4)
    result[:3, :3] = transform[:3, :3].T / scale_squared
    result[:3, 3] = -result[:3, :3] @ transform[:3, 3]
    return result


def angle_rad(rigid: Matrix) -> float:
    """How far a rigid transform turns."""
    return float(np.arccos(np.clip((np.trace(rigid[:3, :3]) - 1) / 2, -1.0, 1.0)))


def placement(transform: Matrix) -> Placement:
    """The parts of a similarity matrix."""
    scale = float(np.cbrt(np.linalg.det(transform[:3, :3])))
    x, y, z = (float(v) for v in transform[:3, 3])
    return Placement((x, y, z), quaternion(transform[:3, :3] / scale), scale)


def apply(transform: Matrix, points: ArrayLike) -> NDArray[np.float64]:
    """Transforms points, (..., 3)."""
    p = np.asarray(points, dtype=np.float64)
    moved: NDArray[np.float64] = p @ transform[:3, :3].T + transform[:3, 3]
    return moved


def moved(rows: Rows, point: Vec3) -> Vec3:
    """One point, by the rows of a transform, in plain floats; what `apply` does to many."""
    (a, b, c, d), (e, f, g, h), (i, j, k, m), _ = rows
    x, y, z = point
    return (a * x + b * y + c * z + d, e * x + f * y + g * z + h, i * x + j * y + k * z + m)


def apply_direction(transform: Matrix, directions: ArrayLike) -> NDArray[np.float64]:
    """Transforms directions, (..., 3): no translation, length scales."""
    turned: NDArray[np.float64] = np.asarray(directions, dtype=np.float64) @ transform[:3, :3].T
    return turned
