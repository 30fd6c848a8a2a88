"""Two dates in each way of seeing both, as the runtime composed it, on a sheet.

    python tools/xr_sandbox run --compositor xcb -- \\
        python tools/make_headset_dates.py CASE --out FOLDER --sheet FILE.jpg

Made are side by side, with a slice and a cut in both, over each other, by turns, a swipe with the
plane in the hand, the difference, and the second date moved by hand; on the sheet, which is
docs/images/headset_dates.jpg, are one eye's middle of four. Case and folders lie within the
project: the sandbox sees nothing else.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Iterator
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
from numpy.typing import NDArray

from xrviewer.app.loop import App
from xrviewer.case.model import Case
from xrviewer.caseio.loose import open_path
from xrviewer.document.comparison import Together
from xrviewer.document.comparison_intents import (
    CompareWith,
    NudgeDate,
    PlaceSwipe,
    SeeTogether,
    SetBlend,
)
from xrviewer.document.intents import Intent, PlaceModel, SelectTool, SetLayersVisible, ShowAll
from xrviewer.document.opening import middle_mm
from xrviewer.document.plane_intents import AddCut, AddSlice, RemoveCut, RemoveSlice
from xrviewer.document.planes import CutShape
from xrviewer.frontends.openxr.frontend import OpenXrFrontend
from xrviewer.panels.state import PanelState
from xrviewer.spatial.planes import Plane, anatomical, oblique, rotation_to
from xrviewer.spatial.transforms import PartPlace, Placement, axis_rotation

ASIDE = Placement((0.02, 1.16, -0.5), axis_rotation((0, 1, 0), math.radians(-12)), 1.7)
ALONE = Placement((0.1, 1.19, -0.46), axis_rotation((0, 1, 0), math.radians(-20)), 2.0)
BOARD_M = (-0.48, 1.3, -0.76)
SETTLED_AFTER = 10
"""Frames after all that is found beside them is there: scans come to the card in a few."""
SHEET, ROWS = ("side", "overlay", "swipe", "difference"), (0.22, 0.80)
"""The names on the sheet, and what of their height is seen there."""
IN_THE_WAY = ("skin", "quadriceps_tendon", "patellar_tendon", "patella", "patellar_cartilage")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("case", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sheet", type=Path)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, picture in composed(open_path(asked.case)):
        iio.imwrite(asked.out / f"{name}.png", picture)
    if asked.sheet:
        left = [_middle_of_an_eye(iio.imread(asked.out / f"{name}.png")) for name in SHEET]
        iio.imwrite(asked.sheet, np.vstack([np.hstack(left[:2]), np.hstack(left[2:])]), quality=82)


def _middle_of_an_eye(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The left one's."""
    height, width = picture.shape[:2]
    top, bottom = (round(share * height) for share in ROWS)
    return picture[top:bottom, : width // 2]


def steps(case: Case) -> dict[str, tuple[Intent, ...]]:
    """What is asked, one after the other."""
    first = case.timepoints[0]
    middle, scan = middle_mm(first), first.volumes[0].id
    coronal, across = anatomical("coronal", middle), anatomical("axial", middle)
    cut = CutShape(position_mm=coronal.point_mm, rotation_xyzw=rotation_to(coronal))
    swipe: Plane = oblique((middle[0] + 8, *middle[1:]), (0.94, 0.0, 0.342))
    nudge = PartPlace((1.5, 0.0, 0.0))
    hidden = SetLayersVisible(tuple(id for id in IN_THE_WAY if _has(case, id)), False)
    return {
        "side": (PlaceModel(ASIDE), SetLayersVisible(("skin",), False), CompareWith("t1")),
        "side-opened": (AddCut("c", cut, scan), AddSlice("s", scan, across)),
        "overlay": (
            RemoveCut("c"),
            RemoveSlice("s"),
            PlaceModel(ALONE),
            SeeTogether(Together.OVERLAY),
            SetBlend(0.4),
        ),
        "flicker": (SeeTogether(Together.FLICKER),),
        "swipe": (SeeTogether(Together.SWIPE), PlaceSwipe(swipe), SelectTool("swipe"), hidden),
        "difference": (SelectTool("grab"), SeeTogether(Together.DIFFERENCE)),
        "by-hand": (
            ShowAll(),
            SetLayersVisible(("skin",), False),
            SeeTogether(Together.OVERLAY),
            SelectTool("nudge"),
            NudgeDate("t1", nudge),
        ),
    }


def _has(case: Case, layer: str) -> bool:
    return any(one.id == layer for one in case.layers)


def composed(case: Case) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    with worn(case, 1.0, is_reaching=False) as (app, panels, frontend, _):
        panels.state = PanelState(open="dates")
        for _ in range(ENLARGED_AFTER):
            draw_one(app, frontend)
        fill_screen()
        for name, intents in steps(case).items():
            for intent in intents:
                app.document.apply(intent)
            _settle(app, frontend)
            yield name, trimmed(screenshot(Path(os.environ["XR_SANDBOX_SCREEN"])))


def _settle(app: App, frontend: OpenXrFrontend) -> None:
    """Until what is found beside the frame is there, and the compositor shows it."""
    drawn = 0
    while drawn < SETTLED_AFTER:
        place_board(app, BOARD_M)
        draw_one(app, frontend)
        drawn += not app.comparer.is_waiting


if __name__ == "__main__":
    main()
