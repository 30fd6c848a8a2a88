"""What the camera in the room sees just now, small, for who places it."""

from __future__ import annotations

import math

from xrviewer.commands.film_eyes import FilmEyes
from xrviewer.commands.stage import Stage
from xrviewer.gpu.later import Later
from xrviewer.gpu.later_beside import later_readback
from xrviewer.gpu.target import RenderTarget
from xrviewer.scene.panels import Still
from xrviewer.spatial.film import FILM_ASPECT, Camera

WIDTH, HEIGHT = 320, 180
PICTURES_PER_S = 12.0


class Preview:
    """Shown while the camera is out. Read back as films are: no frame waits for it."""

    def __init__(self, stage: Stage, eyes: FilmEyes) -> None:
        self._stage, self._eyes = stage, eyes
        self._readback: Later | None = None
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
        if self._readback is None:
            self._readback = later_readback(WIDTH, HEIGHT)
        if self._readback.has_room:
            self._readback.ask(self._eyes.pictures(Camera.ROOM, target, FILM_ASPECT), None)

    def close(self) -> None:
        if self._readback is not None:
            self._readback.close()
        self._stage.app.shutter.preview = None

    def _take(self) -> None:
        arrived = self._readback.arrived() if self._readback else None
        if arrived is None:
            return
        pixels = arrived.pixels().copy()
        arrived.drop()
        pixels[..., 3] = 255
        self._made += 1
        self._stage.app.shutter.preview = Still(pixels, self._made)
