"""How many OpenGL calls a piece of code makes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from OpenGL import GL

from xrviewer.gpu import direct


@dataclass(slots=True)
class CallCount:
    of: Counter[str] = field(default_factory=Counter)
    """By the function's name."""

    @property
    def calls(self) -> int:
        return self.of.total()


@contextmanager
def counted_calls() -> Iterator[CallCount]:
    """Wraps every function of OpenGL.GL, and what is called directly, meanwhile: for benches and
    tests, not for the loop."""
    count = CallCount()
    plain = {n: f for n in dir(GL) if n.startswith("gl") and callable(f := getattr(GL, n))}
    for name, function in plain.items():
        setattr(GL, name, _counting(name, function, count))
    sender = direct.sender
    direct.sender = lambda: _counting("glNamedBufferSubData", sender(), count)  # type: ignore[assignment]
    try:
        yield count
    finally:
        direct.sender = sender
        for name, function in plain.items():
            setattr(GL, name, function)


def _counting(name: str, function: Callable[..., Any], count: CallCount) -> Callable[..., Any]:
    def counting(*args: Any) -> Any:
        count.of[name] += 1
        return function(*args)

    return counting
