"""The words a user may choose from. Light to import: every start of the program pays for it."""

from __future__ import annotations

from enum import StrEnum

from xrviewer.errors import UsageError
from xrviewer.spatial.cameras import VIEW_NAMES


class DemoName(StrEnum):
    KNEE = "knee"
    BRAIN = "brain"
    PHANTOM = "phantom"


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


def size_of(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and 16 <= min(int(width), int(height))):
        raise UsageError(f"--size is WIDTHxHEIGHT in pixels, at least 16x16, not {text!r}")
    if max(int(width), int(height)) > 8192:
        raise UsageError(f"--size goes up to 8192x8192, not {text}")
    return int(width), int(height)


def range_of(text: str) -> tuple[float, float]:
    low, _, high = text.partition(":")
    try:
        return float(low), float(high)
    except ValueError:
        raise UsageError(f"--range is LOW:HIGH, two numbers, not {text!r}") from None


def ids_of(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
