"""Measurements as CSV and JSON."""

from __future__ import annotations

import csv
import io

import msgspec

from xrviewer.case.model import Case
from xrviewer.report.rows import Row

NOTE = "Not for diagnostic use"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Table(msgspec.Struct, frozen=True):
    case: str
    measurements: tuple[Row, ...]
    note: str = NOTE


def as_json(case: Case, found: tuple[Row, ...]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(Table(case.id, found))) + b"\n"


def as_csv(found: tuple[Row, ...]) -> bytes:
    """A line a measurement, under a line of names; the points last, x y z of each."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    names = [field for field in Row.__struct_fields__ if field not in ("points_mm", "layers")]
    table.writerow([*names, "layers", "points_mm", "remark"])
    for row in found:
        points = "; ".join(" ".join(f"{v:.3f}" for v in point) for point in row.points_mm)
        cells = [getattr(row, name) for name in names]
        cells += [" ".join(row.layers), points, NOTE]
        table.writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")  # so that a spreadsheet reads it as UTF-8


def as_cells(found: tuple[Row, ...]) -> str:
    """For the clipboard: a tab between cells. What people read; the files have every number."""
    out = io.StringIO(newline="")
    table = csv.writer(out, dialect="excel-tab", lineterminator="\n")
    table.writerow(["name", "kind", "date", "value", "change", "percent", "note", NOTE])
    for row in found:
        percent = "" if row.change_percent is None else round(row.change_percent, 1)
        cells = [row.name, row.kind, row.timepoint, row.written, row.change_written, percent]
        table.writerow([harmless(cell) for cell in (*cells, row.note)])
    return out.getvalue()


def harmless(cell: object) -> object:
    """A text that a spreadsheet would take for a formula is marked as text."""
    is_formula = isinstance(cell, str) and cell.startswith(_FORMULA_STARTS)
    return f"'{cell}" if is_formula else cell
