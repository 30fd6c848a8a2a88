"""Somebody in the headset who presses what is on the board, by a ray or with a finger."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from bed import Bed
from numpy.typing import NDArray
from wearer import Wearer

from tests.no_renderer import NoRenderer
from xrviewer.app.loop import App
from xrviewer.case.model import Case
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.frontends.openxr.session import Options
from xrviewer.interaction.board_place import BOARD_HEIGHT_M, BOARD_WIDTH_M
from xrviewer.interaction.board_touch import on_board_m
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.walk import in_tracking
from xrviewer.panels.host import Panels
from xrviewer.spatial.transforms import Vec3, quaternion
from xrviewer.spatial.views import looking_at

NEAR_M, THROUGH_M = 0.05, -0.02
"""How far before the board a finger is."""
ARRIVED_M = 2e-3


class Presser(Wearer):
    """Points with the right controller. is_finger: touches instead of pulling the trigger."""

    ray_m = 0.35
    """How far before the board the hand is."""
    between_drawings_s = 0.0
    """Of the panels: who only presses need not wait for the thirtieth of a second."""

    def __init__(
        self,
        bed: Bed,
        case: Case,
        panels: Panels,
        journal: Journal | None = None,
        renderer: Any = None,
        is_finger: bool = False,
        options: Options | None = None,
    ) -> None:
        """renderer: none for whoever does not look. The app is the caller's to close."""
        self.remote, self.panels, self.is_finger = bed.start_runtime(), panels, is_finger
        panels.between_drawings_s = self.between_drawings_s
        self.frontend = bed.start_frontend(options)
        self.document = Document(case, journal=journal)
        drawing = renderer or NoRenderer()
        self.app = App(case, self.document, drawing, print, Preferences(), panels)
        frame = self.until(lambda f: f.right.grip is not None and f.right.aim is not None)
        assert frame.right.grip is not None and frame.right.aim is not None
        self._grip_from_aim = np.linalg.inv(frame.right.grip.matrix()) @ frame.right.aim.matrix()

    def settle(self, is_down: bool = False) -> None:
        """Until the panels have drawn what came of it; while pressed they never stop drawing."""
        drawn = self.panels.draws
        self.until(lambda _: self.panels._owed == 0 or (is_down and self.panels.draws - drawn >= 2))

    def press(self, name: str, share: float = 0.5, until: float | None = None) -> None:
        """until: where on the control it is let go, when it is dragged."""
        self.point(name, share, False)
        self.point(name, share, True)
        if until is not None:
            self.point(name, until, True)
        self.point(name, share if until is None else until, False)

    def hold(self, name: str, is_met: Callable[[], bool]) -> None:
        """Pressed for as long as it takes."""
        self.point(name, 0.5, False)
        self.point(name, 0.5, True)
        self.until(lambda _: is_met())
        self.remote.press("right", trigger=0.0)

    def point(self, name: str, share: float, is_down: bool) -> None:
        before_m = (THROUGH_M if is_down else NEAR_M) if self.is_finger else self.ray_m
        self.remote.press("right", trigger=float(is_down and not self.is_finger))
        board = self.app._tools.board
        assert board is not None and board.pose is not None
        left, top, right, bottom = self.panels.places[name]
        x = (left + (right - left) * share) / (BOARD_WIDTH_M * 1000)
        y = (top + bottom) / 2 / (BOARD_HEIGHT_M * 1000)
        target = np.array(on_board_m(board.pose, (x, y)))
        out = board.pose.matrix()[:3, 2]
        start = target + before_m * out
        is_aimed = self.aim(vec(start), vec(start - out))
        self.until(lambda f: is_aimed(f) and self._is_pressed() is is_down)
        self.settle(is_down)

    def aim(self, start_m: Vec3, ahead_m: Vec3) -> Callable[[FrameInput], bool]:
        """Sends the right hand to where its ray begins at one place of the room and passes through
        another; answers how to tell that it is there."""
        aim = in_tracking(self.app._tools.footing, looking_at(start_m, ahead_m))
        grip = aim.matrix() @ np.linalg.inv(self._grip_from_aim)
        self.remote.hand("right", grip[:3, 3], quaternion(grip[:3, :3]))
        self.remote.send()
        return lambda frame: _is_at(frame, aim.position_m)

    def _is_pressed(self) -> bool:
        board = self.app._tools.board
        return board is not None and board.pointer.is_pressed


def vec(v: NDArray[Any]) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)


def _is_at(frame: FrameInput, at_m: Vec3) -> bool:
    aim = frame.right.aim
    return aim is not None and math.dist(aim.position_m, at_m) < ARRIVED_M
