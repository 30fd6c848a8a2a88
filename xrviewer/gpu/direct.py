"""What every frame asks of OpenGL, without PyOpenGL's wrapper: it takes two to four times as long
as the driver to bind something or to send a few hundred bytes. Errors are found by the flag, not
by the call: the next call through PyOpenGL raises them.

    direct.glUseProgram(name)
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from OpenGL import platform

from xrviewer.errors import GraphicsError

_NUMBER, _SIGNED, _SIZE, _FLAG = ctypes.c_uint, ctypes.c_int, ctypes.c_ssize_t, ctypes.c_ubyte
_ADDRESS = ctypes.c_void_p
_TAKES: dict[str, tuple[Any, ...]] = {
    "glBindBuffer": (_NUMBER, _NUMBER),
    "glBindBufferRange": (_NUMBER, _NUMBER, _NUMBER, _SIZE, _SIZE),
    "glBindFramebuffer": (_NUMBER, _NUMBER),
    "glBlitNamedFramebuffer": (_NUMBER, _NUMBER, *(_SIGNED,) * 8, _NUMBER, _NUMBER),
    "glClear": (_NUMBER,),
    "glDepthFunc": (_NUMBER,),
    "glDepthMask": (_FLAG,),
    "glDisable": (_NUMBER,),
    "glDrawArrays": (_NUMBER, _SIGNED, _SIGNED),
    "glDrawArraysInstanced": (_NUMBER, _SIGNED, _SIGNED, _SIGNED),
    "glEnable": (_NUMBER,),
    "glFlush": (),
    "glMultiDrawElementsIndirect": (_NUMBER, _NUMBER, _ADDRESS, _SIGNED, _SIGNED),
    "glNamedBufferSubData": (_NUMBER, _SIZE, _SIZE, _ADDRESS),
    "glUseProgram": (_NUMBER,),
}
NAMES = tuple(_TAKES)
_NO_ADDRESSES = (None, 0, 1, 2, 3, ctypes.c_void_p(-1).value)
"""What Windows answers where there is no such function to be asked for."""


def __getattr__(name: str) -> Callable[..., None]:
    """Looked up when first called, with that context current, and kept for every later one, as
    PyOpenGL keeps its own."""
    if name not in _TAKES:
        raise AttributeError(f"{name} is not called directly: use OpenGL.GL, or name it here")
    system: Any = platform.PLATFORM
    kind = system.functionTypeFor(system.GL)(None, *_TAKES[name])
    function: Callable[..., None] = kind(_address(system, name))
    globals()[name] = function
    return function


def _address(system: Any, name: str) -> int:
    """Of the window system, which on Windows knows none from before OpenGL 1.2: those, and where
    an old EGL answers likewise, are the library's own."""
    address: int | None = system.getExtensionProcedure(name.encode())
    if address in _NO_ADDRESSES:
        own = getattr(system.GL, name, None)
        address = ctypes.cast(own, ctypes.c_void_p).value if own is not None else None
    if address is None:
        raise GraphicsError(f"this OpenGL has no {name}; it needs 4.5")
    return address
