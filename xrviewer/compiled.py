"""Loops over arrays in machine code: compiled by numba when they are first called, and kept for the
next start. They let go of Python's lock, so that a second thread works at the same time.

For what numpy has no single call for. A loop calls loops of its own file alone: what is kept is
known by the date of its file, and would not be made anew when another changes (a law). numba takes
a fifth of a second to import, so that is done no sooner than a loop is called.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

Place = np.uint64
"""In a flat array. Unsigned: where an index may count from the end, a loop is four times as slow.
Beside a signed number it would become a fraction."""

_LOOP = "_xrviewer_loop"
_ONE_AT_A_TIME = Lock()


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Of numbers and arrays alone. Its indices are checked where NUMBA_BOUNDSCHECK is set."""

    @wraps(function)
    def first(*arguments: P.args, **named: P.kwargs) -> R:
        names = function.__globals__
        with _ONE_AT_A_TIME:
            if names[function.__name__] is first:
                names.update(_all_of(names))  # at once: who has no lock sees none of them or all
        made: Callable[P, R] = names[function.__name__]
        return made(*arguments, **named)

    setattr(first, _LOOP, function)
    return first


def _all_of(names: dict[str, Any]) -> dict[str, Any]:
    """Every loop of a file, as they call each other."""
    return {
        name: _made(getattr(value, _LOOP)) for name, value in names.items() if hasattr(value, _LOOP)
    }


def _made(function: Callable[..., Any]) -> object:
    import numba

    from xrviewer.loop_cache import LoopCache

    made = numba.njit(function, nogil=True)
    with suppress(RuntimeError):  # no folder to keep it in, beside the code or in the user's cache
        made._cache = LoopCache(function)
    return made
