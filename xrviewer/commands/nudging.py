"""`xrviewer session nudge`: a date moved by hand on top of how it was laid onto the first."""

from __future__ import annotations

import math
from pathlib import Path

from xrviewer.case.model import Case
from xrviewer.commands.choices import chosen_timepoint
from xrviewer.document.comparison_intents import NudgeDate
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.document.opening import middle_mm
from xrviewer.errors import DocumentError, UsageError
from xrviewer.spatial.transforms import PartPlace, Vec3, axis_rotation, rotated


def nudge(case: Case, session: Path, timepoint: str, move_mm: Vec3, turn_deg: Vec3) -> str:
    """Replaces what was nudged before; 0 and 0 takes it back. Turns about the first date's
    middle, about an axis whose length is the angle."""
    date = chosen_timepoint(case, timepoint)
    if date.id == case.timepoints[0].id:
        raise UsageError(f"{timepoint} is the first date, which all others are laid onto")
    angle = math.hypot(*turn_deg)
    turn = axis_rotation(turn_deg, math.radians(angle)) if angle else (0.0, 0.0, 0.0, 1.0)
    middle = middle_mm(case.timepoints[0])
    there = rotated(turn, middle)
    dx, dy, dz = (c - t + m for c, t, m in zip(middle, there, move_mm, strict=True))
    with Journal(session) as journal:
        try:
            Document(case, journal=journal).apply(NudgeDate(date.id, PartPlace((dx, dy, dz), turn)))
        except DocumentError as error:
            raise UsageError(str(error)) from error
    return f"{date.name} nudged by {math.hypot(*move_mm):g} mm and {angle:g}° in {session}"
