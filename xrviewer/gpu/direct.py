"""What every frame asks of OpenGL several times, without PyOpenGL's wrapper: it takes three times
as long as the driver to send a few hundred bytes. Errors are found by the flag, not by the call."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

from OpenGL import platform

from xrviewer.errors import GraphicsError


@cache
def sender() -> Callable[[int, int, int, int], None]:
    """glNamedBufferSubData: buffer, offset, bytes, address. What it is called through now stays
    right for every context."""
    system: Any = platform.PLATFORM
    address = system.getExtensionProcedure(b"glNamedBufferSubData")
    if not address:
        raise GraphicsError("this OpenGL has no glNamedBufferSubData; it needs 4.5")
    kinds = (ctypes.c_uint, ctypes.c_ssize_t, ctypes.c_ssize_t, ctypes.c_void_p)
    function: Callable[[int, int, int, int], None] = system.functionTypeFor(system.GL)(
        None, *kinds
    )(address)
    return function
