"""A bare hand as tools know it: joints in, grip, aim and two buttons out. Pure.

Joint numbers are XrHandJointEXT's. Used where the runtime tracks hands without offering the hand
interaction profile, which would do this itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.frontends.openxr.convert import BOTH_VALID
from xrviewer.interaction.input import Hand
from xrviewer.spatial.transforms import MIN_QUATERNION_NORM, Pose, quaternion, rotation_matrix

JOINT_COUNT = 26
PALM, THUMB_TIP, INDEX_ROOT, INDEX_TIP, RING_ROOT, RING_TIP = 0, 5, 7, 10, 16, 20

RAW_JOINT = np.dtype(
    [("flags", "u8"), ("rotation_xyzw", "f4", 4), ("position_m", "f4", 3), ("radius_m", "f4")]
)
"""XrHandJointLocationEXT."""
_AS_INPUT = np.array([6, 7, 8, 2, 3, 4, 5, 9])
"""Its floats, after the two that hold the flags, in FrameInput's order."""

PINCH_ON_M, PINCH_OFF_M = 0.010, 0.015
"""Between the skins of thumb and index."""
GRIP_ON_M, GRIP_OFF_M = 0.050, 0.060
"""Between the skins of the ring finger's tip and the root of its bone in the palm."""

_RIGHT_GRIP_FROM_PALM = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""Columns are the grip's axes in the palm's frame. The grip's x goes into a right palm and its -z
to the thumb; the palm's y leaves the back of the hand and its -z goes to the fingers."""
_LEFT_GRIP_FROM_PALM = _RIGHT_GRIP_FROM_PALM * (-1.0, 1.0, -1.0)


@dataclass(frozen=True, slots=True)
class Fingers:
    """What was closed in the last frame: opening takes a wider gap than closing."""

    is_pinching: bool = False
    is_gripping: bool = False


def joints(raw: NDArray[Any]) -> NDArray[np.float32] | None:
    """(26, 8) as FrameInput has them; None when a joint is not known."""
    if int(np.bitwise_and.reduce(raw["flags"])) & BOTH_VALID != BOTH_VALID:
        return None
    found = raw.view("f4").reshape(len(raw), -1)[:, _AS_INPUT]
    if np.abs(found[:, 3:7]).max(axis=1).min() < MIN_QUATERNION_NORM:
        return None
    found.setflags(write=False)
    return found


def bare_hand(found: NDArray[np.float32], is_left: bool, was: Fingers) -> tuple[Hand, Fingers]:
    """The hand, and what of it is closed now."""
    now = Fingers(
        _is_closed(found, THUMB_TIP, INDEX_TIP, was.is_pinching, PINCH_ON_M, PINCH_OFF_M),
        _is_closed(found, RING_TIP, RING_ROOT, was.is_gripping, GRIP_ON_M, GRIP_OFF_M),
    )
    hand = Hand(
        grip=_grip(found, is_left),
        aim=_pose(found[INDEX_ROOT, :3], found[PALM, 3:7]),
        squeeze=float(now.is_gripping),
        trigger=float(now.is_pinching),
        joints=found,
    )
    return hand, now


def _is_closed(
    found: NDArray[np.float32], a: int, b: int, was_closed: bool, on_m: float, off_m: float
) -> bool:
    between = float(np.linalg.norm(found[a, :3] - found[b, :3]))
    gap_m = between - float(found[a, 7]) - float(found[b, 7])
    return gap_m <= (off_m if was_closed else on_m)


def _grip(found: NDArray[np.float32], is_left: bool) -> Pose:
    turn = _LEFT_GRIP_FROM_PALM if is_left else _RIGHT_GRIP_FROM_PALM
    room_from_grip = rotation_matrix(found[PALM, 3:7]) @ turn
    x, y, z = (float(v) for v in found[PALM, :3])
    return Pose((x, y, z), quaternion(room_from_grip))


def _pose(position: NDArray[np.float32], rotation: NDArray[np.float32]) -> Pose:
    x, y, z = (float(v) for v in position)
    a, b, c, d = (float(v) for v in rotation)
    return Pose((x, y, z), (a, b, c, d))
