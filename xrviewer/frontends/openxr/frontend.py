"""The headset with a window on the desk: a mirror while it is worn, the case itself while not."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from xrviewer.frontends.frontend import Frontend, PanelPicture, Wait
from xrviewer.frontends.openxr.headset import Headset
from xrviewer.frontends.openxr.session import Options
from xrviewer.gpu.blit import copy_color
from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.input import FrameInput
from xrviewer.scene.panels import Shown
from xrviewer.spatial.views import View

NAP_S = 0.01
"""How long an idle turn sleeps where no window paces it."""


class Desk(Frontend, Protocol):
    """A window front-end whose pace can be given to somebody else."""

    def poll(self) -> bool: ...

    def set_vsync(self, is_on: bool) -> None: ...


class OpenXrFrontend:
    """Each turn belongs to the headset when it wants a frame, else to the desk."""

    def __init__(
        self,
        options: Options | None = None,
        desk: Desk | None = None,
        say: Callable[[str], None] = print,
        hear: Callable[[str], None] | None = None,
        seconds: float | None = None,
    ) -> None:
        """say gets lines for the user, hear the runtime's own; seconds: how long to stay."""
        self.headset = Headset(options or Options(), say, hear)
        self._desk = desk
        self._is_at_desk = False
        self.mirrored: RenderTarget | None = None
        """Shown on the desk next, once, instead of an eye's picture."""
        self.shows_eye = True
        """On the desk, while the headset is worn."""
        self.desk_view: View | None = None
        """Of the window's own eye, also while the headset is worn."""
        self._until_s = None if seconds is None else time.monotonic() + seconds

    def wait(self) -> Wait:
        if self._until_s is not None and time.monotonic() >= self._until_s:
            return Wait.QUIT
        wanted = self.headset.wait()
        if wanted is not Wait.IDLE:
            self._go_to(is_desk=False)
            is_closed = self._desk is not None and not self._desk.poll()
            return Wait.QUIT if is_closed else wanted
        if self._desk is None:
            time.sleep(NAP_S)
            return Wait.IDLE
        self._go_to(is_desk=True)
        return self._desk.wait()

    def input(self) -> FrameInput:
        if self._desk is None:
            return self.headset.input()
        at_desk = self._desk.input()
        self.desk_view = at_desk.views[0] if at_desk.views else None
        if self._is_at_desk:
            time_s, dt_s = self.headset.clock.advance(at_desk.dt_s)
            return replace(at_desk, time_s=time_s, dt_s=dt_s)
        worn = self.headset.input()
        return replace(worn, keys=at_desk.keys) if at_desk.keys else worn

    def target(self) -> RenderTarget:
        if self._is_at_desk:
            assert self._desk is not None
            return self._desk.target()
        return self.headset.target()

    def show_panels(self, panels: tuple[PanelPicture, ...]) -> tuple[Shown, ...]:
        if self._is_at_desk:
            assert self._desk is not None
            return self._desk.show_panels(panels)
        return self.headset.show_panels(panels)

    def present(self) -> None:
        if self._desk is None:
            self.headset.present()
        elif self._is_at_desk:
            self._desk.present()
        else:
            self._mirror(self._desk)
            self.headset.present()

    @property
    def is_worn(self) -> bool:
        """The frame in hand is the headset's."""
        return not self._is_at_desk

    def pulse(self, pulse: Pulse) -> None:
        if not self._is_at_desk:
            self.headset.pulse(pulse)

    def close(self) -> None:
        """The desk stays its owner's, with the context that the headset borrowed from it."""
        self.headset.close()

    def _mirror(self, desk: Desk) -> None:
        """Cut to the window's shape; never waits for the monitor."""
        source, self.mirrored = self.mirrored, None
        if source is None and self.shows_eye and self.headset.has_target:
            source = self.headset.target()
        if source is not None:
            copy_color(source, desk.target())
            desk.present()

    def _go_to(self, *, is_desk: bool) -> None:
        if self._desk is not None and is_desk != self._is_at_desk:
            self._is_at_desk = is_desk
            self._desk.set_vsync(is_desk)
