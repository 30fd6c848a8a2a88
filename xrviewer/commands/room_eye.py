"""A steady camera in the room, beside the headset's eyes."""

from __future__ import annotations

from dataclasses import replace

from xrviewer.commands.spectator import turned_away, widened, with_wearer
from xrviewer.commands.stage import Stage, room_bounds_m
from xrviewer.gpu.target import Canvas, RenderTarget
from xrviewer.interaction.home import head_of
from xrviewer.spatial.film import ROOM_FOV_RAD, room_camera
from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import View, symmetric_fov

FILM_ASPECT = 16 / 9


class RoomEye:
    """Stands where the wearer first was seen working, and stays there."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.pose: Pose | None = None
        """Where it stands; may be placed elsewhere."""
        self._canvas: Canvas | None = None

    def see(self) -> None:
        views = self._stage.app.views
        if self.pose is not None or len(views) != 2:
            return
        low, high = room_bounds_m(self._stage.case, self._stage.app.document.snapshot)
        x, y, z = ((low + high) / 2).tolist()
        radius = float(((high - low) ** 2).sum() ** 0.5) / 2
        self.pose = room_camera((x, y, z), radius, head_of(views))

    def view(self, aspect: float) -> View | None:
        return View(self.pose, symmetric_fov(ROOM_FOV_RAD, aspect)) if self.pose else None

    def picture(self, target: RenderTarget) -> RenderTarget:
        """Of the frame in hand, as large as an eye's: the renderer keeps its images then. Its
        second view looks away from everything."""
        app, view = self._stage.app, self.view(FILM_ASPECT)
        if view is None or app.drawn is None:
            return target
        canvas = self._fit(target)
        camera = replace(view, fov=widened(view.fov, target.width / target.height))
        away = replace(camera, eye=turned_away(camera.eye))
        views = (camera, away)[: len(app.views)]
        app.renderer.draw(with_wearer(app.drawn, head_of(app.views)), views, canvas.target)
        return canvas.target

    def close(self) -> None:
        if self._canvas is not None:
            self._canvas.close()
            self._canvas = None

    def _fit(self, target: RenderTarget) -> Canvas:
        size = (target.width, target.height)
        if self._canvas is None or (self._canvas.target.width, self._canvas.target.height) != size:
            self.close()
            self._canvas = Canvas(*size, layers=2)
        return self._canvas
