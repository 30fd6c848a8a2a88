"""No window and no wearer: views that are given, pictures that are read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xrviewer.frontends.frontend import PanelPicture, Wait
from xrviewer.gpu.target import Canvas, RenderTarget
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.input import FrameInput
from xrviewer.scene.panels import Shown


class OffscreenFrontend:
    """Plays inputs one a frame, as fast as they are drawn; ends with the last."""

    def __init__(self, canvas: Canvas, inputs: Iterable[FrameInput]) -> None:
        """The canvas stays the caller's: it holds the last picture afterwards."""
        self._canvas = canvas
        self._inputs: Iterator[FrameInput] = iter(inputs)
        self._next: FrameInput | None = None

    def wait(self) -> Wait:
        self._next = next(self._inputs, None)
        return Wait.QUIT if self._next is None else Wait.RUN

    def input(self) -> FrameInput:
        assert self._next is not None
        return self._next

    def target(self) -> RenderTarget:
        return self._canvas.target

    def show_panels(self, panels: tuple[PanelPicture, ...]) -> tuple[Shown, ...]:
        return (Shown.IN_SCENE,) * len(panels)

    def present(self) -> None:
        """Nothing to show: whoever watches reads the canvas."""

    def pulse(self, pulse: Pulse) -> None:
        """Nobody is there to feel it."""

    def close(self) -> None:
        """Nothing of its own."""
