"""The frame of the hands that hold: of one hand its own, of two the one between them.

In plain floats: it is made every frame, and numpy's calls would cost ten times its arithmetic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from xrviewer.spatial.transforms import Pose, Quat, Vec3, rotated, rotation_of_axes

MIN_APART_M = 0.01
_UP: Vec3 = (0.0, 1.0, 0.0)
_MAX_ALIGNED = 0.99
"""Cosine between the line of the hands and their up axis from which no frame can be made."""


@dataclass(frozen=True, slots=True)
class Grip:
    """C: origin, rotation and size; the size is the hands' distance, 1 for a single hand."""

    origin_m: Vec3
    rotation_xyzw: Quat
    size: float

    @property
    def right(self) -> Vec3:
        return rotated(self.rotation_xyzw, (1.0, 0.0, 0.0))


def one_hand_grip(hand: Pose) -> Grip:
    return Grip(hand.position_m, hand.rotation_xyzw, 1.0)


def two_hand_grip(left: Pose, right: Pose) -> Grip | None:
    """Origin midway, x from left to right, y near the hands' summed y.

    None where that defines no frame: on one spot, or in line with their own up.
    """
    between = _difference(right.position_m, left.position_m)
    apart_m = math.hypot(*between)
    up = _sum(rotated(left.rotation_xyzw, _UP), rotated(right.rotation_xyzw, _UP))
    length = math.hypot(*up)
    if apart_m < MIN_APART_M or length < 1e-6:
        return None
    x, up = _scaled(between, 1 / apart_m), _scaled(up, 1 / length)
    if abs(_dot(x, up)) > _MAX_ALIGNED:
        return None
    z = _cross(x, up)
    z = _scaled(z, 1 / math.hypot(*z))
    middle = _scaled(_sum(left.position_m, right.position_m), 0.5)
    return Grip(middle, rotation_of_axes(x, _cross(z, x), z), apart_m)


def have_crossed(before: Grip, after: Grip) -> bool:
    """The line of the hands points the other way: the turn between is anybody's guess."""
    return _dot(before.right, after.right) <= 0


def _dot(a: Vec3, b: Vec3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Vec3, b: Vec3) -> Vec3:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def _sum(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def _difference(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def _scaled(v: Vec3, by: float) -> Vec3:
    return (v[0] * by, v[1] * by, v[2] * by)
