"""What became of lesions between two masks, as a section and as sentences of a report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from xrviewer.analysis.lesions import Fate, LesionChange
from xrviewer.report.content import Section, Table
from xrviewer.report.signs import grouped, signed
from xrviewer.words import tr

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
    sizes = {"before": grouped(found.before_mm3), "after": grouped(found.after_mm3)}
    return tr(
        "Lesions: {counts}; together from {before} to {after} mm³.", counts=_counts(found), **sizes
    )


def lesion_section(found: MaskedLesions) -> Section:
    """One that changed beyond its own error stands out; the largest change first."""
    columns = (
        "",
        tr("Before mm³"),
        tr("After mm³"),
        tr("Change"),
        "%",
        tr("Detectable"),
        tr("Centre LPS mm"),
    )
    rows = tuple(_cells(row) for row in found.rows)
    changed = frozenset(n for n, row in enumerate(found.rows) if row.fate is not Fate.UNCHANGED)
    note = tr("Detectable: the smallest change of this lesion that is no chance, at 95 %.")
    told = [tr(line) for line in (found.method, found.fit) if line]
    words = tuple(f"{line[:1].upper()}{line[1:]}." for line in told)
    tables = (Table(columns, rows, note, marked=changed),) if rows else ()
    counts = _counts(found)
    return Section(tr("Lesions"), (f"{counts[:1].upper()}{counts[1:]}.", *words), tables=tables)


def _counts(found: MaskedLesions) -> str:
    counts = Counter(row.fate for row in found.rows)
    told = (f"{counts[fate]} {tr(str(fate))}" for fate in _ORDER if counts[fate])
    return ", ".join(told) or tr("none")


def _cells(row: LesionChange) -> tuple[str, ...]:
    return (
        tr(str(row.fate)),
        grouped(row.before_mm3, 1),
        grouped(row.after_mm3, 1),
        signed(row.change_mm3, 1),
        "" if row.percent is None else signed(row.percent, 0),
        f"±{grouped(row.detectable_mm3, 1)}",
        " ".join(signed(v, 0).removeprefix("+") for v in row.center_mm),
    )
