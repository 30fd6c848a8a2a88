"""Where the board with the panels stands: within reach, tilted to the eyes, beside the model."""

from __future__ import annotations

import math

from xrviewer.interaction.aiming import less
from xrviewer.spatial.transforms import Pose, Vec3, reversed_rotation, rotated
from xrviewer.spatial.views import looking_at

BOARD_WIDTH_M, BOARD_HEIGHT_M = 0.48, 0.38
REST_DISTANCE_M = 0.60
"""At which a millimetre of the board is meant to be read."""
NEAREST_M, FARTHEST_M = 0.55, 0.70
_OPENING_DOWN_RAD = math.radians(20)
_FARTHEST_ASIDE_RAD = math.radians(70)
_GAP_RAD = math.radians(3)
_BEFORE_M, _BEFORE_COS = 1.0, math.cos(math.radians(75))
"""Where the eyes find it without the head turning: what is_before takes for there."""
_JUMP_M = 0.15
Sphere = tuple[Vec3, float]
"""Middle and radius of the model, in the room."""


def beside_model(head: Pose, model: Sphere, side: int) -> Pose:
    """Where it stands at first. side: -1 to the viewer's left, 1 to the right."""
    azimuth, aside = _model_seen(head, model)
    return _facing(head, azimuth + side * aside, -_OPENING_DOWN_RAD, REST_DISTANCE_M)


def at_hand(head: Pose, hand_m: Vec3, model: Sphere) -> Pose:
    """In the hand's direction, moved sideways where it would hide the model."""
    x, y, z = less(hand_m, head.position_m)
    distance_m = math.hypot(x, y, z)
    if distance_m < 1e-3:
        return beside_model(head, model, -1)
    azimuth, elevation = math.atan2(x, -z), math.asin(y / distance_m)
    middle, aside = _model_seen(head, model)
    off = math.remainder(azimuth - middle, 2 * math.pi)
    if abs(off) < aside:
        azimuth = middle + math.copysign(aside, off)
    return _facing(head, azimuth, elevation, min(max(distance_m, NEAREST_M), FARTHEST_M))


def is_before(head: Pose, board_m: Vec3) -> bool:
    """Whether a board there is at hand; else it has been left behind."""
    off = less(board_m, head.position_m)
    ahead = rotated(head.rotation_xyzw, (0.0, 0.0, -1.0))
    away_m = math.hypot(*off)
    along = sum(p * q for p, q in zip(ahead, off, strict=True))
    return away_m < _BEFORE_M and along > away_m * _BEFORE_COS


def is_jump(before: Sphere, now: Sphere) -> bool:
    """Whether the model was sent elsewhere, or made another size, at once: no hand is so quick."""
    (was, was_m), (middle, radius_m) = before, now
    return math.dist(was, middle) > _JUMP_M or abs(radius_m - was_m) > _JUMP_M


def is_hidden(head: Pose, board_m: Vec3, model: Sphere) -> bool:
    """Whether the model lies before the board. Not if it is all around: nothing is clear then."""
    off, board = less(model[0], head.position_m), less(board_m, head.position_m)
    away_m, board_away_m = math.hypot(*off), math.hypot(*board)
    if away_m <= model[1] or away_m - model[1] > board_away_m:
        return False
    along = sum(p * q for p, q in zip(off, board, strict=True)) / (away_m * board_away_m)
    apart = math.acos(min(max(along, -1.0), 1.0))
    return apart < math.asin(model[1] / away_m) + math.atan2(BOARD_WIDTH_M / 2, board_away_m)


def is_over(board: Pose, eye_m: Vec3, at_m: Vec3, margin_m: float) -> bool:
    """Whether the line of sight to a place meets the board, or passes nearer than that to it."""
    back = reversed_rotation(board.rotation_xyzw)
    (ex, ey, ez), (x, y, z) = (rotated(back, less(p, board.position_m)) for p in (eye_m, at_m))
    if ez <= 0 or ez <= z:  # from behind it, or away from it
        return False
    share = ez / (ez - z)
    across, up = ex + share * (x - ex), ey + share * (y - ey)
    is_beside = abs(across) > BOARD_WIDTH_M / 2 + margin_m
    return not is_beside and abs(up) < BOARD_HEIGHT_M / 2 + margin_m


def _model_seen(head: Pose, model: Sphere) -> tuple[float, float]:
    """The model's azimuth, and how far from it the board's middle stands clear of it."""
    (x, _, z), radius_m = less(model[0], head.position_m), model[1]
    away_m = math.hypot(x, z)
    half = math.asin(min(radius_m / max(away_m, 1e-6), 1.0))
    own = math.atan2(BOARD_WIDTH_M / 2, REST_DISTANCE_M)
    return math.atan2(x, -z), min(half + own + _GAP_RAD, _FARTHEST_ASIDE_RAD)


def _facing(head: Pose, azimuth: float, elevation: float, distance_m: float) -> Pose:
    elevation = min(max(elevation, -math.radians(75)), math.radians(60))
    level = math.cos(elevation)
    ahead = (math.sin(azimuth) * level, math.sin(elevation), -math.cos(azimuth) * level)
    x, y, z = (h + a * distance_m for h, a in zip(head.position_m, ahead, strict=True))
    return looking_at((x, y, z), (x + ahead[0], y + ahead[1], z + ahead[2]))
