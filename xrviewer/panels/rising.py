"""The button under a hand comes towards it, and goes half of the way back when it is pressed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from xrviewer.panels.page import Box
from xrviewer.panels.state import Surface
from xrviewer.scene.panels import Share

PRESSED = 0.5
_TIME_S = 0.04
"""In which two thirds of the way are gone, at any frame rate."""


@dataclass(frozen=True, slots=True)
class Rise:
    """Which piece of the board it is, and how far it has come, from 0 to 1."""

    share: Share | None = None
    height: float = 0.0
    goal: float = 0.0


def aimed(rise: Rise, box: Box | None, is_pressed: bool, surface: Surface) -> Rise:
    """At the button that was drawn under the pointer; another one begins from the board."""
    if box is None:
        return Rise()
    left, top, right, bottom = box
    share = (
        max(left / surface.width, 0.0),
        max(top / surface.height, 0.0),
        min(right / surface.width, 1.0),
        min(bottom / surface.height, 1.0),
    )
    height = rise.height if share == rise.share else 0.0
    return Rise(share, height, PRESSED if is_pressed else 1.0)


def stepped(rise: Rise, dt_s: float) -> Rise:
    if rise.share is None or rise.height == rise.goal:
        return rise
    left = (rise.goal - rise.height) * math.exp(-dt_s / _TIME_S)
    return replace(rise, height=rise.goal - left if abs(left) > 1e-3 else rise.goal)
