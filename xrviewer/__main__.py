"""`python -m xrviewer`, and the `xrviewer` program: from the first import to the last, Ctrl-C is
one line."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

STOPPED = 130
"""What shells expect of a program that Ctrl-C ended."""

_AGAIN_S = 0.02


def main() -> None:
    """Between the imports and the end, Ctrl-C is an exception: the command cleans up behind it."""
    _stopping_is(_leave)
    sys.unraisablehook = _not_lost
    try:
        from xrviewer import cli  # most of the start: what it takes may be interrupted
    except ModuleNotFoundError as error:
        sys.exit(_not_installed(error))

    _stopping_is(signal.default_int_handler)
    try:
        cli.main()
    finally:
        _stopping_is(_leave)


def _stopping_is(handler: Callable[[int, FrameType | None], object]) -> None:
    """Ctrl-C, and what a system that shuts down sends: half a film is nobody's then either."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _not_installed(error: ModuleNotFoundError) -> str:
    """A fresh clone is started before anything was installed, or with another Python."""
    if not error.name or error.name.partition(".")[0] == "xrviewer":
        raise error
    return (
        f"xrviewer: the library {error.name} is not installed for {sys.executable}; "
        "`pip install .` in the checkout brings all of them, `make demo` into .venv"
    )


def _leave(_number: int, _frame: FrameType | None) -> None:
    """At once: before and after the command there is nothing to clean up."""
    sys.stderr.write("xrviewer: stopped\n")
    sys.stderr.flush()
    os._exit(STOPPED)


def _not_lost(raised: Any) -> None:
    """Ctrl-C within a callback, where Python would print it and go on, comes again outside."""
    if issubclass(raised.exc_type, KeyboardInterrupt):
        again = threading.Timer(_AGAIN_S, _press)  # not here: it would be lost too
        again.daemon = True
        again.start()
    else:
        sys.__unraisablehook__(raised)


def _press() -> None:
    """Wakes a call that waits, too, where the system can."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()


if __name__ == "__main__":
    main()
