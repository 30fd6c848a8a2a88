"""OpenGL names are freed once, and used no more afterwards."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from OpenGL import GL

from tests.gpu.names import alive
from xrviewer.errors import GraphicsError
from xrviewer.gpu.buffer import Buffer
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.owned import Owned
from xrviewer.gpu.program import Program
from xrviewer.gpu.target import Canvas, Framebuffer
from xrviewer.gpu.texture import BorrowedTexture, LayeredTexture
from xrviewer.gpu.vertices import VertexArray

pytestmark = pytest.mark.gl

MAKERS: dict[str, Callable[[], Owned]] = {
    "buffer": lambda: Buffer(64),
    "texture": lambda: LayeredTexture(GL.GL_RGBA8, 8, 4, 2),
    "multisampled texture": lambda: LayeredTexture(GL.GL_RGBA8, 8, 4, 2, 4),
    "program": lambda: Program("screen.vert", "occlusion.frag", ("VIEW=0",)),
    "vertex array": VertexArray,
}


@pytest.mark.parametrize("kind", MAKERS)
def test_a_name_lives_until_it_is_closed(gl: Capabilities, kind: str) -> None:
    before = alive()
    with MAKERS[kind]() as owned:
        assert len(alive() - before) == 1
        assert owned.name > 0
    assert alive() == before
    owned.close()
    with pytest.raises(GraphicsError, match="used after close"):
        _ = owned.name


def test_a_buffer_holds_what_was_written(gl: Capabilities) -> None:
    data = np.arange(16, dtype=np.uint32)
    data.setflags(write=False)
    with Buffer.holding(data) as buffer:
        buffer.write(np.array([7, 8], np.uint32), offset=8)
        back = np.zeros(16, np.uint32)
        GL.glGetNamedBufferSubData(buffer.name, 0, back.nbytes, back)
    np.testing.assert_array_equal(back, [0, 1, 7, 8, *range(4, 16)])


def test_a_buffer_of_nothing_can_be_bound(gl: Capabilities) -> None:
    with Buffer.holding(np.zeros((0, 3), np.float32)) as buffer:
        assert buffer.size > 0


def test_a_framebuffer_the_driver_refuses_leaves_no_name(gl: Capabilities) -> None:
    with (
        LayeredTexture(GL.GL_RGBA8, 8, 8, 1) as plain,
        LayeredTexture(GL.GL_RGBA8, 8, 8, 1, 4) as multisampled,
    ):
        before = alive()
        with pytest.raises(GraphicsError, match="refuses a framebuffer"):
            Framebuffer({0: plain, 1: multisampled})
        assert alive() == before


def test_a_borrowed_texture_is_not_freed(gl: Capabilities) -> None:
    with LayeredTexture(GL.GL_RGBA8, 8, 8, 1) as lent:
        Framebuffer({0: BorrowedTexture(lent.name)}, None, 0).close()
        assert GL.glIsTexture(lent.name)


def test_a_canvas_frees_all_of_its_names(gl: Capabilities) -> None:
    before = alive()
    canvas = Canvas(32, 16, layers=2)
    assert len(alive() - before) == 4  # a texture, a framebuffer a layer, one of both
    canvas.close()
    assert alive() == before


def test_a_picture_too_large_for_the_driver_is_one_clear_error(gl: Capabilities) -> None:
    before = alive()
    with pytest.raises(GraphicsError, match="no room for a picture of 1000000x10 pixels"):
        LayeredTexture(GL.GL_RGBA8, 1_000_000, 10, 1, 4)
    assert alive() == before
