"""The words a user may choose from. Light to import: every start of the program pays for it."""

from __future__ import annotations

from enum import StrEnum

from xrviewer.document.opening import OPENING_TOOL
from xrviewer.errors import UsageError
from xrviewer.spatial.cameras import VIEW_NAMES


class DemoName(StrEnum):
    KNEE = "knee"
    BRAIN = "brain"


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


class ToolName(StrEnum):
    """What the trigger does. One line a tool that there is."""

    GRAB = OPENING_TOOL
