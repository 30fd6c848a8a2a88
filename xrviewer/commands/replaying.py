"""A recorded session as a film: of any size, from the wearer's eyes, from the room, or both."""

from __future__ import annotations

import math
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xrviewer.app.loop import short_pauses
from xrviewer.capture.video import VideoWriter
from xrviewer.case.model import Case
from xrviewer.commands.choices import Camera
from xrviewer.commands.inputs import Inputs, session_of, with_inputs
from xrviewer.commands.printing import progress, say
from xrviewer.commands.render import FRAMES_PER_S
from xrviewer.commands.spectator import with_wearer
from xrviewer.commands.stage import Stage, open_stage, room_bounds_m
from xrviewer.commands.stills import Plates
from xrviewer.errors import InputError
from xrviewer.frontends.frontend import Frontend, Wait
from xrviewer.frontends.offscreen import OffscreenFrontend
from xrviewer.gpu.target import Canvas
from xrviewer.interaction.home import head_of
from xrviewer.render.renderer import Quality
from xrviewer.scene.draw import DrawData
from xrviewer.scene.panels import OnScreen
from xrviewer.spatial.film import EYE_FOV_RAD, ROOM_FOV_RAD, following, room_camera
from xrviewer.spatial.transforms import Pose, Vec3
from xrviewer.spatial.views import Fov, View, symmetric_fov

FILM_SIZE = (1280, 720)
_LONGEST_PAUSE_S = 2.0
"""Of a session nobody was in: a headset that was taken off is not filmed for its whole absence."""


class Shots:
    """A moment of a session as the film's cameras see it."""

    def __init__(self, stage: Stage, camera: Camera, width: int, height: int) -> None:
        self._stage, self._camera = stage, camera
        halves = 2 if camera is Camera.BOTH else 1
        self.canvas = Canvas(width // halves, height)
        self._followed: Pose | None = None
        self._room: Pose | None = None
        self._fov: Fov | None = None
        """Of a desk's own eye, which needs no steadying."""

    def see(self, dt_s: float) -> None:
        """Every frame, also those that are not filmed: the camera follows in time."""
        views = self._stage.app.views
        head = head_of(views)
        if head is None:
            return
        is_desk = len(views) == 1
        self._followed = head if is_desk else following(self._followed, head, dt_s)
        self._fov = views[0].fov if is_desk else None
        if self._room is None:
            self._room = room_camera(*_ball(self._stage), head)

    def picture(self, draw: DrawData) -> NDArray[np.uint8]:
        pictures = []
        if self._camera in (Camera.EYE, Camera.BOTH):
            pictures.append(self._drawn(draw, self._eye()))
        if self._camera in (Camera.ROOM, Camera.BOTH):
            wearer = with_wearer(draw, head_of(self._stage.app.views))
            in_room = tuple(p for p in draw.panels if not isinstance(p.place, OnScreen))
            pictures.append(self._drawn(replace(wearer, panels=in_room), self._from_room()))
        return np.concatenate(pictures, axis=1)

    def close(self) -> None:
        self.canvas.close()

    def _drawn(self, draw: DrawData, view: View) -> NDArray[np.uint8]:
        self._stage.app.renderer.draw(draw, (view,), self.canvas.target)
        return self.canvas.picture()

    def _eye(self) -> View:
        aspect = self.canvas.target.width / self.canvas.target.height
        upright_rad = 2 * self._fov.up_rad if self._fov else EYE_FOV_RAD
        return View(self._followed or self._from_room().eye, symmetric_fov(upright_rad, aspect))

    def _from_room(self) -> View:
        aspect = self.canvas.target.width / self.canvas.target.height
        placed = self._stage.app.shutter.camera
        pose = placed.pose if placed.is_out else None
        pose = pose or self._room or room_camera(*_ball(self._stage), None)
        return View(pose, symmetric_fov(ROOM_FOV_RAD, aspect))


def film_replay(case: Case, film: Path, inputs: Inputs, size: tuple[int, int], at: Camera) -> None:
    """Plays every frame and films thirty a second of them, in the time they were lived in."""
    assert inputs.replay is not None
    width, height = size[0] // 4 * 4, size[1] // 2 * 2
    if not inputs.replay:
        raise InputError(film.name, "the recording has no frame: there is nothing to film")
    with ExitStack() as stack:
        session = stack.enter_context(session_of(inputs))
        quality = Quality(waits_for_scans=True)
        stage = stack.enter_context(
            open_stage(
                case,
                session=session,
                quality=quality,
                preferences=inputs.preferences,
                panels=inputs.panels,
            )
        )
        shots = stack.enter_context(closing(Shots(stage, at, width, height)))
        shown_in = OffscreenFrontend(shots.canvas, inputs.replay)
        frontend = stack.enter_context(with_inputs(stage, inputs, shown_in))
        writer = stack.enter_context(VideoWriter(film, width, height, FRAMES_PER_S))
        stack.enter_context(short_pauses())
        _play(stage, frontend, shots, writer, len(inputs.replay))
    say(f"wrote {film}")


def _play(stage: Stage, frontend: Frontend, shots: Shots, writer: VideoWriter, count: int) -> None:
    show, says, done, written = progress(), Plates(stage), 0, 0
    film_s, before_s = 0.0, math.nan
    while frontend.wait() is not Wait.QUIT:
        inp = frontend.input()
        passed_s = inp.time_s - before_s if before_s <= inp.time_s else 0.0
        film_s, before_s = film_s + min(passed_s, _LONGEST_PAUSE_S), inp.time_s
        draw = stage.app.step(inp, frontend.target())
        shots.see(passed_s)
        due, done = int(film_s * FRAMES_PER_S + 1e-6) + 1 - written, done + 1
        if due > 0:
            picture = says.now()(shots.picture(draw))
            for _ in range(due):  # a slow machine's frames stand as long as they stood
                writer.write(picture)
            written += due
        show(done / count, "film")


def _ball(stage: Stage) -> tuple[Vec3, float]:
    low, high = room_bounds_m(stage.case, stage.app.document.snapshot)
    x, y, z = ((low + high) / 2).tolist()
    return (x, y, z), float(np.linalg.norm(high - low)) / 2
