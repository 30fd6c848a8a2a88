"""Pictures and films that are ready to be asked for by one name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ready(StrEnum):
    REPORT_STILL = "report-still"
    TURNTABLE = "turntable"
    TOUR = "tour"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a name stands for, as far as nothing else is said."""

    size: tuple[int, int]
    is_on_white: bool = False
    seconds: float = 10.0
    is_turntable: bool = False
    is_tour: bool = False


RECIPES = {
    Ready.REPORT_STILL: Recipe((2400, 1800), is_on_white=True),
    Ready.TURNTABLE: Recipe((1920, 1080), is_turntable=True),
    Ready.TOUR: Recipe((1920, 1080), is_tour=True),
}
PLAIN = Recipe((1280, 960))
"""Of what has no name."""


class Background(StrEnum):
    ROOM = "room"
    WHITE = "white"
