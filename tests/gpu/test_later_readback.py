"""Pictures read later are the pictures that were asked for, in their order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from OpenGL import GL

from xrviewer.errors import GraphicsError
from xrviewer.gpu import later_beside
from xrviewer.gpu.context import Capabilities, context_beside
from xrviewer.gpu.later import Later, Readback
from xrviewer.gpu.later_beside import ReadbackBeside, later_readback
from xrviewer.gpu.target import Canvas

pytestmark = pytest.mark.gl

Making = Callable[[int, int], Later]


def _beside(width: int, height: int) -> Later:
    beside = context_beside()
    assert beside is not None
    return ReadbackBeside(width, height, beside)


@pytest.fixture(params=[Readback, _beside], ids=["buffers", "a second context"])
def making(request: pytest.FixtureRequest) -> Making:
    made: Making = request.param
    return made


def painted(canvas: Canvas, code: int) -> None:
    color = np.array([code / 255, 0, 0, 1], np.float32)
    GL.glClearNamedFramebufferfv(canvas.target.framebuffers[0], GL.GL_COLOR, 0, color)


def test_they_arrive_in_order_while_the_picture_changes(gl: Capabilities, making: Making) -> None:
    canvas, readback = Canvas(40, 24), making(40, 24)
    try:
        assert readback.arrived() is None
        asked = []
        while readback.has_room:
            painted(canvas, 255 if len(asked) % 2 else 0)
            readback.ask((canvas.target,), len(asked))
            asked.append(255 if len(asked) % 2 else 0)
        painted(canvas, 128)
        for number, code in enumerate(asked):
            arrived = readback.arrived(should_wait=True)
            assert arrived is not None and arrived.ticket == number
            pixels = arrived.pixels()
            assert pixels.shape == (24, 40, 4) and pixels.flags.writeable
            assert (pixels[..., 0] == code).all() and (pixels[..., 3] == 255).all()
            arrived.drop()
        assert readback.has_room and readback.arrived() is None
    finally:
        readback.close()
        canvas.close()


def test_a_picture_is_taken_on_another_thread_and_holds_its_room_until_then(
    gl: Capabilities, making: Making
) -> None:
    canvas, readback = Canvas(40, 24), making(40, 24)
    arrivals = []
    while readback.has_room:
        painted(canvas, 255)
        readback.ask((canvas.target,), None)
        arrivals.append(readback.arrived(should_wait=True))
    painted(canvas, 0)
    GL.glFinish()
    first, *others = [arrival for arrival in arrivals if arrival is not None]
    with ThreadPoolExecutor(1) as encoder:
        pixels = encoder.submit(first.pixels).result()
        assert not readback.has_room
        encoder.submit(first.drop).result()
    assert (pixels[..., 0] == 255).all() and readback.has_room
    readback.ask((canvas.target,), None)
    assert not readback.has_room
    for other in others:
        other.drop()
    assert readback.has_room
    readback.close()
    canvas.close()


def test_the_top_row_comes_first(gl: Capabilities, making: Making) -> None:
    """Of two pictures beside one another as of one."""
    canvas, readback = Canvas(40, 24), making(40, 24)
    painted(canvas, 0)
    GL.glEnable(GL.GL_SCISSOR_TEST)
    GL.glScissor(0, 18, 40, 6)
    painted(canvas, 255)
    GL.glDisable(GL.GL_SCISSOR_TEST)
    for pictures, rows in (((canvas.target,), 6), ((canvas.target, canvas.target), 6)):
        readback.ask(pictures, None)
        arrived = readback.arrived(should_wait=True)
        assert arrived is not None
        red = arrived.pixels()[..., 0].copy()
        arrived.drop()
        assert (red[:rows] == 255).all() and (red[rows:] == 0).all()
    readback.close()
    canvas.close()


def test_a_second_contexts_picture_is_no_copy(gl: Capabilities) -> None:
    canvas, readback = Canvas(16, 16), _beside(16, 16)
    readback.ask((canvas.target,), None)
    arrived = readback.arrived(should_wait=True)
    assert arrived is not None and np.shares_memory(arrived.pixels(), arrived.pixels())
    readback.close()
    canvas.close()


def test_closing_frees_what_is_still_on_its_way(gl: Capabilities, making: Making) -> None:
    canvas, readback = Canvas(16, 16), making(16, 16)
    readback.ask((canvas.target,), None)
    readback.close()
    canvas.close()
    assert not readback.has_room


def test_a_processor_that_draws_reads_in_another_thread(gl: Capabilities) -> None:
    readback = later_readback(16, 16)
    assert isinstance(readback, ReadbackBeside) is gl.is_software
    readback.close()


class _Refused:
    """What a driver that makes no second context does."""

    is_closed = False

    def __enter__(self) -> None:
        raise GraphicsError("no second context")

    def __exit__(self, *_: object) -> None:
        raise AssertionError("never entered")

    def close(self) -> None:
        self.is_closed = True


def test_without_a_second_context_the_buffers_do(
    gl: Capabilities, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = _Refused()
    monkeypatch.setattr(later_beside, "context_beside", lambda: refused)
    readback = later_readback(16, 16)
    assert isinstance(readback, Readback) and readback.has_room
    assert refused.is_closed is gl.is_software
    readback.close()
