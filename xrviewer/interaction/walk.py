"""Where the viewer stands: the dominant stick walks, a flick of it turns.

The tracking frame moves through the room; the model and the document stay where they are. Eyes
and hands are carried over into the room before any tool sees them, so no tool knows of walking.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from xrviewer.interaction.home import head_of, heading_rad
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.stick import FLICK_AGAIN_BELOW, FLICK_FROM, REST_ZONE, beyond_dead_zone
from xrviewer.spatial.transforms import (
    IDENTITY_ROTATION,
    Matrix,
    Pose,
    Quat,
    Vec3,
    apply,
    axis_rotation,
    invert_similarity,
    reversed_rotation,
    rigid,
    turned,
)
from xrviewer.values import changed

WALK_M_PER_S = 1.0
SNAP_TURN_RAD = math.radians(30)
FARTHEST_M = 100.0
VIGNETTE_HALF_LIFE_S = 0.08


@dataclass(frozen=True, slots=True)
class Footing:
    """room_from_tracking: how far the viewer has walked and turned, on the level."""

    position_m: Vec3 = (0.0, 0.0, 0.0)
    turn_rad: float = 0.0
    vignette: float = 0.0
    """0 to 1: how much of the edge of sight is darkened."""
    is_flicked: bool = False

    @property
    def rotation_xyzw(self) -> tuple[float, float, float, float]:
        return axis_rotation((0, 1, 0), self.turn_rad) if self.turn_rad else IDENTITY_ROTATION

    @property
    def is_home(self) -> bool:
        return self.turn_rad == 0.0 and self.position_m == (0.0, 0.0, 0.0)


def in_room(footing: Footing, inp: FrameInput) -> FrameInput:
    """Eyes and hands where they are in the room, not in the space that is tracked."""
    if footing.is_home:
        return inp
    room_from_tracking = rigid(footing.position_m, footing.rotation_xyzw)
    turn = footing.rotation_xyzw
    views, shown = (
        tuple(changed(view, eye=_moved(turn, room_from_tracking, view.eye)) for view in given)
        for given in (inp.views, inp.shown)
    )
    left, right = (_moved_hand(h, footing, room_from_tracking) for h in (inp.left, inp.right))
    return changed(inp, views=views, shown=shown, left=left, right=right)


def in_tracking(footing: Footing, pose: Pose) -> Pose:
    """Of something in the room, for whoever only knows the space that is tracked."""
    if footing.is_home:
        return pose
    tracking_from_room = invert_similarity(rigid(footing.position_m, footing.rotation_xyzw))
    return _moved(reversed_rotation(footing.rotation_xyzw), tracking_from_room, pose)


def step_footing(
    footing: Footing, stick: tuple[float, float], inp: FrameInput, preferences: Preferences
) -> Footing:
    """inp: in the room, its dt_s already believed."""
    is_still = abs(stick[0]) < REST_ZONE and abs(stick[1]) < REST_ZONE
    if is_still and footing.vignette == 0.0 and not footing.is_flicked:
        return footing
    head = head_of(inp.views)
    if head is None:
        return footing
    flick = _flick(footing, stick, preferences)
    after = _turned_about(footing, head.position_m, -flick * SNAP_TURN_RAD) if flick else footing
    speed = _velocity(stick, preferences)
    if preferences.walk and speed != (0.0, 0.0):
        after = _walked(after, heading_rad(head), speed, inp.dt_s)
    is_moving = preferences.vignette and preferences.walk and speed != (0.0, 0.0)
    is_flicked = abs(stick[0]) > (FLICK_AGAIN_BELOW if footing.is_flicked else FLICK_FROM)
    return changed(
        after, vignette=_faded(footing.vignette, is_moving, inp.dt_s), is_flicked=is_flicked
    )


def _flick(footing: Footing, stick: tuple[float, float], preferences: Preferences) -> int:
    """1 to the right, -1 to the left, once a flick."""
    if not preferences.snap_turn or footing.is_flicked or not abs(stick[0]) > FLICK_FROM:
        return 0
    return 1 if stick[0] > 0 else -1


def _velocity(stick: tuple[float, float], preferences: Preferences) -> tuple[float, float]:
    """To the right and ahead, in shares of the full speed."""
    right = 0.0 if preferences.snap_turn else beyond_dead_zone(stick[0])
    ahead = beyond_dead_zone(stick[1])
    length = max(math.hypot(right, ahead), 1.0)
    return (right / length, ahead / length)


def _walked(footing: Footing, heading: float, speed: tuple[float, float], dt_s: float) -> Footing:
    """Where the head looks is ahead; up and down never."""
    right, ahead = (v * WALK_M_PER_S * dt_s for v in speed)
    x, y, z = footing.position_m
    x += right * math.cos(heading) - ahead * math.sin(heading)
    z += -right * math.sin(heading) - ahead * math.cos(heading)
    if math.hypot(x, z) > FARTHEST_M:
        return footing
    return changed(footing, position_m=(x, y, z))


def _turned_about(footing: Footing, point_m: Vec3, angle_rad: float) -> Footing:
    """The head stays where it is; the room turns about it."""
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    x, z = footing.position_m[0] - point_m[0], footing.position_m[2] - point_m[2]
    position = (
        point_m[0] + cos * x + sin * z,
        footing.position_m[1],
        point_m[2] - sin * x + cos * z,
    )
    turn = math.remainder(footing.turn_rad + angle_rad, 2 * math.pi)
    return changed(footing, position_m=position, turn_rad=turn)


def _faded(vignette: float, is_moving: bool, dt_s: float) -> float:
    goal = 1.0 if is_moving else 0.0
    after = goal + (vignette - goal) * 0.5 ** (dt_s / VIGNETTE_HALF_LIFE_S)
    return goal if abs(after - goal) < 1e-3 else after


def _moved_hand(hand: Hand, footing: Footing, room_from_tracking: Matrix) -> Hand:
    moved = partial(_moved, footing.rotation_xyzw, room_from_tracking)
    return changed(
        hand,
        grip=moved(hand.grip) if hand.grip else None,
        aim=moved(hand.aim) if hand.aim else None,
        joints=None
        if hand.joints is None
        else _moved_joints(hand.joints, room_from_tracking, footing),
    )


def _moved(turn: Quat, room_from_tracking: Matrix, pose: Pose) -> Pose:
    x, y, z = apply(room_from_tracking, pose.position_m).tolist()
    return Pose((x, y, z), turned(turn, pose.rotation_xyzw))


def _moved_joints(
    joints: NDArray[np.float32], room_from_tracking: Matrix, footing: Footing
) -> NDArray[np.float32]:
    result = joints.copy()
    result[:, :3] = apply(room_from_tracking, joints[:, :3])
    # The turn is about the vertical: (0, b, 0, d) times (x, y, z, w), written out for all joints.
    _, b, _, d = footing.rotation_xyzw
    x, y, z, w = (joints[:, i] for i in range(3, 7))
    result[:, 3:7] = np.column_stack([d * x + b * z, d * y + b * w, d * z - b * x, d * w - b * y])
    return result
