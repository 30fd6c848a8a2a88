"""Every number of a report in one CSV: a line each, with its unit and how wrong it may be."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from xrviewer.analysis.terms import WHOLE
from xrviewer.report.gather import Findings
from xrviewer.report.table import NOTE, harmless

COLUMNS = (
    "date",
    "day",
    "structure",
    "region",
    "quantity",
    "value",
    "unit",
    "uncertainty",
    "change",
    "percent",
    "detectable",
    "is_beyond_error",
    "remark",
)
Line = tuple[object, ...]


def as_numbers(found: Findings) -> bytes:
    """UTF-8 with its mark, so that a spreadsheet reads it as that."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for line in _lines(found):
        table.writerow([harmless(_short(cell)) for cell in (*line, NOTE)])
    return out.getvalue().encode("utf-8-sig")


def _lines(found: Findings) -> Iterator[Line]:
    yield from _thickness(found)
    yield from _changes(found)
    yield from _volumes(found)
    yield from _lesions(found)
    for row in found.measurements:
        value = (row.kind, row.value, row.unit, row.uncertainty, row.change, row.change_percent)
        yield (row.timepoint, row.day, row.name, "", *value, None, None)
    for judged in found.judged:
        for date, response in judged.found:
            category = getattr(response, "overall", None) or getattr(response, "category", "")
            rule = f"{judged.criteria.name} {judged.criteria.version}"
            yield (date, None, rule, "", "response", category, "", *[None] * 5)


def _thickness(found: Findings) -> Iterator[Line]:
    first = found.case.timepoints[0]
    for row in found.first:
        where = (first.id, first.day, row.layer, row.region)
        yield (*where, "mean thickness", row.mean_mm, "mm", None, None, None, None, None)


def _changes(found: Findings) -> Iterator[Line]:
    for one in found.followups:
        for row in one.rows:
            where = (one.after.id, one.after.day, row.layer, row.region)
            off = row.detectable_mm / 2**0.5
            change = (row.change_mm, row.percent, row.detectable_mm, row.is_beyond_error)
            yield (*where, "mean thickness", row.after_mm, "mm", off, *change)
        for patch in one.patches:
            kind = "place of loss" if patch.is_loss else "place of gain"
            where = (one.after.id, one.after.day, patch.layer, WHOLE)
            yield (*where, f"{kind}, area", patch.area_mm2, "mm2", *[None] * 5)
            yield (*where, f"{kind}, largest change", patch.largest_mm, "mm", *[None] * 5)
        for bone, fit in one.fits.items():
            where = (one.after.id, one.after.day, bone, WHOLE)
            yield (*where, "fit residual", fit.residual_mm, "mm", *[None] * 5)


def _lesions(found: Findings) -> Iterator[Line]:
    """One that is new has no percent."""
    for number, row in enumerate(found.lesions.rows if found.lesions else (), 1):
        where = ("", None, f"lesion {number}", str(row.fate))
        is_beyond = abs(row.change_mm3) > row.detectable_mm3
        change = (row.change_mm3, row.percent, row.detectable_mm3, is_beyond)
        yield (*where, "volume", row.after_mm3, "mm3", None, *change)


def _volumes(found: Findings) -> Iterator[Line]:
    days = {t.id: t.day for t in found.case.timepoints}
    for layer, by_date in (found.volumes or {}).items():
        for date, volume in by_date.items():
            value = (volume.value, str(volume.unit), volume.uncertainty)
            yield (date, days[date], layer, WHOLE, "volume", *value, *[None] * 4)


def _short(cell: object) -> object:
    return round(cell, 6) if isinstance(cell, float) else cell
