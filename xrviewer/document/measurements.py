"""What has been measured: a value as it was found, whole with the points it was found at.

The number lies in the same register as its points: an undo can never leave new points with an old
value, and another program can read the session without the case.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from xrviewer.case.measured import Kind, Lesion, Measured
from xrviewer.case.model import Case
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.document.registers import Register, Value
from xrviewer.spatial.transforms import Vec3

MEASUREMENT = "measurement"
"""The collection."""
MAX_NAME, MAX_NOTE = 120, 2000
"""Letters."""
MAX_DRAWN = 64
"""Measurements of a date that are drawn and can be taken hold of, the last made first; the list
has them all."""


@dataclass(frozen=True, slots=True)
class Measurement:
    id: str
    measured: Measured | None = None
    """None before it was placed, and again when that was undone."""
    name: str = ""
    """The same name at two dates makes a pair."""
    note: str = ""
    color_hex: str | None = None
    is_retracted: bool = False
    """Taken back by a person; it stays in the record."""
    is_visible: bool = True
    lesion: Lesion = Lesion.NONE

    @property
    def is_there(self) -> bool:
        return self.measured is not None and not self.is_retracted


def latest(
    measurements: Mapping[str, Measurement], timepoint: str, most: int
) -> tuple[Measurement, ...]:
    """Of one date, those that are shown, the last made first: as many as one can still tell apart.
    Ten thousand at once would be a grey cloud, and would cost the frame."""
    found: list[Measurement] = []
    for one in reversed(tuple(measurements.values())):
        at = one.measured
        if at is not None and at.timepoint == timepoint and one.is_visible and one.is_there:
            found.append(one)
            if len(found) == most:
                break
    return tuple(found)


def baseline_of(one: Measurement, others: Iterable[Measurement], case: Case) -> Measurement | None:
    """The one of the same name and kind at the earliest date before this one's."""
    if one.measured is None:
        return None
    days = {timepoint.id: timepoint.day for timepoint in case.timepoints}
    now, kind = days.get(one.measured.timepoint, 0), one.measured.kind
    same = [
        (days[o.measured.timepoint], o)
        for o in others
        if o.measured is not None
        and (o.name, o.measured.kind) == (one.name, kind)
        and o.measured.timepoint in days
    ]
    day, first = min(same, key=lambda pair: pair[0], default=(now, one))
    return first if day < now else None


def layer_of_point(measured: Measured, index: int) -> str | None:
    """The part a point was placed on; None where it was placed on none."""
    layers = measured.layers
    if len(layers) == len(measured.points_mm):
        return layers[index]
    return layers[0] if len(layers) == 1 else None


FIELDS = ("measured", "name", "note", "color", "is_retracted", "is_visible", "lesion")


def measurement_register(id: str, field: str) -> Register:
    return (MEASUREMENT, id, field)


def measured_value(measured: Measured) -> Value:
    """As it stands in the register and the journal."""
    found = measured.quantity
    quantity: Value = None
    if found is not None:
        quantity = (found.value, str(found.unit), found.uncertainty)
    return (
        str(measured.kind),
        measured.timepoint,
        measured.points_mm,
        measured.layers,
        quantity,
        measured.line_mm,
        measured.radius_mm,
    )


_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Controls, directions, half characters, private and unknown ones, line ends."""


def cleaned(text: str, longest: int) -> str:
    """In one line, without what cannot be seen or written. Sessions come from others, too, so what
    is written there goes through it as what is typed."""
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(c) in _UNSEEN else c for c in text)
    return " ".join(text.split())[:longest]


def with_written(measurement: Measurement, field: str, value: Any) -> Measurement:
    """After one of its registers was written. What this version does not know is left alone."""
    match field:
        case "measured":
            return replace(measurement, measured=None if value is None else _measured(value))
        case "name":
            return replace(measurement, name=cleaned(str(value or ""), MAX_NAME))
        case "note":
            return replace(measurement, note=cleaned(str(value or ""), MAX_NOTE))
        case "color":
            return replace(measurement, color_hex=value)
        case "is_retracted":
            return replace(measurement, is_retracted=bool(value))
        case "is_visible":  # nobody has hidden what nobody has written
            return replace(measurement, is_visible=value is not False)
        case "lesion":
            return replace(measurement, lesion=Lesion(value or ""))
    return measurement


def _measured(value: Any) -> Measured:
    kind, timepoint, points, layers, quantity, line, radius = value
    return Measured(
        Kind(kind),
        str(timepoint),
        _points(points),
        tuple(str(layer) for layer in layers),
        None if quantity is None else _quantity(quantity),
        _points(line),
        None if radius is None else float(radius),
    )


def _quantity(value: Any) -> Quantity:
    number, unit, uncertainty = value
    return Quantity(float(number), Unit(unit), None if uncertainty is None else float(uncertainty))


def _points(value: Any) -> tuple[Vec3, ...]:
    return tuple((float(x), float(y), float(z)) for x, y, z in value)
