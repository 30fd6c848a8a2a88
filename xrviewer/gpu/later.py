"""Pixels back to the CPU when the GPU has them."""

from __future__ import annotations

import ctypes
from collections import deque
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.gpu.blit import copy_beside
from xrviewer.gpu.owned import Owned
from xrviewer.gpu.target import Canvas, RenderTarget

AT_WORK = 8
"""Pictures on their way, seldom three, and those that nobody took yet."""
_MAPPED = GL.GL_MAP_READ_BIT | GL.GL_MAP_PERSISTENT_BIT | GL.GL_MAP_COHERENT_BIT

_INTO_THE_BUFFER = ctypes.c_void_p(0)
"""Of the bound pixel buffer; None would have PyOpenGL make an array."""


class _Landing(Owned):
    """Memory of the driver that a picture is copied into while the CPU goes on; seen from every
    thread without a call of OpenGL."""

    def __init__(self, width: int, height: int) -> None:
        size = 4 * width * height
        names = np.zeros(1, np.uint32)
        GL.glCreateBuffers(1, names)
        super().__init__(int(names[0]))
        GL.glNamedBufferStorage(self.name, size, None, _MAPPED | GL.GL_CLIENT_STORAGE_BIT)
        address = GL.glMapNamedBufferRange(self.name, 0, size, _MAPPED)
        block = (ctypes.c_ubyte * size).from_address(address)
        self.pixels = np.ctypeslib.as_array(block).reshape(height, width, 4)
        self.pixels.setflags(write=False)

    def _free(self, name: int) -> None:
        GL.glDeleteBuffers(1, [name])


@dataclass(frozen=True, slots=True)
class _Asked:
    landing: _Landing
    fence: int
    ticket: object


class Room(Protocol):
    """Where a picture lands, its top row first."""

    @property
    def pixels(self) -> NDArray[np.uint8]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """A picture that is there. It holds its room until it is dropped, once, on any thread, before
    who read it is closed."""

    ticket: object
    _landing: Room
    _free_ones: deque[Any]

    def pixels(self) -> NDArray[np.uint8]:
        """(height, width, 4), top row first; to be drawn on, and gone when it is dropped. What a
        graphics card wrote is a copy, in new memory, which is slow to get."""
        landed = self._landing.pixels
        return landed if landed.flags.writeable else landed.copy()

    def drop(self) -> None:
        self._free_ones.append(self._landing)


class Later(Protocol):
    """Pictures of one size, read without waiting for them; they arrive in the order asked for."""

    @property
    def has_room(self) -> bool: ...

    def ask(self, pictures: tuple[RenderTarget, ...], ticket: object) -> None:
        """One picture, of these beside one another, as they are now; only while there is room."""

    def arrived(self, should_wait: bool = False) -> Arrival | None:
        """The oldest picture."""

    def close(self) -> None: ...


class Readback:
    """By buffers that the graphics card copies into."""

    def __init__(self, width: int, height: int) -> None:
        self._canvas = Canvas(width, height)
        self._all = tuple(_Landing(width, height) for _ in range(AT_WORK))
        self._free_ones = deque(self._all)
        self._asked: deque[_Asked] = deque()

    @property
    def has_room(self) -> bool:
        return bool(self._free_ones)

    def ask(self, pictures: tuple[RenderTarget, ...], ticket: object) -> None:
        landing, target = self._free_ones.pop(), self._canvas.target
        copy_beside(pictures, target, is_turned_over=True)
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, target.framebuffers[0])
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, landing.name)
        size = target.width, target.height
        GL.glReadPixels(0, 0, *size, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, _INTO_THE_BUFFER)
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)
        fence = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
        self._asked.append(_Asked(landing, fence, ticket))

    def arrived(self, should_wait: bool = False) -> Arrival | None:
        if not self._asked:
            return None
        first = self._asked[0]
        patience_ns = 1_000_000_000 if should_wait else 0
        state = GL.glClientWaitSync(first.fence, GL.GL_SYNC_FLUSH_COMMANDS_BIT, patience_ns)
        if state not in (GL.GL_ALREADY_SIGNALED, GL.GL_CONDITION_SATISFIED):
            return None
        self._asked.popleft()
        GL.glDeleteSync(first.fence)
        return Arrival(first.ticket, first.landing, self._free_ones)

    def close(self) -> None:
        for asked in self._asked:
            GL.glDeleteSync(asked.fence)
        self._asked.clear()
        for landing in self._all:
            landing.close()
        self._free_ones.clear()
        self._canvas.close()
