"""What options say, made into values. Raises UsageError for what means nothing."""

from __future__ import annotations

from xrviewer.errors import UsageError


def size_of(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and 16 <= min(int(width), int(height))):
        raise UsageError(f"--size is WIDTHxHEIGHT in pixels, at least 16x16, not {text!r}")
    if max(int(width), int(height)) > 8192:
        raise UsageError(f"--size goes up to 8192x8192, not {text}")
    return int(width), int(height)


def check_map(map: str | None, range: str, steps: int) -> None:
    if map is None and (range or steps):
        raise UsageError("--range and --steps are of a map: name it with --map")


def range_of(text: str) -> tuple[float, float]:
    low, _, high = text.partition(":")
    try:
        return float(low), float(high)
    except ValueError:
        raise UsageError(f"--range is LOW:HIGH, two numbers, not {text!r}") from None


def ids_of(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
