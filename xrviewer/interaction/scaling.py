"""How large the model is: its limits, the rest at life size, and how the size is said."""

from __future__ import annotations

import math
from dataclasses import dataclass

from xrviewer.document.rules import MAX_SCALE, MIN_SCALE
from xrviewer.words import number, tr

LIFE_SIZE = 1.0
DETENT = math.log(1.06)
"""Half the width of the rest at life size, in the logarithm of the scale."""
_LIFE_SIZE_TOLERANCE = 1e-9
_LONGEST_BAR_M = 0.20
_BARS = ((1.0, "1 m"), (0.1, "10 cm"), (0.01, "1 cm"), (0.001, "1 mm"))


@dataclass(frozen=True, slots=True)
class Scaling:
    """A scale that the hands are changing."""

    start: float
    is_armed: bool
    """The rest catches only what started in it or has been outside it: taking hold of a model
    at 1.03x must not move it."""


def begin_scaling(scale: float) -> Scaling:
    return Scaling(scale, is_life_size(scale) or _is_outside_detent(scale))


def scaled(scaling: Scaling, ratio: float) -> tuple[Scaling, float]:
    """The scale for this ratio of the hands' distances, within the limits.

    At life size it rests until the hands leave the detent; between one and two widths of it the
    scale catches up with them at double speed, and from there on it is theirs exactly. So there
    is a rest but no jump, and nothing to remember.
    """
    wanted = min(max(scaling.start * ratio, MIN_SCALE), MAX_SCALE)
    is_armed = scaling.is_armed or _is_outside_detent(wanted)
    after = Scaling(scaling.start, is_armed)
    return after, _rested(wanted) if is_armed else wanted


def is_life_size(scale: float) -> bool:
    return abs(scale - LIFE_SIZE) <= _LIFE_SIZE_TOLERANCE


def readout(scale: float) -> str:
    """As a person reads it: '1.00x life size', '2.5x', '0.04x'."""
    if is_life_size(scale):
        return tr("{scale}x life size", scale=number(1.0, 2))
    if scale >= 10:
        return f"{scale:.0f}x"
    return number(scale, 2).rstrip("0").rstrip(".,") + "x"


def scale_bar(scale: float) -> tuple[float, str]:
    """Length in the room, metres, and what it measures on the anatomy."""
    for life_size_m, text in _BARS:
        if life_size_m * scale <= _LONGEST_BAR_M:
            return life_size_m * scale, text
    life_size_m, text = _BARS[-1]
    return life_size_m * scale, text


def _rested(wanted: float) -> float:
    off = math.log(wanted)
    beyond = abs(off) - DETENT
    if beyond <= 0:
        return LIFE_SIZE
    if beyond >= DETENT:
        return wanted
    return math.exp(math.copysign(2 * beyond, off))


def _is_outside_detent(scale: float) -> bool:
    return abs(math.log(scale)) >= 2 * DETENT
