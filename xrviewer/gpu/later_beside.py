"""Pixels back to the CPU by a thread with a context of its own.

A driver that draws with the processor has nobody else to copy for it: asked for pixels, it works in
the thread that asks. So another one asks.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.errors import GraphicsError
from xrviewer.gpu import direct
from xrviewer.gpu.blit import copy_beside
from xrviewer.gpu.context import Beside, capabilities, context_beside
from xrviewer.gpu.later import AT_WORK, Arrival, Later, Readback
from xrviewer.gpu.target import Canvas, RenderTarget

_PATIENCE_S = 1.0


def later_readback(width: int, height: int) -> Later:
    """For the current context, the way that costs its thread least."""
    beside = context_beside() if capabilities().is_software else None
    if beside is None:
        return Readback(width, height)
    try:
        return ReadbackBeside(width, height, beside)
    except GraphicsError:
        beside.close()
        return Readback(width, height)


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """What a picture is copied into, which both contexts know, and where its pixels land."""

    canvas: Canvas
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Asked:
    room: _Room
    fence: int
    ticket: object


@dataclass(slots=True)
class _Begun:
    is_decided: threading.Event = field(default_factory=threading.Event)
    problem: GraphicsError | None = None


class ReadbackBeside:
    """Reads in a second context; the thread that draws only copies."""

    def __init__(self, width: int, height: int, beside: Beside) -> None:
        """beside: to be closed with it. Raises GraphicsError where the driver makes no context."""
        self._beside, self._begun = beside, _Begun()
        self._asked: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._there: queue.SimpleQueue[Arrival] = queue.SimpleQueue()
        self._on_their_way = 0
        self._all: tuple[_Room, ...] = ()
        self._free_ones: deque[_Room] = deque()
        self._thread = threading.Thread(target=self._work, name="xrviewer readback", daemon=True)
        self._thread.start()
        self._begun.is_decided.wait()
        if self._begun.problem is not None:
            raise self._begun.problem
        shape = (height, width, 4)
        rooms = (_Room(Canvas(width, height), np.empty(shape, np.uint8)) for _ in range(AT_WORK))
        self._all = tuple(rooms)
        self._free_ones.extend(self._all)

    @property
    def has_room(self) -> bool:
        return bool(self._free_ones)

    def ask(self, pictures: tuple[RenderTarget, ...], ticket: object) -> None:
        room = self._free_ones.pop()
        copy_beside(pictures, room.canvas.target, is_turned_over=True)
        fence = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
        direct.glFlush()  # or the other context waits for what nobody sends
        self._on_their_way += 1
        self._asked.put(_Asked(room, fence, ticket))

    def arrived(self, should_wait: bool = False) -> Arrival | None:
        if not self._on_their_way:
            return None
        try:
            found = self._there.get(should_wait, _PATIENCE_S)
        except queue.Empty:
            return None
        self._on_their_way -= 1
        return found

    def close(self) -> None:
        """After what is on its way."""
        self._asked.put(None)
        self._thread.join()
        self._beside.close()
        for room in self._all:
            room.canvas.close()
        self._free_ones.clear()

    def _work(self) -> None:
        try:
            self._beside.__enter__()
        except GraphicsError as problem:
            self._begun.problem = problem
            return
        finally:
            self._begun.is_decided.set()
        try:
            self._read_all()
        finally:
            self._beside.__exit__(None, None, None)

    def _read_all(self) -> None:
        name = np.zeros(1, np.uint32)
        GL.glCreateFramebuffers(1, name)
        framebuffer = int(name[0])  # contexts share textures, not framebuffers
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, framebuffer)
        while (asked := self._asked.get()) is not None:
            GL.glClientWaitSync(asked.fence, 0, round(_PATIENCE_S * 1e9))
            GL.glDeleteSync(asked.fence)
            _attach(framebuffer, asked.room.canvas)
            height, width = asked.room.pixels.shape[:2]
            pixels = asked.room.pixels
            GL.glReadPixels(0, 0, width, height, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, pixels)
            self._there.put(Arrival(asked.ticket, asked.room, self._free_ones))
        GL.glDeleteFramebuffers(1, [framebuffer])


def _attach(framebuffer: int, canvas: Canvas) -> None:
    GL.glNamedFramebufferTextureLayer(framebuffer, GL.GL_COLOR_ATTACHMENT0, canvas.texture, 0, 0)
