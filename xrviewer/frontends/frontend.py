"""The one seam between the loop and the outside. A back-end is these six methods."""

from __future__ import annotations

from enum import Enum, auto
from typing import Protocol

from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.input import FrameInput


class Wait(Enum):
    """What the outside wants of the next turn of the loop."""

    RUN = auto()
    """Take input, act, draw, present."""
    IDLE = auto()
    """Nothing to draw now: a headset taken off, a window iconified. The wait was slept here."""
    QUIT = auto()
    """The user or the system wants the program to end."""


class Frontend(Protocol):
    def wait(self) -> Wait:
        """Blocks until the next frame is wanted."""
        ...

    def input(self) -> FrameInput: ...

    def target(self) -> RenderTarget:
        """Where this frame's pixels go; valid until present(). Not asked for without views."""
        ...

    def present(self) -> None: ...

    def pulse(self, pulse: Pulse) -> None:
        """To be felt; nothing where no hand holds a controller."""
        ...

    def close(self) -> None: ...
