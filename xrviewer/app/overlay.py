"""What the tools show of themselves: the composition of interaction's values and scene's marks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from operator import is_

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.tally import Tally
from xrviewer.case.search import readable_name
from xrviewer.document.document import Document
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.aiming import less, plus
from xrviewer.interaction.board import Board
from xrviewer.interaction.board_place import is_over
from xrviewer.interaction.grab import PRESS_FROM
from xrviewer.interaction.handle import handle_m
from xrviewer.interaction.hints import hints_of
from xrviewer.interaction.home import head_of
from xrviewer.interaction.input import Hand
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.scaling import readout, scale_bar
from xrviewer.interaction.step import Tools
from xrviewer.interaction.world import Extent, World
from xrviewer.render.glyphs import can_write
from xrviewer.scene.draw import DrawData
from xrviewer.scene.legend import before_eye, beside_model, legend_marks
from xrviewer.scene.legible import larger_for
from xrviewer.scene.mapping import Scale
from xrviewer.scene.marks import ACCENT_COLOR, Label, Marks, Sketch
from xrviewer.scene.overlay import (
    DESK_LETTER_M,
    LETTER_M,
    READOUT_M,
    add_aim,
    add_hand,
    add_hints,
    add_size,
    beside_box,
    letter_height_m,
    letters,
    name_beside,
    probe_readout,
)
from xrviewer.scene.probe import Reading
from xrviewer.spatial.transforms import Placement, Pose, Rows, Vec3, moved
from xrviewer.values import changed
from xrviewer.words import spoken

Bounds = tuple[NDArray[np.floating], NDArray[np.floating]]
HANDLE_RADIUS_M = 0.015
NAME_AFTER_S = 0.2
_UNDER_LETTER = 1.8
"""Of a letter's height: the middle of the first line."""
READOUT_LINGERS_S = 2.0
"""After the scale has come to rest."""


@dataclass(frozen=True, slots=True)
class Lingering:
    """When the scale last changed, so that its readout may stay a while."""

    scale: float
    since_s: float = math.inf

    def after(self, scale: float, dt_s: float) -> Lingering:
        if scale != self.scale:
            return Lingering(scale, 0.0)
        return Lingering(scale, self.since_s + dt_s) if self.is_told else self

    @property
    def is_told(self) -> bool:
        return self.since_s < READOUT_LINGERS_S


@dataclass(frozen=True, slots=True, eq=False)
class MapSeen:
    """The shown map, and what it says where it is pointed at."""

    scale: Scale
    reading: Reading | None
    spread: Tally | None


