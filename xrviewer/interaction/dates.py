"""What keys and buttons ask of two dates: the next way of seeing both."""

from __future__ import annotations

from xrviewer.case.model import Case
from xrviewer.document.comparison import Together
from xrviewer.document.comparison_intents import CompareWith, SeeTogether
from xrviewer.document.intents import Intent
from xrviewer.document.snapshot import Snapshot


def other_date(case: Case, shown: str) -> str | None:
    """What a date is first compared with: the first one with the last, any other with the first."""
    ids = [timepoint.id for timepoint in case.timepoints]
    if len(ids) < 2:
        return None
    return ids[-1] if shown == ids[0] else ids[0]


def see(case: Case, snapshot: Snapshot, together: Together | None) -> list[Intent]:
    """In that way; None ends it."""
    if together is None:
        return [CompareWith(None)] if snapshot.comparison.other is not None else []
    asked: list[Intent] = []
    if snapshot.comparison.together is not together:
        asked.append(SeeTogether(together))
    if snapshot.comparison.other is None and (other := other_date(case, snapshot.timepoint)):
        asked.append(CompareWith(other))
    return asked


def next_way(case: Case, snapshot: Snapshot) -> list[Intent]:
    """After the last one, the shown date alone again; nothing where there is one date."""
    if len(case.timepoints) < 2:
        return []
    ways: list[Together | None] = [None, *Together]
    now = snapshot.comparison.together if snapshot.comparison.other is not None else None
    return see(case, snapshot, ways[(ways.index(now) + 1) % len(ways)])
