"""How many OpenGL calls a piece of code makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from OpenGL import GL


@dataclass(slots=True)
class CallCount:
    calls: int = 0


@contextmanager
def counted_calls() -> Iterator[CallCount]:
    """Wraps every function of OpenGL.GL meanwhile: for benches and tests, not for the loop."""
    count = CallCount()
    plain = {n: f for n in dir(GL) if n.startswith("gl") and callable(f := getattr(GL, n))}
    for name, function in plain.items():
        setattr(GL, name, _counting(function, count))
    try:
        yield count
    finally:
        for name, function in plain.items():
            setattr(GL, name, function)


def _counting(function: Callable[..., Any], count: CallCount) -> Callable[..., Any]:
    def counting(*args: Any) -> Any:
        count.calls += 1
        return function(*args)

    return counting