class Overlay:
    """Holds the letters and the rules of writing until something of them changes."""

    def __init__(self) -> None:
        self._letters_of: tuple[object, ...] = ()
        self._letters: tuple[Label, ...] = ()
        self._legible: tuple[World, float, World] | None = None

    def marks(
        self,
        tools: Tools,
        document: Document,
        world: World,
        draw: DrawData,
        bounds_mm: Bounds,
        lingering: Lingering,
        seen: MapSeen | None = None,
        pixels_per_rad: float = math.inf,
    ) -> Marks:
        """What draw shows already, and what is about it. Only that without eyes to see more. seen:
        None where no map is shown. pixels_per_rad: of what it is drawn into, in its middle."""
        head, snapshot = head_of(tools.views), document.snapshot
        if head is None:
            return draw.marks
        world = self._readable(world, text_size(world.preferences, tools, pixels_per_rad))
        sketch = Sketch()
        sketch.add(draw.marks)
        preferences, model = world.preferences, tools.placement or snapshot.model
        rows: Rows = draw.room_from_case.tolist()
        _add_hands(sketch, tools, document, preferences, head)
        if (at_m := _pointed_at(tools, rows)) is not None:
            _add_aim(sketch, tools, at_m)
            _add_name(sketch, tools, world, snapshot, at_m, head, seen)
        extent = world.extent(snapshot)
        if preferences.letters:
            height_m = _letter_m(tools, extent, model, head, pixels_per_rad)
            sketch.labels += self._lettered(tools.board, head, draw, bounds_mm, rows, height_m)
        if seen is not None:
            sketch.add(_map_marks(seen, tools, bounds_mm, preferences, rows, head))
        if preferences.one_handed:
            at = handle_m(extent, model)
            sketch.stroke(at, at, HANDLE_RADIUS_M, ACCENT_COLOR, True)
        if preferences.readout and (lingering.is_told or _is_scaling(tools)):
            has_map, scale = seen is not None, model.scale
            at_row = _size_row(tools, bounds_mm, preferences, rows, head, has_map)
            add_size(sketch, readout(scale), scale_bar(scale), at_row, preferences.text_size)
        return sketch.marks()

    def _lettered(
        self,
        board: Board | None,
        head: Pose,
        draw: DrawData,
        bounds_mm: Bounds,
        rows: Rows,
        height_m: float,
    ) -> tuple[Label, ...]:
        """As they were while the model rests, but for a board that may hide some from the head."""
        if board is not None and board.is_shown and board.pose is not None:
            is_free = partial(_is_off_board, board.pose, head)
            return letters(*bounds_mm, rows, height_m, is_free)
        made_of = (draw.room_from_case, bounds_mm, height_m, spoken())
        if not all(map(is_, made_of[:2], self._letters_of)) or made_of[2:] != self._letters_of[2:]:
            self._letters_of, self._letters = made_of, letters(*bounds_mm, rows, height_m)
        return self._letters

    def _readable(self, world: World, size: float) -> World:
        """With writing as large as the headset's picture asks for."""
        if size == world.preferences.text_size:
            return world
        known = self._legible
        if known is None or known[0] is not world or known[1] != size:
            made = changed(world, preferences=changed(world.preferences, text_size=size))
            self._legible = known = (world, size, made)
        return known[2]


def text_size(preferences: Preferences, tools: Tools, pixels_per_rad: float) -> float:
    """As wished; larger where a headset's picture is too coarse for it."""
    larger = larger_for(pixels_per_rad) if len(tools.views) > 1 else 1.0
    return larger * preferences.text_size


def _is_scaling(tools: Tools) -> bool:
    return tools.stretch is not None or (tools.grab is not None and all(tools.grab.hands))


def _letter_m(
    tools: Tools, extent: Extent, model: Placement, head: Pose, pixels_per_rad: float
) -> float:
    most_m = DESK_LETTER_M if len(tools.views) == 1 else LETTER_M
    away_m = math.dist(extent.room_center(model), head.position_m)
    return letter_height_m(most_m, max(extent.size_m) * model.scale, away_m, pixels_per_rad)


def _is_off_board(board: Pose, head: Pose, at_m: Vec3, height_m: float) -> bool:
    """A letter there, as the head sees it: on the board it would stand in what is read there."""
    return not is_over(board, head.position_m, at_m, height_m)


def _size_row(
    tools: Tools,
    bounds_mm: Bounds,
    preferences: Preferences,
    room_from_case: Rows,
    head: Pose,
    has_map: bool,
) -> tuple[Vec3, Vec3]:
    """To the right of the model, under the letter there; under the legend where that has gone
    there."""
    center, radius_m = _ball(bounds_mm, room_from_case)
    right, (x, y, z) = beside_box(center, _halves(bounds_mm, room_from_case), head)
    y -= _UNDER_LETTER * LETTER_M
    if has_map and len(tools.views) > 1 and _is_board_left(tools.board, center, head):
        stand = beside_model(center, radius_m, head, preferences.text_size, True)
        y -= stand.height_m / 2 + READOUT_M
    return right, (x, y, z)


def _ball(bounds_mm: Bounds, room_from_case: Rows) -> tuple[Vec3, float]:
    """As wide and deep as what is shown, in the room."""
    (i, j, k), (u, v, w) = bounds_mm[0].tolist(), bounds_mm[1].tolist()
    (a, *_), (e, *_), (h, *_), _ = room_from_case
    radius_m = max(u - i, v - j) / 2 * math.hypot(a, e, h)
    return moved(room_from_case, ((i + u) / 2, (j + v) / 2, (k + w) / 2)), radius_m


