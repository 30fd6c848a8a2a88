"""What a runtime on Windows would be handed: read back as its C would read it. No Windows is at
hand, but the bindings' own declarations for it are."""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import OpenGL
import pytest
import xr
from OpenGL.raw.WGL import _types as wgl_types

from xrviewer.errors import GraphicsError
from xrviewer.frontends.openxr.bindings import OPENGL, graphics_binding, needed_extensions
from xrviewer.gpu import native
from xrviewer.gpu.native import Wgl

DEVICE, CONTEXT = 0x1234_5678_9ABC, 0x7FF0_0000_0001
BINDING = struct.Struct("=IxxxxQQQ")
"""XrGraphicsBindingOpenGLWin32KHR: type, next, hDC, hGLRC."""
BINDING_TYPE = 1000023000
"""XR_TYPE_GRAPHICS_BINDING_OPENGL_WIN32_KHR."""
SESSION_INFO = struct.Struct("=IxxxxQQQ")
"""XrSessionCreateInfo: type, next, createFlags, systemId."""


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Functions of WGL with its types; they answer with `current`'s two handles."""
    current = {"device": DEVICE, "context": CONTEXT}
    wgl: Any = ModuleType("OpenGL.WGL")
    vars(wgl).update({k: v for k, v in vars(wgl_types).items() if k.startswith("H")})
    wgl.wglGetCurrentDC = ctypes.CFUNCTYPE(wgl_types.HDC)(lambda: current["device"])
    wgl.wglGetCurrentContext = ctypes.CFUNCTYPE(wgl_types.HGLRC)(lambda: current["context"])
    monkeypatch.setitem(sys.modules, "OpenGL.WGL", wgl)
    monkeypatch.setattr(OpenGL, "WGL", wgl, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    from xr.platform import windows as declared

    made = declared.GraphicsBindingOpenGLWin32KHR
    monkeypatch.setattr(xr, "GraphicsBindingOpenGLWin32KHR", made, raising=False)
    yield current
    monkeypatch.delitem(sys.modules, "xr.platform.windows")


def test_the_current_context_becomes_the_binding_that_the_specification_draws(
    windows: Any,
) -> None:
    held = native.current()
    assert held == Wgl(DEVICE, CONTEXT)
    binding = graphics_binding(held)
    assert ctypes.sizeof(binding) == BINDING.size
    assert BINDING.unpack(bytes(binding)) == (BINDING_TYPE, 0, DEVICE, CONTEXT)


def test_the_binding_hangs_on_the_session(windows: Any) -> None:
    binding = graphics_binding(native.current())
    info = xr.SessionCreateInfo(system_id=7, next=binding)
    kind, chained, flags, system = SESSION_INFO.unpack(bytes(info))
    assert (kind, flags, system) == (xr.StructureType.SESSION_CREATE_INFO.value, 0, 7)
    assert BINDING.unpack(ctypes.string_at(chained, BINDING.size))[2:] == (DEVICE, CONTEXT)


def test_only_opengl_is_asked_for(windows: Any) -> None:
    assert needed_extensions(native.current()) == (OPENGL,)


@pytest.mark.parametrize("missing", ["device", "context"])
def test_without_a_context_it_says_so(windows: Any, missing: str) -> None:
    windows[missing] = None
    with pytest.raises(GraphicsError, match="no OpenGL context is current"):
        native.current()
