"""The measurements as they are seen: lines as thick at any scale, values that face the viewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.measured import Kind, Measured
from xrviewer.document.arrangement import Arrangement
from xrviewer.document.measurements import MAX_DRAWN, Measurement, latest, layer_of_point
from xrviewer.document.snapshot import Snapshot
from xrviewer.scene.flat_measures import FlatMeasures
from xrviewer.scene.marks import (
    ACCENT_COLOR,
    NO_MARKS,
    STROKE_DTYPE,
    TEXT_COLOR,
    Anchor,
    Label,
    Marks,
    joined,
    strokes,
)
from xrviewer.scene.measure_lines import Lines, lines_of
from xrviewer.scene.measures_on_screens import Screen, on_screen
from xrviewer.spatial.transforms import (
    Matrix,
    Pose,
    Vec3,
    apply,
    apply_direction,
    invert_similarity,
)

LINE_M, END_M, DOT_M = 0.002, 0.004, 0.0015
"""Radii in the room, at any scale of the model."""
LINE_COLOR: Vec3 = (0.888, 0.888, 0.888)
HALO_COLOR: Vec3 = (0.006, 0.007, 0.009)
PLATE_COLOR: Vec3 = (0.007, 0.009, 0.012)
RETICLE_M = 0.004
RETICLE_COLOR, REFUSED_COLOR = ACCENT_COLOR, (0.68, 0.05, 0.06)
_HALO_M = 0.0007
"""So much wider than the line."""
LETTER, _LEAST_LETTER_M = 0.011, 0.0055
"""Height of a value's capitals: of the distance to the head, and the least."""
_ASIDE, _ABOVE = 1.4, 1.6
"""From an end's rim to the value's first letter or middle, in capitals."""
_NEARER = 0.08
"""Of the way to the head."""
_WIDTH, _ROW = 0.85, 2.3
"""Of a letter and of a plate, in capitals: near enough to keep plates apart."""
_MOST_APART, _MOST_SHIFTS = 24, 12
_RING_STEPS, _RING_M, _LIFT_M = 20, 0.0006, 0.0006


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure to be drawn."""

    measured: Measured
    text: str
    color: Vec3 = LINE_COLOR


class DrawnMeasures:
    """Holds what the measurements come to until one of them changes."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] | None = None
        self._measurements: Mapping[str, Measurement] = {}
        self._flat: FlatMeasures | None = None

    def marks(
        self,
        snapshot: Snapshot,
        part_ids: tuple[str, ...],
        places: Arrangement,
        room_from_case: Matrix,
        head: Pose,
        text_size: float = 1.0,
        selected: str | None = None,
        left_out: str | None = None,
        screens: tuple[Screen, ...] = (),
    ) -> Marks:
        """Of the date that is shown. part_ids: of its surfaces; selected: is drawn in the accent's
        colour; left_out: is being changed, and drawn by another; screens: of slices, which show
        what lies on them."""
        key = (snapshot.timepoint, selected, left_out)
        if key != self._key or self._measurements is not snapshot.all_measurements:
            self._key, self._measurements = key, snapshot.all_measurements
            found = latest(self._measurements, snapshot.timepoint, MAX_DRAWN)
            shown = [_shown(one, selected) for one in reversed(found) if one.id != left_out]
            self._flat = _flattened(shown, part_ids) if shown else None
        if self._flat is None:
            return NO_MARKS
        return _everywhere(self._flat, screens, places, room_from_case, head, text_size)


def figure(
    shown: Shown,
    part_ids: tuple[str, ...],
    places: Arrangement,
    room_from_case: Matrix,
    head: Pose,
    text_size: float = 1.0,
    screens: tuple[Screen, ...] = (),
) -> Marks:
    """One that is being made."""
    flat = _flattened([shown], part_ids)
    return _everywhere(flat, screens, places, room_from_case, head, text_size)


def reticle(point_m: Vec3, normal: Vec3, is_refused: bool) -> Marks:
    """A ring on the surface that leaves the spot itself free."""
    out = np.array(normal, np.float64)
    side = np.cross(out, (0.3, 0.9, 0.1) if abs(out[1]) < 0.9 else (1.0, 0.0, 0.0))
    side /= max(float(np.linalg.norm(side)), 1e-9)
    center = np.array(point_m) + _LIFT_M * out
    angles = np.linspace(0, 2 * np.pi, _RING_STEPS + 1)[:, None]
    ring = center + RETICLE_M * (np.cos(angles) * side + np.sin(angles) * np.cross(out, side))
    color = REFUSED_COLOR if is_refused else RETICLE_COLOR
    lines = [strokes(ring[:-1], ring[1:], _RING_M, color), strokes(center, center, _RING_M, color)]
    return Marks(strokes=joined(lines))


def _shown(one: Measurement, selected: str | None) -> Shown:
    assert one.measured is not None
    quantity = one.measured.quantity
    text = one.name if quantity is None else quantity.text
    color = LINE_COLOR
    if one.color_hex:
        color = _linear(one.color_hex)
    return Shown(one.measured, text, ACCENT_COLOR if one.id == selected else color)


