"""What stands around the model and at the hands, apart from the model: letters, sizes, hands."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from xrviewer.scene.legible import LEAST_PIXELS, LEAST_RAD
from xrviewer.scene.marks import (
    QUIET_COLOR,
    TEXT_COLOR,
    Anchor,
    Label,
    Marks,
    Sketch,
    strokes,
)
from xrviewer.spatial.transforms import Pose, Rows, Vec3, normalized, rotated, unit_rows
from xrviewer.words import mark, spoken, tr

LETTER_M = 0.035
DESK_LETTER_M = 0.012
"""In a window the eye is farther off, and the picture smaller than a room."""
_LETTER_SHARE = 0.1
"""Of a small model's longest side: it is not to be lost among its letters."""
_LEAST_LETTER_RAD = 1.5 * LEAST_RAD
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
"""Towards each end of the case frame's axes, which are LPS."""
IsFree = Callable[[Vec3, float], bool]
"""Whether a letter of that height may stand there."""

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
    (0.0, 0.05, 0.0, -0.03, 0.016),
    (0.004, -0.03, 0.012, -0.06, 0.019),
    (-0.012, -0.045, -0.022, -0.06, 0.007),
)
"""A handle, a head and a trigger in the grip's frame: y and z of both ends, all at x = 0, and the
radius. The handle lies along z."""
Row = tuple[Vec3, Vec3]
"""To the right of who reads it, and where it begins."""


def letter_height_m(most_m: float, model_m: float, away_m: float, pixels_per_rad: float) -> float:
    """The same at any scale, but less beside a model that is small; to be read from the eye."""
    least_m = max(_LEAST_LETTER_RAD, LEAST_PIXELS / pixels_per_rad) * away_m
    return min(most_m, max(_LETTER_SHARE * model_m, least_m))


def letters(
    low_mm: NDArray[np.floating],
    high_mm: NDArray[np.floating],
    room_from_case: Rows,
    height_m: float,
    is_free: IsFree | None = None,
) -> tuple[Label, ...]:
    """Which way is left: an even gap outside the model. Where something that is read lies behind a
    letter, so that it is not free, the one across says it alone. is_free: None where all are."""
    (ax, bx, cx, dx), (ay, by, cy, dy), (az, bz, cz, dz), _ = room_from_case
    gap_mm = height_m * _GAP_PER_HEIGHT / math.sqrt(ax * ax + ay * ay + az * az)
    (i, j, k), (u, v, w) = low_mm.tolist(), high_mm.tolist()
    p, q, r = (i + u) / 2, (j + v) / 2, (k + w) / 2
    x, y, z = ax * p + bx * q + cx * r, ay * p + by * q + cy * r, az * p + bz * q + cz * r
    x, y, z, found = x + dx, y + dy, z + dz, list[Label]()
    left, right, back, front, up, down = _letters_in(spoken())
    for text, across, far, ox, oy, oz in (
        (left, right, (u - i) / 2 + gap_mm, ax, ay, az),
        (back, front, (v - j) / 2 + gap_mm, bx, by, bz),
        (up, down, (w - k) / 2 + gap_mm, cx, cy, cz),
    ):
        ends = (
            (x + ox * far, y + oy * far, z + oz * far),
            (x - ox * far, y - oy * far, z - oz * far),
        )
        one, other = (True, True) if is_free is None else (is_free(at, height_m) for at in ends)
        if one or not other:
            found.append(Label(text, ends[0], height_m))
        if other or not one:
            found.append(Label(across, ends[1], height_m))
    return tuple(found)


@cache
def _letters_in(language: str) -> tuple[str, ...]:
    """language: the one that is spoken."""
    return tuple(tr(text, "direction") for text in _LETTERS)


def add_size(
    sketch: Sketch,
    text: str,
    bar: tuple[float, str],
    at: Row,
    size: float,
) -> None:
    """The scale, and a bar to measure by: its length in the room and what it is on the anatomy."""
    (rx, ry, rz), (x, y, z) = at
    height, (bar_m, bar_text) = READOUT_M * size, bar
    row = height + _LINE_GAP_M
    start, end = (x, y - row, z), (x + rx * bar_m, y - row + ry * bar_m, z + rz * bar_m)
    sketch.labels += (
        Label(text, (x, y, z), height, anchor=Anchor.LEFT),
        Label(bar_text, (x, y - 2 * row, z), 0.8 * height, QUIET_COLOR, Anchor.LEFT),
    )
    sketch.stroke(start, end, _BAR_RADIUS_M, QUIET_COLOR)
    for tx, ty, tz in (start, end):
        sketch.stroke((tx, ty - _TICK_M, tz), (tx, ty + _TICK_M, tz), _BAR_RADIUS_M, QUIET_COLOR)


