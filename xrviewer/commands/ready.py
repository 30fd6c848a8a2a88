"""Pictures and films that are ready to be asked for by one name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from xrviewer.commands.parsing import size_of


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


def recipe_of(
    name: Ready | None,
    size: str | None,
    background: Background | None,
    seconds: float | None,
    is_turntable: bool,
) -> Recipe:
    """What is said goes before what the name stands for."""
    known = RECIPES[name] if name else PLAIN
    return replace(
        known,
        size=size_of(size) if size else known.size,
        is_on_white=known.is_on_white if background is None else background is Background.WHITE,
        seconds=seconds or known.seconds,
        is_turntable=known.is_turntable or is_turntable,
    )
