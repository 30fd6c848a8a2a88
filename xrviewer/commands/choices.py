"""The words a user may choose from. Light to import: every start of the program pays for it."""

from __future__ import annotations

from enum import StrEnum

from xrviewer.case.model import Case, Timepoint
from xrviewer.document.opening import OPENING_TOOL
from xrviewer.errors import UsageError
from xrviewer.interaction.measure_kinds import WANTED
from xrviewer.spatial.cameras import VIEW_NAMES
from xrviewer.spatial.film import Camera as Camera


class DemoName(StrEnum):
    KNEE = "knee"
    BRAIN = "brain"
    PHANTOM = "phantom"


class Preset(StrEnum):
    """For whom the panels are."""

    CLINICIAN = "clinician"
    PATIENT = "patient"


class Display(StrEnum):
    AUTO = "auto"
    HEADSET = "headset"
    WINDOW = "window"
    OFFSCREEN = "offscreen"


class Mirror(StrEnum):
    EYE = "eye"
    THIRD = "third"
    OFF = "off"


def check_view(name: str) -> str:
    if name not in VIEW_NAMES:
        raise UsageError(f"no view {name!r}: choose one of {', '.join(VIEW_NAMES)}")
    return name


TOOLS = (OPENING_TOOL, *WANTED)
"""What the trigger may be; the first takes hold of parts, the others measure."""


def check_tool(name: str | None) -> str | None:
    if name is not None and name not in TOOLS:
        raise UsageError(f"no tool {name!r}: choose one of {', '.join(TOOLS)}")
    return name


def chosen_timepoint(case: Case, id: str | None) -> Timepoint:
    """By its id, or by its name where only one has it; the first date where none is named."""
    if id is None:
        return case.timepoints[0]
    found = [t for t in case.timepoints if t.id == id] or [
        t for t in case.timepoints if t.name == id
    ]
    if len(found) != 1:
        known = ", ".join(f"{t.id} ({t.name})" for t in case.timepoints)
        raise UsageError(f"there is no timepoint {id!r}: choose one of {known}")
    return found[0]
