"""Another program's windows on an X server, as far as one is to be made smaller."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_uint, c_ulong, c_void_p

_FUNCTIONS = {
    "XOpenDisplay": (c_void_p, c_char_p),
    "XDefaultRootWindow": (c_ulong, c_void_p),
    "XQueryTree": (c_int, c_void_p, c_ulong, *[c_void_p] * 4),
    "XGetGeometry": (c_int, c_void_p, c_ulong, *[c_void_p] * 7),
    "XResizeWindow": (c_int, c_void_p, c_ulong, c_uint, c_uint),
    "XFree": (c_int, c_void_p),
    "XCloseDisplay": (c_int, c_void_p),
}


def shrink(display: str, wider_than: int, width: int, height: int) -> bool:
    """Of the desktop's own windows, each that is so wide; False while there is none. Whoever asked
    has been answered when this returns, so the size is there."""
    x11 = ctypes.CDLL("libX11.so.6")
    for name, (answers, *takes) in _FUNCTIONS.items():
        getattr(x11, name).restype, getattr(x11, name).argtypes = answers, takes
    connection = x11.XOpenDisplay(display.encode())
    if not connection:
        return False
    wide = [w for w in _children(x11, connection) if _width(x11, connection, w) > wider_than]
    for window in wide:
        x11.XResizeWindow(connection, window, width, height)
    x11.XCloseDisplay(connection)  # sends what is left, and waits for it
    return bool(wide)


def _children(x11: ctypes.CDLL, connection: int) -> list[int]:
    root, parent, count, found = c_ulong(), c_ulong(), c_uint(), POINTER(c_ulong)()
    top = x11.XDefaultRootWindow(connection)
    x11.XQueryTree(connection, top, byref(root), byref(parent), byref(found), byref(count))
    children = list(found[: count.value])
    if children:
        x11.XFree(found)
    return children


def _width(x11: ctypes.CDLL, connection: int, window: int) -> int:
    root, x, y, *sizes = c_ulong(), c_int(), c_int(), *(c_uint() for _ in range(4))
    asked = (byref(one) for one in (root, x, y, *sizes))
    x11.XGetGeometry(connection, window, *asked)
    return int(sizes[0].value)
