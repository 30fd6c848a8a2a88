"""How many functions of Python's a piece of code calls: what does not depend on the machine."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType


def python_calls(work: Callable[[], object]) -> int:
    """Those of numpy and of the interpreter's own are counted, too."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    _watched(work, count)
    return calls


def named_calls(work: Callable[[], object]) -> Counter[str]:
    """Of functions that are written in Python, by file, line and name; a generator counts each
    time it is asked."""
    found: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            code = frame.f_code
            found[f"{code.co_filename}:{code.co_firstlineno}:{code.co_name}"] += 1

    _watched(work, count)
    return found


def _watched(work: Callable[[], object], see: Callable[[FrameType, str, object], None]) -> None:
    """Without the collector: what others hear of it, and what others' garbage does, is not ours."""
    is_collecting = gc.isenabled()
    gc.disable()
    sys.setprofile(see)
    try:
        work()
    finally:
        sys.setprofile(None)
        if is_collecting:
            gc.enable()
