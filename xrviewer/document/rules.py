"""What each intent writes, and when it is refused: a table by type."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from xrviewer.document import intents as it
from xrviewer.document.comparison import SESSION_COMPARED
from xrviewer.document.comparison_rules import COMPARING
from xrviewer.document.known import Asked, Assignments, Known, known_layer, must_be_known
from xrviewer.document.layering import LAYERING
from xrviewer.document.measurement_rules import MEASURING
from xrviewer.document.plane_rules import PLANES
from xrviewer.document.registers import Sweep, is_text
from xrviewer.document.snapshot import (
    MODEL_EXPLODE,
    MODEL_PLACEMENT,
    SESSION_MAP,
    SESSION_TIMEPOINT,
    SESSION_TOOL,
    Snapshot,
    layer_register,
    map_register,
    place_value,
)
from xrviewer.errors import DocumentError
from xrviewer.spatial.transforms import PartPlace, Placement, Quat, normalized

MIN_SCALE, MAX_SCALE = 0.01, 100.0
MAX_DISTANCE_M = 1000.0
"""Farther from the room's origin float32 no longer holds a tenth of a millimetre."""
MAX_PART_DISTANCE_MM = 100_000.0
MAX_EXPLODE = 3.0
UNIT_TOLERANCE = 1e-3
"""How far from 1 the length of a rotation may be; beyond it, it was no rotation."""
MIN_STEPS, MAX_STEPS = 2, 32
ROUNDING = 1e-12
"""This near to 1 it is left as it is, so that placing the model where it stands changes nothing."""


def assignments(intent: it.Intent, known: Known, snapshot: Snapshot) -> Asked:
    """The registers an intent sets, validated. Raises DocumentError."""
    rule = _RULES.get(type(intent))
    if rule is None:
        raise DocumentError(f"the document knows no intent {type(intent).__name__}")
    return rule(intent, known, snapshot)


def _set_layer_visible(intent: it.SetLayerVisible, known: Known, snapshot: Snapshot) -> Assignments:
    register = known_layer(intent.layer, "is_visible", known)
    return {register: bool(intent.is_visible)}


def _set_layers_visible(intent: it.SetLayersVisible, known: Known, snapshot: Snapshot) -> Sweep:
    return known.chosen("is_visible", intent.layers, bool(intent.is_visible))


def _set_layer_opacity(intent: it.SetLayerOpacity, known: Known, snapshot: Snapshot) -> Assignments:
    register = known_layer(intent.layer, "opacity", known)
    if not 0.0 <= intent.opacity <= 1.0:
        raise DocumentError(
            f"opacity of {intent.layer!r} is from 0 (clear) to 1 (solid), not {intent.opacity}"
        )
    return {register: float(intent.opacity)}


def _set_layer_color(intent: it.SetLayerColor, known: Known, snapshot: Snapshot) -> Assignments:
    register = known_layer(intent.layer, "color", known)
    if not re.fullmatch("#[0-9a-fA-F]{6}", intent.color_hex):
        raise DocumentError(
            f"colour of {intent.layer!r} is written #rrggbb, not {intent.color_hex!r}"
        )
    return {register: intent.color_hex.lower()}


def _place_model(intent: it.PlaceModel, known: Known, snapshot: Snapshot) -> Assignments:
    placed = intent.placement
    x, y, z = (float(v) for v in placed.position_m)
    if not math.hypot(x, y, z) <= MAX_DISTANCE_M:
        raise DocumentError(
            f"the model stands within {MAX_DISTANCE_M:g} m of the room's origin, not at {(x, y, z)}"
        )
    return {MODEL_PLACEMENT: ((x, y, z), _rotation(placed), _scale(placed))}


def _place_part(intent: it.PlacePart, known: Known, snapshot: Snapshot) -> Assignments:
    register, place = known_layer(intent.layer, "place", known), intent.place
    x, y, z = (float(v) for v in place.position_mm)
    if not math.hypot(x, y, z) <= MAX_PART_DISTANCE_MM:
        raise DocumentError(
            f"{intent.layer!r} lies within {MAX_PART_DISTANCE_MM:g} mm of home, not at {(x, y, z)}"
        )
    return {register: ((x, y, z), _rotation(place))}


