"""What the camera in the room sees just now, small, for who places it."""

from __future__ import annotations

import math
from typing import cast

import numpy as np

from xrviewer.commands.film_eyes import FilmEyes
from xrviewer.commands.stage import Stage
from xrviewer.gpu.blit import copy_beside
from xrviewer.gpu.readback import Readback
from xrviewer.gpu.target import Canvas, RenderTarget
from xrviewer.scene.panels import Still
from xrviewer.spatial.film import FILM_ASPECT, Camera

WIDTH, HEIGHT = 320, 180
PICTURES_PER_S = 12.0


class Preview:
    """Shown while the camera is out. Read back as films are: no frame waits for it."""

    def __init__(self, stage: Stage, eyes: FilmEyes) -> None:
        self._stage, self._eyes = stage, eyes
        self._canvas: Canvas | None = None
        self._readback: Readback | None = None
        self._next_s, self._made = -math.inf, 0

    def __call__(self, target: RenderTarget) -> None:
        app = self._stage.app
        if not app.shutter.camera.is_out:
            app.shutter.preview = None
            return
        self._take()
        if app.time_s < self._next_s:
            return
        self._next_s = app.time_s + 1 / PICTURES_PER_S
        canvas, readback = self._fit()
        if readback.has_room:
            copy_beside(self._eyes.pictures(Camera.ROOM, target, FILM_ASPECT), canvas.target)
            readback.ask(canvas.target.framebuffers[0], None)

    def close(self) -> None:
        for owned in (self._readback, self._canvas):
            if owned is not None:
                owned.close()
        self._stage.app.shutter.preview = None

    def _take(self) -> None:
        arrived = self._readback.arrived() if self._readback else None
        if arrived is None:
            return
        pixels = np.ascontiguousarray(arrived.take()[::-1])
        pixels[..., 3] = 255
        self._made += 1
        self._stage.app.shutter.preview = Still(pixels, self._made)

    def _fit(self) -> tuple[Canvas, Readback]:
        if self._canvas is None:
            self._canvas, self._readback = Canvas(WIDTH, HEIGHT), Readback(WIDTH, HEIGHT)
        return self._canvas, cast("Readback", self._readback)
