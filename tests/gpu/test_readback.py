"""Which way up pictures are, and that layers are kept apart."""

from __future__ import annotations

import numpy as np
import pytest
from OpenGL import GL

from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.target import Canvas

pytestmark = pytest.mark.gl


def fill(framebuffer: int, box: tuple[int, int, int, int], color: tuple[float, ...]) -> None:
    """In OpenGL's own pixels: y counts from the bottom."""
    GL.glEnable(GL.GL_SCISSOR_TEST)
    GL.glScissor(*box)
    GL.glClearNamedFramebufferfv(framebuffer, GL.GL_COLOR, 0, np.array(color, np.float32))
    GL.glDisable(GL.GL_SCISSOR_TEST)


def test_the_top_row_comes_first(gl: Capabilities) -> None:
    canvas = Canvas(7, 5)
    name = canvas.target.framebuffers[0]
    fill(name, (0, 0, 7, 5), (0, 0, 0, 1))
    fill(name, (0, 4, 7, 1), (1, 0, 0, 1))
    fill(name, (0, 0, 2, 1), (0, 1, 0, 1))
    picture = canvas.picture()
    canvas.close()
    assert picture.shape == (5, 7, 4) and picture.flags.c_contiguous
    assert (picture[0] == (255, 0, 0, 255)).all()
    assert (picture[4, :2] == (0, 255, 0, 255)).all()
    assert (picture[4, 2:] == (0, 0, 0, 255)).all()
    assert (picture[1:4] == (0, 0, 0, 255)).all()


def test_layers_are_kept_apart(gl: Capabilities) -> None:
    canvas = Canvas(4, 4, layers=2)
    left, right = canvas.target.framebuffers
    fill(left, (0, 0, 4, 4), (1, 0, 0, 1))
    fill(right, (0, 0, 4, 4), (0, 0, 1, 1))
    assert (canvas.picture(0) == (255, 0, 0, 255)).all()
    assert (canvas.picture(1) == (0, 0, 255, 255)).all()
    canvas.close()


def test_what_is_linear_is_encoded_on_write(gl: Capabilities) -> None:
    """0.2140 of the light is byte 128 of sRGB."""
    GL.glEnable(GL.GL_FRAMEBUFFER_SRGB)
    canvas = Canvas(2, 2)
    fill(canvas.target.framebuffers[0], (0, 0, 2, 2), (0.2158605, 0, 1, 1))
    picture = canvas.picture()
    canvas.close()
    assert (picture == (128, 0, 255, 255)).all()
