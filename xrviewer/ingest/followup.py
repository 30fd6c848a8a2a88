"""A later date of a case that is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from xrviewer.case.model import Case
from xrviewer.errors import UsageError
from xrviewer.ingest.identity import Person
from xrviewer.ingest.ledger import is_same, recall


@dataclass(frozen=True, slots=True)
class Visit:
    """Who was scanned and when, as far as the sources say."""

    person: Person
    date: date | None


def visit_day(case: Case, visit: Visit, stated: int | None) -> int:
    """Days since the first scan: as stated, else from the dates of both."""
    if stated is not None:
        return stated
    entry = recall(case.id)
    if entry is None or not entry.first_date or visit.date is None:
        raise UsageError("nothing says how long after the first scan this one was: give --day N")
    day = (visit.date - date.fromisoformat(entry.first_date)).days
    if day < 0:
        raise UsageError("this scan is older than the first of the case; import it first")
    return day


def check_person(case: Case, visit: Visit, accept_mismatch: bool) -> tuple[str, ...]:
    """Raises UsageError for another patient. What cannot be compared is told."""
    entry = recall(case.id)
    same = is_same(entry, visit.person) if entry is not None else None
    if same:
        return ()
    if same is None:
        return ("nothing here can tell whether this is the same patient: make sure of it",)
    if not accept_mismatch:
        raise UsageError(
            "this is another patient than the case's first scan was of (--accept-mismatch if "
            "the number was changed)"
        )
    return ("the patient's number differs from the first scan's: taken on your word",)


def with_visit(case: Case, made: Case, day: int) -> Case:
    """The case with the only timepoint of the other one added, in order of days.

    The first date's words for a structure stay; nothing is registered.
    """
    taken = {timepoint.id for timepoint in case.timepoints}
    id = next(f"t{n}" for n in range(len(taken) + 1) if f"t{n}" not in taken)
    visit = replace(made.timepoints[0], id=id, day=day)
    known = {layer.id for layer in case.layers}
    groups = {group.id for group in case.groups}
    return replace(
        case,
        layers=(*case.layers, *(layer for layer in made.layers if layer.id not in known)),
        groups=(*case.groups, *(group for group in made.groups if group.id not in groups)),
        timepoints=tuple(sorted((*case.timepoints, visit), key=lambda t: t.day)),
        provenance=(*case.provenance, *(f"{id}: {line}"[:1000] for line in made.provenance)),
        faults=(),
    )
