"""Bare hands: joints to a grip and two buttons, for hands of flesh that have none.

A pinch closes at a narrower gap than it opens, and the point it closed on is kept in the frame
of the hand's rigid part: the fingertips part before the pinch is over, and would pull what they
hold along. What is held is smoothed by time, not by frame: the same at any display rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.interaction.input import Hand
from xrviewer.interaction.steady import is_believable
from xrviewer.spatial.transforms import Pose, Quat, Vec3, apply, invert_similarity, normalized
from xrviewer.values import changed

THUMB_TIP, INDEX_ROOT, INDEX_TIP, RING_ROOT, RING_TIP = 5, 6, 10, 16, 20
"""XrHandJointEXT. Roots are the metacarpals: the next joints bend with the fingers."""
PINCH_ON_M, PINCH_OFF_M = 0.010, 0.015
"""Between the skins of thumb and index."""
GRIP_ON_M, GRIP_OFF_M = 0.050, 0.060
"""Between the skins of the ring finger's tip and root."""
POSITION_HALF_LIFE_S, ROTATION_HALF_LIFE_S = 0.020, 0.030


@dataclass(frozen=True, slots=True, eq=False)
class Bare:
    """What the fingers were doing in the last frame."""

    is_pinching: bool = False
    is_gripping: bool = False
    pinch_point_m: Vec3 | None = None
    """In the frame of the index's root; kept until the frame in which the pinch opens."""
    held: Pose | None = None
    """Smoothed; None while nothing is closed."""
    changes: int = 0
    """Counts how often what holds became another part of the hand."""


def step_bare(bare: Bare, seen: Hand, dt_s: float) -> tuple[Bare, Hand]:
    """A hand without joints is a controller: it passes as it is."""
    joints = seen.joints
    if joints is None:
        return (Bare(changes=bare.changes) if bare.held else bare), seen
    if not _is_whole(joints):
        return bare, changed(seen, grip=None, aim=None, joints=None)
    is_gripping = _is_closed(joints, RING_TIP, RING_ROOT, bare.is_gripping, GRIP_ON_M, GRIP_OFF_M)
    is_pinching = _is_closed(
        joints, THUMB_TIP, INDEX_TIP, bare.is_pinching, PINCH_ON_M, PINCH_OFF_M
    )
    point = bare.pinch_point_m
    if is_pinching and point is None:
        point = _pinch_point(joints)
    goal = _pinch_pose(joints, point) if point is not None else seen.grip
    is_other = (point is None) != (bare.pinch_point_m is None)
    is_closed = is_gripping or is_pinching or point is not None
    was = None if is_other else bare.held
    held = _smoothed(was, goal, dt_s) if is_closed and goal else None
    after = Bare(
        is_pinching, is_gripping, point if is_pinching else None, held, bare.changes + is_other
    )
    hand = changed(
        seen,
        grip=held or seen.grip,
        squeeze=float(is_gripping),
        trigger=float(is_pinching),
        epoch=after.changes,
    )
    return after, hand


def _is_whole(joints: NDArray[np.float32]) -> bool:
    return joints.shape == (26, 8) and bool(np.isfinite(joints).all())


def _is_closed(
    joints: NDArray[np.float32], a: int, b: int, was_closed: bool, on_m: float, off_m: float
) -> bool:
    apart_m = float(np.linalg.norm(joints[a, :3] - joints[b, :3]))
    gap_m = apart_m - float(joints[a, 7]) - float(joints[b, 7])
    return gap_m <= (off_m if was_closed else on_m)


def _joint_pose(joints: NDArray[np.float32], joint: int) -> Pose | None:
    x, y, z, a, b, c, d, _ = joints[joint].tolist()
    pose = Pose((x, y, z), (a, b, c, d))
    return Pose(pose.position_m, normalized(pose.rotation_xyzw)) if is_believable(pose) else None


def _pinch_point(joints: NDArray[np.float32]) -> Vec3 | None:
    root = _joint_pose(joints, INDEX_ROOT)
    if root is None:
        return None
    middle = (joints[THUMB_TIP, :3].astype(float) + joints[INDEX_TIP, :3]) / 2
    x, y, z = apply(invert_similarity(root.matrix()), middle).tolist()
    return (x, y, z)


def _pinch_pose(joints: NDArray[np.float32], point_m: Vec3) -> Pose | None:
    root = _joint_pose(joints, INDEX_ROOT)
    if root is None:
        return None
    x, y, z = apply(root.matrix(), point_m).tolist()
    return Pose((x, y, z), root.rotation_xyzw)


def _smoothed(was: Pose | None, goal: Pose, dt_s: float) -> Pose:
    if was is None:
        return goal
    left = 0.5 ** (dt_s / POSITION_HALF_LIFE_S)
    x, y, z = (g + (w - g) * left for w, g in zip(was.position_m, goal.position_m, strict=True))
    turn_left = 0.5 ** (dt_s / ROTATION_HALF_LIFE_S)
    return Pose((x, y, z), _between(goal.rotation_xyzw, was.rotation_xyzw, turn_left))


def _between(a: Quat, b: Quat, share: float) -> Quat:
    """A straight way from a to b, normalised: for the small angles of one frame it is the arc."""
    same = sum(p * q for p, q in zip(a, b, strict=True)) >= 0
    mixed = [p + ((q if same else -q) - p) * share for p, q in zip(a, b, strict=True)]
    return normalized(mixed)
