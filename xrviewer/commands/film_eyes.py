"""What a film of a session in progress is made by: the viewer's eye held steady, a camera in the
room, or both beside one another. A pass of its own for each, thirty times a second at most."""

from __future__ import annotations

from dataclasses import replace

from xrviewer.commands.spectator import turned_away, widened, with_wearer
from xrviewer.commands.stage import Stage, room_bounds_m
from xrviewer.gpu.target import Canvas, RenderTarget
from xrviewer.interaction.home import head_of
from xrviewer.scene.draw import DrawData
from xrviewer.scene.panels import OnScreen
from xrviewer.spatial.film import EYE_FOV_RAD, ROOM_FOV_RAD, Camera, following, room_camera
from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import View, symmetric_fov


class FilmEyes:
    """Follows the viewer in every frame; draws when asked."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._followed: Pose | None = None
        self._steady: Pose | None = None
        """Where a camera stands that nobody has put anywhere."""
        self._seen_s: float | None = None
        self._canvases: dict[Camera, Canvas] = {}

    def see(self) -> None:
        app = self._stage.app
        head, before_s = head_of(app.views), self._seen_s
        self._seen_s = app.time_s
        if head is None:
            return
        dt_s = 0.0 if before_s is None else app.time_s - before_s
        # A mouse does not tremble: at a desk the eye needs no steadying.
        self._followed = following(self._followed, head, dt_s) if len(app.views) > 1 else head
        if self._steady is None:
            self._steady = room_camera(*self._ball(), head)

    def view(self, camera: Camera, aspect: float) -> View | None:
        """camera: one of the two."""
        pose = self._followed if camera is Camera.EYE else self._room
        if pose is None:
            return None
        views = self._stage.app.views
        if len(views) == 1:
            return View(pose, widened(views[0].fov, aspect))
        upright_rad = EYE_FOV_RAD if camera is Camera.EYE else ROOM_FOV_RAD
        return View(pose, symmetric_fov(upright_rad, aspect))

    def pictures(
        self, camera: Camera, target: RenderTarget, aspect: float
    ) -> tuple[RenderTarget, ...]:
        """Of the frame in hand, drawn as large as the target was: the renderer keeps its images
        then. Each has a middle part of the film's proportions, or of half of it for both."""
        wanted = (Camera.EYE, Camera.ROOM) if camera is Camera.BOTH else (camera,)
        made = [self._picture(one, target, aspect / len(wanted)) for one in wanted]
        return tuple(picture or target for picture in made)

    def close(self) -> None:
        for canvas in self._canvases.values():
            canvas.close()
        self._canvases.clear()

    @property
    def _room(self) -> Pose | None:
        camera = self._stage.app.shutter.camera
        return camera.pose if camera.is_out and camera.pose is not None else self._steady

    def _picture(self, camera: Camera, target: RenderTarget, aspect: float) -> RenderTarget | None:
        app, view = self._stage.app, self.view(camera, aspect)
        if view is None or app.drawn is None or not app.views:
            return None
        return self.pictured(self._as_seen(app.drawn, camera), view, target, camera)

    def pictured(
        self, draw: DrawData, view: View, target: RenderTarget, where: Camera = Camera.ROOM
    ) -> RenderTarget:
        """Anything, from anywhere; where: the canvas it is drawn on."""
        app, canvas = self._stage.app, self._fit(where, target)
        eye = replace(view, fov=widened(view.fov, target.width / target.height))
        # The second view looks away from everything: see Spectator.
        views = (eye, replace(eye, eye=turned_away(eye.eye)))[: max(len(app.views), 1)]
        app.renderer.draw(draw, views, canvas.target)
        return canvas.target

    def _as_seen(self, draw: DrawData, camera: Camera) -> DrawData:
        """A desk's legend and hands are before its own eye: another camera sees only the case."""
        app = self._stage.app
        if camera is Camera.ROOM and len(app.views) == 1:
            return app.shutter.plain or draw
        panels = tuple(p for p in draw.panels if not isinstance(p.place, OnScreen))
        draw = replace(draw, panels=panels, vignette=0.0, is_in_real_room=False)
        return draw if camera is Camera.EYE else with_wearer(draw, head_of(app.views))

    def _ball(self) -> tuple[tuple[float, float, float], float]:
        low, high = room_bounds_m(self._stage.case, self._stage.app.document.snapshot)
        x, y, z = ((low + high) / 2).tolist()
        return (x, y, z), float(((high - low) ** 2).sum() ** 0.5) / 2

    def _fit(self, camera: Camera, target: RenderTarget) -> Canvas:
        canvas, size = self._canvases.get(camera), (target.width, target.height)
        if canvas is None or (canvas.target.width, canvas.target.height) != size:
            if canvas is not None:
                canvas.close()
            self._canvases[camera] = canvas = Canvas(*size, layers=2)
        return canvas
