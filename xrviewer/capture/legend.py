"""The legend of a map, drawn onto a picture: the same table as the surfaces' colours."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from xrviewer.capture.ink import ON_DARK, Ink
from xrviewer.scene.legend import FULL_LOSS, UNDEFINED, foot_lines, head_lines, tick_text
from xrviewer.scene.mapping import LOSS_SRGB, TABLE_LENGTH, Scale
from xrviewer.words import tr

_SHARE_OF_HEIGHT = 0.020
_SMALLEST_PX = 10
_BAR_LINES, _FEWEST_BAR_LINES = 15, 5
"""How tall the bar is, in lines of text."""
TALLEST = 0.86
"""Of the picture's height: the scale bar and the caption are below."""
_LINE = 1.45


def legend_image(
    scale: Scale, picture_height: int, pointed: float | None = None, ink: Ink = ON_DARK
) -> Image.Image:
    """On a plate of its own, sized for a picture so many pixels high."""
    size = max(_SMALLEST_PX, round(picture_height * _SHARE_OF_HEIGHT))
    font = ImageFont.load_default(size)
    head, foot = head_lines(scale.info), foot_lines(scale.info)
    line, margin = round(_LINE * size), size
    rows = len(head) + len(foot) + (2 if scale.has_loss else 1)
    rest = (rows + 1) * line + 2 * margin
    left_over = max(round(TALLEST * picture_height) - rest, _FEWEST_BAR_LINES * line)
    bar_height = min(_BAR_LINES * line, left_over)
    height = bar_height + rest
    widest = max(font.getlength(text) for text in (*head, *foot, tr(UNDEFINED)))
    image = Image.new("RGBA", (round(widest) + 2 * margin, height), ink.plate)
    drawing = ImageDraw.Draw(image)
    y = margin
    for text in head:
        drawing.text((margin, y), text, ink.text, font)
        y += line
    y += line // 2
    _bar(image, drawing, scale, (margin, y, 2 * size, bar_height), font, pointed, ink)
    y += bar_height + line // 2
    if scale.has_loss:
        _swatch(image, (margin, y, 2 * size, size))
        drawing.text((margin + 3 * size, y), tr(FULL_LOSS), ink.text, font)
        y += line
    drawing.text((margin, y), tr(UNDEFINED), ink.secondary, font)
    y += line
    for text in foot:
        drawing.text((margin, y), text, ink.secondary, font)
        y += line
    return image


Box = tuple[int, int, int, int]
"""Left, top, width, height."""


def _bar(
    image: Image.Image,
    drawing: ImageDraw.ImageDraw,
    scale: Scale,
    box: Box,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    pointed: float | None,
    ink: Ink,
) -> None:
    left, top, width, height = box
    shares = 1 - (np.arange(height) + 0.5) / height
    rows = scale.table()[np.minimum((shares * TABLE_LENGTH).astype(int), TABLE_LENGTH - 1)]
    image.paste(Image.fromarray(np.repeat(rows[:, None], width, axis=1)), (left, top))
    for value in scale.ticks():
        y = top + round(height * (scale.high - value) / (scale.high - scale.low))
        drawing.line((left + width, y, left + width + width // 4, y), ink.text)
        drawing.text(
            (left + width + width // 2, y), tick_text(value, scale), ink.text, font, anchor="lm"
        )
    if pointed is not None:
        at = min(max(pointed, scale.low), scale.high)
        y = top + round(height * (scale.high - at) / (scale.high - scale.low))
        drawing.polygon(
            (
                (left - 1, y),
                (left - width // 3, y - width // 4),
                (left - width // 3, y + width // 4),
            ),
            ink.text,
        )


def _swatch(image: Image.Image, box: Box) -> None:
    left, top, width, height = box
    across = np.add.outer(np.arange(height), np.arange(width)) // 4 % 2
    image.paste(Image.fromarray(np.array(LOSS_SRGB, np.uint8)[across]), (left, top))
