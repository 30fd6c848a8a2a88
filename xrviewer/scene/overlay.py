"""What stands around the model and at the hands, apart from the model: letters, sizes, hands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.scene.marks import (
    NO_MARKS,
    NO_STROKES,
    QUIET_COLOR,
    STROKE_DTYPE,
    Anchor,
    Label,
    Marks,
    strokes,
)
from xrviewer.spatial.transforms import Matrix, Pose, Vec3, apply, apply_direction
from xrviewer.words import mark, tr

LETTER_M = 0.035
DESK_LETTER_M = 0.012
"""In a window the eye is farther off, and the picture smaller than a room."""
_GAP_PER_HEIGHT = 9 / 7
"""Between the model and the middle of a letter."""
READOUT_M = 0.016
_LINE_GAP_M = 0.012
_BAR_RADIUS_M, _TICK_M = 0.0012, 0.006
HINT_M = 0.007
QUIET_TEXT: Vec3 = (0.60, 0.64, 0.68)
SKIN_COLOR: Vec3 = (0.40, 0.42, 0.44)
CLOSED_COLOR: Vec3 = (0.16, 0.45, 0.58)
"""Of a hand that holds or presses."""

_DIRECTIONS = (
    (mark("L", "direction"), (1, 0, 0)),
    (mark("R", "direction"), (-1, 0, 0)),
    (mark("P", "direction"), (0, 1, 0)),
    (mark("A", "direction"), (0, -1, 0)),
    (mark("S", "direction"), (0, 0, 1)),
    (mark("I", "direction"), (0, 0, -1)),
)
"""Of the case frame, which is LPS."""

_FINGERS = (
    (1, 2, 3, 4, 5),
    (1, 6, 7, 8, 9, 10),
    (1, 11, 12, 13, 14, 15),
    (1, 16, 17, 18, 19, 20),
    (1, 21, 22, 23, 24, 25),
)
"""XrHandJointEXT, from the wrist to the tips: what lies between two of them is drawn."""
_BONE_FROM = np.array([a for finger in _FINGERS for a in finger[:-1]])
_BONE_TO = np.array([b for finger in _FINGERS for b in finger[1:]])

_CONTROLLER = (
    ((0.0, 0.0, 0.05), (0.0, 0.0, -0.03), 0.016),
    ((0.0, 0.004, -0.03), (0.0, 0.012, -0.06), 0.019),
    ((0.0, -0.012, -0.045), (0.0, -0.022, -0.06), 0.007),
)
"""A handle, a head and a trigger, in the grip's frame; the handle lies along its z."""


def orientation_letters(
    low_mm: NDArray[np.floating],
    high_mm: NDArray[np.floating],
    room_from_case: Matrix,
    height_m: float = LETTER_M,
) -> Marks:
    """Which way is left: the same height at any scale, an even gap outside the model."""
    gap_m = height_m * _GAP_PER_HEIGHT
    center, half = (low_mm + high_mm) / 2.0, (high_mm - low_mm) / 2.0
    labels = []
    for text, direction in _DIRECTIONS:
        side = np.asarray(direction, np.float64)
        surface = apply(room_from_case, center + side * half)
        away = apply_direction(room_from_case, side)
        x, y, z = (surface + away / np.linalg.norm(away) * gap_m).tolist()
        labels.append(Label(tr(text, "direction"), (x, y, z), height_m))
    return Marks(tuple(labels))


def size_readout(
    text: str, bar_m: float, bar_text: str, center_m: Vec3, radius_m: float, head: Pose, size: float
) -> Marks:
    """The scale and a bar to measure by, to the right of the model as the head sees it."""
    right, at = _beside(center_m, radius_m, head)
    down = np.array([0.0, -1.0, 0.0])
    height = READOUT_M * size
    start = at + down * (height + _LINE_GAP_M)
    end, below = start + right * bar_m, down * (height + _LINE_GAP_M)
    tick = np.array([0.0, _TICK_M, 0.0])
    bar = strokes(
        [start, start - tick, end - tick],
        [end, start + tick, end + tick],
        _BAR_RADIUS_M,
        QUIET_COLOR,
    )
    labels = (
        Label(text, _vec3(at), height, anchor=Anchor.LEFT),
        Label(bar_text, _vec3(start + below), 0.8 * height, QUIET_COLOR, Anchor.LEFT),
    )
    return Marks(labels, bar)


