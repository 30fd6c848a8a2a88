"""Every panel as a headset's lenses show it, composed by the runtime: to be looked at.

    python tools/xr_sandbox run --compositor xcb -- \\
        python tools/make_headset_panels.py CASE --out FOLDER

At the size of the driver's display and at 576 x 648 an eye, with a controller that points and with
a bare finger that touches, or by turns; --sheet puts one eye of each page into one picture. Case
and folder lie within the project: the sandbox sees nothing else.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import imageio.v3 as iio
import numpy as np
from make_headset_picture import (
    ENLARGED_AFTER,
    draw_one,
    fill_screen,
    screenshot,
    trimmed,
    worn,
)
from make_panels import asked, pages
from numpy.typing import NDArray
from remote import Remote

from xrviewer.app.loop import App
from xrviewer.case.model import Case
from xrviewer.caseio.loose import open_path
from xrviewer.document.intents import PlaceModel, SetLayerVisible
from xrviewer.frontends.openxr.frontend import OpenXrFrontend
from xrviewer.interaction.bare import INDEX_TIP
from xrviewer.interaction.board_place import BOARD_HEIGHT_M, BOARD_WIDTH_M
from xrviewer.interaction.board_touch import on_board_m
from xrviewer.panels.host import Panels
from xrviewer.panels.state import Capturing, PanelState
from xrviewer.spatial.transforms import Placement, Vec3, axis_rotation, quaternion, turned
from xrviewer.spatial.views import looking_at
from xrviewer.words import speak

SCALES = {"full": 1 / 0.6, "576x648": 1.0}
"""Of what the runtime recommends, which xr_sandbox has at 60 % of the display's."""
MODEL = Placement((0.34, 1.1, -0.62), axis_rotation((0, 1, 0), math.radians(-38)), 1.0)
HOME = Placement((0.34, 1.05, -0.62), MODEL.rotation_xyzw, 1.0)
HEAD_M = (0.0, 1.36, 0.0)
HEAD = turned(axis_rotation((0, 1, 0), math.radians(2)), axis_rotation((1, 0, 0), -0.3))
HAND_ROTATION = (0.173, 0.134, 0.188, 0.958)
CURL = (0.45, 0.4, 0.3, 0.0, 0.0)
BESIDE_M = (0.12, -0.16, 0.30)
"""Where the controller is, from what it points at: to the right, down, before the board."""
AIMED_AT = (330.0, 150.0)
"""Where on the board, in its millimetres, a control is looked for."""
TOUCH_M = 0.004
"""How far before the control the fingertip is."""
SETTLED_AFTER = 3
"""Frames; the compositor shows one some frames after it was drawn."""
BY = ("ray", "hand")
Picture = NDArray[np.uint8]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("case", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--only", nargs="+", metavar="PAGE", help="as make_panels names them")
    parser.add_argument("--by", choices=(*BY, "turns"), nargs="+", default=list(BY))
    parser.add_argument("--size", choices=list(SCALES), nargs="+", default=list(SCALES))
    parser.add_argument("--language", default="en")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    speak(options.language)
    case, on_sheet = open_path(options.case), list[Picture]()
    wanted = {k: v for k, v in pages(case).items() if k in (options.only or (k,))}
    for size in options.size:
        for name, by, picture in composed_panels(case, wanted, SCALES[size], options.by):
            iio.imwrite(options.out / f"{name}-{by}-{size}.png", picture)
            if size == options.size[0]:
                on_sheet.append(framed(picture))
    if options.sheet:
        iio.imwrite(options.sheet, sheet(on_sheet))


def composed_panels(
    case: Case, wanted: Mapping[str, PanelState], render_scale: float, ways: list[str]
) -> Iterator[tuple[str, str, Picture]]:
    """Each page with each way of pointing: both eyes."""
    with worn(case, render_scale, is_reaching=False) as (app, panels, frontend, remote):
        wearer = Wearer(app, panels, frontend, remote)
        assert app.panelling is not None
        app.panelling.capturing = Capturing(can_film=True)
        for intent in (*asked(case), SetLayerVisible("skin", False)):
            app.document.apply(intent)
        for _ in range(ENLARGED_AFTER):
            draw_one(app, frontend)
        fill_screen()
        for number, (name, state) in enumerate(wanted.items()):
            for by in [BY[number % len(BY)]] if "turns" in ways else ways:
                panels.state = state
                wearer.point(by)
                yield name, by, trimmed(screenshot(Path(os.environ["XR_SANDBOX_SCREEN"])))


class Wearer:
    """Points at a control of the board with the right hand, as a person would hold it."""

    def __init__(self, app: App, panels: Panels, frontend: OpenXrFrontend, remote: Remote) -> None:
        self._app, self._panels, self._frontend, self._remote = app, panels, frontend, remote
        remote.head(HEAD_M, HEAD)
        app.document.apply(PlaceModel(MODEL))

    def point(self, by: str) -> None:
        """At a control of the page that is open; the pictures are of what came of it."""
        self._again()
        target, out = self._target()
        self._remote.press("right", is_hand_tracked=by == "hand", curl=CURL)
        if by == "ray":
            self._aim(target, np.add(target, np.multiply(out, BESIDE_M[2])))
        else:
            self._touch(np.add(target, np.multiply(out, TOUCH_M)))
        self._again()

    def _aim(self, target: Vec3, before: NDArray[np.float64]) -> None:
        """The controller's aim, not its grip, is what must meet the control."""
        start = np.add(before, (BESIDE_M[0], BESIDE_M[1], 0.0))
        grip_from_aim = self._grip_from_aim()
        aim = looking_at(_vec(start), target).matrix()
        grip = aim @ np.linalg.inv(grip_from_aim)
        self._remote.hand("right", grip[:3, 3], quaternion(grip[:3, :3]))
        self._remote.send()

    def _grip_from_aim(self) -> NDArray[np.float64]:
        self._remote.hand("right", (0.2, 1.1, -0.3))
        self._remote.send()
        self._draw()
        hand = self._app._tools.seen[1]
        assert hand.grip is not None and hand.aim is not None
        return np.asarray(np.linalg.inv(hand.grip.matrix()) @ hand.aim.matrix())

    def _touch(self, at: NDArray[np.float64]) -> None:
        """The tip of the finger is brought there: where it is to the hand is the runtime's."""
        hand_m = np.array((0.1, 1.0, -0.2))
        for _ in range(2):
            self._remote.hand("right", hand_m, HAND_ROTATION, is_active=False)
            self._remote.send()
            self._draw()
            joints = self._app._tools.seen[1].joints
            assert joints is not None, "the runtime tracks no hand"
            hand_m = hand_m + at - joints[INDEX_TIP, :3]
        self._remote.hand("right", hand_m, HAND_ROTATION, is_active=False)
        self._remote.send()

    def _target(self) -> tuple[Vec3, Vec3]:
        """The middle of a control near the page's middle, and the way out of the board."""
        board = self._app._tools.board
        assert board is not None and board.pose is not None
        middles = {
            name: ((left + right) / 2, (top + bottom) / 2)
            for name, (left, top, right, bottom) in self._panels.places.items()
            if not name.startswith(("rail", "corner"))
        }
        x, y = min(middles.values(), key=lambda at: math.dist(at, AIMED_AT))
        share = (x / (BOARD_WIDTH_M * 1000), y / (BOARD_HEIGHT_M * 1000))
        ox, oy, oz = board.pose.matrix()[:3, 2].tolist()
        return on_board_m(board.pose, share), (ox, oy, oz)

    def _again(self) -> None:
        """Panels are drawn anew when the session has changed: to ask for the same is no change."""
        self._app.document.apply(PlaceModel(HOME))
        self._app.document.apply(PlaceModel(MODEL))
        self._draw()

    def _draw(self) -> None:
        for _ in range(SETTLED_AFTER):
            draw_one(self._app, self._frontend)


def _vec(v: NDArray[np.float64]) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)


def framed(picture: Picture) -> Picture:
    """The left eye's, without what lies round the board and the model."""
    height, width = picture.shape[:2]
    return picture[int(height * 0.28) : int(height * 0.80), int(width * 0.09) : int(width * 0.47)]


def sheet(pictures: list[Picture], columns: int = 3) -> Picture:
    rows = -(-len(pictures) // columns)
    blank = [np.zeros_like(pictures[0])] * (rows * columns - len(pictures))
    found = [*pictures, *blank]
    return np.vstack([np.hstack(found[i : i + columns]) for i in range(0, len(found), columns)])


if __name__ == "__main__":
    main()
