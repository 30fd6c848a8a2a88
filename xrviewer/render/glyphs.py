"""The letters, as one texture of signed distances: sharp at any size, from one small image.

Baked from the font that Pillow carries (Aileron, CC0), when something is first written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import distance_transform_edt

EM_PX = 48
_FINER = 2
"""The distances are measured on a picture this many times larger."""
SPREAD_PX = 6
"""How far from the outline the distance is known; it is 0 and 1 beyond."""
ATLAS_PX = 1024
_LETTERS = "".join(chr(c) for c in (*range(32, 127), *range(161, 256))) + "–—…≤≥≈µ×·°±"
_UNKNOWN = "?"
_WRITABLE = frozenset(_LETTERS)


@dataclass(frozen=True, slots=True)
class Glyph:
    """Where a letter lies in the texture and in its line; lengths in capital heights."""

    rectangle: tuple[float, float, float, float]
    """Left, bottom, right, top in the texture, 0 to 1."""
    left: float
    """Of its quad, from the pen."""
    bottom: float
    """Of its quad, from the middle of a capital letter."""
    width: float
    height: float
    advance: float


@dataclass(frozen=True, slots=True, eq=False)
class Font:
    atlas: NDArray[np.uint8]
    """(ATLAS_PX, ATLAS_PX), bottom row first; 128 on the outline, more within."""
    glyphs: dict[str, Glyph]

    def glyph(self, letter: str) -> Glyph:
        return self.glyphs.get(letter) or self.glyphs[_UNKNOWN]


def can_write(text: str) -> bool:
    """Whether every letter of it has a form here."""
    return set(text) <= _WRITABLE


@cache
def baked_font() -> Font:
    """About a tenth of a second, once."""
    font = ImageFont.load_default(EM_PX * _FINER)
    assert isinstance(font, ImageFont.FreeTypeFont)
    _, cap_top, _, _ = font.getbbox("H", anchor="ls")
    cap_px = -cap_top / _FINER
    atlas = np.zeros((ATLAS_PX, ATLAS_PX), np.uint8)
    glyphs: dict[str, Glyph] = {}
    x = y = row = 0
    for letter in dict.fromkeys(_LETTERS):
        image, left_px, bottom_px = _distances(font, letter)
        height, width = image.shape
        if x + width > ATLAS_PX:
            x, y, row = 0, y + row, 0
        atlas[y : y + height, x : x + width] = image
        glyphs[letter] = Glyph(
            rectangle=(
                x / ATLAS_PX,
                y / ATLAS_PX,
                (x + width) / ATLAS_PX,
                (y + height) / ATLAS_PX,
            ),
            left=left_px / cap_px,
            bottom=bottom_px / cap_px - 0.5,
            width=width / cap_px,
            height=height / cap_px,
            advance=font.getlength(letter) / _FINER / cap_px,
        )
        x, row = x + width, max(row, height)
    atlas.setflags(write=False)
    return Font(atlas, glyphs)


def _distances(font: ImageFont.FreeTypeFont, letter: str) -> tuple[NDArray[np.uint8], float, float]:
    """The image, bottom row first, and where its lower left lies from pen and baseline, pixels."""
    left, top, right, bottom = (round(v) for v in font.getbbox(letter, anchor="ls"))
    margin = SPREAD_PX * _FINER
    width, height = (_even(v + 2 * margin) for v in (right - left, bottom - top))
    image = Image.new("L", (width, height))
    ImageDraw.Draw(image).text((margin - left, margin - top), letter, 255, font, anchor="ls")
    inside = np.asarray(image) >= 128
    signed = distance_transform_edt(inside) - distance_transform_edt(~inside)
    coarse = signed.reshape(height // _FINER, _FINER, width // _FINER, _FINER).mean(axis=(1, 3))
    scaled = np.clip(128 + coarse / margin * 127, 0, 255).astype(np.uint8)
    lower = (top - margin + height) / _FINER
    return scaled[::-1], (left - margin) / _FINER, -lower


def _even(length: int) -> int:
    return -(-length // _FINER) * _FINER
