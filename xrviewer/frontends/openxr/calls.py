"""How the runtime is called where it counts: without the binding's copies, and with one check.

pyopenxr's functions make a new structure a call, ask twice for arrays and turn every result into
an enum. The frame loop calls the same functions with arguments made once and plain integers.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import xr

NOT_FOCUSED: int = xr.Result.SESSION_NOT_FOCUSED.value
EVENT_UNAVAILABLE: int = xr.Result.EVENT_UNAVAILABLE.value
TIMEOUT_EXPIRED: int = xr.Result.TIMEOUT_EXPIRED.value

PLAIN_CALL = ctypes.CFUNCTYPE(ctypes.c_int)
"""Takes whatever ctypes values it is given: those that are prepared have the right types."""


def call(function: Any, *arguments: Any) -> int:
    """The result, when it is a success of any kind; raises the runtime's error otherwise."""
    result: int = function(*arguments)
    if result < 0:
        raise xr.check_result(xr.Result(result))
    return result


def call_all(functions: Iterable[Callable[[], int]]) -> None:
    """Prepared ones, one after the other, as `call` does it."""
    for function in functions:
        result = function()
        if result < 0:
            raise xr.check_result(xr.Result(result))


def prepared(name: str, *arguments: Any) -> Callable[[], int]:
    """A core function with its arguments, for `call`. Each must be of its exact C type: nothing
    converts or checks them. A structure goes in by reference and is read anew at each call."""
    return partial(plain(name, getattr(xr.raw_functions, name)), *arguments)


def prepared_extension(instance: Any, name: str, *arguments: Any) -> Callable[[], int]:
    """The same of an extension that is switched on."""
    return partial(plain(name, extension_function(instance, name)), *arguments)


def plain(name: str, function: Any) -> Callable[..., int]:
    """Without types; name: for who measures the runtime."""
    address = ctypes.cast(function, ctypes.c_void_p).value
    made: Callable[..., int] = PLAIN_CALL(address or 0)
    return made


def extension_function(instance: Any, name: str) -> Any:
    """An extension's function, by its full name; the extension must be switched on."""
    found = ctypes.cast(xr.get_instance_proc_addr(instance, name), getattr(xr, f"PFN_{name}"))
    found.restype = ctypes.c_int
    return found
