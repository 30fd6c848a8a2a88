"""Which of the window systems PyOpenGL looks its functions up through.

It chooses one a process, but a process may have a context of GLX and one of EGL, and pyopenxr
replaces the choice by GLX when it is imported. Looked up through the wrong one, a function is
"undefined", or answers with nothing. So whoever makes a context current says what it is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from OpenGL import platform


class WindowSystem(Enum):
    GLX = "glx"
    EGL = "egl"
    NATIVE = "native"
    """Windows and macOS have but one."""


_made: dict[WindowSystem, Any] = {}


def look_up_through(system: WindowSystem) -> None:
    """From now on; what has been looked up before stays as it is, and works with both."""
    if system is not WindowSystem.NATIVE and sys.platform.startswith("linux"):
        if system not in _made:
            _made[system] = _make(system)
        platform.PLATFORM = _made[system]


def is_through_egl() -> bool:
    """Whether the current context is EGL's: EGL itself goes on naming one of its own when GLX has
    made another current."""
    return platform.PLATFORM is _made.get(WindowSystem.EGL)


@contextmanager
def kept_platform() -> Iterator[None]:
    """While a library is imported that would replace it."""
    before = platform.PLATFORM
    try:
        yield
    finally:
        platform.PLATFORM = before


def _make(system: WindowSystem) -> Any:
    if system is WindowSystem.EGL:
        from OpenGL.platform.egl import EGLPlatform  # not importable where there is no EGL

        return EGLPlatform()
    from OpenGL.platform.glx import GLXPlatform  # not importable where there is no GLX

    return GLXPlatform()
