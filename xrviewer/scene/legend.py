"""The legend of the shown map where it stands in the room: the table that the surfaces have."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.tally import Tally
from xrviewer.case.model import MapInfo
from xrviewer.scene.mapping import LOSS_SRGB, TABLE_LENGTH, Scale
from xrviewer.scene.marks import (
    ACCENT_COLOR,
    QUIET_COLOR,
    STROKE_DTYPE,
    TEXT_COLOR,
    Anchor,
    Label,
    Marks,
    strokes,
)
from xrviewer.spatial.transforms import Pose, Vec3
from xrviewer.spatial.views import View
from xrviewer.words import decimal, mark, number, tr

NOT_DIAGNOSTIC = mark("Not for diagnostic use")
UNDEFINED = mark("own colour: not measured")
FULL_LOSS = mark("full loss")
COLUMNS = 26
MOST_METHOD_LINES = 5
_LINE = 1.75
"""From one line of writing to the next, in heights of a capital letter."""
_BAR_LINES, _BAR_ROWS = 14, 128
_BAR_WIDTH, _HISTOGRAM_WIDTH = 2.4, 4.0
WIDTH = COLUMNS * 0.72
"""Of all of it, in letters."""
_DESK_SHARE = 0.0125
"""Of the picture's height: a capital letter on a desk."""
_DESK_DISTANCE_M = 0.02
"""Before the eye: nothing of the model comes between."""
_DESK_MARGIN = 0.04
_LETTER_M = 0.011
_GAP_M = 0.06
_SECONDARY: Vec3 = (0.52, 0.56, 0.60)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a legend is: its upper left corner, its axes, and how tall a capital letter is."""

    corner_m: NDArray[np.float64]
    right: NDArray[np.float64]
    up: NDArray[np.float64]
    letter_m: float

    @property
    def height_m(self) -> float:
        """About: of all of it."""
        return self.letter_m * _height()

    def at(self, x: object, y: object) -> NDArray[np.float64]:
        """Letters to the right, and down."""
        return np.asarray(
            self.corner_m
            + np.multiply.outer(np.asarray(x, np.float64) * self.letter_m, self.right)
            - np.multiply.outer(np.asarray(y, np.float64) * self.letter_m, self.up)
        )


def head_lines(info: MapInfo) -> list[str]:
    """What is shown, and in which unit."""
    return textwrap.wrap(f"{tr(info.name)}, {info.unit or tr('no unit')}", COLUMNS)


def foot_lines(info: MapInfo) -> list[str]:
    """How it was measured, how wrong it may be, and what it is not for."""
    method = textwrap.wrap(tr(info.method), COLUMNS, max_lines=MOST_METHOD_LINES, placeholder=" …")
    error = tr("error not stated")
    if info.error is not None:
        error = tr("error {error} {unit}", error=decimal(f"{info.error:g}"), unit=info.unit)
    return [*method, error, tr(NOT_DIAGNOSTIC)]


def tick_text(value: float, scale: Scale) -> str:
    """One decimal, more where the ticks lie closer than that."""
    ticks = scale.ticks()
    step = min(np.diff(ticks)) if len(ticks) > 1 else scale.high - scale.low
    return number(value + 0.0, 1 if step >= 0.1 else 3)


def before_eye(view: View) -> Stand:
    """At the right edge of a flat picture, in the middle of its height: panels are at its left."""
    tall = math.tan(view.fov.up_rad) - math.tan(view.fov.down_rad)
    letter_m = _DESK_DISTANCE_M * tall * _DESK_SHARE
    edge = (math.tan(view.fov.right_rad) - _DESK_MARGIN * tall) * _DESK_DISTANCE_M
    left = edge - WIDTH * letter_m
    room_from_eye = view.eye.matrix()
    right, up, back = room_from_eye[:3, 0], room_from_eye[:3, 1], room_from_eye[:3, 2]
    middle = room_from_eye[:3, 3] - back * _DESK_DISTANCE_M + right * left
    return Stand(middle + up * letter_m * 0.5 * _height(), right, up, letter_m)


def beside_model(
    center_m: Vec3, radius_m: float, head: Pose, size: float, is_right: bool = False
) -> Stand:
    """To the left of the model as the head sees it, or to its right; turned to the head."""
    center, eye = np.asarray(center_m), np.asarray(head.position_m)
    ahead = center - eye
    distance = float(np.linalg.norm(ahead))
    if distance < radius_m:  # the viewer is in the model: before the eyes instead
        matrix = head.matrix()
        ahead, distance = -matrix[:3, 2] * 0.6, 0.6
        center, radius_m = eye + ahead, 0.15
    level = np.array([ahead[0], 0.0, ahead[2]])
    length = float(np.linalg.norm(level))
    level = level / length if length > 1e-3 else -head.matrix()[:3, 2]
    right, up = np.array([-level[2], 0.0, level[0]]), np.array([0.0, 1.0, 0.0])
    letter_m = _LETTER_M * size * max(distance, 0.4) / 0.8
    clear = min(radius_m + _GAP_M, 0.35 * distance)
    aside = clear if is_right else -clear - WIDTH * letter_m
    corner = center + right * aside + up * letter_m * 0.5 * _height()
    return Stand(corner, right, up, letter_m)


def legend_marks(
    scale: Scale, stand: Stand, pointed: float | None = None, spread: Tally | None = None
) -> Marks:
    """pointed: a value to mark on the bar; spread: the histogram at its left edge."""
    labels: list[Label] = []
    y = 0.0
    for text in head_lines(scale.info):
        labels.append(_label(text, stand, 0.0, y, TEXT_COLOR))
        y += _LINE
    top, x = y, _HISTOGRAM_WIDTH + 0.4
    tall = _BAR_LINES * _LINE
    shapes = [_bar(scale, stand, x, top, tall)]
    if spread is not None and spread.area_mm2.max(initial=0.0) > 0:
        shapes.append(_histogram(spread, stand, x, top, tall))
    for value in scale.ticks():
        at = top + tall * (scale.high - value) / (scale.high - scale.low)
        text = tick_text(value, scale)
        labels.append(_label(text, stand, x + _BAR_WIDTH + 0.9, at, TEXT_COLOR))
    if pointed is not None and math.isfinite(pointed):
        shapes.append(_pointer(scale, stand, x, top, tall, pointed))
    y = top + tall + _LINE
    if scale.has_loss:
        shapes.append(_loss(stand, x, y))
        labels.append(_label(tr(FULL_LOSS), stand, x + _BAR_WIDTH + 0.9, y, TEXT_COLOR))
        y += _LINE
    for text in (tr(UNDEFINED), *foot_lines(scale.info)):
        labels.append(_label(text, stand, 0.0, y, _SECONDARY))
        y += _LINE
    return Marks(tuple(labels), np.concatenate(shapes))


def _bar(scale: Scale, stand: Stand, x: float, top: float, tall: float) -> NDArray[Any]:
    shares = 1 - (np.arange(_BAR_ROWS) + 0.5) / _BAR_ROWS
    colors = scale.table()[np.minimum((shares * TABLE_LENGTH).astype(int), TABLE_LENGTH - 1)]
    y = top + (1 - shares) * tall
    made = strokes(
        stand.at(np.full(_BAR_ROWS, x), y),
        stand.at(np.full(_BAR_ROWS, x + _BAR_WIDTH), y),
        0.55 * tall / _BAR_ROWS * stand.letter_m,
    )
    made["color"] = _linear(colors)
    return made


def _histogram(spread: Tally, stand: Stand, x: float, top: float, tall: float) -> NDArray[Any]:
    count = len(spread.area_mm2)
    share = spread.area_mm2 / spread.area_mm2.max()
    y = top + (1 - (np.arange(count) + 0.5) / count) * tall
    right = np.full(count, x - 0.4)
    made = strokes(
        stand.at(right, y),
        stand.at(right - share * _HISTOGRAM_WIDTH, y),
        0.35 * tall / count * stand.letter_m,
        QUIET_COLOR,
    )
    return made[spread.area_mm2 > 0]


def _pointer(
    scale: Scale, stand: Stand, x: float, top: float, tall: float, value: float
) -> NDArray[Any]:
    at = min(max(value, scale.low), scale.high)
    y = top + tall * (scale.high - at) / (scale.high - scale.low)
    ends = stand.at(x - 0.9, y), stand.at(x + _BAR_WIDTH + 0.5, y)
    raised = _towards(stand)
    return strokes(ends[0] + raised, ends[1] + raised, 0.22 * stand.letter_m, ACCENT_COLOR)


def _towards(stand: Stand) -> NDArray[np.float64]:
    """A hair nearer to the reader than the bar."""
    return np.cross(stand.right, stand.up) * 0.3 * stand.letter_m


def _loss(stand: Stand, x: float, y: float) -> NDArray[Any]:
    count = 8
    xs = x + (np.arange(count) + 0.5) / count * _BAR_WIDTH
    made: NDArray[Any] = np.zeros(count, STROKE_DTYPE)
    made["start_m"], made["end_m"] = (
        stand.at(xs - shift, np.full(count, y + rise)) for shift, rise in ((0.1, 0.5), (-0.1, -0.5))
    )
    made["radius_m"] = 0.55 * _BAR_WIDTH / count * stand.letter_m
    made["color"] = _linear(np.array(LOSS_SRGB, np.uint8)[np.arange(count) % 2])
    return made


def _label(text: str, stand: Stand, x: float, y: float, color: Vec3) -> Label:
    axes = _vec3(stand.right), _vec3(stand.up)
    return Label(text, _vec3(stand.at(x, y)), stand.letter_m, color, Anchor.LEFT, axes)


def _vec3(v: NDArray[np.float64]) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)


def _linear(srgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    share = srgb.astype(np.float32) / 255
    curved = ((share + 0.055) / 1.055) ** 2.4
    return np.where(share <= 0.04045, share / 12.92, curved).astype(np.float32)


def _height() -> float:
    """About, in letters: it is centred by this."""
    return (2 + _BAR_LINES + 3 + MOST_METHOD_LINES) * _LINE
