"""The name of what is pointed at: after a moment, beside the point, in letters that can be read."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from tests.interaction.gestures import EYE, Wearer
from tests.interaction.test_take import AIM, HIT, reaching
from xrviewer.analysis.tally import Tally
from xrviewer.app.overlay import NAME_AFTER_S, Lingering, MapSeen, Overlay
from xrviewer.case.model import MapInfo
from xrviewer.document.opening import bounds_mm
from xrviewer.interaction.board import Board
from xrviewer.scene.build import Scene
from xrviewer.scene.mapping import Scale
from xrviewer.scene.marks import Label
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, apply

INFO = MapInfo("thickness_mm", "Thickness", "mm", "defined", "by hand", 0.05)


def names(wearer: Wearer) -> list[Label]:
    bounds = bounds_mm(wearer.case.timepoints[0])
    tools, document = wearer.tools, wearer.document
    draw = Scene(wearer.case).build(document.snapshot, tools.placement)
    marks = Overlay().marks(tools, document, wearer.world, draw, bounds, Lingering(1.0))
    return [label for label in marks.labels if label.text == "Femur"]


def test_a_name_comes_after_a_moment_and_stands_beside_the_point() -> None:
    wearer = Wearer(pick=lambda ray: HIT)
    for _ in range(round(NAME_AFTER_S * 90) - 2):
        wearer.hands(right=reaching(AIM, trigger=0.0))
    assert not names(wearer)
    for _ in range(4):
        wearer.hands(right=reaching(AIM, trigger=0.0))
    (name,) = names(wearer)
    point = apply(wearer.document.snapshot.model.matrix() @ MODEL_FROM_CASE, HIT.point_mm).tolist()
    assert name.position_m[0] > point[0] + name.height_m  # to the viewer's right, off the reticle
    degrees = math.degrees(name.height_m / math.dist(EYE.eye.position_m, point))
    assert 0.5 < degrees < 1.0


def test_what_stands_right_of_the_model_goes_round_the_board_and_each_other() -> None:
    """With a board to its left, a worn map's legend is to the right, and the size under it."""
    wearer = Wearer()
    wearer.hands(views=(EYE, EYE))
    snapshot = wearer.document.snapshot
    draw = Scene(wearer.case).build(snapshot)
    x, _, z = snapshot.model.position_m
    spread = Tally(np.linspace(0, 4, 33), np.ones(32), 2.0)
    seen = MapSeen(Scale(INFO, 0.0, 4.0, 0, "viridis", False), None, spread)
    heights = []
    for board_x in (-0.5, 0.5):
        board = Board(pose=Pose((x + board_x, 1.2, z), IDENTITY_ROTATION))
        tools = replace(wearer.tools, board=board)
        marks = Overlay().marks(
            tools, wearer.document, wearer.world, draw,
            bounds_mm(wearer.case.timepoints[0]), Lingering(1.0, 0.0), seen,
        )  # fmt: skip
        unit = next(label for label in marks.labels if label.text.startswith("Thickness"))
        size = next(label for label in marks.labels if "life size" in label.text)
        assert (unit.position_m[0] > x) is (board_x < 0)
        assert size.position_m[0] > x
        heights.append(size.position_m[1])
    assert heights[0] < heights[1] - 0.05
