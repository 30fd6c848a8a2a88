"""What stands around the model and at the hands, apart from the model: letters, sizes, hands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.scene.marks import (
    NO_MARKS,
    NO_STROKES,
    QUIET_COLOR,
    Anchor,
    Label,
    Marks,
    joined,
    strokes,
)
from xrviewer.spatial.transforms import Matrix, Pose, Vec3, apply
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
_ABOVE_HAND = np.array([0.0, 0.05, 0.0])
_LINES = np.array([(0.0, -2.2 * i, 0.0) for i in range(16)])
"""One under the other, in heights."""
QUIET_TEXT: Vec3 = (0.60, 0.64, 0.68)
SKIN_COLOR: Vec3 = (0.40, 0.42, 0.44)
CLOSED_COLOR: Vec3 = (0.16, 0.45, 0.58)
"""Of a hand that holds or presses."""

_LETTERS = (
    mark("L", "direction"),
    mark("R", "direction"),
    mark("P", "direction"),
    mark("A", "direction"),
    mark("S", "direction"),
    mark("I", "direction"),
)
_SIDES = np.array([(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)], np.float64)
"""Of the case frame, which is LPS; each letter's own."""

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
_CONTROLLER_ENDS = np.array([part[end] for end in (0, 1) for part in _CONTROLLER])
_CONTROLLER_RADII = np.array([part[2] for part in _CONTROLLER])


def orientation_letters(
    low_mm: NDArray[np.floating],
    high_mm: NDArray[np.floating],
    room_from_case: Matrix,
    height_m: float = LETTER_M,
) -> Marks:
    """Which way is left: the same height at any scale, an even gap outside the model."""
    gap_m = height_m * _GAP_PER_HEIGHT
    center, half = (low_mm + high_mm) / 2.0, (high_mm - low_mm) / 2.0
    gap_mm = gap_m / math.sqrt(float(room_from_case[:3, 0] @ room_from_case[:3, 0]))
    places = apply(room_from_case, center + _SIDES * (half + gap_mm)).tolist()
    return Marks(
        tuple(
            Label(tr(text, "direction"), (x, y, z), height_m)
            for text, (x, y, z) in zip(_LETTERS, places, strict=True)
        )
    )


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
    ends = apply(room_from_grip, _CONTROLLER_ENDS)
    half = len(_CONTROLLER)
    return strokes(ends[:half], ends[half:], _CONTROLLER_RADII, color, True)


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
    at = np.array(grip.position_m)
    outwards = _level_right(at, head) * mirror[0]
    lines = at + outwards * 0.06 + _LINES[: len(hints)] * (HINT_M * size) + _ABOVE_HAND
    labels = tuple(
        Label(text, (x, y, z), HINT_M * size, QUIET_TEXT, anchor)
        for (x, y, z), (_, text) in zip(lines.tolist(), hints, strict=True)
    )
    return Marks(labels, strokes(lines - outwards * HINT_M, buttons, 0.0004))


def aim_line(start_m: Vec3, end_m: Vec3) -> NDArray[Any]:
    """From the hand to what it points at, and a ball of 4 mm on it."""
    ray = strokes(start_m, end_m, 0.0008, QUIET_COLOR)
    ball = strokes(end_m, end_m, 0.004, CLOSED_COLOR, True)
    return joined([ray, ball])


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
    length = math.hypot(off[0], off[2])
    return right / length if length > 1e-3 else head.matrix()[:3, 0]


def _vec3(point: NDArray[np.float64]) -> Vec3:
    x, y, z = point.tolist()
    return (x, y, z)
