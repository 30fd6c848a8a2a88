"""What is on the X server's screen, read from the file it keeps it in (XWD)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HEADER_WORDS = 25
COLORMAP_ENTRY_BYTES = 12


def screenshot(file: Path) -> NDArray[np.uint8]:
    """(height, width, 3) sRGB, as it is now."""
    content = file.read_bytes()
    header = np.frombuffer(content, ">u4", HEADER_WORDS)
    header_bytes, version, width, height = (int(header[i]) for i in (0, 1, 4, 5))
    bits, line_bytes, colors = (int(header[i]) for i in (11, 12, 19))
    assert (version, bits) == (7, 32), f"not an XWD file of 32-bit pixels: {header}"
    start = header_bytes + colors * COLORMAP_ENTRY_BYTES
    pixels = np.frombuffer(content, np.uint8, line_bytes * height, start)
    blue_first = pixels.reshape(height, line_bytes // 4, 4)[:, :width, :3]
    return np.ascontiguousarray(blue_first[:, :, ::-1])
