"""What the C library does with memory that a session of hours no longer needs."""

from __future__ import annotations

import ctypes
import sys

_LARGE_BYTES = 1 << 20
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""Of glibc's malloc.h."""
_ARENAS = 2


def give_large_blocks_back() -> None:
    """To the system as soon as they are freed.

    glibc moves that border up to 32 MB by itself, and keeps what each thread once took for that
    thread: fits and films would leave some 100 MB an hour that nothing uses.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # another C library may have none
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_M_ARENA_MAX, _ARENAS)