def _halves(bounds_mm: Bounds, room_from_case: Rows) -> tuple[Vec3, Vec3, Vec3]:
    """From the middle of what is shown to its sides, in the room."""
    (i, j, k), (u, v, w) = bounds_mm[0].tolist(), bounds_mm[1].tolist()
    (ax, bx, cx, _), (ay, by, cy, _), (az, bz, cz, _), _ = room_from_case
    p, q, r = (u - i) / 2, (v - j) / 2, (w - k) / 2
    return (ax * p, ay * p, az * p), (bx * q, by * q, bz * q), (cx * r, cy * r, cz * r)


def _map_marks(
    seen: MapSeen,
    tools: Tools,
    bounds_mm: Bounds,
    preferences: Preferences,
    room_from_case: Rows,
    head: Pose,
) -> Marks:
    """The legend, with the pointed value in it and beside the pointer."""
    size, is_desk = preferences.text_size, len(tools.views) == 1
    center, radius_m = _ball(bounds_mm, room_from_case)
    stand = (
        before_eye(tools.views[0])
        if is_desk
        else beside_model(center, radius_m, head, size, _is_board_left(tools.board, center, head))
    )
    reading, hit = seen.reading, tools.pointed
    marks = legend_marks(seen.scale, stand, reading.value if reading else None, seen.spread)
    if reading is None or hit is None:
        return marks
    lines = [text for text in (reading.said, reading.region, reading.map_name) if text]
    return marks + probe_readout(lines, moved(room_from_case, hit.point_mm), head, size, is_desk)


def _is_board_left(board: Board | None, center_m: Vec3, head: Pose) -> bool:
    """Of the model, as the head sees them: where the legend would be."""
    if board is None or not board.is_shown or board.pose is None:
        return False
    x, _, z = less(center_m, head.position_m)
    bx, _, bz = less(board.pose.position_m, head.position_m)
    return bz * x - bx * z < 0


def _pointed_at(tools: Tools, room_from_case: Rows) -> Vec3 | None:
    """What the hand that points meets first: a structure, or what shows a scan."""
    if tools.picture is not None:
        met = tools.picture[1]
        return moved(room_from_case, plus(met.point_mm, met.shift_mm))
    return None if tools.pointed is None else moved(room_from_case, tools.pointed.point_mm)


def _add_aim(sketch: Sketch, tools: Tools, at_m: Vec3) -> None:
    """From the hand to there."""
    index = tools.pointing if tools.picture is None else tools.picture[0]
    if index is None or (tools.board is not None and tools.board.ray is not None):
        return
    hand: Hand = tools.seen[index]
    if hand.aim is not None and hand.is_drawn:
        add_aim(sketch, hand.aim.position_m, at_m, has_ball=tools.measuring.kind is None)


def _add_name(
    sketch: Sketch,
    tools: Tools,
    world: World,
    snapshot: Snapshot,
    at_m: Vec3,
    head: Pose,
    seen: MapSeen | None,
) -> None:
    """After a moment, for what one only sweeps over stays unsaid; none where a reading stands."""
    is_read = (seen is not None and seen.reading is not None) or tools.picture is not None
    if tools.pointed is None or tools.pointed_s < NAME_AFTER_S or is_read:
        return
    layer = world.layer_of(tools.pointed.part, snapshot)
    name = readable_name(world.case.layers[snapshot.layer_rows[layer]], can_write)
    sketch.labels.append(name_beside(name, at_m, head, world.preferences.text_size))


def _add_hands(
    sketch: Sketch, tools: Tools, document: Document, preferences: Preferences, head: Pose
) -> None:
    can_undo, can_redo = document.can_undo, document.can_redo
    for i, hand in enumerate(tools.seen):
        if not hand.is_drawn:
            continue
        is_closed = max(hand.squeeze, hand.trigger) > PRESS_FROM
        add_hand(sketch, hand.joints, hand.grip, is_closed)
        if preferences.hints and hand.grip and hand.joints is None:
            hints = hints_of(tools, i, preferences, can_undo, can_redo)
            add_hints(sketch, hand.grip, i == 0, hints, head, preferences.text_size)
    if tools.board is not None and tools.board.ray is not None:
        add_aim(sketch, *tools.board.ray, has_ball=tools.measuring.kind is None)
