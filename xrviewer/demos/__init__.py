"""Cases that xrviewer makes itself, one module a case."""

from __future__ import annotations

from collections.abc import Callable

from xrviewer.case.model import Case
from xrviewer.demos.brain import make_brain

Progress = Callable[[float, str], None]

MAKERS: dict[str, Callable[[Progress], Case]] = {"brain": make_brain}
