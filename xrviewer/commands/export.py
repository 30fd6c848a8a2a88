"""`xrviewer export` and `xrviewer session add`: structures and measurements out, markups in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np

from xrviewer.analysis.figures import measured as found_between
from xrviewer.analysis.figures import precision_of
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.model import Case, Timepoint
from xrviewer.caseio.atomic import write_whole
from xrviewer.caseio.bundle import write_bundle
from xrviewer.commands import pieces
from xrviewer.commands.choices import chosen_timepoint
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.document.measurement_intents import Measure, NoteMeasurement
from xrviewer.document.measurement_rules import new_id
from xrviewer.document.measurements import Measurement
from xrviewer.document.show import read_session
from xrviewer.errors import InputError, MeasureError, UsageError
from xrviewer.report.markups import SUFFIX, Read, as_markups, read_markups
from xrviewer.report.rows import rows
from xrviewer.report.table import as_csv, as_json

Measurements = list[Measurement]


def _structured(case: Case, found: Measurements) -> bytes:
    # Its library takes half a second to load, which opening a case would wait for.
    from xrviewer.report.structured import as_structured_report

    return as_structured_report(case, found, datetime.now())


BUNDLE = ".zip"
FORMATS: dict[str, Callable[[Case, Measurements], bytes]] = {
    SUFFIX: lambda case, found: as_markups(found),
    ".csv": lambda case, found: as_csv(rows(case, found)),
    ".json": lambda case, found: as_json(case, rows(case, found)),
    ".dcm": _structured,
}
"""By how the file's name ends; a longer ending goes first."""


def export(
    case: Case,
    out: Path,
    session: Path | None,
    timepoint: str | None,
    only: tuple[str, ...] = (),
    hide: tuple[str, ...] = (),
) -> tuple[str, tuple[str, ...]]:
    """Writes the file whole. Says what went into it, and what is wrong with that."""
    known = (*pieces.FORMATS, *sorted(FORMATS), BUNDLE)
    if not out.name.lower().endswith(known):
        raise UsageError(f"{out.name}: name a file that ends in {', '.join(known)}")
    if not out.parent.is_dir():
        raise InputError(out, f"cannot be written: there is no folder {out.parent}; make it first")
    if out.suffix.lower() == BUNDLE:
        if session or timepoint or only or hide:
            raise UsageError(f"{BUNDLE} is the whole case: leave the other options out")
        return export_bundle(case, out), ()
    if out.name.lower().endswith(pieces.FORMATS):
        shown = pieces.shown_snapshot(case, session, timepoint, only, hide)
        return pieces.write_pieces(case, shown, out)
    if session is None:
        raise UsageError("measurements are in a session: name it with --session")
    return export_measurements(case, session, out, timepoint), ()


def export_bundle(case: Case, out: Path) -> str:
    size_mb = write_bundle(case, out) / 1e6
    return f"{case.id} in {out}, {size_mb:.1f} MB, without sessions and captures"


def export_measurements(case: Case, session: Path, out: Path, timepoint: str | None) -> str:
    """Writes the file whole; what it says is how many went into it."""
    write = next(f for end, f in FORMATS.items() if out.name.lower().endswith(end))
    snapshot, _ = read_session(session)
    found = list(snapshot.measurements.values())
    if timepoint is not None:
        wanted = chosen_timepoint(case, timepoint).id
        found = [m for m in found if m.measured and m.measured.timepoint == wanted]
    if not found:
        raise MeasureError(f"{session}: no measurement is in this session")
    write_whole(out, write(case, found))
    return f"{len(found)} measurement{'' if len(found) == 1 else 's'} in {out}"


def add_markups(
    case: Case, markups: Path, session: Path, timepoint: str | None
) -> tuple[str, tuple[str, ...]]:
    """Measures anew what 3D Slicer had marked; and a line on each thing left out."""
    found, notes = read_markups(markups)
    at = chosen_timepoint(case, timepoint)
    left_out = list(notes)
    with Journal(session) as journal:
        document = Document(case, journal=journal)
        count = 0
        for read in found:
            try:
                _add(document, read, at)
                count += 1
            except MeasureError as error:
                left_out.append(f"{read.name}: {error}")
    return f"{count} measurement{'' if count == 1 else 's'} added to {session}", tuple(left_out)


def _add(document: Document, read: Read, timepoint: Timepoint) -> None:
    quantity = None
    if read.kind is not Kind.NOTE:
        quantity = found_between(read.kind, np.array(read.points_mm), precision_of(timepoint))
    id = new_id(document.snapshot)
    made = Measured(read.kind, timepoint.id, read.points_mm, (), quantity)
    document.apply(Measure(id, made, read.name))
    if read.note:
        document.apply(NoteMeasurement(id, read.note))
