"""The line every picture carries."""

from __future__ import annotations

from collections.abc import Callable

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
    width, height = picture_size
    size = max(_SMALLEST_PX, round(height * _SHARE_OF_HEIGHT))
    font = ImageFont.load_default(size)
    margin = size
    title = _fitting(title.split(), width - 2 * margin, lambda text: drawing.textlength(text, font))
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


def _fitting(words: list[str], room_px: float, width_px: Callable[[str], float]) -> str:
    """One line: as many of the words as there is room for."""
    for count in range(len(words), 0, -1):
        line = " ".join(words[:count]) + ("…" if count < len(words) else "")
        if width_px(line) <= room_px:
            return line
    return ""
