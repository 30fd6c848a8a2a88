"""How many Python functions are called: what a frame costs, on any machine."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def counted_python_calls(found: Counter[str]) -> Iterator[None]:
    """By file, line and name; a generator counts each time it is asked."""

    def called(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            code = frame.f_code
            found[f"{code.co_filename}:{code.co_firstlineno}:{code.co_name}"] += 1

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        yield
    finally:
        sys.setprofile(before)
