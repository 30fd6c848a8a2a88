"""What was measured, into files, for who asks from within the case and cannot name them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from xrviewer.case.model import Case
from xrviewer.caseio.atomic import write_whole
from xrviewer.commands.export import FORMATS
from xrviewer.document.snapshot import Snapshot
from xrviewer.errors import XrviewerError


def save_measured(case: Case, session: Path | None, snapshot: Snapshot) -> str:
    """In every format, beside the session or in the current folder, under the time of day. Never
    fails: what was in the way is said instead."""
    stem = session.with_suffix("") if session else Path.cwd() / f"{case.id}-measured"
    named = f"{stem.name}-{datetime.now():%Y%m%d-%H%M%S}"
    found = list(snapshot.measurements.values())
    try:
        for ending, write in FORMATS.items():
            write_whole(stem.with_name(named + ending), write(case, found))
    except (OSError, XrviewerError) as problem:
        return f"not saved: {problem}"
    return f"saved {named}{', '.join(FORMATS)} in {stem.parent}"
