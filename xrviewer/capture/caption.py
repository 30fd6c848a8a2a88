"""The line every picture carries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

NOT_DIAGNOSTIC = "Not for diagnostic use"
_TEXT, _SECONDARY = (233, 237, 241), (154, 166, 178)
_SHARE_OF_HEIGHT = 0.020
_SMALLEST_PX = 10


def captioned(picture: NDArray[np.uint8], title: str) -> NDArray[np.uint8]:
    """The picture, (height, width, 3 or 4), with its title and the not-diagnostic line; RGB."""
    image = Image.fromarray(picture[..., :3])
    drawing = ImageDraw.Draw(image)
    height, width = picture.shape[:2]
    size = max(_SMALLEST_PX, round(height * _SHARE_OF_HEIGHT))
    font = ImageFont.load_default(size)
    margin = size
    baseline = height - margin
    drawing.text((margin, baseline), title, _TEXT, font, anchor="ls")
    room = width - 2 * margin - drawing.textlength(title, font) - size
    if room < drawing.textlength(NOT_DIAGNOSTIC, font):
        baseline -= round(1.5 * size)
    drawing.text((width - margin, baseline), NOT_DIAGNOSTIC, _SECONDARY, font, anchor="rs")
    return np.asarray(image)
