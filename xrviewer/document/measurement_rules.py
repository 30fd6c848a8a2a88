"""What the intents on measurements write, and when they are refused."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from xrviewer.case.measured import Kind, Lesion, Measured
from xrviewer.document import measurement_intents as it
from xrviewer.document.known import Assignments, Known, must_be_known
from xrviewer.document.measurements import (
    MAX_NAME,
    MAX_NOTE,
    MEASUREMENT,
    cleaned,
    measured_value,
    measurement_register,
)
from xrviewer.document.registers import is_text
from xrviewer.document.snapshot import Snapshot
from xrviewer.errors import DocumentError
from xrviewer.words import mark, tr

MAX_MEASUREMENTS = 10_000
MAX_POINTS = 100_000
FARTHEST_MM = 100_000.0
"""From the case's origin; the patient is not that tall."""


def new_id(snapshot: Snapshot) -> str:
    """The next that nobody has used, also by what was taken back."""
    return f"m{len(snapshot.all_measurements) + 1}"


def default_name(kind: Kind, snapshot: Snapshot) -> str:
    """Counted within the kind: Distance 3."""
    same = (m.measured for m in snapshot.all_measurements.values())
    count = sum(found is not None and found.kind is kind for found in same)
    return f"{tr(_TITLES[kind])} {count + 1}"


_TITLES = {
    Kind.DISTANCE: mark("Distance"),
    Kind.POLYLINE: mark("Path"),
    Kind.SURFACE: mark("Surface distance"),
    Kind.ANGLE: mark("Angle"),
    Kind.PLANE_ANGLE: mark("Plane angle"),
    Kind.DIAMETER: mark("Diameter"),
    Kind.GAP: mark("Gap"),
    Kind.AREA: mark("Area"),
    Kind.VOLUME: mark("Volume"),
    Kind.NOTE: mark("Note"),
}


def _measure(intent: it.Measure, known: Known, snapshot: Snapshot) -> Assignments:
    if not is_text(intent.id):
        raise DocumentError(f"a measurement has an id, not {intent.id!r}")
    is_new = intent.id not in snapshot.all_measurements
    if is_new and len(snapshot.all_measurements) >= MAX_MEASUREMENTS:
        raise DocumentError(f"a session holds {MAX_MEASUREMENTS} measurements at most")
    _check(intent.measured, known)
    written: Assignments = {
        measurement_register(intent.id, "measured"): measured_value(intent.measured)
    }
    name = intent.name
    if name is None and is_new:
        name = default_name(intent.measured.kind, snapshot)
    if name is not None:
        written[measurement_register(intent.id, "name")] = cleaned(name, MAX_NAME)
    if intent.lesion is not None:
        lesion = _lesion_of(intent.measured.kind, intent.lesion)
        written[measurement_register(intent.id, "lesion")] = lesion
    return written


def _check(measured: Measured, known: Known) -> None:
    must_be_known("timepoint", measured.timepoint, known.timepoints)
    for layer in measured.layers:
        must_be_known("layer", layer, known.layers)
    if not 0 < len(measured.points_mm) <= MAX_POINTS:
        raise DocumentError(f"a measurement has points, not {len(measured.points_mm)} of them")
    for point in (*measured.points_mm, *measured.line_mm):
        if not math.hypot(*point) <= FARTHEST_MM:
            raise DocumentError(f"a point is measured in the patient, not at {point}")
    quantity = measured.quantity
    if (quantity is None) != (measured.kind is Kind.NOTE):
        raise DocumentError("all but a note has a value")
    if quantity is not None and not math.isfinite(quantity.value):
        raise DocumentError(f"a value is a number, not {quantity.value}")


def _retract(intent: it.Retract, known: Known, snapshot: Snapshot) -> Assignments:
    return {_known(id, "is_retracted", snapshot): True for id in intent.ids}


def _name(intent: it.NameMeasurement, known: Known, snapshot: Snapshot) -> Assignments:
    name = cleaned(intent.name, MAX_NAME)
    if not name:
        raise DocumentError("a measurement's name is not empty")
    return {_known(intent.id, "name", snapshot): name}


def _note(intent: it.NoteMeasurement, known: Known, snapshot: Snapshot) -> Assignments:
    return {_known(intent.id, "note", snapshot): cleaned(intent.note, MAX_NOTE)}


def _color(intent: it.ColorMeasurement, known: Known, snapshot: Snapshot) -> Assignments:
    color = intent.color_hex
    if color is not None and not re.fullmatch("#[0-9a-fA-F]{6}", color):
        raise DocumentError(f"a colour is written #rrggbb, not {color!r}")
    return {_known(intent.id, "color", snapshot): color and color.lower()}


def _visible(intent: it.SetMeasurementVisible, known: Known, snapshot: Snapshot) -> Assignments:
    return {_known(intent.id, "is_visible", snapshot): bool(intent.is_visible)}


def _lesion(intent: it.MarkLesion, known: Known, snapshot: Snapshot) -> Assignments:
    register = _known(intent.id, "lesion", snapshot)
    found = snapshot.all_measurements[intent.id].measured
    kind = Kind.NOTE if found is None else found.kind
    return {register: _lesion_of(kind, intent.lesion)}


def _lesion_of(kind: Kind, lesion: Lesion) -> str:
    if kind not in _FOLLOWED:
        raise DocumentError("a lesion is followed by a distance, a diameter, a volume or a note")
    return str(Lesion(lesion))


_FOLLOWED = (Kind.DISTANCE, Kind.DIAMETER, Kind.VOLUME, Kind.NOTE)


def _known(id: str, field: str, snapshot: Snapshot) -> tuple[str, str, str]:
    must_be_known(MEASUREMENT, id, snapshot.all_measurements)
    return measurement_register(id, field)


MEASURING: dict[type, Callable[[Any, Known, Snapshot], Assignments]] = {
    it.Measure: _measure,
    it.Retract: _retract,
    it.NameMeasurement: _name,
    it.NoteMeasurement: _note,
    it.ColorMeasurement: _color,
    it.SetMeasurementVisible: _visible,
    it.MarkLesion: _lesion,
}
