"""A bare hand as tools know it: joints in, grip and aim out. Pure.

Joint numbers are XrHandJointEXT's. Used where the runtime tracks hands without offering the hand
interaction profile, which would say where they hold and point itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.frontends.openxr.convert import BOTH_VALID
from xrviewer.interaction.input import Hand
from xrviewer.spatial.transforms import MIN_QUATERNION_NORM, Pose, quaternion, rotation_matrix

JOINT_COUNT = 26
PALM, INDEX_ROOT = 0, 7

RAW_JOINT = np.dtype(
    [("flags", "u8"), ("rotation_xyzw", "f4", 4), ("position_m", "f4", 3), ("radius_m", "f4")]
)
"""XrHandJointLocationEXT."""
_AS_INPUT = np.array([6, 7, 8, 2, 3, 4, 5, 9])
"""Its floats, after the two that hold the flags, in FrameInput's order."""

_RIGHT_GRIP_FROM_PALM = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""Columns are the grip's axes in the palm's frame. The grip's x goes into a right palm and its -z
to the thumb; the palm's y leaves the back of the hand and its -z goes to the fingers."""
_LEFT_GRIP_FROM_PALM = _RIGHT_GRIP_FROM_PALM * (-1.0, 1.0, -1.0)


def joints(raw: NDArray[Any]) -> NDArray[np.float32] | None:
    """(26, 8) as FrameInput has them; None when a joint is not known."""
    if int(np.bitwise_and.reduce(raw["flags"])) & BOTH_VALID != BOTH_VALID:
        return None
    found = raw.view("f4").reshape(len(raw), -1)[:, _AS_INPUT]
    if np.abs(found[:, 3:7]).max(axis=1).min() < MIN_QUATERNION_NORM:
        return None
    found.setflags(write=False)
    return found


def bare_hand(found: NDArray[np.float32], is_left: bool) -> Hand:
    """What it holds and presses is for interaction's `bare` to say: there the thresholds are."""
    return Hand(
        grip=_grip(found, is_left),
        aim=_pose(found[INDEX_ROOT, :3], found[PALM, 3:7]),
        joints=found,
    )


def _grip(found: NDArray[np.float32], is_left: bool) -> Pose:
    turn = _LEFT_GRIP_FROM_PALM if is_left else _RIGHT_GRIP_FROM_PALM
    room_from_grip = rotation_matrix(found[PALM, 3:7]) @ turn
    x, y, z = (float(v) for v in found[PALM, :3])
    return Pose((x, y, z), quaternion(room_from_grip))


def _pose(position: NDArray[np.float32], rotation: NDArray[np.float32]) -> Pose:
    x, y, z = (float(v) for v in position)
    a, b, c, d = (float(v) for v in rotation)
    return Pose((x, y, z), (a, b, c, d))
