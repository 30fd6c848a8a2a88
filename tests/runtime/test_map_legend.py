"""The legend of a map as the runtime composed it for both eyes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import imageio.v3 as iio
import numpy as np
from ball import ball_case
from bed import Bed

from xrviewer.app.loop import App
from xrviewer.case.model import Case, MapInfo
from xrviewer.case.surfaces import ScalarMap, frozen
from xrviewer.document.document import Document
from xrviewer.document.intents import PlaceModel, ShowMap
from xrviewer.frontends.frontend import Wait
from xrviewer.gpu.context import capabilities
from xrviewer.interaction.preferences import Preferences
from xrviewer.render.renderer import Renderer
from xrviewer.scene.mapping import color_table
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Placement

KEEP = "XRVIEWER_KEEP_PICTURES"
"""A folder for the picture, for whoever wants to look at it."""


def mapped_ball() -> Case:
    case = ball_case()
    surfaces = case.timepoints[0].surfaces
    values = frozen(np.full(len(surfaces.positions_mm), 2.0, np.float32))
    maps = MappingProxyType({"thickness_mm": ScalarMap("thickness_mm", values)})
    timepoint = replace(case.timepoints[0], surfaces=replace(surfaces, maps=maps))
    info = MapInfo("thickness_mm", "Thickness (nearest)", "mm", "defined", "by hand", 0.05)
    return replace(case, timepoints=(timepoint,), maps=(info,))


def test_both_eyes_see_the_legend_left_of_the_model(xcb_bed: Bed) -> None:
    """All colours of the table stand one over the other, at the left of the one the ball has."""
    xcb_bed.start_runtime()
    frontend = xcb_bed.start_frontend()
    case = mapped_ball()
    renderer = Renderer(capabilities())
    app = App(case, Document(case), renderer, preferences=Preferences(letters=False))
    app.document.apply(ShowMap("thickness_mm"))
    app.document.apply(PlaceModel(Placement((0.1, 1.6, -0.8), IDENTITY_ROTATION, 1.0)))
    for _ in range(30):  # until the compositor shows us: nothing is drawn in these
        xcb_bed.run_until(lambda f: bool(f.views))
    for _ in range(6):
        while frontend.wait() is not Wait.RUN:
            pass
        app.frame(frontend)
    picture = xcb_bed.screen()
    app.close()
    renderer.close()
    if os.environ.get(KEEP):
        Path(os.environ[KEEP]).mkdir(parents=True, exist_ok=True)
        iio.imwrite(Path(os.environ[KEEP]) / "map_legend.png", picture)
    table = color_table("viridis", 0).astype(int)
    for eye in (slice(0, 480), slice(480, 960)):
        seen = picture[:540, eye, :3].astype(int)
        rows = [np.argwhere(np.abs(seen - table[i]).sum(axis=2) < 24) for i in (16, 76, 180, 240)]
        assert all(len(found) >= 2 for found in rows)
        heights = [float(np.median(found[:, 0])) for found in rows]
        assert heights == sorted(heights, reverse=True)
        ball = np.argwhere(np.abs(seen - table[128]).sum(axis=2) < 24)
        assert len(ball) > 2000
        bar = max(float(np.median(found[:, 1])) for found in rows)
        assert bar < np.median(ball[:, 1])
