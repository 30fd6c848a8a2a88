"""Pixels back to the CPU at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL


def read_pixels(framebuffer: int, width: int, height: int) -> NDArray[np.uint8]:
    """(height, width, 4), top row first. Never RGB: drivers repack it, eight times slower."""
    pixels = np.empty((height, width, 4), np.uint8)
    GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, framebuffer)
    GL.glReadPixels(0, 0, width, height, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, pixels)
    return np.ascontiguousarray(pixels[::-1])
