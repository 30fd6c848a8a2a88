"""Changes as people read them."""

from __future__ import annotations


def signed(value: float, places: int) -> str:
    """With its sign, unless it is written as 0."""
    text = f"{value:+.{places}f}"
    return text[1:] if not text.strip("+-0.") else text.replace("-", "−")
