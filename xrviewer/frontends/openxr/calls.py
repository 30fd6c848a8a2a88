"""How the runtime is called where it counts: without the binding's copies, and with one check.

pyopenxr's functions make a new structure a call and ask twice for arrays. The frame loop calls
the same functions with structures made once: a third of the time.
"""

from __future__ import annotations

import ctypes
from typing import Any

import xr

NOT_FOCUSED = xr.Result.SESSION_NOT_FOCUSED
FRAME_DISCARDED = xr.Result.FRAME_DISCARDED
EVENT_UNAVAILABLE = xr.Result.EVENT_UNAVAILABLE
TIMEOUT_EXPIRED = xr.Result.TIMEOUT_EXPIRED


def call(function: Any, *arguments: Any) -> Any:
    """The result, when it is a success of any kind; raises the runtime's error otherwise."""
    result = function(*arguments)
    if result.value < 0:
        raise xr.check_result(result)
    return result


def extension_function(instance: Any, name: str) -> Any:
    """An extension's function, by its full name; the extension must be switched on."""
    found = ctypes.cast(xr.get_instance_proc_addr(instance, name), getattr(xr, f"PFN_{name}"))
    found.restype = xr.Result  # as the functions of the core have it
    return found
