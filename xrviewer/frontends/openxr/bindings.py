"""The current OpenGL context, said in the words of the runtime's extension for it."""

from __future__ import annotations

import ctypes
from typing import Any

import xr

from xrviewer.gpu.egl import EglHandles
from xrviewer.gpu.native import Glx, Native, Wgl

OPENGL = xr.KHR_OPENGL_ENABLE_EXTENSION_NAME
EGL_OPENGL = "XR_MNDX_egl_enable"


def needed_extensions(native: Native) -> tuple[str, ...]:
    """OpenGL's own is needed by all: it carries the version check and the image type."""
    return (OPENGL, EGL_OPENGL) if isinstance(native, EglHandles) else (OPENGL,)


def graphics_binding(native: Native) -> Any:
    """To be chained into xr.SessionCreateInfo."""
    if isinstance(native, EglHandles):
        return _egl(native)
    return _glx(native) if isinstance(native, Glx) else _wgl(native)


def _glx(native: Glx) -> Any:
    return xr.GraphicsBindingOpenGLXlibKHR(
        x_display=native.display,
        visualid=native.visual,
        glx_fbconfig=native.config,
        glx_drawable=native.drawable,
        glx_context=native.context,
    )


def _egl(native: EglHandles) -> Any:
    kinds = dict(xr.GraphicsBindingEGLMNDX._fields_)
    addresses = {
        "get_proc_address": native.get_proc_address,
        "display": native.display,
        "config": native.config,
        "context": native.context,
    }
    typed = {name: ctypes.cast(address or 0, kinds[name]) for name, address in addresses.items()}
    return xr.GraphicsBindingEGLMNDX(**typed)


def _wgl(native: Wgl) -> Any:
    return xr.GraphicsBindingOpenGLWin32KHR(h_dc=native.device, h_glrc=native.context)
