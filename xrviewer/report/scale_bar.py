"""A picture for paper: on white, with a bar of a round length."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from xrviewer.report.drawing import INK
from xrviewer.resources import text_font
from xrviewer.words import decimal, tr

_SHARE, _MARGIN, _THICK = 0.22, 0.035, 0.006


def on_white(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Of a picture that is premultiplied, in linear light, where nothing is; (h, w, 3)."""
    color = picture[..., :3].astype(np.float32) / 255
    linear = np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
    linear += 1 - picture[..., 3:].astype(np.float32) / 255
    linear = np.clip(linear, 0, 1)
    curved = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(curved * 255), np.uint8)


Crop = tuple[int, int, int, int]
"""Left, top, right, bottom."""
_PAPER = 250
_ROOM = 0.05


def common_crop(pictures: Sequence[NDArray[np.uint8]]) -> Crop:
    """What of pictures of one size is no paper, with room for the bar around."""
    inked = np.any([picture.min(axis=2) < _PAPER for picture in pictures], axis=0)
    height, width = inked.shape
    if not inked.any():
        return (0, 0, width, height)
    columns, rows = np.flatnonzero(inked.any(axis=0)), np.flatnonzero(inked.any(axis=1))
    room = round(_ROOM * max(np.ptp(columns), np.ptp(rows)))
    left, right = max(0, int(columns[0]) - room), min(width, int(columns[-1]) + room)
    top, bottom = max(0, int(rows[0]) - room), min(height, int(rows[-1]) + 3 * room)
    return (left, top, right, bottom)


def with_scale_bar(picture: NDArray[np.uint8], mm_per_px: float) -> tuple[NDArray[np.uint8], str]:
    """At the lower left; and what it says in words."""
    image = Image.fromarray(picture)
    width, height = image.size
    length_mm = round_length(mm_per_px * width * _SHARE)
    left, bottom = round(width * _MARGIN), round(height * (1 - _MARGIN))
    right, thick = left + round(length_mm / mm_per_px), max(2, round(height * _THICK))
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((left, bottom - thick, right, bottom), INK)
    text = decimal(f"{length_mm:g} mm")
    font = ImageFont.truetype(str(text_font()), max(12, round(height * 0.026)))
    drawing.text((left, bottom - thick - height * 0.012), text, INK, font, "ls")
    return np.asarray(image), tr("Bar: {length} at the depth of its middle.", length=text)


def round_length(most_mm: float) -> float:
    """The longest 1, 2 or 5 times a power of ten that is no longer."""
    power = 10.0 ** math.floor(math.log10(most_mm))
    return next(m * power for m in (5, 2, 1) if m * power <= most_mm * (1 + 1e-9))