def drawn_hand(
    joints: NDArray[np.float32] | None, grip: Pose | None, is_closed: bool
) -> NDArray[Any]:
    """STROKE_DTYPE: the fingers as they are, or a plain controller where they are not known."""
    color = CLOSED_COLOR if is_closed else SKIN_COLOR
    if joints is not None:
        radii = joints[_BONE_TO, 7]
        return strokes(joints[_BONE_FROM, :3], joints[_BONE_TO, :3], radii, color, True)
    if grip is None:
        return NO_STROKES
    room_from_grip = grip.matrix()
    made: NDArray[Any] = np.zeros(len(_CONTROLLER), STROKE_DTYPE)
    made["start_m"] = apply(room_from_grip, [part[0] for part in _CONTROLLER])
    made["end_m"] = apply(room_from_grip, [part[1] for part in _CONTROLLER])
    made["radius_m"] = [part[2] for part in _CONTROLLER]
    made["color"], made["is_lit"] = color, 1.0
    return made


def button_hints(
    grip: Pose, is_left: bool, hints: Sequence[tuple[Vec3, str]], head: Pose, size: float
) -> Marks:
    """What each button does, in lines outwards of the hand, each tied to its button. Places are a
    right hand's."""
    if not hints:
        return NO_MARKS
    room_from_grip = grip.matrix()
    mirror = np.array([-1.0 if is_left else 1.0, 1.0, 1.0])
    anchor = Anchor.RIGHT if is_left else Anchor.LEFT
    buttons = apply(room_from_grip, np.array([place for place, _ in hints]) * mirror)
    outwards = _level_right(np.array(grip.position_m), head) * mirror[0]
    first = np.array(grip.position_m) + outwards * 0.06 + np.array([0.0, 0.05, 0.0])
    lines = first - np.outer(np.arange(len(hints)), (0.0, 2.2 * HINT_M * size, 0.0))
    labels = tuple(
        Label(text, _vec3(line), HINT_M * size, QUIET_TEXT, anchor)
        for line, (_, text) in zip(lines, hints, strict=True)
    )
    return Marks(labels, strokes(lines - outwards * HINT_M, buttons, 0.0004))


def aim_line(start_m: Vec3, end_m: Vec3) -> NDArray[Any]:
    """From the hand to what it points at, and a ball of 4 mm on it."""
    ray = strokes(start_m, end_m, 0.0008, QUIET_COLOR)
    ball = strokes(end_m, end_m, 0.004, CLOSED_COLOR, True)
    return np.concatenate([ray, ball])


def _beside(
    center_m: Vec3, radius_m: float, head: Pose
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """To the viewer's right on the level, and a place just outside a ball round the model."""
    center = np.asarray(center_m)
    length = float(np.linalg.norm(center - head.position_m))
    if length < radius_m:  # the viewer is in the model: before the eyes instead
        matrix = head.matrix()
        return matrix[:3, 0], matrix[:3, 3] - 0.6 * matrix[:3, 2] + 0.1 * matrix[:3, 0]
    right = _level_right(center, head)
    # The side of a large model is out of sight, and its front would hide the writing.
    nearer = (head.position_m - center) / length * min(radius_m, 0.5 * length)
    return right, center + nearer + right * min(radius_m + 0.03, 0.2 * length)


def _level_right(point: NDArray[np.float64], head: Pose) -> NDArray[np.float64]:
    """To the right of who looks at the point, on the level."""
    off = point - head.position_m
    right = np.array([-off[2], 0.0, off[0]])
    length = float(np.linalg.norm(right))
    return right / length if length > 1e-3 else head.matrix()[:3, 0]


def _vec3(point: NDArray[np.float64]) -> Vec3:
    x, y, z = point.tolist()
    return (x, y, z)
