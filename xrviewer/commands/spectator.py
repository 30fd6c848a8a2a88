"""The desk's own view while somebody wears the case: a steady camera, the wearer in the picture.

What a wearer's eye sees sways with the head, and makes those who watch it sick.
"""

from __future__ import annotations

import math
from dataclasses import replace

from xrviewer.app.loop import App
from xrviewer.frontends.openxr.frontend import OpenXrFrontend
from xrviewer.gpu.target import Canvas, RenderTarget
from xrviewer.interaction.home import head_of
from xrviewer.scene.draw import DrawData
from xrviewer.scene.marks import ACCENT_COLOR, Marks, strokes
from xrviewer.spatial.transforms import Pose, apply, axis_rotation, turned
from xrviewer.spatial.views import Fov, View

FRAMES_PER_S = 30.0
HEAD_RADIUS_M, VISOR_RADIUS_M = 0.095, 0.035
_HEAD = ((0.0, 0.03, 0.07), (0.0, -0.05, 0.07))
_VISOR = ((-0.06, 0.0, -0.02), (0.06, 0.0, -0.02))
"""In the frame of the eyes' middle."""
_BACKWARDS = axis_rotation((0, 1, 0), math.pi)


class Spectator:
    """Watches finished frames and draws some of them once more, from the desk.

    The renderer keeps its images for two eyes of the headset's size, and to make others for every
    picture would cost more than the picture: so it draws two here too, and the second one looks
    away from everything.
    """

    def __init__(self, app: App, frontend: OpenXrFrontend) -> None:
        self._app, self._frontend = app, frontend
        self._canvas: Canvas | None = None
        self._next_s = -math.inf

    def __call__(self, target: RenderTarget) -> None:
        """After a frame was drawn; of the frames that come faster, most cost nothing."""
        draw, desk = self._app.drawn, self._frontend.desk_view
        if not self._frontend.is_worn or draw is None or desk is None:
            return
        if self._app.time_s < self._next_s:
            return
        self._next_s = max(self._next_s, self._app.time_s - 1 / FRAMES_PER_S) + 1 / FRAMES_PER_S
        canvas = self._fit(target)
        camera = View(desk.eye, widened(desk.fov, target.width / target.height))
        away = replace(camera, eye=turned_away(camera.eye))
        seen = with_wearer(draw, head_of(self._app.views))
        self._app.renderer.draw(seen, (camera, away), canvas.target)
        self._frontend.mirrored = canvas.target

    def close(self) -> None:
        if self._canvas is not None:
            self._canvas.close()
            self._canvas = None

    def _fit(self, target: RenderTarget) -> Canvas:
        canvas = self._canvas
        size = (target.width, target.height)
        if canvas is None or (canvas.target.width, canvas.target.height) != size:
            self.close()
            self._canvas = canvas = Canvas(*size, layers=2)
        return canvas


def widened(fov: Fov, aspect: float) -> Fov:
    """Of a picture with this aspect, whose largest middle part of the view's own shows the view."""
    right, up = math.tan(fov.right_rad), math.tan(fov.up_rad)
    if aspect * up > right:
        right = up * aspect
    else:
        up = right / aspect
    across, along = math.atan(right), math.atan(up)
    return Fov(-across, across, along, -along)


def turned_away(eye: Pose) -> Pose:
    return Pose(eye.position_m, turned(eye.rotation_xyzw, _BACKWARDS))


def with_wearer(draw: DrawData, head: Pose | None) -> DrawData:
    """Their head is not in their own picture; without it, hands hang in the air. Not their walk's
    darkness, though."""
    if head is None:
        return draw
    ends = apply(head.matrix(), (_HEAD, _VISOR))
    radii = (HEAD_RADIUS_M, VISOR_RADIUS_M)
    wearer = Marks(strokes=strokes(ends[:, 0], ends[:, 1], radii, ACCENT_COLOR, True))
    return replace(draw, marks=draw.marks + wearer, vignette=0.0, is_in_real_room=False)
