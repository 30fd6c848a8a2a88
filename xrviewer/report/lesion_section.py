"""What became of lesions between two masks, as a section and as sentences of a report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from xrviewer.analysis.lesions import Fate, LesionChange
from xrviewer.report.content import Section, Table
from xrviewer.report.signs import signed

_ORDER = tuple(Fate)


@dataclass(frozen=True, slots=True)
class MaskedLesions:
    """Found by `analysis.lesions`; `fit` says how the two masks were laid onto each other."""

    rows: tuple[LesionChange, ...]
    before_mm3: float
    after_mm3: float
    method: str
    fit: str = ""


def lesion_headline(found: MaskedLesions) -> str:
    sizes = f"{found.before_mm3:,.0f} to {found.after_mm3:,.0f} mm³"
    return f"Lesions: {_counts(found)}; together from {sizes}."


def lesion_section(found: MaskedLesions) -> Section:
    """One that changed beyond its own error stands out; the largest change first."""
    columns = ("", "Before mm³", "After mm³", "Change", "%", "Detectable", "Centre LPS mm")
    rows = tuple(_cells(row) for row in found.rows)
    changed = frozenset(n for n, row in enumerate(found.rows) if row.fate is not Fate.UNCHANGED)
    note = "Detectable: the smallest change of this lesion that is no chance, at 95 %."
    words = tuple(f"{line[:1].upper()}{line[1:]}." for line in (found.method, found.fit) if line)
    tables = (Table(columns, rows, note, marked=changed),) if rows else ()
    return Section("Lesions", (f"{_counts(found).capitalize()}.", *words), tables=tables)


def _counts(found: MaskedLesions) -> str:
    counts = Counter(row.fate for row in found.rows)
    return ", ".join(f"{counts[fate]} {fate}" for fate in _ORDER if counts[fate]) or "none"


def _cells(row: LesionChange) -> tuple[str, ...]:
    return (
        str(row.fate),
        f"{row.before_mm3:,.1f}",
        f"{row.after_mm3:,.1f}",
        signed(row.change_mm3, 1),
        "" if row.percent is None else signed(row.percent, 0),
        f"±{row.detectable_mm3:,.1f}",
        " ".join(f"{v:.0f}" for v in row.center_mm),
    )
