"""The line every picture carries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from xrviewer.capture.ink import ON_DARK, Ink
from xrviewer.scene.legend import NOT_DIAGNOSTIC
from xrviewer.words import tr

_SHARE_OF_HEIGHT = 0.020
_SMALLEST_PX = 10


def captioned(picture: NDArray[np.uint8], title: str, ink: Ink = ON_DARK) -> NDArray[np.uint8]:
    """The picture, (height, width, 3 or 4), with its title and the not-diagnostic line; RGB."""
    image = Image.fromarray(picture[..., :3])
    add_caption(ImageDraw.Draw(image), title, image.size, ink)
    return np.asarray(image)


def add_caption(
    drawing: ImageDraw.ImageDraw, title: str, picture_size: tuple[int, int], ink: Ink
) -> None:
    title = " ".join(title.split())  # what is drawn is one line
    width, height = picture_size
    size = max(_SMALLEST_PX, round(height * _SHARE_OF_HEIGHT))
    font = ImageFont.load_default(size)
    margin = size
    baseline = height - margin
    room = width - 2 * margin - drawing.textlength(title, font) - size
    warning = tr(NOT_DIAGNOSTIC)
    is_two_lines = room < drawing.textlength(warning, font)
    above = baseline - round(1.5 * size) if is_two_lines else baseline
    halo = max(1, size // 8)  # over a bright bone as over the dark room
    for at, text, color, anchor in (
        ((margin, baseline), title, ink.text, "ls"),
        ((width - margin, above), warning, ink.secondary, "rs"),
    ):
        drawing.text(at, text, color, font, anchor, stroke_width=halo, stroke_fill=ink.halo)
