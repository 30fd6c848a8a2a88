"""Stills that were taken of a case while somebody looked at it, for its report.

Only pixels come along, of files this software named itself: a picture from elsewhere may have a
name written into it, and what stands in a file beside its pixels may say who made it and when.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from xrviewer.report.content import Picture
from xrviewer.words import tr

STILLS = "still-[0-9][0-9][0-9].png"
LONGEST_PX = 1600
"""Twice what a page shows of it."""


def kept_stills(
    folder: Path | None, say: Callable[[str], None], longest_px: int = LONGEST_PX
) -> tuple[Picture, ...]:
    """In the order they were taken in. One that cannot be read is told, and left out."""
    files = sorted(folder.glob(STILLS)) if folder is not None and folder.is_dir() else []
    return tuple(_read(files, say, longest_px))


def _read(files: list[Path], say: Callable[[str], None], longest_px: int) -> Iterator[Picture]:
    for number, file in enumerate(files, 1):
        try:
            with Image.open(file) as opened:
                still = opened.convert("RGB")
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            say(f"{file.name} is left out of the report, it cannot be read: {error}")
            continue
        still.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        Image.fromarray(np.asarray(still)).save(out, "PNG", optimize=True)
        caption = tr("Kept while looking, {number} of {count}.", number=number, count=len(files))
        yield Picture(out.getvalue(), still.width, still.height, caption)
