"""3D Slicer's markups, out and in. Coordinates are LPS millimetres on both sides.

https://github.com/Slicer/Slicer, Modules/Loadable/Markups/Resources/Schema, 1.0.3
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from xrviewer.case.measured import Kind
from xrviewer.document.measurements import Measurement
from xrviewer.errors import InputError
from xrviewer.spatial.transforms import Vec3

SUFFIX = ".mrk.json"
SCHEMA = (
    "https://raw.githubusercontent.com/slicer/slicer/master/Modules/Loadable/Markups/Resources/"
    "Schema/markups-schema-v1.0.3.json#"
)
_TYPES = {
    Kind.DISTANCE: "Line",
    Kind.GAP: "Line",
    Kind.POLYLINE: "Curve",
    Kind.SURFACE: "Curve",
    Kind.ANGLE: "Angle",
    Kind.DIAMETER: "ClosedCurve",
}
"""Any other kind is points in a Fiducial list."""
_KINDS = {
    "Line": Kind.DISTANCE,
    "Angle": Kind.ANGLE,
    "Curve": Kind.POLYLINE,
    "ClosedCurve": Kind.DIAMETER,
}
_DEFAULT_RGB = (0.95, 0.95, 0.95)


@dataclass(frozen=True, slots=True)
class Read:
    """A markup as it was read: what it measures must be found anew, on this case."""

    kind: Kind
    name: str
    points_mm: tuple[Vec3, ...]
    note: str = ""
    is_visible: bool = True


def as_markups(measurements: Iterable[Measurement]) -> bytes:
    markups = [_markup(m) for m in measurements if m.is_there]
    table = {"@schema": SCHEMA, "markups": markups}
    return msgspec.json.format(msgspec.json.encode(table)) + b"\n"


def _markup(measurement: Measurement) -> dict[str, Any]:
    measured = measurement.measured
    assert measured is not None
    quantity = measured.quantity
    points = measured.line_mm if measured.kind is Kind.SURFACE else measured.points_mm
    found = []
    if quantity:
        value, unit = quantity.value, quantity.unit.symbol.strip()
        found = [{"name": str(measured.kind), "enabled": True, "value": value, "units": unit}]
    return {
        "type": _TYPES.get(measured.kind, "Fiducial"),
        "coordinateSystem": "LPS",
        "coordinateUnits": "mm",
        "locked": False,
        "fixedNumberOfControlPoints": False,
        "labelFormat": "%N-%d",
        "controlPoints": [
            _control_point(measurement, n, point) for n, point in enumerate(points, 1)
        ],
        "measurements": found,
        "display": {
            "visibility": measurement.is_visible,
            "opacity": 1.0,
            "color": _rgb(measurement.color_hex),
        },
    }


def _control_point(measurement: Measurement, number: int, point_mm: Vec3) -> dict[str, Any]:
    return {
        "id": str(number),
        "label": measurement.name if number == 1 else f"{measurement.name}-{number}",
        "description": measurement.note if number == 1 else "",
        "position": list(point_mm),
        "selected": True,
        "locked": False,
        "visibility": True,
        "positionStatus": "defined",
    }


def _rgb(color_hex: str | None) -> list[float]:
    if color_hex is None:
        return list(_DEFAULT_RGB)
    return [int(color_hex[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def read_markups(path: Path) -> tuple[tuple[Read, ...], tuple[str, ...]]:
    """What the file holds, and a line on each thing that has no place here."""
    try:
        table = msgspec.json.decode(path.read_bytes())
        lists = table["markups"]
        found, notes = [], []
        for n, markup in enumerate(lists, 1):
            one, note = _read(markup, n)
            found += one
            notes += note
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, LookupError, TypeError, ValueError) as error:
        raise InputError(path, f"is no markups file of 3D Slicer ({error})") from error
    return tuple(found), tuple(notes)


def _read(markup: dict[str, Any], number: int) -> tuple[list[Read], list[str]]:
    kind = markup["type"]
    points = [p for p in markup["controlPoints"] if p.get("positionStatus", "defined") == "defined"]
    places = _places(points, markup)
    name = str(points[0].get("label") or f"{kind} {number}") if points else ""
    is_visible = bool(markup.get("display", {}).get("visibility", True))
    if kind == "Fiducial":
        notes = [str(p.get("description") or "") for p in points]
        names = [str(p.get("label") or f"Point {n}") for n, p in enumerate(points, 1)]
        each = zip(names, places, notes, strict=True)
        return [Read(Kind.NOTE, label, (at,), note, is_visible) for label, at, note in each], []
    if kind not in _KINDS:
        return [], [f"markup {number} is a {kind}, which has no place here"]
    if not places:
        return [], [f"markup {number} has no points"]
    note = str(points[0].get("description") or "")
    if kind in ("Line", "Angle"):  # Slicer numbers their ends: F-1, F-2
        name = name.removesuffix("-1")
    return [Read(_KINDS[kind], name, tuple(places), note, is_visible)], []


def _places(points: list[dict[str, Any]], markup: dict[str, Any]) -> list[Vec3]:
    frame = markup.get("coordinateSystem", "LPS")
    if frame not in ("LPS", "RAS"):
        raise ValueError(f"coordinates are LPS or RAS, not {frame!r}")
    if markup.get("coordinateUnits", "mm") != "mm":
        raise ValueError(f"lengths are mm, not {markup['coordinateUnits']!r}")
    sign = -1.0 if frame == "RAS" else 1.0
    places = np.array([p["position"] for p in points], np.float64).reshape(-1, 3)
    if not np.isfinite(places).all():
        raise ValueError("a position is not finite")
    return [(sign * x, sign * y, z) for x, y, z in places.tolist()]
