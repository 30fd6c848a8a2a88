"""A session for other programs: what `xrviewer session show` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.document.lines import Record
from xrviewer.document.measurements import Measurement
from xrviewer.document.planes import Cut, CutKind, Slice
from xrviewer.document.registers import Registers
from xrviewer.document.snapshot import LAYER, Snapshot, advance, first_snapshot
from xrviewer.errors import JournalError
from xrviewer.spatial.planes import name_of


def read_session(path: Path) -> tuple[Snapshot, tuple[str, ...]]:
    """Where a journal's session stands, without its case, and notes on what was lost."""
    contents = Record.read(path).contents
    assert contents.header is not None
    opening = contents.header.values()
    layers = dict.fromkeys(id for collection, id, _ in opening if collection == LAYER)
    registers = Registers(opening)
    try:
        snapshot = first_snapshot(opening, layers)
        for entry in contents.entries:
            won = [write for write in entry.writes() if registers.merge(write)]
            snapshot = advance(snapshot, won)
    except (LookupError, TypeError, ValueError) as error:
        raise JournalError(path, f"holds a value that cannot be: {error}") from error
    return snapshot, contents.notes


def show_session(snapshot: Snapshot) -> dict[str, Any]:
    """As JSON has it; lengths in metres of the room, scale 1.0 is life size."""
    return {
        "model": {
            "position_m": list(snapshot.model.position_m),
            "rotation_xyzw": list(snapshot.model.rotation_xyzw),
            "scale": snapshot.model.scale,
        },
        "layers": {
            layer: {
                "visible": bool(row["is_visible"]),
                "opacity": _shortest(row["opacity"]),
                "color": _hex(row["color"]),
            }
            for layer, row in zip(snapshot.layer_rows, snapshot.layers, strict=True)
        },
        "isolated": snapshot.isolated and list(snapshot.isolated),
        "ghosted": snapshot.ghosted and [layer for layer, _ in snapshot.ghosted],
        "peeled": [list(layers) for layers in snapshot.peeled],
        "presets": {
            name: [look.layer for look in looks if look.is_visible]
            for name, looks in snapshot.presets.items()
        },
        "parts": _moved_parts(snapshot),
        "explode": snapshot.explode,
        "slices": [_slice(id, slice) for id, slice in snapshot.slices.items()],
        "cuts": [_cut(id, cut) for id, cut in snapshot.cuts.items()],
        "crosshair_mm": snapshot.crosshair_mm and list(snapshot.crosshair_mm),
        "measurements": [_measurement(m) for m in snapshot.measurements.values()],
        "comparison": _comparison(snapshot),
        "map": _map(snapshot),
        "tool": snapshot.tool,
    }


def _moved_parts(snapshot: Snapshot) -> dict[str, Any]:
    """Those that are not at home; millimetres of the case."""
    return {
        layer: {
            "position_mm": row["position_mm"].tolist(),
            "rotation_xyzw": row["rotation_xyzw"].tolist(),
        }
        for layer, row in zip(snapshot.layer_rows, snapshot.layers["place"], strict=True)
        if row["position_mm"].any() or row["rotation_xyzw"][:3].any()
    }


def _slice(id: str, slice: Slice) -> dict[str, Any]:
    plane, fusion = slice.plane, slice.fusion
    return {
        "id": id,
        "volume": slice.volume,
        "plane": {
            "point_mm": list(plane.point_mm),
            "normal": list(plane.normal),
            "across": list(plane.across),
        },
        "orientation": name_of(plane),
        "mode": str(slice.mode),
        "slab": {"thickness_mm": slice.slab_mm, "projection": str(slice.projection)},
        "window": slice.window and list(slice.window),
        "colors": slice.colors,
        "filter": str(slice.filter),
        "fusion": fusion
        and {
            "volume": fusion.volume,
            "share": fusion.share,
            "window": fusion.window and list(fusion.window),
            "colors": fusion.colors,
        },
        "outlines": str(slice.outlines),
        "curve_mm": [list(point) for point in slice.curve_mm],
        "turn_rad": slice.turn_rad,
        "visible": slice.is_visible,
    }


def _cut(id: str, cut: Cut) -> dict[str, Any]:
    shape = cut.shape
    return {
        "id": id,
        "kind": str(shape.kind),
        "position_mm": list(shape.position_mm),
        "rotation_xyzw": list(shape.rotation_xyzw),
        "half_size_mm": list(shape.half_size_mm) if shape.kind is CutKind.BOX else None,
        "exempt": list(cut.exempt),
        "volume": cut.volume,
        "visible": cut.is_visible,
    }


def _measurement(measurement: Measurement) -> dict[str, Any]:
    """One that is there. The value is as it was found; `written` is how people read it."""
    measured = measurement.measured
    assert measured is not None
    quantity = measured.quantity
    return {
        "id": measurement.id,
        "kind": str(measured.kind),
        "name": measurement.name,
        "note": measurement.note,
        "timepoint": measured.timepoint,
        "layers": list(measured.layers),
        "points_mm": [list(point) for point in measured.points_mm],
        "value": quantity and quantity.value,
        "unit": quantity and str(quantity.unit),
        "uncertainty": quantity and quantity.uncertainty,
        "written": quantity and quantity.text,
        "lesion": str(measurement.lesion),
        "color": measurement.color_hex,
        "visible": measurement.is_visible,
    }


def _comparison(snapshot: Snapshot) -> dict[str, Any]:
    """Empty where no second date is seen."""
    asked = snapshot.comparison
    if asked.other is None:
        return {}
    plane = asked.swipe
    return {
        "shown": snapshot.timepoint,
        "other": asked.other,
        "together": str(asked.together),
        "blend": asked.blend,
        "swipe": plane and {"point_mm": list(plane.point_mm), "normal": list(plane.normal)},
        "fits": {
            date: {
                fit.layer: {"residual_mm": fit.residual_mm, "overlap": fit.overlap}
                for fit in found.fits
            }
            for date, found in snapshot.dates.items()
        },
        "by_hand": {
            date: {
                "position_mm": list(found.nudge.position_mm),
                "rotation_xyzw": list(found.nudge.rotation_xyzw),
                "residual_mm": found.residual_mm,
            }
            for date, found in snapshot.dates.items()
            if found.is_by_hand
        },
    }


def _map(snapshot: Snapshot) -> dict[str, Any] | None:
    if snapshot.map is None:
        return None
    look = snapshot.map_look(snapshot.map)
    return {
        "id": snapshot.map,
        "range": look.range and list(look.range),
        "steps": look.steps,
        "isolines": look.isolines,
    }


def _hex(color: NDArray[np.float32]) -> str:
    return "#" + "".join(f"{round(float(v) * 255):02x}" for v in color)


def _shortest(value: np.float32) -> float:
    """The number that was asked for: float32 0.3 is 0.3, not 0.30000001192092896."""
    return float(str(value))
