"""A still, written whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import imageio.v3 as iio
import numpy as np
from numpy.typing import NDArray

from xrviewer.capture.place import check_place
from xrviewer.caseio.atomic import write_whole

STILL_SUFFIXES = (".png", ".jpg", ".jpeg")


def write_still(picture: NDArray[np.uint8], file: Path) -> None:
    """(height, width, 3); the suffix says the format."""
    check_place(file)
    encoded = io.BytesIO()
    iio.imwrite(encoded, picture, extension=file.suffix.lower())
    write_whole(file, encoded.getvalue())
