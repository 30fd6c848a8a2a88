"""`xrviewer import`: sources to a case folder, and what to know about it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from xrviewer.case.model import Case
from xrviewer.caseio.folder import load_case, save_case
from xrviewer.caseio.info import CaseInfo, case_info
from xrviewer.caseio.manifest import MANIFEST_NAME
from xrviewer.errors import UsageError
from xrviewer.ingest.archive import unpacked
from xrviewer.ingest.dicom.keeping import Kept, keep_dicom
from xrviewer.ingest.followup import Visit, check_person, visit_day, with_visit
from xrviewer.ingest.ledger import LEDGER_VARIABLE, remember
from xrviewer.ingest.pipeline import Imported, Wanted, make_case
from xrviewer.ingest.servers.fetch import fetched
from xrviewer.ingest.stages import open_stages


class Brought(msgspec.Struct, frozen=True):
    """What `--json` prints."""

    out: str
    seconds: float
    notes: tuple[str, ...]
    case: CaseInfo


@dataclass(frozen=True, slots=True)
class FollowUp:
    """How a later date joins a case that is there."""

    is_named: bool
    """Whether --timepoint was given: without it a case that is there stays as it is."""
    day: int | None = None
    accept_mismatch: bool = False


def bring(
    wanted: Wanted, out: Path, follow_up: FollowUp, progress: Callable[[float, str], None]
) -> Brought:
    """Writes the folder whole or not at all; adds to a case that is there, never over it."""
    is_there = (out / MANIFEST_NAME).exists()
    if is_there and not follow_up.is_named:
        raise UsageError(f"{out} is a case already: --timepoint NAME adds a date to it")
    start_s = time.perf_counter()
    stages = open_stages()
    # Both are held until the voxels are written.
    with (
        fetched(wanted.addresses, wanted.caller, progress) as brought,
        unpacked((*wanted.sources, *brought)) as sources,
    ):
        made = make_case(replace(wanted, sources=sources), progress, stages)
        case, notes = _joined(out, made, follow_up) if is_there else (made.case, ())
        progress(0.96, "writing the case")
        save_case(case, out, lambda folder: _keep(made, case, folder, progress))
    stages.clear()
    resumed = tuple(f"{stage}: taken from an import that was stopped" for stage in stages.resumed)
    if not is_there:
        notes = _remembered(case.id, made.visit)
    progress(1.0, "done")
    seconds = round(time.perf_counter() - start_s, 2)
    return Brought(str(out), seconds, (*resumed, *made.notes, *notes), case_info(case))


def _remembered(case_id: str, visit: Visit) -> tuple[str, ...]:
    """The case is whole by now: that this machine keeps nothing of it is worth a word, no more."""
    try:
        remember(case_id, visit.person, visit.date)
    except OSError as error:
        reason = error.strerror or str(error)
        return (
            f"a later visit cannot be checked to be the same person's: {error.filename}: {reason}; "
            f"{LEDGER_VARIABLE} names another folder for that",
        )
    return ()


def _keep(made: Imported, case: Case, folder: Path, progress: Callable[[float, str], None]) -> None:
    """DICOM files, without who they are of, where that was asked for."""
    if not made.dicom:
        return
    added = made.case.timepoints[0]
    visit = next(t for t in case.timepoints if t.surfaces is added.surfaces)
    kept = Kept(made.dicom, case.id, visit.id, visit.day)
    keep_dicom(kept, folder, lambda part, text: progress(0.97 + 0.029 * part, text))


def _joined(out: Path, made: Imported, follow_up: FollowUp) -> tuple[Case, tuple[str, ...]]:
    case = load_case(out)
    notes = check_person(case, made.visit, follow_up.accept_mismatch)
    return with_visit(case, made.case, visit_day(case, made.visit, follow_up.day)), notes
