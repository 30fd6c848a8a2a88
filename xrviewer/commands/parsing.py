"""What options say, made into values. Raises UsageError for what means nothing."""

from __future__ import annotations

from xrviewer.case.ranges import RangeName
from xrviewer.document.comparison import NO_COMPARISON, Comparison, Together
from xrviewer.errors import UsageError
from xrviewer.spatial.transforms import Vec3

FURNITURE = ("legend", "scale-bar", "letters", "caption")
"""What a picture can be without."""


def size_of(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and 16 <= min(int(width), int(height))):
        raise UsageError(f"--size is WIDTHxHEIGHT in pixels, at least 16x16, not {text!r}")
    if max(int(width), int(height)) > 8192:
        raise UsageError(f"--size goes up to 8192x8192, not {text}")
    return int(width), int(height)


def check_size(text: str | None) -> str | None:
    if text is not None:
        size_of(text)
    return text


def check_furniture(text: str) -> str:
    unknown = set(ids_of(text)) - set(FURNITURE)
    if unknown:
        known = ", ".join(FURNITURE)
        raise UsageError(f"--without takes {known}, not {', '.join(sorted(unknown))}")
    return text


def map_range_of(
    map: str | None, text: str, steps: int, isolines: bool
) -> tuple[float, float] | RangeName | None:
    """None where no range is given. None of these mean anything without a map."""
    if map is None and (text or steps or isolines):
        raise UsageError("--range, --steps and --isolines are of a map: name it with --map")
    if not text or text in set(RangeName):
        return RangeName(text) if text else None
    low, _, high = text.partition(":")
    try:
        return float(low), float(high)
    except ValueError:
        raise UsageError(
            f"--range is LOW:HIGH, two numbers, or one of {', '.join(RangeName)}, not {text!r}"
        ) from None


def ids_of(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def dates_of(text: str) -> Comparison:
    """From "ID:WAY:BLEND", of which the last two may be left out; nothing from nothing."""
    if not text:
        return NO_COMPARISON
    other, _, rest = text.partition(":")
    way, _, blend = rest.partition(":")
    try:
        together = Together(way) if way else Together.SIDE
        return Comparison(other, together, float(blend) if blend else 0.5)
    except ValueError:
        ways = ", ".join(Together)
        raise UsageError(f"--compare {text}: write ID:WAY or ID:overlay:BLEND, of {ways}") from None


def vec3_of(text: str) -> Vec3:
    """From "X,Y,Z"."""
    try:
        x, y, z = (float(word) for word in text.split(","))
    except ValueError:
        raise UsageError(f"three numbers are written X,Y,Z, not {text!r}") from None
    return (x, y, z)
