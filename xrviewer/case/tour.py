"""A walk through a case in a few steps, for somebody who sees it for the first time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["front", "back", "left", "right"]


@dataclass(frozen=True, slots=True)
class TourStep:
    """What is shown, from where, and what is said of it."""

    sentence: str
    view: Side = "front"
    """The side of the patient that faces the viewer."""
    layers: tuple[str, ...] = ()
    """Seen in this step; none means all of them."""
