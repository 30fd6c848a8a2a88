"""Where a film's cameras stand: with the wearer but without a head's shaking, or in the room."""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Pose, Vec3, normalized
from xrviewer.spatial.views import View, looking_at

HALF_LIFE_S = 0.15
"""Of what is left between the head and the camera that follows it."""
JUMP_M = 0.5
"""Farther at once than a head moves: the wearer was carried there, and the camera goes along."""
EYE_FOV_RAD = math.radians(60)
ROOM_FOV_RAD = math.radians(46)
FILM_ASPECT = 16 / 9
_ASIDE_RAD = math.radians(62)
"""Between the wearer's line of sight and the camera's, about the model."""
_AROUND_M, _ABOVE_M = 0.25, 0.2
"""Kept free round the model and the head; how much higher the camera stands than it looks."""
_FILLS = 2.2
"""Of a large model's radius: the camera's distance from its middle."""
_TOWARDS_HEAD = 0.45


class Camera(StrEnum):
    """From where a film is made."""

    EYE = "eye"
    ROOM = "room"
    BOTH = "both"
    """The eye's picture at the left, the room's at the right."""


def following(camera: Pose | None, head: Pose, dt_s: float) -> Pose:
    """The camera after dt_s of a head that it follows; smooth by time, whatever the frame rate."""
    if camera is None or math.dist(camera.position_m, head.position_m) > JUMP_M:
        return head
    share = 1.0 - 0.5 ** (max(dt_s, 0.0) / HALF_LIFE_S)
    was, wanted = np.array(camera.rotation_xyzw), np.array(head.rotation_xyzw)
    if was @ wanted < 0:  # the same turn, written the other way round
        wanted = -wanted
    turn = normalized((was + share * (wanted - was)).tolist())
    at = np.array(camera.position_m)
    x, y, z = (at + share * (np.array(head.position_m) - at)).tolist()
    return Pose((x, y, z), turn)


def room_camera(center_m: Vec3, radius_m: float, head: Pose | None) -> Pose:
    """A steady place from which both the model and who stands before it are seen, from the side."""
    center = np.array(center_m)
    viewer = np.array(head.position_m) if head else center + np.array((0.0, 0.5, 0.6))
    away = (viewer - center)[[0, 2]]
    length = float(np.hypot(*away))
    x, z = away / length if length > 1e-3 else (0.0, 1.0)
    span = float(np.linalg.norm(viewer - center)) / 2 + _AROUND_M
    turn, distance = _ASIDE_RAD, max(span / math.tan(ROOM_FOV_RAD / 2), _FILLS * radius_m)
    across = (math.cos(turn) * x - math.sin(turn) * z, math.sin(turn) * x + math.cos(turn) * z)
    towards = center + _TOWARDS_HEAD * (viewer - center)
    eye = towards + distance * np.array((across[0], 0.0, across[1])) + (0.0, _ABOVE_M, 0.0)
    return looking_at(_vec3(eye), _vec3(towards))


def eased(share: float) -> float:
    """0 to 1, at rest at both ends."""
    return share * share * (3.0 - 2.0 * share)


def flown(start: View, start_m: Vec3, end: View, end_m: Vec3, share: float) -> View:
    """Between two eyes that look at their points: round what they look at, never through it."""
    from_m, to_m = np.array(start_m), np.array(end_m)
    center = from_m + share * (to_m - from_m)
    away, turn, lift = _around(np.array(start.eye.position_m) - from_m)
    far, other_turn, other_lift = _around(np.array(end.eye.position_m) - to_m)
    turn += share * math.remainder(other_turn - turn, 2 * math.pi)
    lift += share * (other_lift - lift)
    distance = math.exp((1 - share) * math.log(away) + share * math.log(far))
    level = math.cos(lift)
    back = np.array((math.sin(turn) * level, math.sin(lift), math.cos(turn) * level))
    return View(looking_at(_vec3(center + distance * back), _vec3(center)), start.fov)


def _around(off: NDArray[np.float64]) -> tuple[float, float, float]:
    """How far, which way round and how high."""
    distance = float(np.linalg.norm(off))
    return distance, math.atan2(off[0], off[2]), math.asin(off[1] / distance)


def _vec3(point: object) -> Vec3:
    x, y, z = np.asarray(point, np.float64).tolist()
    return (x, y, z)
