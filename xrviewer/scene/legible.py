"""How tall writing in the room must be for the eye that reads it there."""

from __future__ import annotations

import math

LEAST_RAD = math.radians(28 / 60)
"""Of a capital letter: its small letters are 20 minutes of arc then, which is read without effort.
All that is written in the room is at least so tall where it is usually seen from."""
LEAST_PIXELS = 10.0
"""Of a capital in a headset: of fewer the eye makes no number."""
MOST_LARGER = 1.4
"""So that writing keeps to its place in the coarsest picture too."""
_SMALLEST_RAD = 0.011
"""Of a capital of the smallest writing there is: names and values."""


def larger_for(pixels_per_rad: float) -> float:
    """How many times larger all writing is in a picture of so many pixels; 1 in one that is fine
    enough."""
    needed = LEAST_PIXELS / (_SMALLEST_RAD * max(pixels_per_rad, 1.0))
    return min(max(needed, 1.0), MOST_LARGER)
