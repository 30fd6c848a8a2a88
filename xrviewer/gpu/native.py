"""The current context as the window system knows it, for those who must share it: a headset."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from typing import Any

from OpenGL import GL

from xrviewer.errors import GraphicsError
from xrviewer.gpu.egl import EglHandles, current_handles

_GLX_FBCONFIG_ID = 0x8013


@dataclass(frozen=True, slots=True)
class Glx:
    """X11's handles, as PyOpenGL's own pointer types."""

    display: Any
    config: Any
    visual: int
    drawable: int
    context: Any


@dataclass(frozen=True, slots=True)
class Wgl:
    """Windows' handles."""

    device: int
    context: int


Native = Glx | EglHandles | Wgl


def current() -> Native:
    """Asked of the system and not of who made it, so it fits every context there is."""
    found = _wgl() if sys.platform == "win32" else current_handles() or _glx()
    if found is None:
        raise GraphicsError("no OpenGL context is current")
    return found


def gl_version() -> tuple[int, int]:
    return int(GL.glGetIntegerv(GL.GL_MAJOR_VERSION)), int(GL.glGetIntegerv(GL.GL_MINOR_VERSION))


def _glx() -> Glx | None:
    from OpenGL import GLX  # absent on machines without X11

    context, display = GLX.glXGetCurrentContext(), GLX.glXGetCurrentDisplay()
    if not context or not display:
        return None
    config_id, count = ctypes.c_int(), ctypes.c_int()
    GLX.glXQueryContext(display, context, _GLX_FBCONFIG_ID, ctypes.byref(config_id))
    attributes = (ctypes.c_int * 3)(_GLX_FBCONFIG_ID, config_id.value, 0)
    configs = GLX.glXChooseFBConfig(display, 0, attributes, ctypes.byref(count))
    if count.value < 1:
        raise GraphicsError("GLX does not say how the current context was made")
    visual = GLX.glXGetVisualFromFBConfig(display, configs[0])
    visual_id = visual.contents.visualid if visual else 0
    return Glx(display, configs[0], visual_id, GLX.glXGetCurrentDrawable(), context)


def _wgl() -> Wgl | None:
    from OpenGL import WGL  # Windows only

    device, context = WGL.wglGetCurrentDC(), WGL.wglGetCurrentContext()
    return Wgl(device, context) if device and context else None
