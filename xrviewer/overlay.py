"""What the tools show of themselves: the composition of interaction's values and scene's marks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.tally import Tally
from xrviewer.case.search import readable_name
from xrviewer.document.document import Document
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.grab import PRESS_FROM
from xrviewer.interaction.handle import handle_m
from xrviewer.interaction.hints import hints_of
from xrviewer.interaction.home import head_of
from xrviewer.interaction.input import Hand
from xrviewer.interaction.scaling import readout, scale_bar
from xrviewer.interaction.step import Tools
from xrviewer.interaction.world import World
from xrviewer.render.glyphs import can_write
from xrviewer.scene.legend import before_eye, beside_model, legend_marks
from xrviewer.scene.mapping import Scale
from xrviewer.scene.marks import ACCENT_COLOR, NO_MARKS, Marks, joined, strokes
from xrviewer.scene.overlay import (
    DESK_LETTER_M,
    LETTER_M,
    aim_line,
    button_hints,
    drawn_hand,
    name_beside,
    orientation_letters,
    probe_readout,
    size_readout,
)
from xrviewer.scene.probe import Reading
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import Placement, Pose, Vec3, apply

HANDLE_RADIUS_M = 0.015
NAME_AFTER_S = 0.2
READOUT_LINGERS_S = 2.0
"""After the scale has come to rest."""


@dataclass(frozen=True, slots=True)
class Lingering:
    """When the scale last changed, so that its readout may stay a while."""

    scale: float
    since_s: float = math.inf

    def after(self, scale: float, dt_s: float) -> Lingering:
        return Lingering(scale, self.since_s + dt_s if scale == self.scale else 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class MapSeen:
    """The shown map, and what it says where it is pointed at."""

    scale: Scale
    reading: Reading | None
    spread: Tally


def overlay(
    tools: Tools,
    document: Document,
    world: World,
    bounds_mm: tuple[NDArray[np.floating], NDArray[np.floating]],
    lingering: Lingering,
    seen: MapSeen | None = None,
) -> Marks:
    """Nothing without eyes to see it. seen: None where no map is shown."""
    head = head_of(tools.views)
    if head is None:
        return NO_MARKS
    preferences, model = world.preferences, tools.placement or document.snapshot.model
    marks = _hands(tools, document, world, model, head)
    if seen is None or seen.reading is None:  # a reading stands where the name would
        marks += _pointed_name(tools, world, document.snapshot, head)
    if preferences.letters:
        height_m = DESK_LETTER_M if len(tools.views) == 1 else LETTER_M
        marks += orientation_letters(*bounds_mm, model.matrix() @ MODEL_FROM_CASE, height_m)
    if seen is not None:
        marks += _map_marks(seen, tools, world, document.snapshot, model, head)
    if preferences.one_handed:
        at = handle_m(world.extent(document.snapshot), model)
        marks += Marks(strokes=strokes(at, at, HANDLE_RADIUS_M, ACCENT_COLOR, True))
    is_scaling = tools.stretch is not None or (tools.grab is not None and all(tools.grab.hands))
    if preferences.readout and (is_scaling or lingering.since_s < READOUT_LINGERS_S):
        extent = world.extent(document.snapshot)
        radius_m = max(extent.size_m[0], extent.size_m[2]) / 2 * model.scale
        center = extent.room_center(model)
        bar = scale_bar(model.scale)
        marks += size_readout(
            readout(model.scale), *bar, center, radius_m, head, preferences.text_size
        )
    return marks


def _map_marks(
    seen: MapSeen,
    tools: Tools,
    world: World,
    snapshot: Snapshot,
    model: Placement,
    head: Pose,
) -> Marks:
    """The legend, with the pointed value in it and beside the pointer."""
    size, is_desk = world.preferences.text_size, len(tools.views) == 1
    extent = world.extent(snapshot)
    radius_m = max(extent.size_m[0], extent.size_m[2]) / 2 * model.scale
    stand = (
        before_eye(tools.views[0])
        if is_desk
        else beside_model(extent.room_center(model), radius_m, head, size)
    )
    reading, hit = seen.reading, tools.pointed
    marks = legend_marks(seen.scale, stand, reading.value if reading else None, seen.spread)
    if reading is None or hit is None:
        return marks
    x, y, z = apply(model.matrix() @ MODEL_FROM_CASE, hit.point_mm).tolist()
    lines = [text for text in (reading.said, reading.region, reading.map_name) if text]
    return marks + probe_readout(lines, (x, y, z), head, size, is_desk)


def _pointed_name(tools: Tools, world: World, snapshot: Snapshot, head: Pose) -> Marks:
    """After a moment: what one only sweeps over stays unsaid."""
    if tools.pointed is None or tools.pointed_s < NAME_AFTER_S:
        return NO_MARKS
    model = tools.placement or snapshot.model
    x, y, z = apply(model.matrix() @ MODEL_FROM_CASE, tools.pointed.point_mm).tolist()
    layer = world.layer_of(tools.pointed.part, snapshot)
    name = readable_name(world.case.layers[snapshot.layer_rows[layer]], can_write)
    return name_beside(name, (x, y, z), head, world.preferences.text_size)


def _hands(tools: Tools, document: Document, world: World, model: Placement, head: Pose) -> Marks:
    shapes, written = [NO_MARKS.strokes], NO_MARKS
    preferences = world.preferences
    for i, hand in enumerate(tools.seen):
        if not hand.is_drawn:
            continue
        is_closed = max(hand.squeeze, hand.trigger) > PRESS_FROM
        shapes.append(drawn_hand(hand.joints, hand.grip, is_closed))
        if preferences.hints and hand.grip and hand.joints is None:
            hints = hints_of(tools, i, preferences, document.can_undo, document.can_redo)
            written += button_hints(hand.grip, i == 0, hints, head, preferences.text_size)
    line = _aimed(tools, model)
    if line:
        shapes.append(aim_line(*line, has_ball=tools.measuring.kind is None))
    return written + Marks(strokes=joined(shapes))


def _aimed(tools: Tools, model: Placement) -> tuple[Vec3, Vec3] | None:
    """To the board, else to the structure that is pointed at."""
    if tools.board is not None and tools.board.ray is not None:
        return tools.board.ray
    hand: Hand | None = tools.seen[tools.pointing] if tools.pointing is not None else None
    if hand is None or hand.aim is None or tools.pointed is None or not hand.is_drawn:
        return None
    x, y, z = apply(model.matrix() @ MODEL_FROM_CASE, tools.pointed.point_mm).tolist()
    return hand.aim.position_m, (x, y, z)
