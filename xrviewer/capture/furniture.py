"""What stands on a picture that leaves: legend, scale bar, directions, caption, warning."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from xrviewer.capture.caption import add_caption
from xrviewer.capture.ink import ON_DARK, ON_WHITE, Ink
from xrviewer.capture.legend import TALLEST, legend_image
from xrviewer.scene.mapping import Scale
from xrviewer.words import number, tr

Pixels = NDArray[np.uint8]
_SHARE_OF_HEIGHT = 0.020
_SMALLEST_PX = 10
_LONGEST_BAR, _WIDEST_SENTENCE = 0.22, 0.7
"""Of the picture's width."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """Each can be left out; that a picture is not for diagnosis cannot."""

    legend: bool = True
    scale_bar: bool = True
    letters: bool = True
    caption: bool = True

    @staticmethod
    def without(words: tuple[str, ...]) -> Furniture:
        left_out = {word.replace("-", "_") for word in words}
        return Furniture(**{f.name: f.name not in left_out for f in fields(Furniture)})


ALL = Furniture()
BARE = Furniture(False, False, False, False)


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What is known of a picture."""

    line: str
    """The case, the date, the window of its slices."""
    scale: Scale | None = None
    """Of the map that colours it."""
    mm_per_pixel: float | None = None
    """At the model's middle; None where nothing has one scale."""
    letters: tuple[str, str, str, str] | None = None
    """Towards the left, right, upper and lower edge."""
    sentence: str = ""
    """What a film says of what it shows."""
    is_on_white: bool = False


def dressed(picture: Pixels, told: Told, furniture: Furniture = ALL) -> Pixels:
    """(height, width, 3): the picture, (height, width, 3 or 4), with what belongs on it."""
    image = Image.fromarray(np.ascontiguousarray(picture)).convert("RGB")
    ink = ON_WHITE if told.is_on_white else ON_DARK
    left = _legend(image, told.scale, ink) if furniture.legend and told.scale else 0
    drawing = ImageDraw.Draw(image)
    if furniture.letters and told.letters:
        _letters(drawing, told.letters, left, image.size, ink)
    if furniture.scale_bar and told.mm_per_pixel:
        _scale_bar(drawing, told.mm_per_pixel, image.size, ink)
    if told.sentence:
        _sentence(drawing, told.sentence, image.size, ink)
    add_caption(drawing, told.line if furniture.caption else "", image.size, ink)
    return np.asarray(image)


def bar_length_mm(mm_per_pixel: float, width_px: int) -> float:
    """The longest round length, 1, 2 or 5 of some power of ten, that the picture has room for."""
    most = _LONGEST_BAR * width_px * mm_per_pixel
    power = 10.0 ** math.floor(math.log10(most))
    return power * max(step for step in (1, 2, 5) if step * power <= most * (1 + 1e-9))


def _legend(image: Image.Image, scale: Scale, ink: Ink) -> int:
    """How much of the left edge it takes."""
    plate = legend_image(scale, image.height, ink=ink)
    free = round(TALLEST * image.height)
    left, top = min(plate.width // 12, 24), max(0, (free - plate.height) // 2)
    image.paste(plate.convert("RGB"), (left, top), plate.getchannel("A"))
    return left + plate.width


def _letters(
    drawing: ImageDraw.ImageDraw,
    letters: tuple[str, str, str, str],
    left: int,
    size: tuple[int, int],
    ink: Ink,
) -> None:
    width, height = size
    px = round(1.5 * _text_px(height))
    middle, margin = (left + width) / 2, 0.7 * px
    places = (
        (left + margin, height / 2, "lm"),
        (width - margin, height / 2, "rm"),
        (middle, margin, "mt"),
        (middle, height - 2.6 * px, "mb"),
    )
    for text, (x, y, anchor) in zip(letters, places, strict=True):
        _write(drawing, (x, y), text, px, anchor, ink)


def _scale_bar(
    drawing: ImageDraw.ImageDraw, mm_per_pixel: float, size: tuple[int, int], ink: Ink
) -> None:
    width, height = size
    px = _text_px(height)
    length_mm = bar_length_mm(mm_per_pixel, width)
    x, y = px, height - 3.4 * px
    end, tick, halo = x + length_mm / mm_per_pixel, 0.35 * px, max(1, px // 8)
    ends = ((x, y, end, y), (x, y - tick, x, y + tick), (end, y - tick, end, y + tick))
    for color, more in ((ink.halo, 2 * halo), (ink.text, 0)):
        for line in ends:
            drawing.line(line, color, max(1, px // 9) + more)
    decimals = max(0, -math.floor(math.log10(length_mm)))
    text = tr("{length} mm at the model's middle", length=number(length_mm, decimals))
    _write(drawing, (x, y - 0.8 * px), text, px, "lb", ink)


def _sentence(drawing: ImageDraw.ImageDraw, text: str, size: tuple[int, int], ink: Ink) -> None:
    """In the middle, above what else stands at the lower edge; in as many lines as it takes."""
    width, height = size
    px = round(1.7 * _text_px(height))
    font = ImageFont.load_default(px)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and drawing.textlength(longer, font) > _WIDEST_SENTENCE * width:
            lines.append(word)
        else:
            lines[-1] = longer
    for i, line in enumerate(reversed(lines)):
        y = height - 3.2 * px - 1.3 * px * i
        _write(drawing, (width / 2, y), line, px, "mb", ink)


def _write(
    drawing: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    px: int,
    anchor: str,
    ink: Ink,
) -> None:
    halo = max(1, px // 8)
    font = ImageFont.load_default(px)
    drawing.text(at, text, ink.text, font, anchor, stroke_width=halo, stroke_fill=ink.halo)


def _text_px(height: int) -> int:
    return max(_SMALLEST_PX, round(height * _SHARE_OF_HEIGHT))
