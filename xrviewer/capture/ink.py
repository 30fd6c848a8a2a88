"""The colours of what is written on a picture: over the dark room, or on white paper."""

from __future__ import annotations

from dataclasses import dataclass

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Ink:
    """sRGB."""

    text: Rgb
    secondary: Rgb
    halo: Rgb
    plate: tuple[int, int, int, int]
    """What a legend stands on, with its alpha."""


ON_DARK = Ink((233, 237, 241), (190, 199, 208), (20, 24, 29), (20, 24, 29, 215))
ON_WHITE = Ink((20, 24, 29), (74, 84, 94), (255, 255, 255), (255, 255, 255, 235))
