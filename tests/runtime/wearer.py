"""Somebody in the headset: the frames of an app in a real runtime until something is so."""

from __future__ import annotations

import time
from collections.abc import Callable

from bed import PATIENCE_S
from remote import Remote

from xrviewer.app.loop import App
from xrviewer.frontends.frontend import Wait
from xrviewer.frontends.openxr.frontend import OpenXrFrontend
from xrviewer.interaction.input import FrameInput


class Wearer:
    """What is drawn is tested elsewhere; here the compositor gets empty pictures."""

    remote: Remote
    frontend: OpenXrFrontend
    app: App

    def until(
        self, is_met: Callable[[FrameInput], bool], seconds: float = PATIENCE_S
    ) -> FrameInput:
        """Whoever waits for what is found beside the frame has to say how long, not how often."""
        deadline_s = time.monotonic() + seconds
        while time.monotonic() < deadline_s:
            while self.frontend.wait() is not Wait.RUN:
                pass
            inp = self.frontend.input()
            self.app.step(inp)
            if inp.views:
                self.frontend.target()
            self.frontend.present()
            if is_met(inp):
                return inp
        raise AssertionError(f"not met in {seconds} s; {self.app._tools}")
