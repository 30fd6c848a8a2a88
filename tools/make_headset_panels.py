"""Every panel as a headset's lenses show it, composed by the runtime: to be looked at.

    python tools/xr_sandbox run --compositor xcb -- \\
        python tools/make_headset_panels.py CASE --out FOLDER

At the size of the driver's display and at 576 x 648 an eye; --sheet puts one eye of some in one
picture. Case and folder lie within the project: the sandbox sees nothing else.
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
    place_board,
    screenshot,
    trimmed,
    worn,
)
from make_panels import ON_SHEET, pages
from numpy.typing import NDArray

from xrviewer.case.model import Case
from xrviewer.caseio.loose import open_path
from xrviewer.document.intents import PlaceModel, SavePreset, SelectTool, ShowMap
from xrviewer.panels.state import PanelState
from xrviewer.spatial.transforms import Placement, axis_rotation

SCALES = {"full": 1 / 0.6, "576x648": 1.0}
"""Of what the runtime recommends, which xr_sandbox has at 60 % of the display's."""
MODEL = Placement((0.3, 1.05, -0.75), axis_rotation((0, 1, 0), math.radians(-38)), 1.0)
HOME = Placement((0.3, 1.0, -0.75), MODEL.rotation_xyzw, 1.0)
BOARD_M = (-0.03, 1.27, -0.46)
SETTLED_AFTER = 4
"""Frames; the compositor shows one some frames after it was drawn."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("case", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--only", nargs="+", metavar="PAGE", help="as make_panels names them")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    case, on_sheet = open_path(asked.case), list[NDArray[np.uint8]]()
    wanted = {k: v for k, v in pages(case).items() if k in (asked.only or (k,))}
    for size, scale in SCALES.items():
        for name, picture in composed_panels(case, wanted, scale):
            iio.imwrite(asked.out / f"{name}-{size}.png", picture)
            on_sheet += [left_eye(picture)] if size == "full" and name in ON_SHEET else []
    if asked.sheet:
        rows = [np.hstack(on_sheet[i : i + 3]) for i in range(0, len(on_sheet), 3)]
        iio.imwrite(asked.sheet, np.vstack(rows))


def composed_panels(
    case: Case, wanted: Mapping[str, PanelState], render_scale: float
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """The name of each page and both eyes with it."""
    with worn(case, render_scale, is_reaching=False) as (app, panels, frontend):
        for intent in (SavePreset("Look 1"), SelectTool("distance")):
            app.document.apply(intent)
        if case.maps:
            app.document.apply(ShowMap(case.maps[0].id))
        for _ in range(ENLARGED_AFTER):
            draw_one(app, frontend)
        fill_screen()
        for name, panels.state in wanted.items():
            # Panels are drawn anew when the session has changed: to ask for the same is no change.
            app.document.apply(PlaceModel(HOME))
            app.document.apply(PlaceModel(MODEL))
            for _ in range(SETTLED_AFTER):
                place_board(app, BOARD_M)
                draw_one(app, frontend)
            yield name, trimmed(screenshot(Path(os.environ["XR_SANDBOX_SCREEN"])))


def left_eye(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return picture[:, : picture.shape[1] // 2]


if __name__ == "__main__":
    main()
