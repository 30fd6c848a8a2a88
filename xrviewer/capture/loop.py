"""Short films that a page or a message plays by itself: GIF and WebP."""

from __future__ import annotations

import io
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from xrviewer.capture.place import check_place
from xrviewer.caseio.atomic import write_whole

LOOP_SUFFIXES = (".gif", ".webp")
LOOP_FRAMES_PER_S = 15
"""Half of a film's: both formats keep whole pictures."""
_COLORS = 256
_WEBP_QUALITY = 80


class LoopWriter:
    """Pictures in, a whole file at the end, or none. All of them are held until then."""

    def __init__(self, file: Path, frames_per_s: int = LOOP_FRAMES_PER_S) -> None:
        check_place(file)
        self._file, self._frames_per_s = file, frames_per_s
        self._pictures: list[Image.Image] = []
        self._palette: Image.Image | None = None

    def write(self, picture: NDArray[np.uint8]) -> None:
        image = Image.fromarray(np.ascontiguousarray(picture[..., :3]))
        if self._file.suffix.lower() == ".gif":
            # One table for all pictures: with one each, what stands still would flicker.
            if self._palette is None:
                self._palette = image.quantize(_COLORS)
            image = image.quantize(palette=self._palette)
        self._pictures.append(image)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None and self._pictures:
            write_whole(self._file, self._encoded())

    def _encoded(self) -> bytes:
        first, *rest = self._pictures
        out, duration_ms = io.BytesIO(), round(1000 / self._frames_per_s)
        if self._file.suffix.lower() == ".gif":
            first.save(out, "GIF", save_all=True, append_images=rest, duration=duration_ms, loop=0)
        else:
            first.save(
                out,
                "WEBP",
                save_all=True,
                append_images=rest,
                duration=duration_ms,
                loop=0,
                quality=_WEBP_QUALITY,
            )
        return out.getvalue()
