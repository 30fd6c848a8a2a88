"""The one seam between the loop and the outside. A back-end is these seven methods."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from xrviewer.gpu.target import RenderTarget
from xrviewer.gpu.texture import PlainTexture
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.input import FrameInput
from xrviewer.scene.panels import InRoom, OnScreen, Risen, Shown


@dataclass(frozen=True, slots=True)
class PanelPicture:
    """A finished panel and where it belongs."""

    texture: PlainTexture
    """sRGB, premultiplied, the first row at the bottom; the renderer's own."""
    revision: int
    """Changes when, and only when, the picture did."""
    place: InRoom | OnScreen
    """In the space that the front-end's views are in."""
    risen: Risen | None = None
    """A piece of it that stands before it, in the same space."""
    is_sign: bool = False
    """To be read only: hands do nothing with it."""


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

    def show_panels(self, panels: tuple[PanelPicture, ...]) -> tuple[Shown, ...]:
        """Who shows each of them: what it does not show itself, the scene has to. Told every drawn
        frame, none as well."""
        ...

    def present(self) -> None: ...

    def pulse(self, pulse: Pulse) -> None:
        """To be felt; nothing where no hand holds a controller."""
        ...

    def close(self) -> None: ...
