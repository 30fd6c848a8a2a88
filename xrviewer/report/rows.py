"""Measurements as rows: one each, with what changed since the first date of the same name."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from xrviewer.case.measured import Measured
from xrviewer.case.model import Case
from xrviewer.case.quantity import difference
from xrviewer.document.measurements import Measurement
from xrviewer.spatial.transforms import Vec3


class Row(msgspec.Struct, frozen=True):
    """A measurement. The numbers are as they were found; `written` is how people read them."""

    id: str
    name: str
    kind: str
    timepoint: str
    day: int
    layers: tuple[str, ...]
    value: float | None
    unit: str
    uncertainty: float | None
    written: str
    baseline: str = ""
    """The measurement it is compared with: the one of this name at the earliest date."""
    change: float | None = None
    change_uncertainty: float | None = None
    change_percent: float | None = None
    change_written: str = ""
    lesion: str = ""
    note: str = ""
    points_mm: tuple[Vec3, ...] = ()


def rows(case: Case, measurements: Iterable[Measurement]) -> tuple[Row, ...]:
    """Of those that are there; in the order of dates, and within one as they were made."""
    days = {timepoint.id: timepoint.day for timepoint in case.timepoints}
    known = [(m, m.measured) for m in measurements if m.is_there and m.measured is not None]
    known = [pair for pair in known if pair[1].timepoint in days]
    known.sort(key=lambda pair: days[pair[1].timepoint])
    first: dict[tuple[str, str], tuple[Measurement, Measured]] = {}
    found = []
    for measurement, measured in known:
        earliest = first.setdefault((measurement.name, measured.kind), (measurement, measured))
        row = _row(measurement, measured, days[measured.timepoint])
        if days[earliest[1].timepoint] < row.day:
            row = _compared(row, measured, *earliest)
        found.append(row)
    return tuple(found)


def _row(measurement: Measurement, measured: Measured, day: int) -> Row:
    quantity = measured.quantity
    return Row(
        measurement.id,
        measurement.name,
        str(measured.kind),
        measured.timepoint,
        day,
        tuple(dict.fromkeys(measured.layers)),
        quantity.value if quantity else None,
        str(quantity.unit) if quantity else "",
        quantity.uncertainty if quantity else None,
        quantity.text if quantity else "",
        lesion=str(measurement.lesion),
        note=measurement.note,
        points_mm=measured.points_mm,
    )


def _compared(row: Row, measured: Measured, before: Measurement, earliest: Measured) -> Row:
    now, then = measured.quantity, earliest.quantity
    if now is None or then is None:
        return row
    change = difference(now, then)
    return msgspec.structs.replace(
        row,
        baseline=before.id,
        change=change.value,
        change_uncertainty=change.uncertainty,
        change_percent=100 * change.value / then.value if then.value else None,
        change_written=change.text,
    )
