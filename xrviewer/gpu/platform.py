"""PyOpenGL's idea of the window system, kept where another library would replace it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from OpenGL import platform


@contextmanager
def kept_platform() -> Iterator[None]:
    """PyOpenGL looks functions up on their first call, by the platform of that moment."""
    before = platform.PLATFORM
    try:
        yield
    finally:
        platform.PLATFORM = before
