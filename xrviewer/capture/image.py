"""A still, written whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import imageio.v3 as iio
import numpy as np
from numpy.typing import NDArray

from xrviewer.capture.place import check_place, why
from xrviewer.errors import InputError

STILL_SUFFIXES = (".png", ".jpg", ".jpeg")


def write_still(picture: NDArray[np.uint8], file: Path) -> None:
    """(height, width, 3); the suffix says the format."""
    check_place(file)
    encoded = io.BytesIO()
    iio.imwrite(encoded, picture, extension=file.suffix.lower())
    partial = file.with_name(file.name + ".part")
    try:
        partial.write_bytes(encoded.getvalue())
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise InputError(file, f"cannot be written: {why(error)}") from error