def _linear(color_hex: str) -> Vec3:
    red, green, blue = (int(color_hex[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return (_linear_of(red), _linear_of(green), _linear_of(blue))


def _linear_of(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _flattened(shown: Sequence[Shown], part_ids: tuple[str, ...]) -> FlatMeasures:
    numbers = {id: i for i, id in enumerate(part_ids)}
    corners, parts, segments, ends, at = [], [], [], [], []
    radii: list[float] = []
    of_segment: list[Vec3] = []
    of_end: list[Vec3] = []
    first = 0
    for one in shown:
        lines = lines_of(one.measured)
        corners.append(lines.corners_mm)
        parts.append(_parts_of(one.measured, lines, numbers))
        segments.append(lines.segments + first)
        ends.append(lines.ends + first)
        away = -1 if lines.away_from is None else lines.away_from + first
        at.append((lines.at[0] + first, lines.at[1] + first, away))
        of_segment += [one.color] * len(lines.segments)
        of_end += [one.color] * len(lines.ends)
        radii += [DOT_M if one.measured.kind is Kind.AREA else END_M] * len(lines.ends)
        first += len(lines.corners_mm)
    return FlatMeasures(
        np.concatenate(corners),
        np.concatenate(parts),
        np.concatenate(segments),
        np.array(of_segment, np.float32).reshape(-1, 3),
        np.concatenate(ends),
        np.array(of_end, np.float32).reshape(-1, 3),
        np.array(radii, np.float32),
        np.array(at, np.intp),
        tuple(one.text for one in shown),
        tuple(TEXT_COLOR if one.color == LINE_COLOR else one.color for one in shown),
    )


def _parts_of(measured: Measured, lines: Lines, numbers: Mapping[str, int]) -> NDArray[np.intp]:
    count = len(measured.points_mm)
    of_points = [numbers.get(layer_of_point(measured, i) or "", -1) for i in range(count)]
    return np.array(of_points, np.intp)[lines.owners]


def _everywhere(
    flat: FlatMeasures,
    screens: tuple[Screen, ...],
    places: Arrangement,
    room_from_case: Matrix,
    head: Pose,
    text_size: float,
) -> Marks:
    """In their place, and on the screens of the slices that they lie in."""
    corners, eye_mm = (
        _in_case(flat, places),
        apply(invert_similarity(room_from_case), head.position_m),
    )
    drawn = _drawn(flat, places, room_from_case, head, text_size)
    for screen in screens:
        on = None if screen.is_edge_on(eye_mm) else on_screen(flat, corners, screen)
        if on is not None:
            drawn += _drawn(on, places, room_from_case, head, text_size)
    return Marks(apart(list(drawn.labels), head), drawn.strokes)


def _drawn(
    flat: FlatMeasures, places: Arrangement, room_from_case: Matrix, head: Pose, text_size: float
) -> Marks:
    corners = apply(room_from_case, _in_case(flat, places))
    eye = np.array(head.position_m)
    starts, ends = corners[flat.segments[:, 0]], corners[flat.segments[:, 1]]
    balls = corners[flat.ends]
    made = [
        _lines(starts, ends, eye, LINE_M + _HALO_M, 0.5 * LINE_M, HALO_COLOR, 0.0),
        _lines(balls, balls, eye, flat.end_radii + _HALO_M, 0.5 * LINE_M, HALO_COLOR, 0.0),
        _lines(starts, ends, eye, LINE_M, LINE_M, flat.segment_colors, 0.0),
        _lines(balls, balls, eye, flat.end_radii, END_M, flat.end_colors, 1.0),
    ]
    return Marks(tuple(_values(flat, corners, head, text_size)), joined(made))


def _in_case(flat: FlatMeasures, places: Arrangement) -> NDArray[np.float64]:
    """With what was moved or spread."""
    if not places.is_any_moved:
        return flat.corners_mm
    is_on = flat.parts >= 0
    moved = flat.corners_mm.copy()
    parts = flat.parts[is_on]
    turned = np.einsum("nij,nj->ni", places.turns[parts], flat.corners_mm[is_on])
    moved[is_on] = turned + places.shifts_mm[parts]
    return moved


def _lines(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    eye: NDArray[np.float64],
    radius: Any,
    nearer_m: float,
    color: Any,
    is_lit: float,
) -> NDArray[Any]:
    """Brought nearer to the eye: what lies on a surface would flicker with it, and a halo lies
    behind its line."""
    made: NDArray[Any] = np.zeros(len(starts), STROKE_DTYPE)
    made["start_m"], made["end_m"] = _nearer(starts, eye, nearer_m), _nearer(ends, eye, nearer_m)
    made["radius_m"], made["color"], made["is_lit"] = radius, color, is_lit
    return made


def _nearer(
    points: NDArray[np.float64], eye: NDArray[np.float64], by_m: float
) -> NDArray[np.float64]:
    to_eye = eye - points
    lengths = np.linalg.norm(to_eye, axis=1, keepdims=True)
    return np.asarray(points + to_eye / np.maximum(lengths, 1e-6) * np.minimum(by_m, lengths / 2))


def _values(
    flat: FlatMeasures, corners: NDArray[np.float64], head: Pose, text_size: float
) -> list[Label]:
    """Each beside its place, never on it: above a line that lies, to the right of one that stands,
    outside of an angle; a little nearer to the eye, for it is drawn over all else. All at once:
    one by one they took longer than the rest of the frame."""
    right, up, _ = apply_direction(head.matrix(), np.eye(3))
    eye = np.array(head.position_m)
    starts, ends = corners[flat.at[:, 0]], corners[flat.at[:, 1]]
    places, has_out = (starts + ends) / 2, flat.at[:, 2] >= 0
    out = np.where(has_out[:, None], places - corners[flat.at[:, 2]], 0.0)
    # A line's value stands across it, an angle's along the way out.
    x = np.where(has_out, out @ right, np.abs((ends - starts) @ up))
    y = np.where(has_out, out @ up, np.abs((ends - starts) @ right))
    is_aside = np.where(has_out, np.abs(x) >= np.abs(y), np.abs(x) > np.abs(y))
    sides = np.where(np.where(is_aside, x, y) < 0, -1.0, 1.0)
    away = np.linalg.norm(places - eye, axis=1)
    heights = np.maximum(LETTER * away, _LEAST_LETTER_M) * text_size
    reach = END_M + np.where(is_aside, _ASIDE, _ABOVE) * heights
    widths = _WIDTH * heights * np.array([len(text) for text in flat.texts])
    reach += np.where(has_out, 0.0, _slant(x, y, is_aside, widths, _ROW * heights))
    reach *= sides
    at = places + reach[:, None] * np.where(is_aside[:, None], right, up)
    at = (at + (eye - at) * _NEARER).tolist()
    anchors = [
        _ANCHORS[int(side) if aside else 0] for side, aside in zip(sides, is_aside, strict=True)
    ]
    return [
        Label(text, (px, py, pz), height * (1 - _NEARER), color, anchor, plate=PLATE_COLOR)
        for text, (px, py, pz), height, color, anchor in zip(
            flat.texts, at, heights.tolist(), flat.text_colors, anchors, strict=True
        )
        if text
    ]


def _slant(
    rise: NDArray[np.float64],
    run: NDArray[np.float64],
    is_aside: NDArray[np.bool_],
    widths: NDArray[np.float64],
    heights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """How far a line that is neither level nor upright comes up, or aside, as far as its value
    reaches: else that would lie over the line's end."""
    rise, run, least = rise / 2, run / 2, 1e-9
    above = rise * np.minimum(1, widths / 2 / np.maximum(run, least))
    beside = run * np.minimum(1, heights / 2 / np.maximum(rise, least))
    return np.asarray(np.where(is_aside, beside, above))


_ANCHORS = {0: Anchor.MIDDLE, 1: Anchor.LEFT, -1: Anchor.RIGHT}


def row_ends(label: Label, head: Pose) -> NDArray[np.float64]:
    """(2, 3): from where to where a value is written."""
    right = apply_direction(head.matrix(), (1.0, 0.0, 0.0))
    width = _WIDTH * len(label.text) * label.height_m
    shares = np.array([[-label.anchor.value], [1 - label.anchor.value]])
    return np.asarray(np.array(label.position_m) + shares * width * right)


def apart(labels: list[Label], head: Pose) -> tuple[Label, ...]:
    """Those that would lie over an earlier one, as the head sees them, stand above it."""
    if not 1 < len(labels) <= _MOST_APART:
        return tuple(labels)
    right, up, back = apply_direction(head.matrix(), np.eye(3))
    off = np.array([label.position_m for label in labels]) - head.position_m
    far = np.maximum(-off @ back, 1e-3)
    places = np.stack([off @ right / far, off @ up / far], axis=1).tolist()
    taken: list[tuple[float, float, float, float]] = []
    for i, (label, (x, y)) in enumerate(zip(labels, places, strict=True)):
        height = label.height_m / float(far[i])
        width = _WIDTH * len(label.text) * height
        left, above = x - label.anchor.value * width, 0.0
        for _ in range(_MOST_SHIFTS):
            box = (left, left + width, y + above, y + above + _ROW * height)
            if not any(_overlap(box, other) for other in taken):
                break
            above += _ROW * height
        taken.append(box)
        if above:
            px, py, pz = (np.array(label.position_m) + up * above * far[i]).tolist()
            labels[i] = label._replace(position_m=(px, py, pz))
    return tuple(labels)


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    is_beside = one[1] <= other[0] or other[1] <= one[0]
    return not (is_beside or one[3] <= other[2] or other[3] <= one[2])
