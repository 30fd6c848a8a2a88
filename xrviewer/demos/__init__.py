"""Cases that xrviewer makes itself, one module or package a case."""

from __future__ import annotations

from collections.abc import Callable

from xrviewer.case.model import Case
from xrviewer.demos.brain import make_brain
from xrviewer.demos.knee import make_knee
from xrviewer.demos.phantom import make_phantom

Progress = Callable[[float, str], None]
"""Told how much is done, 0 to 1, and what is being done."""

MAKERS: dict[str, Callable[[Progress], Case]] = {
    "knee": make_knee,
    "brain": make_brain,
    "phantom": make_phantom,
}
"""What `xrviewer demo NAME` can make."""
