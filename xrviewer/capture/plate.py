"""The sign that stands beside a case: what it is, and that it is not for diagnosis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from xrviewer.scene.legend import NOT_DIAGNOSTIC
from xrviewer.words import tr

WIDTH_PX, HEIGHT_PX = 1024, 192
_TITLE_PX, _LINE_PX, _SMALLEST_PX, _MARGIN_PX, _RADIUS_PX = 64, 44, 20, 40, 28
_GROUND, _TITLE, _LINE = (20, 24, 29, 255), (233, 237, 241, 255), (190, 199, 208, 255)


def plate_picture(title: str) -> NDArray[np.uint8]:
    """(HEIGHT_PX, WIDTH_PX, 4) sRGB; opaque but for its rounded corners."""
    image = Image.new("RGBA", (WIDTH_PX, HEIGHT_PX))
    drawing = ImageDraw.Draw(image)
    drawing.rounded_rectangle((0, 0, WIDTH_PX - 1, HEIGHT_PX - 1), _RADIUS_PX, _GROUND)
    middle = WIDTH_PX / 2
    drawing.text((middle, 62), title, _TITLE, _fitting(drawing, title), "mm")
    drawing.text((middle, 136), tr(NOT_DIAGNOSTIC), _LINE, ImageFont.load_default(_LINE_PX), "mm")
    return np.asarray(image)


def _fitting(drawing: ImageDraw.ImageDraw, title: str) -> ImageFont.FreeTypeFont:
    """As large as the plate allows; a title that is longer still runs over its edge."""
    room = WIDTH_PX - 2 * _MARGIN_PX
    needed = drawing.textlength(title, ImageFont.load_default(_TITLE_PX))
    size = _TITLE_PX * min(1.0, room / max(needed, 1.0))
    return ImageFont.load_default(max(_SMALLEST_PX, int(size)))  # type: ignore[return-value]
