"""From the room into the case and back, for one point or ray at a time: in plain floats, as numpy's
calls would take longer than the ray does."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from xrviewer.interaction.input import Hand
from xrviewer.spatial.frames import MM_PER_M
from xrviewer.spatial.rays import Hit, Ray
from xrviewer.spatial.transforms import (
    Placement,
    Pose,
    Quat,
    Vec3,
    axis_rotation,
    reversed_rotation,
    rotated,
    turned,
    unit_rows,
)

_MODEL_FROM_CASE = axis_rotation((1, 0, 0), -math.pi / 2)
"""The turn of spatial.frames' matrix."""


Pick = Callable[[Ray], Hit | None]
"""The first visible surface along a ray of the case."""


def room_from_case(model: Placement) -> tuple[Quat, float]:
    """The turn, and how many metres of the room a millimetre of the case is."""
    return turned(model.rotation_xyzw, _MODEL_FROM_CASE), model.scale / MM_PER_M


def case_ray(hand: Hand, model: Placement) -> Ray | None:
    """Along the hand's aim; None where it does not aim."""
    aim = hand.aim
    if aim is None or not aim.is_known:
        return None
    (a, b, c), (d, e, f), (g, h, i) = _case_from_room(model.rotation_xyzw)
    (x, y, z), (mx, my, mz), mm = aim.position_m, model.position_m, model.scale / MM_PER_M
    x, y, z = (x - mx) / mm, (y - my) / mm, (z - mz) / mm
    p, q, r, w = aim.rotation_xyzw
    twice = 2 / (p * p + q * q + r * r + w * w)
    ax, ay, az = -twice * (p * r + q * w), twice * (p * w - q * r), twice * (p * p + q * q) - 1
    return Ray(
        (a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z),
        (a * ax + b * ay + c * az, d * ax + e * ay + f * az, g * ax + h * ay + i * az),
    )


@lru_cache(maxsize=16)
def _case_from_room(rotation_xyzw: Quat) -> tuple[Vec3, Vec3, Vec3]:
    """The turn, for a model turned so: it mostly rests."""
    return unit_rows(reversed_rotation(turned(rotation_xyzw, _MODEL_FROM_CASE)))


def meets_before(hand: Hand, at_m: Vec3, model: Placement, pick: Pick) -> bool:
    """Whether the hand's ray meets a structure nearer than a point of the room."""
    ray = case_ray(hand, model)
    hit = pick(ray) if ray else None
    if hit is None or hand.aim is None:
        return False
    _, mm = room_from_case(model)
    return hit.distance_mm * mm < math.dist(hand.aim.position_m, at_m)


def plus(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def less(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def carried_pose(pose: Pose, hand_at_start: Pose, hand: Pose) -> Pose:
    """What was at `pose` when the hand took it, now."""
    turn = turned(hand.rotation_xyzw, reversed_rotation(hand_at_start.rotation_xyzw))
    off = rotated(turn, less(pose.position_m, hand_at_start.position_m))
    return Pose(plus(hand.position_m, off), turned(turn, pose.rotation_xyzw))