def _put_all_back(_: it.PutAllBack, known: Known, snapshot: Snapshot) -> Assignments:
    home = place_value(PartPlace())
    back: Assignments = {layer_register(layer, "place"): home for layer in known.layers}
    return back | {MODEL_EXPLODE: 0.0}


def _explode(intent: it.Explode, known: Known, snapshot: Snapshot) -> Assignments:
    if not 0.0 <= intent.amount <= MAX_EXPLODE:
        raise DocumentError(
            f"parts are spread from 0 (not at all) to {MAX_EXPLODE:g}, not {intent.amount}"
        )
    return {MODEL_EXPLODE: float(intent.amount)}


def _show_timepoint(intent: it.ShowTimepoint, known: Known, snapshot: Snapshot) -> Assignments:
    must_be_known("timepoint", intent.timepoint, known.timepoints)
    shown: Assignments = {SESSION_TIMEPOINT: intent.timepoint}
    if intent.timepoint == snapshot.comparison.other:  # they change places
        shown[SESSION_COMPARED] = snapshot.timepoint
    return shown


def _show_map(intent: it.ShowMap, known: Known, snapshot: Snapshot) -> Assignments:
    if intent.map is not None:
        must_be_known("map", intent.map, known.maps)
    return {SESSION_MAP: intent.map}


def _set_map_range(intent: it.SetMapRange, known: Known, snapshot: Snapshot) -> Assignments:
    must_be_known("map", intent.map, known.maps)
    low, high = float(intent.low), float(intent.high)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise DocumentError(
            f"range of {intent.map!r} goes from a lower to a higher value, not {low:g} to {high:g}"
        )
    return {map_register(intent.map, "range"): (low, high)}


def _set_map_steps(intent: it.SetMapSteps, known: Known, snapshot: Snapshot) -> Assignments:
    must_be_known("map", intent.map, known.maps)
    steps = int(intent.steps)
    if steps != 0 and not MIN_STEPS <= steps <= MAX_STEPS:
        raise DocumentError(
            f"steps of {intent.map!r} are {MIN_STEPS} to {MAX_STEPS}, or 0 for smooth, not {steps}"
        )
    return {map_register(intent.map, "steps"): steps}


def _show_isolines(intent: it.ShowIsolines, known: Known, snapshot: Snapshot) -> Assignments:
    must_be_known("map", intent.map, known.maps)
    return {map_register(intent.map, "isolines"): bool(intent.is_shown)}


def _select_tool(intent: it.SelectTool, known: Known, snapshot: Snapshot) -> Assignments:
    if not is_text(intent.tool):
        raise DocumentError(f"a tool has a name, not {intent.tool!r}")
    return {SESSION_TOOL: intent.tool}


_RULES: dict[type, Callable[[Any, Known, Snapshot], Asked]] = {
    **LAYERING,
    **MEASURING,
    **PLANES,
    **COMPARING,
    it.SetLayerVisible: _set_layer_visible,
    it.SetLayersVisible: _set_layers_visible,
    it.SetLayerOpacity: _set_layer_opacity,
    it.SetLayerColor: _set_layer_color,
    it.PlaceModel: _place_model,
    it.PlacePart: _place_part,
    it.PutAllBack: _put_all_back,
    it.Explode: _explode,
    it.ShowTimepoint: _show_timepoint,
    it.ShowMap: _show_map,
    it.SetMapRange: _set_map_range,
    it.SetMapSteps: _set_map_steps,
    it.ShowIsolines: _show_isolines,
    it.SelectTool: _select_tool,
}


def _rotation(placed: Placement | PartPlace) -> Quat:
    x, y, z, w = (float(v) for v in placed.rotation_xyzw)
    error = abs(math.hypot(x, y, z, w) - 1.0)
    if not error <= UNIT_TOLERANCE:
        raise DocumentError(f"a rotation is a unit quaternion, not {(x, y, z, w)}")
    return (x, y, z, w) if error <= ROUNDING else normalized((x, y, z, w))


def _scale(placed: Placement) -> float:
    if not 0.0 < placed.scale < math.inf:
        raise DocumentError(f"the model's scale is over 0, not {placed.scale}")
    return min(max(float(placed.scale), MIN_SCALE), MAX_SCALE)
