"""OpenGL past its wrapper: the same functions, found wherever the window system has them."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest
from OpenGL import GL, platform

from xrviewer.errors import GraphicsError
from xrviewer.gpu import direct
from xrviewer.gpu.context import Capabilities

pytestmark = pytest.mark.gl


class _LikeWindows:
    """Asked for what is older than OpenGL 1.2, it answers with one of several numbers."""

    GL: Any = platform.PLATFORM.GL  # type: ignore[attr-defined]

    def __init__(self, answer: int | None) -> None:
        self._answer = answer

    def getExtensionProcedure(self, _name: bytes) -> int | None:  # noqa: N802
        return self._answer


def test_what_is_set_directly_is_what_opengl_says(gl: Capabilities) -> None:
    for is_on in (False, True):
        direct.glDepthMask(is_on)
        assert bool(GL.glGetBooleanv(GL.GL_DEPTH_WRITEMASK)) == is_on


@pytest.mark.parametrize("answer", [None, 0, 1, 2, 3, 2**64 - 1])
def test_an_old_function_is_the_librarys_own(gl: Capabilities, answer: int | None) -> None:
    address = direct._address(_LikeWindows(answer), "glDepthMask")
    function = ctypes.CFUNCTYPE(None, ctypes.c_ubyte)(address)
    for is_on in (False, True):
        function(is_on)
        assert bool(GL.glGetBooleanv(GL.GL_DEPTH_WRITEMASK)) == is_on


def test_a_function_that_nobody_has_is_named(gl: Capabilities) -> None:
    with pytest.raises(GraphicsError, match="no glOfTomorrow"):
        direct._address(_LikeWindows(None), "glOfTomorrow")
    with pytest.raises(AttributeError, match="name it here"):
        direct.glOfTomorrow  # noqa: B018


def test_a_mistake_raises_at_the_next_wrapped_call(gl: Capabilities) -> None:
    """The flag stays until somebody looks."""
    direct.glDepthFunc(np.uint32(0).item())
    with pytest.raises(GL.GLError):
        GL.glDepthMask(True)
