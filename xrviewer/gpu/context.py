"""A current OpenGL context: of a window, of a hidden window, or of no window at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import glfw
from OpenGL import GL

from xrviewer.errors import GraphicsError
from xrviewer.gpu.egl import EglBeside, EglContext, current_handles
from xrviewer.gpu.platform import WindowSystem, is_through_egl, look_up_through

_NEEDED = (4, 5)
_SOFTWARE = re.compile(r"llvmpipe|softpipe|swrast|software", re.IGNORECASE)


class Context(Protocol):
    """What every kind of context offers."""

    description: str

    def make_current(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the current context can do, as far as we care."""

    renderer: str
    version: str
    is_software: bool
    has_layered_vertex: bool
    """A vertex shader may choose the layer: both eyes in one pass."""
    samples: int


def capabilities() -> Capabilities:
    """Of the current context."""
    count = int(GL.glGetIntegerv(GL.GL_NUM_EXTENSIONS))
    extensions = {GL.glGetStringi(GL.GL_EXTENSIONS, i).decode() for i in range(count)}
    renderer = GL.glGetString(GL.GL_RENDERER).decode()
    return Capabilities(
        renderer=renderer,
        version=GL.glGetString(GL.GL_VERSION).decode(),
        is_software=bool(_SOFTWARE.search(renderer)),
        has_layered_vertex="GL_ARB_shader_viewport_layer_array" in extensions,
        samples=min(4, int(GL.glGetIntegerv(GL.GL_MAX_SAMPLES))),
    )


class GlfwContext:
    """A glfw window's context; hidden when only the context is wanted."""

    def __init__(self, title: str, width: int, height: int, is_visible: bool = True) -> None:
        with _quiet_glfw():
            if not glfw.init():
                raise GraphicsError("no window system: set DISPLAY, or use --display offscreen")
            self.window: Any = _core_profile_window(title, width, height, is_visible)
        if not self.window:
            raise GraphicsError("no window with OpenGL 4.5: update the graphics driver")
        self.description = "a window" if is_visible else "a hidden window"
        self.make_current()

    def make_current(self) -> None:
        glfw.make_context_current(self.window)
        look_up_through(_glfw_system())

    def close(self) -> None:
        if self.window is not None:
            glfw.destroy_window(self.window)
            self.window = None


class Beside(Protocol):
    """A context that shares the current one's objects, for a thread that enters it."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...

    def close(self) -> None: ...


def context_beside() -> Beside | None:
    """Of the current context; None where its kind has none."""
    if is_through_egl():
        handles = current_handles()
        return None if handles is None else EglBeside(handles)
    with _quiet_glfw():  # nobody may have begun it
        window = glfw.get_current_context()
    return GlfwBeside(window) if window else None


class GlfwBeside:
    """A second hidden window: glfw has no context without one."""

    def __init__(self, other: Any) -> None:
        with _quiet_glfw():
            self._window: Any = _core_profile_window("", 1, 1, False, other)

    def __enter__(self) -> None:
        if not self._window:
            raise GraphicsError("no second context")
        glfw.make_context_current(self._window)

    def __exit__(self, *_: object) -> None:
        nothing: Any = None
        glfw.make_context_current(nothing)

    def close(self) -> None:
        if self._window:
            glfw.destroy_window(self._window)
            self._window = None


def _glfw_system() -> WindowSystem:
    """How glfw makes its contexts here."""
    systems = {glfw.PLATFORM_X11: WindowSystem.GLX, glfw.PLATFORM_WAYLAND: WindowSystem.EGL}
    return systems.get(glfw.get_platform(), WindowSystem.NATIVE)


@contextmanager
def _quiet_glfw() -> Iterator[None]:
    """Its errors come as return values; as warnings they would reach the user's terminal too."""
    reporting: Any = glfw
    before, reporting.ERROR_REPORTING = glfw.ERROR_REPORTING, False
    try:
        yield
    finally:
        reporting.ERROR_REPORTING = before


def _core_profile_window(
    title: str, width: int, height: int, is_visible: bool, shared: Any = None
) -> Any:
    glfw.default_window_hints()
    glfw.window_hint(glfw.VISIBLE, is_visible)
    glfw.window_hint(glfw.CONTEXT_VERSION_MAJOR, _NEEDED[0])
    glfw.window_hint(glfw.CONTEXT_VERSION_MINOR, _NEEDED[1])
    glfw.window_hint(glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE)
    glfw.window_hint(glfw.SRGB_CAPABLE, True)
    glfw.window_hint(glfw.DEPTH_BITS, 0)
    glfw.window_hint(glfw.STENCIL_BITS, 0)
    return glfw.create_window(width, height, title, None, shared)


def offscreen_context() -> Context:
    """EGL without a window; where that fails, a hidden window."""
    try:
        return EglContext()
    except GraphicsError as no_egl:
        try:
            return GlfwContext("xrviewer", 64, 64, is_visible=False)
        except GraphicsError as no_window:
            raise GraphicsError(f"no OpenGL 4.5 here ({no_egl}; {no_window})") from no_window


def wait_for_gpu() -> None:
    """Until everything asked for is done: for measuring, never in the loop."""
    GL.glFinish()
