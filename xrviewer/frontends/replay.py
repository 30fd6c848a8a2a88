"""A recording as the input of any front-end: its hands and head act, the watcher's eyes see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from xrviewer.frontends.frontend import Frontend, PanelPicture, Wait
from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.input import FrameInput
from xrviewer.scene.panels import Shown


class ReplayFrontend:
    """Ends with the recording, or when the one it is shown in does."""

    def __init__(self, shown_in: Frontend, frames: Iterable[FrameInput]) -> None:
        """shown_in stays the caller's to close. Its own hands and keys are not listened to."""
        self._shown_in = shown_in
        self._frames: Iterator[FrameInput] = iter(frames)
        self._next: FrameInput | None = next(self._frames, None)

    def wait(self) -> Wait:
        return Wait.QUIT if self._next is None else self._shown_in.wait()

    def input(self) -> FrameInput:
        assert self._next is not None
        recorded, self._next = self._next, next(self._frames, None)
        return replace(recorded, shown=self._shown_in.input().views)

    def target(self) -> RenderTarget:
        return self._shown_in.target()

    def pulse(self, pulse: Pulse) -> None:
        self._shown_in.pulse(pulse)

    def show_panels(self, panels: tuple[PanelPicture, ...]) -> tuple[Shown, ...]:
        return self._shown_in.show_panels(panels)

    def present(self) -> None:
        self._shown_in.present()

    def close(self) -> None:
        """Nothing of its own."""
