"""Pixels back to the CPU: at once, or when the GPU has them."""

from __future__ import annotations

import ctypes
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.gpu.owned import Owned

_AT_WORK = 3
"""Pictures on their way at once: a GPU is seldom farther behind."""

_INTO_THE_BUFFER = ctypes.c_void_p(0)
"""Of the bound pixel buffer; None would have PyOpenGL make an array."""


def read_pixels(framebuffer: int, width: int, height: int) -> NDArray[np.uint8]:
    """(height, width, 4), top row first. Never RGB: drivers repack it, eight times slower."""
    pixels = np.empty((height, width, 4), np.uint8)
    GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, framebuffer)
    GL.glReadPixels(0, 0, width, height, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, pixels)
    return np.ascontiguousarray(pixels[::-1])


class _Landing(Owned):
    """Memory of the driver that a picture is copied into while the CPU goes on."""

    def __init__(self, size: int) -> None:
        names = np.zeros(1, np.uint32)
        GL.glCreateBuffers(1, names)
        super().__init__(int(names[0]))
        GL.glNamedBufferData(self.name, size, None, GL.GL_STREAM_READ)

    def _free(self, name: int) -> None:
        GL.glDeleteBuffers(1, [name])


@dataclass(frozen=True, slots=True)
class _Asked:
    landing: _Landing
    fence: int
    ticket: object


class Readback:
    """Pictures of one size, read without waiting for them; they arrive in the order asked for."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._free_ones = [_Landing(4 * width * height) for _ in range(_AT_WORK)]
        self._asked: deque[_Asked] = deque()

    @property
    def has_room(self) -> bool:
        return bool(self._free_ones)

    def ask(self, framebuffer: int, ticket: object) -> None:
        """Of a framebuffer's lower left corner; only while there is room."""
        landing = self._free_ones.pop()
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, framebuffer)
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, landing.name)
        size = self._width, self._height
        GL.glReadPixels(0, 0, *size, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, _INTO_THE_BUFFER)
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)
        fence = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
        self._asked.append(_Asked(landing, fence, ticket))

    def arrived(self, should_wait: bool = False) -> tuple[object, NDArray[np.uint8]] | None:
        """The oldest picture, (height, width, 4), bottom row first, with what it was asked by."""
        if not self._asked:
            return None
        first = self._asked[0]
        patience_ns = 1_000_000_000 if should_wait else 0
        state = GL.glClientWaitSync(first.fence, GL.GL_SYNC_FLUSH_COMMANDS_BIT, patience_ns)
        if state not in (GL.GL_ALREADY_SIGNALED, GL.GL_CONDITION_SATISFIED):
            return None
        self._asked.popleft()
        GL.glDeleteSync(first.fence)
        pixels = np.empty((self._height, self._width, 4), np.uint8)
        GL.glGetNamedBufferSubData(first.landing.name, 0, pixels.nbytes, pixels)
        self._free_ones.append(first.landing)
        return first.ticket, pixels

    def close(self) -> None:
        for asked in self._asked:
            GL.glDeleteSync(asked.fence)
            asked.landing.close()
        self._asked.clear()
        for landing in self._free_ones:
            landing.close()
        self._free_ones.clear()
