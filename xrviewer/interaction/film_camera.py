"""The camera that stands in the room and films: put where one wants it by hand, or called.

Its place is tool state, like the board's: it belongs to the room of this visit and not to the case,
so no session keeps it and no undo moves it. A replay finds it where it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from xrviewer.interaction.aiming import carried_pose, less, plus
from xrviewer.interaction.board_place import Sphere
from xrviewer.interaction.grab import PRESS_FROM, RELEASE_BELOW
from xrviewer.interaction.home import head_of, heading_rad
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.spatial.film import room_camera
from xrviewer.spatial.transforms import (
    Pose,
    Vec3,
    axis_rotation,
    normalized,
    rotated,
)
from xrviewer.spatial.views import looking_at

REACH_M = 0.10
"""From the palm to the camera's middle."""
_RAY_RADIUS_M, _RAY_RADIUS_RAD = 0.05, math.radians(1.5)
"""How near its middle a ray passes that points at it: the larger of both."""
_BODY_BEHIND_M = 0.06
"""The camera's middle, behind its lens."""
_CALLED_AHEAD_M, _CALLED_ASIDE_M, _CALLED_BELOW_M = 0.45, 0.16, 0.12
Shades = Callable[[Hand, Vec3], bool]
"""Whether anatomy lies on a hand's ray before this point of the room."""


@dataclass(frozen=True, slots=True, eq=False)
class CameraHold:
    """The hand that carries it: its frame and the camera's when it took hold."""

    hand: int
    epoch: int
    hand_at_start: Pose
    camera_at_start: Pose


@dataclass(frozen=True, slots=True, eq=False)
class FilmCamera:
    """Its lens looks along -z."""

    is_out: bool = False
    """It is seen and can be taken: whoever films from the room has asked for it."""
    calls: int = 0
    """How often it was asked to come."""
    calls_met: int = 0
    pose: Pose | None = None
    """In the room; None until it was first out."""
    hold: CameraHold | None = None
    squeezed: tuple[bool, bool] = (False, False)
    is_reached: tuple[bool, bool] = (False, False)
    """A hand could take it."""


def step_film_camera(
    camera: FilmCamera,
    inp: FrameInput,
    is_busy: tuple[bool, bool],
    model: Sphere,
    is_shaded: Shades,
) -> tuple[FilmCamera, FrameInput]:
    """is_busy: hands that hold something else. A hand at the camera is kept from other tools."""
    head = head_of(inp.views)
    if not camera.is_out or head is None:
        return (replace(camera, hold=None) if camera.hold else camera), inp
    is_desk = len(inp.views) == 1
    if camera.pose is None or camera.calls != camera.calls_met:
        pose = _place(camera, head, model, is_desk)
        camera = replace(camera, pose=pose, hold=None, calls_met=camera.calls)
    if is_desk:
        return camera, inp
    return _carried(camera, inp, is_busy, is_shaded)


def _place(camera: FilmCamera, head: Pose, model: Sphere, is_desk: bool) -> Pose:
    """A desk's stands where its eye is. In a headset it first stands aside, so that model and
    wearer are both in its picture, and comes within reach when called."""
    center, radius_m = model
    if is_desk:
        return head
    if camera.pose is None:
        return room_camera(center, radius_m, head)
    turn = axis_rotation((0, 1, 0), heading_rad(head))
    off = (_CALLED_ASIDE_M, -_CALLED_BELOW_M, -_CALLED_AHEAD_M)
    at = plus(head.position_m, rotated(turn, off))
    return looking_at(at, center) if math.dist(at, center) > REACH_M else Pose(at, turn)


def _carried(
    camera: FilmCamera, inp: FrameInput, is_busy: tuple[bool, bool], is_shaded: Shades
) -> tuple[FilmCamera, FrameInput]:
    hands = (inp.left, inp.right)
    assert camera.pose is not None
    left, right = (
        hand.squeeze > (RELEASE_BELOW if was else PRESS_FROM)
        for hand, was in zip(hands, camera.squeezed, strict=True)
    )
    squeezed, hold = (left, right), camera.hold
    reached = [
        not is_busy[i] and _reaches(hand, camera.pose, is_shaded) for i, hand in enumerate(hands)
    ]
    for i, hand in enumerate(hands):
        is_new = squeezed[i] and not camera.squeezed[i]
        if is_new and reached[i] and hold is None and hand.grip is not None:
            hold = CameraHold(i, hand.epoch, hand.grip, camera.pose)
    if hold is not None and not squeezed[hold.hand]:
        hold = None
    camera = replace(
        camera, hold=hold, squeezed=squeezed, is_reached=(bool(reached[0]), bool(reached[1]))
    )
    if hold is None:
        return camera, inp
    camera = _moved(camera, hold, hands[hold.hand])
    kept = replace(hands[hold.hand], squeeze=0.0, trigger=0.0, aim=None)
    return camera, replace(inp, left=kept) if hold.hand == 0 else replace(inp, right=kept)


def middle_of(pose: Pose) -> Vec3:
    """Of the camera's body, which lies behind the lens."""
    return plus(pose.position_m, rotated(pose.rotation_xyzw, (0.0, 0.0, _BODY_BEHIND_M)))


def _reaches(hand: Hand, camera: Pose, is_shaded: Shades) -> bool:
    """With the palm at it, or pointed at from afar."""
    middle = middle_of(camera)
    if hand.grip is not None and math.dist(hand.grip.position_m, middle) < REACH_M:
        return True
    aim = hand.aim
    if aim is None or not aim.is_known:
        return False
    to_it = less(middle, aim.position_m)
    ahead = rotated(normalized(aim.rotation_xyzw), (0.0, 0.0, -1.0))
    along = sum(p * q for p, q in zip(to_it, ahead, strict=True))
    if along <= 0:
        return False
    x, y, z = (p - along * q for p, q in zip(to_it, ahead, strict=True))
    is_on = math.hypot(x, y, z) < max(_RAY_RADIUS_M, along * math.tan(_RAY_RADIUS_RAD))
    return is_on and not is_shaded(hand, middle)


def _moved(camera: FilmCamera, hold: CameraHold, hand: Hand) -> FilmCamera:
    """Rigidly with the hand; one that was lost and found takes hold afresh."""
    if hand.grip is None or camera.pose is None:
        return camera
    if hand.epoch != hold.epoch:
        return replace(camera, hold=CameraHold(hold.hand, hand.epoch, hand.grip, camera.pose))
    pose = carried_pose(hold.camera_at_start, hold.hand_at_start, hand.grip)
    return replace(camera, pose=pose)
