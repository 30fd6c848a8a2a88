"""Starts a runtime with validation on, and drives a front-end through its frames."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import practices
import xr
from numpy.typing import NDArray
from OpenGL import GL
from remote import Remote
from runtimes import Running, Runtimes
from screen import screenshot
from xr_sandbox.services import remote_port

from xrviewer.frontends.frontend import PanelPicture, Wait
from xrviewer.frontends.openxr.frontend import Desk, OpenXrFrontend
from xrviewer.frontends.openxr.session import Options
from xrviewer.interaction.input import FrameInput
from xrviewer.scene.panels import Shown

PATIENCE_S = 20.0
LAYERS = "XR_APILAYER_LUNARG_core_validation:XR_APILAYER_KHRONOS_best_practices_validation"


class Bed:
    """A runtime, its wearer, and the front-end under test."""

    def __init__(self, compositor: str, folder: Path, runtimes: Runtimes | None = None) -> None:
        """runtimes: of others before and after; without them it starts its own."""
        self.compositor, self.folder = compositor, folder
        self._runtimes = runtimes or Runtimes(lambda: folder)
        self._is_lent = runtimes is not None
        self.lines: list[str] = []
        self._heard: list[str] = []
        self._validation = folder / "validation.txt"
        self._set_environment()
        self._running: Running | None = None
        self.is_spent = False
        """Somebody has changed the runtime itself, so that nobody else may have it."""
        self.remote: Remote | None = None
        self.frontend: OpenXrFrontend | None = None
        self.panels: tuple[PanelPicture, ...] = ()
        """Offered with every frame; `shown` is what became of them."""
        self.shown: tuple[Shown, ...] = ()

    def start_runtime(self) -> Remote:
        self._running = self._runtimes.take(self.compositor)
        os.environ["XDG_RUNTIME_DIR"] = str(self._running.folder)
        self.remote = Remote(remote_port(self._running.folder))
        return self.remote

    def kill_runtime(self) -> None:
        assert self._running is not None and self.remote is not None
        self._running.service.kill()
        self.remote.close()
        self._running = self.remote = None

    def start_frontend(
        self, options: Options | None = None, desk: Desk | None = None
    ) -> OpenXrFrontend:
        self.frontend = OpenXrFrontend(
            options, desk, say=self.lines.append, hear=self._heard.append
        )
        return self.frontend

    def run_until(
        self,
        is_met: Callable[[FrameInput], bool],
        color: tuple[float, float, float] = (0.1, 0.2, 0.3),
    ) -> FrameInput:
        """Turns the loop, clearing to a colour, until a frame's input meets the wish."""
        assert self.frontend is not None
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self.frontend.wait() is Wait.RUN:
                frame = self.frame(color)
                if is_met(frame):
                    return frame
        raise AssertionError(f"not met in {PATIENCE_S} s; the front-end said {self.lines}")

    def frame(self, color: tuple[float, float, float] = (0.1, 0.2, 0.3)) -> FrameInput:
        """One drawn frame, after a RUN."""
        assert self.frontend is not None
        frame = self.frontend.input()
        GL.glEnable(GL.GL_FRAMEBUFFER_SRGB)  # as the renderer has it
        if frame.views:
            self.shown = self.frontend.show_panels(self.panels)
            for framebuffer in self.frontend.target().framebuffers:
                GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, framebuffer)
                GL.glClearColor(*color, float(Shown.BEHIND not in self.shown))
                GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)
        self.frontend.present()
        return frame

    def turn(self, seconds: float) -> list[Wait]:
        """Turns the loop for a while and tells what it wanted."""
        assert self.frontend is not None
        answers = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answers.append(self.frontend.wait())
            if answers[-1] is Wait.RUN:
                self.frame()
        return answers

    def turn_until_quit(self) -> bool:
        """False when the front-end does not want to end."""
        assert self.frontend is not None
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            wanted = self.frontend.wait()
            if wanted is Wait.QUIT:
                return True
            if wanted is Wait.RUN:
                self.frame()
        return False

    def screen(self) -> NDArray[np.uint8]:
        """What the compositor shows: the two eyes side by side, lens and all."""
        return screenshot(Path(os.environ["XR_SANDBOX_SCREEN"]))

    def complaints(self) -> list[str]:
        """What the validation layers said above debug level."""
        written = ""
        if self._validation.is_file():
            written = self._validation.read_text(errors="replace")
        lines = [line for line in written.splitlines() if line and "[VALID_DEBUG " not in line]
        return [*self._heard, *lines, *practices.complaints()]

    def forgive(self) -> None:
        """For a test that broke the rules on purpose."""
        self.close()
        self._heard.clear()
        self._validation.write_text("")

    def close(self) -> None:
        self._heard += practices.complaints()  # gone with the instance
        if self.frontend is not None:
            self.frontend.close()
        if self.remote is not None:
            self.remote.close()
        if self._running is None:
            return
        if self._is_lent and not self.is_spent:
            self._runtimes.give_back(self.compositor, self._running)
        else:
            self._running.service.stop()
        self._running = None

    def _set_environment(self) -> None:
        self.folder.chmod(0o700)
        os.environ.update(
            XDG_RUNTIME_DIR=str(self.folder),
            XR_API_LAYER_PATH=str(_layer_manifests(self.folder)),
            XR_ENABLE_API_LAYERS=LAYERS,
            XR_CORE_VALIDATION_EXPORT_TYPE="text",
            XR_CORE_VALIDATION_FILE_NAME=str(self._validation),
        )


def _layer_manifests(folder: Path) -> Path:
    """Those of the wheel name their libraries without a path, which the loader cannot follow."""
    shipped, written = (
        Path(xr.__file__).parent / "api_layer" / platform.machine(),
        folder / "layers",
    )
    written.mkdir(exist_ok=True)
    for manifest in shipped.glob("*validation.json"):
        content = json.loads(manifest.read_text())
        layer = content["api_layer"]
        layer["library_path"] = str(shipped / Path(layer["library_path"]).name)
        (written / manifest.name).write_text(json.dumps(content))
    return written
