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
    STROKE_DTYPE,
    TEXT_COLOR,
    Anchor,
    Label,
    Marks,
    joined,
    strokes,
)
from xrviewer.spatial.transforms import Matrix, Pose, Vec3, apply, normalized, rotated
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
PROBE_RAD, DESK_PROBE_RAD = math.radians(0.75), math.radians(0.55)
"""A capital letter of what is read at a point, as wide an angle as it takes."""
_HINT_LINE_M = 0.0004
_NAME_SHARE = 0.011
"""Of the distance: a line of one degree."""
_NAME_NEARER, _RETICLE_M = 0.12, 0.004
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
    side, anchor = (-1.0, Anchor.RIGHT) if is_left else (1.0, Anchor.LEFT)
    turn, (px, py, pz) = normalized(grip.rotation_xyzw), grip.position_m
    ox, oy, oz = (side * v for v in _level_right(grip.position_m, head))
    height_m, labels, numbers = HINT_M * size, [], list[float]()
    for i, ((bx, by, bz), text) in enumerate(hints):
        y = py + 0.06 * oy + 0.05 - 2.2 * i * height_m
        x, z = px + 0.06 * ox, pz + 0.06 * oz
        labels.append(Label(text, (x, y, z), height_m, QUIET_TEXT, anchor))
        bx, by, bz = rotated(turn, (side * bx, by, bz))
        numbers += (x - ox * HINT_M, y - oy * HINT_M, z - oz * HINT_M, bx + px, by + py, bz + pz)
        numbers += (_HINT_LINE_M, *QUIET_COLOR, 0.0)
    # As plain floats until the end: there are a few lines, and numpy's calls would cost more.
    return Marks(tuple(labels), np.array(numbers, np.float32).view(STROKE_DTYPE))


def name_beside(text: str, at_m: Vec3, head: Pose, size: float) -> Marks:
    """Of what is pointed at: beside the point as the head sees it, as large at any distance, and
    a little nearer than the surface, which might bulge over it."""
    point = np.asarray(at_m)
    away_m = float(np.linalg.norm(point - head.position_m))
    height_m = away_m * _NAME_SHARE * size
    nearer = (np.asarray(head.position_m) - point) * _NAME_NEARER
    right = np.asarray(_level_right(at_m, head)) * (2.0 * height_m + _RETICLE_M)
    return Marks((Label(text, _vec3(point + nearer + right), height_m, anchor=Anchor.LEFT),))


def aim_line(start_m: Vec3, end_m: Vec3, has_ball: bool = True) -> NDArray[Any]:
    """From the hand to what it points at, and a ball of 4 mm on it."""
    ray = strokes(start_m, end_m, 0.0008, QUIET_COLOR)
    if not has_ball:
        return ray
    ball = strokes(end_m, end_m, 0.004, CLOSED_COLOR, True)
    return joined([ray, ball])


def probe_readout(
    lines: Sequence[str], point_m: Vec3, head: Pose, size: float, is_desk: bool
) -> Marks:
    """The value, its map and its region, to the right of the point; as tall at any distance."""
    point = np.array(point_m)
    distance = float(np.linalg.norm(point - head.position_m))
    height = (DESK_PROBE_RAD if is_desk else PROBE_RAD) * distance * size
    matrix = head.matrix()
    right, down = matrix[:3, 0], -matrix[:3, 1]
    nearer = (head.position_m - point) / max(distance, 1e-6) * 4 * height
    first = point + nearer + right * 2.5 * height
    return Marks(
        tuple(
            Label(
                text,
                _vec3(first + down * (1.8 * height * row)),
                height * (1.0 if row == 0 else 0.75),
                TEXT_COLOR if row == 0 else QUIET_TEXT,
                Anchor.LEFT,
            )
            for row, text in enumerate(lines)
        )
    )


def _beside(
    center_m: Vec3, radius_m: float, head: Pose
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """To the viewer's right on the level, and a place just outside a ball round the model."""
    center = np.asarray(center_m)
    length = float(np.linalg.norm(center - head.position_m))
    if length < radius_m:  # the viewer is in the model: before the eyes instead
        matrix = head.matrix()
        return matrix[:3, 0], matrix[:3, 3] - 0.6 * matrix[:3, 2] + 0.1 * matrix[:3, 0]
    right = np.array(_level_right(center_m, head))
    # The side of a large model is out of sight, and its front would hide the writing.
    nearer = (head.position_m - center) / length * min(radius_m, 0.5 * length)
    return right, center + nearer + right * min(radius_m + 0.03, 0.2 * length)


def _level_right(point: Vec3, head: Pose) -> Vec3:
    """To the right of who looks at the point, on the level."""
    x, z = point[0] - head.position_m[0], point[2] - head.position_m[2]
    length = math.hypot(x, z)
    if length > 1e-3:
        return (-z / length, 0.0, x / length)
    return rotated(normalized(head.rotation_xyzw), (1.0, 0.0, 0.0))


def _vec3(point: NDArray[np.float64]) -> Vec3:
    x, y, z = point.tolist()
    return (x, y, z)