def add_hand(
    sketch: Sketch, joints: NDArray[np.float32] | None, grip: Pose | None, is_closed: bool
) -> None:
    """The fingers as they are, or a plain controller where they are not known."""
    color = CLOSED_COLOR if is_closed else SKIN_COLOR
    if joints is not None:
        radii = joints[_BONE_TO, 7]
        bones = strokes(joints[_BONE_FROM, :3], joints[_BONE_TO, :3], radii, color, True)
        sketch.add_strokes(bones)
    elif grip is not None:
        (_, b, c), (_, e, f), (_, h, i) = unit_rows(grip.rotation_xyzw)
        x, y, z = grip.position_m
        for p, q, r, s, radius_m in _CONTROLLER:
            sketch.numbers += (
                b * p + c * q + x, e * p + f * q + y, h * p + i * q + z,
                b * r + c * s + x, e * r + f * s + y, h * r + i * s + z,
                radius_m, *color, True,
            )  # fmt: skip


def add_hints(
    sketch: Sketch,
    grip: Pose,
    is_left: bool,
    hints: Sequence[tuple[Vec3, str]],
    head: Pose,
    size: float,
) -> None:
    """What each button does, in lines outwards of the hand, each tied to its button. Places are a
    right hand's."""
    if not hints:
        return
    side, anchor = (-1.0, Anchor.RIGHT) if is_left else (1.0, Anchor.LEFT)
    (a, b, c), (d, e, f), (g, h, i) = unit_rows(grip.rotation_xyzw)
    (px, py, pz), (rx, _, rz) = grip.position_m, _level_right(grip.position_m, head)
    ox, oz, height_m = side * rx, side * rz, HINT_M * size
    x, y, z = px + 0.06 * ox, py + 0.05, pz + 0.06 * oz
    for (bx, by, bz), text in hints:
        sketch.labels.append(Label(text, (x, y, z), height_m, QUIET_TEXT, anchor))
        bx *= side
        sketch.numbers += (
            x - ox * HINT_M, y, z - oz * HINT_M,
            a * bx + b * by + c * bz + px, d * bx + e * by + f * bz + py,
            g * bx + h * by + i * bz + pz,
            _HINT_LINE_M, *QUIET_COLOR, False,
        )  # fmt: skip
        y -= 2.2 * height_m


def name_beside(text: str, at_m: Vec3, head: Pose, size: float) -> Label:
    """Of what is pointed at: beside the point as the head sees it, as large at any distance, and
    a little nearer than the surface, which might bulge over it."""
    hx, hy, hz = head.position_m
    x, y, z = at_m
    height_m = math.dist(at_m, head.position_m) * _NAME_SHARE * size
    rx, _, rz = _level_right(at_m, head)
    aside = 2.0 * height_m + _RETICLE_M
    beside = (
        x + (hx - x) * _NAME_NEARER + rx * aside,
        y + (hy - y) * _NAME_NEARER,
        z + (hz - z) * _NAME_NEARER + rz * aside,
    )
    return Label(text, beside, height_m, anchor=Anchor.LEFT)


def add_aim(sketch: Sketch, start_m: Vec3, end_m: Vec3, has_ball: bool = True) -> None:
    """From the hand to what it points at, and a ball of 4 mm on it."""
    sketch.stroke(start_m, end_m, 0.0008, QUIET_COLOR)
    if has_ball:
        sketch.stroke(end_m, end_m, 0.004, CLOSED_COLOR, True)


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
                height * (1.0 if row == 0 else 0.85),
                TEXT_COLOR if row == 0 else QUIET_TEXT,
                Anchor.LEFT,
            )
            for row, text in enumerate(lines)
        )
    )


def beside_box(center_m: Vec3, halves: tuple[Vec3, Vec3, Vec3], head: Pose) -> Row:
    """To the viewer's right on the level, and a place just outside a box round the model.

    halves: from the box's middle along each of its axes to its side.
    """
    (cx, cy, cz), (hx, hy, hz) = center_m, head.position_m
    length = math.dist(center_m, head.position_m)
    rx, ry, rz = _level_right(center_m, head)
    deep_m = _share(halves, (-rz, 0.0, rx))
    if length < deep_m:  # the viewer is in the model: before the eyes instead
        rows = unit_rows(head.rotation_xyzw)
        right = (rows[0][0], rows[1][0], rows[2][0])
        return right, _placed(rows, head.position_m, (0.1, 0.0, -0.6))
    # The side of a large model is out of sight, and its front would hide the writing.
    nearer = min(deep_m, 0.5 * length) / length
    aside = min(_share(halves, (rx, ry, rz)) + 0.03, 0.3 * length)
    return (rx, ry, rz), (
        cx + (hx - cx) * nearer + rx * aside,
        cy + (hy - cy) * nearer + ry * aside,
        cz + (hz - cz) * nearer + rz * aside,
    )


def _share(halves: tuple[Vec3, Vec3, Vec3], direction: Vec3) -> float:
    """How far a box reaches from its middle that way."""
    (x, y, z), ((a, b, c), (d, e, f), (g, h, i)) = direction, halves
    return abs(a * x + b * y + c * z) + abs(d * x + e * y + f * z) + abs(g * x + h * y + i * z)


def _placed(rows: tuple[Vec3, Vec3, Vec3], at_m: Vec3, point: Vec3) -> Vec3:
    (a, b, c), (d, e, f), (g, h, i) = rows
    x, y, z = point
    px, py, pz = at_m
    return (a * x + b * y + c * z + px, d * x + e * y + f * z + py, g * x + h * y + i * z + pz)


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
