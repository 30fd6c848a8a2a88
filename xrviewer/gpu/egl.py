"""EGL without a window, by ctypes.

Not by PyOpenGL's binding: pyopenxr replaces PyOpenGL's platform by GLX when it is imported, and
EGL's functions, looked up through GLX from then on, answer with nothing.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from dataclasses import dataclass
from functools import cache
from typing import Any

from xrviewer.errors import GraphicsError
from xrviewer.gpu.platform import WindowSystem, look_up_through

_PLATFORM_SURFACELESS_MESA = 0x31DD
_PLATFORM_DEVICE_EXT = 0x313F
_OPENGL_API = 0x30A2
_NONE = 0x3038
_CONFIG_ID = 0x3028
_RENDERABLE_TYPE, _OPENGL_BIT = 0x3040, 0x0008
_SURFACE_TYPE = 0x3033
_CONTEXT_MAJOR_VERSION, _CONTEXT_MINOR_VERSION = 0x3098, 0x30FB
_CONTEXT_PROFILE_MASK, _CORE_PROFILE_BIT = 0x30FD, 0x0001
_MAX_DEVICES = 16

_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "eglBindAPI": (ctypes.c_uint, (ctypes.c_uint,)),
    "eglChooseConfig": (ctypes.c_uint, (ctypes.c_void_p,) * 3 + (ctypes.c_int, ctypes.c_void_p)),
    "eglCreateContext": (ctypes.c_void_p, (ctypes.c_void_p,) * 4),
    "eglDestroyContext": (ctypes.c_uint, (ctypes.c_void_p,) * 2),
    "eglGetDisplay": (ctypes.c_void_p, (ctypes.c_void_p,)),
    "eglGetPlatformDisplay": (ctypes.c_void_p, (ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p)),
    "eglGetProcAddress": (ctypes.c_void_p, (ctypes.c_char_p,)),
    "eglInitialize": (ctypes.c_uint, (ctypes.c_void_p,) * 3),
    "eglMakeCurrent": (ctypes.c_uint, (ctypes.c_void_p,) * 4),
    "eglGetCurrentContext": (ctypes.c_void_p, ()),
    "eglGetCurrentDisplay": (ctypes.c_void_p, ()),
    "eglQueryContext": (
        ctypes.c_uint, (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EglHandles:
    """Addresses, as EGL gives them."""

    display: int
    config: int | None
    """None for a context made without one."""
    context: int
    get_proc_address: int


class EglContext:
    """OpenGL without any window or display server: a server's or a test's."""

    description = "EGL, no window"

    def __init__(self) -> None:
        self._egl = _library()
        self._display = _display(self._egl)
        self._context: int | None = self._make_context()
        self.make_current()

    def make_current(self) -> None:
        if not self._egl.eglMakeCurrent(self._display, None, None, self._context):
            raise GraphicsError("EGL: the context cannot be made current")
        look_up_through(WindowSystem.EGL)

    def close(self) -> None:
        if self._context is not None:
            self._egl.eglMakeCurrent(self._display, None, None, None)
            self._egl.eglDestroyContext(self._display, self._context)
            self._context = None

    def _make_context(self) -> int:
        self._egl.eglBindAPI(_OPENGL_API)
        wanted = _ints(_RENDERABLE_TYPE, _OPENGL_BIT, _SURFACE_TYPE, 0, _NONE)
        config, count = ctypes.c_void_p(), ctypes.c_int()
        out = ctypes.byref
        self._egl.eglChooseConfig(self._display, wanted, out(config), 1, out(count))
        chosen = config if count.value else None
        context = self._egl.eglCreateContext(self._display, chosen, None, _version())
        if not context:
            raise GraphicsError("EGL: no OpenGL 4.5 here; install or update the graphics driver")
        return int(context)


class EglBeside:
    """A context that shares the objects of another and is current in the thread that enters it."""

    def __init__(self, other: EglHandles) -> None:
        self._other, self._egl = other, _library()
        self._context: int | None = None

    def __enter__(self) -> None:
        """Raises GraphicsError where the driver makes none."""
        self._egl.eglBindAPI(_OPENGL_API)  # which is asked in each thread
        other, out = self._other, self._egl
        made = out.eglCreateContext(other.display, other.config, other.context, _version())
        if not made or not out.eglMakeCurrent(other.display, None, None, made):
            raise GraphicsError("EGL: no second context")
        self._context = made

    def __exit__(self, *_: object) -> None:
        self._egl.eglMakeCurrent(self._other.display, None, None, None)
        self._egl.eglDestroyContext(self._other.display, self._context)

    def close(self) -> None:
        """What it held went with the thread."""


def current_handles() -> EglHandles | None:
    """Of the current context; None when it is not EGL's, or there is no EGL."""
    try:
        egl = _library()
    except GraphicsError:
        return None
    context, display = egl.eglGetCurrentContext(), egl.eglGetCurrentDisplay()
    if not context or not display:
        return None
    number, config, count = ctypes.c_int(), ctypes.c_void_p(), ctypes.c_int()
    out = ctypes.byref
    egl.eglQueryContext(display, context, _CONFIG_ID, out(number))
    egl.eglChooseConfig(display, _ints(_CONFIG_ID, number.value, _NONE), out(config), 1, out(count))
    address = ctypes.cast(egl.eglGetProcAddress, ctypes.c_void_p).value
    chosen = config.value if count.value else None
    return EglHandles(int(display), chosen, int(context), address or 0)


def _version() -> Any:
    return _ints(
        _CONTEXT_MAJOR_VERSION, 4, _CONTEXT_MINOR_VERSION, 5,
        _CONTEXT_PROFILE_MASK, _CORE_PROFILE_BIT, _NONE,
    )  # fmt: skip


@cache
def _library() -> Any:
    """Found once: to look for it starts two programs."""
    name = ctypes.util.find_library("EGL") or "libEGL.so.1"
    try:
        library = ctypes.CDLL(name)
        for function, (result, arguments) in _FUNCTIONS.items():
            entry = getattr(library, function)
            entry.restype, entry.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise GraphicsError("EGL is not here: install libegl1 and a graphics driver") from error
    return library


def _display(egl: Any) -> int:
    """Surfaceless where the driver has it, else each graphics card, else the default display."""
    displays = [egl.eglGetPlatformDisplay(_PLATFORM_SURFACELESS_MESA, None, None)]
    displays += [egl.eglGetPlatformDisplay(_PLATFORM_DEVICE_EXT, d, None) for d in _devices(egl)]
    displays.append(egl.eglGetDisplay(None))
    for display in displays:
        if display and egl.eglInitialize(display, None, None):
            return int(display)
    raise GraphicsError("EGL finds no graphics driver: install the Mesa drivers or the card's own")


def _devices(egl: Any) -> list[int]:
    """NVIDIA's driver has no surfaceless platform but offers its cards as devices."""
    address = egl.eglGetProcAddress(b"eglQueryDevicesEXT")
    if not address:
        return []
    kind = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    found, count = (ctypes.c_void_p * _MAX_DEVICES)(), ctypes.c_int()
    if not kind(address)(_MAX_DEVICES, found, ctypes.byref(count)):
        return []
    return [device for device in found[: count.value] if device]


def _ints(*values: int) -> Any:
    return (ctypes.c_int * len(values))(*values)
