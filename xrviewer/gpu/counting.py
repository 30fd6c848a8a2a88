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
    wrapped = [n for n in dir(GL) if n.startswith("gl") and callable(getattr(GL, n))]
    plain = [(GL, n, getattr(GL, n)) for n in wrapped]
    plain += [(direct, n, getattr(direct, n)) for n in direct.NAMES]
    for module, name, function in plain:
        setattr(module, name, _counting(name, function, count))
    try:
        yield count
    finally:
        for module, name, function in plain:
            setattr(module, name, function)


def _counting(name: str, function: Callable[..., Any], count: CallCount) -> Callable[..., Any]:
    def counting(*args: Any) -> Any:
        count.of[name] += 1
        return function(*args)

    return counting
