"""What a headset's lenses show of the demo knee, as the runtime composed it: docs/images.

    python tools/xr_sandbox run --compositor xcb -- python tools/make_headset_picture.py

A hand reaches for it, the board with the layers stands behind as the compositor's own layer. The
same runtime and driver give the same picture.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import imageio.v3 as iio
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
# A script of the repository: the project and the sandbox lie beside it, not in a library.
sys.path[:0] = [str(ROOT), str(ROOT / "tools"), str(ROOT / "tests" / "runtime")]

from remote import Remote  # noqa: E402
from screen import screenshot  # noqa: E402
from xr_sandbox.services import remote_port  # noqa: E402

from xrviewer.app.loop import App  # noqa: E402
from xrviewer.case.model import Case  # noqa: E402
from xrviewer.caseio.loose import open_path  # noqa: E402
from xrviewer.commands.choices import DemoName  # noqa: E402
from xrviewer.commands.demo import make_demo  # noqa: E402
from xrviewer.commands.wear import sign_of  # noqa: E402
from xrviewer.document.document import Document  # noqa: E402
from xrviewer.document.intents import PlaceModel, SetLayerVisible, ShowMap  # noqa: E402
from xrviewer.frontends.frontend import Wait  # noqa: E402
from xrviewer.frontends.openxr.frontend import OpenXrFrontend  # noqa: E402
from xrviewer.frontends.openxr.session import Options  # noqa: E402
from xrviewer.gpu.context import GlfwContext, capabilities  # noqa: E402
from xrviewer.interaction.preferences import Preferences  # noqa: E402
from xrviewer.panels.host import Panels  # noqa: E402
from xrviewer.panels.state import PanelState  # noqa: E402
from xrviewer.render.renderer import Quality, Renderer  # noqa: E402
from xrviewer.spatial.transforms import (  # noqa: E402
    Placement,
    Vec3,
    axis_rotation,
)
from xrviewer.spatial.views import looking_at  # noqa: E402

OUT = ROOT / "docs" / "images" / "headset-knee.png"
MAP = "thickness_truth_mm"
MODEL = Placement((0.125, 1.2, -0.46), axis_rotation((0, 1, 0), math.radians(-38)), 1.35)
HEAD_M, HEAD_PITCH = (0.0, 1.36, 0.0), math.radians(-14)
BOARD_M = (-0.26, 1.29, -0.60)
HAND_M, HAND_ROTATION = (0.19, 1.02, -0.25), (0.173, 0.134, 0.188, 0.958)
CURL = (0.45, 0.4, 0.3, 0.0, 0.0)
FRAMES, ENLARGED_AFTER = 27, 4
SCREEN = (1920, 1080)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=Path, default=ROOT / "out", help="where the demos are")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    case_dir = make_demo(DemoName.KNEE, options.cases, lambda *_: None, print)
    iio.imwrite(options.out, trimmed(composed(case_dir)))
    print(f"wrote {options.out}")


def composed(case_dir: Path) -> NDArray[np.uint8]:
    """The X server's screen after some frames."""
    case = open_path(case_dir)
    with worn(case, 1.6) as (app, panels, frontend, _):
        panels.state = PanelState(open="layers", selected="femoral_cartilage")
        for intent in (PlaceModel(MODEL), SetLayerVisible("skin", False), ShowMap(MAP)):
            app.document.apply(intent)
        for drawn in range(FRAMES):
            if drawn == ENLARGED_AFTER:
                fill_screen()
            place_board(app, BOARD_M)
            draw_one(app, frontend)
        return screenshot(Path(os.environ["XR_SANDBOX_SCREEN"]))


@contextmanager
def worn(
    case: Case, render_scale: float, is_reaching: bool = True
) -> Iterator[tuple[App, Panels, OpenXrFrontend, Remote]]:
    """Somebody has the headset on and the case before them."""
    with ExitStack() as stack:
        stack.enter_context(closing(GlfwContext("picture", 64, 64, is_visible=False)))
        panels = stack.enter_context(closing(Panels(case)))
        renderer = stack.enter_context(closing(Renderer(capabilities(), Quality())))
        app = App(case, Document(case), renderer, preferences=Preferences(), panels=panels)
        stack.enter_context(closing(app))
        app.signs = (sign_of(case),)
        remote = Remote(remote_port(Path(os.environ["XDG_RUNTIME_DIR"])))
        stack.enter_context(closing(remote))
        frontend = OpenXrFrontend(Options(render_scale=render_scale))
        stack.enter_context(closing(frontend))
        _pose(remote, is_reaching)
        yield app, panels, frontend, remote


def draw_one(app: App, frontend: OpenXrFrontend) -> None:
    while frontend.wait() is not Wait.RUN or not app.frame(frontend).views:
        pass


def place_board(app: App, at_m: Vec3) -> None:
    """As if it had been carried there, its face to the eyes."""
    board = app._tools.board
    if board is not None:
        away = np.subtract(at_m, HEAD_M)
        x, y, z = (at_m + away).tolist()
        app._tools = replace(app._tools, board=replace(board, pose=looking_at(at_m, (x, y, z))))


def _pose(remote: Remote, is_reaching: bool) -> None:
    """The right index points; the other fingers are relaxed. The left hand is out of sight."""
    remote.head(HEAD_M, axis_rotation((1, 0, 0), HEAD_PITCH))
    remote.hand("left", (-0.6, 0.5, 0.3), is_active=False)
    remote.hand("right", HAND_M, HAND_ROTATION, is_active=False)
    remote.packet["right"]["curl"] = CURL
    remote.packet["right"]["is_hand_tracked"] = is_reaching
    remote.send()


def fill_screen() -> None:
    """The compositor's window is half as large as the headset's display: it follows its window."""
    x = ctypes.CDLL("libX11.so.6")
    x.XOpenDisplay.restype, x.XDefaultRootWindow.restype = ctypes.c_void_p, ctypes.c_ulong
    display = ctypes.c_void_p(x.XOpenDisplay(None))
    root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
    windows = ctypes.POINTER(ctypes.c_ulong)()
    found = (ctypes.byref(one) for one in (root, parent, windows, count))
    x.XQueryTree(display, ctypes.c_ulong(x.XDefaultRootWindow(display)), *found)
    for window in windows[: count.value]:
        x.XMoveResizeWindow(display, ctypes.c_ulong(window), 0, 0, *SCREEN)
    x.XSync(display, 0)


def trimmed(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Without what the compositor left of the screen."""
    is_lit = picture.any(axis=2)
    rows, columns = np.flatnonzero(is_lit.any(axis=1)), np.flatnonzero(is_lit.any(axis=0))
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


if __name__ == "__main__":
    main()
