"""Everything that is written in the room is tall enough where it is usually read from."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import ImageFont

from tests.interaction.gestures import EYE, Wearer
from tests.interaction.test_take import AIM, HIT, reaching
from xrviewer.analysis.tally import Tally
from xrviewer.app.overlay import Lingering, MapSeen, Overlay
from xrviewer.capture import plate
from xrviewer.case.model import MapInfo
from xrviewer.commands.wear import SIGN_POSE, SIGN_WIDTH_M
from xrviewer.document.opening import bounds_mm
from xrviewer.interaction.board_place import FARTHEST_M
from xrviewer.panels import theme
from xrviewer.scene import comparing, light, measures
from xrviewer.scene.build import Scene
from xrviewer.scene.legible import LEAST_PIXELS, LEAST_RAD, MOST_LARGER, larger_for
from xrviewer.scene.mapping import Scale
from xrviewer.scene.marks import Label
from xrviewer.scene.probe import Reading

INFO = MapInfo("thickness_mm", "Thickness", "mm", "defined", "by hand", 0.05)
STANDING_M, MODEL_AWAY_M = 1.65, 1.0
ROBOTO_CAPITAL = 0.711
"""Of the size it is set in."""
READING = Reading(2.4, "2.4 ± 0.1 mm", "Thickness", "medial")


def written(is_read: bool, pixels_per_rad: float = math.inf) -> list[Label]:
    """Names, hints, letters, the size and the legend, before a wearer with something pointed at."""
    wearer = Wearer(pick=lambda ray: HIT)
    for _ in range(40):
        wearer.hands(right=reaching(AIM, trigger=0.0), views=(EYE, EYE))
    draw = Scene(wearer.case).build(wearer.document.snapshot)
    spread = Tally(np.linspace(0, 4, 33), np.ones(32), 2.0)
    scale = Scale(INFO, 0.0, 4.0, 0, "viridis", True)
    marks = Overlay().marks(
        wearer.tools, wearer.document, wearer.world, draw,
        bounds_mm(wearer.case.timepoints[0]), Lingering(1.0, 0.0),
        MapSeen(scale, READING if is_read else None, spread), pixels_per_rad,
    )  # fmt: skip
    return list(marks.labels)


def angles(labels: list[Label]) -> dict[str, float]:
    """Of a capital letter, radians."""
    eye_m = EYE.eye.position_m
    return {label.text: label.height_m / math.dist(label.position_m, eye_m) for label in labels}


def test_what_stands_in_the_room() -> None:
    found = angles([*written(True), *written(False)])
    for wanted in ("Femur", "Not for diagnostic use", "error 0.05 mm", "R", "2.4 ± 0.1 mm"):
        assert wanted in found, wanted
    too_small = {text: math.degrees(a) * 60 for text, a in found.items() if a < LEAST_RAD}
    assert not too_small


def test_the_sign_on_the_table_from_who_stands_before_it() -> None:
    away_m = math.dist(SIGN_POSE.position_m, (0.0, STANDING_M, 0.0))
    _, top, _, foot = ImageFont.load_default(plate._LINE_PX).getbbox("N", anchor="ls")
    capital_m = (foot - top) / plate.WIDTH_PX * SIGN_WIDTH_M
    assert capital_m / away_m > LEAST_RAD


def test_the_smallest_writing_of_the_board_at_its_farthest() -> None:
    assert ROBOTO_CAPITAL * theme.SMALL / 1000 / FARTHEST_M > LEAST_RAD


def test_dates_values_and_the_film_s_time() -> None:
    assert comparing._LETTER_M / MODEL_AWAY_M > LEAST_RAD
    assert measures.LETTER > LEAST_RAD
    assert light._LETTER_SHARE > LEAST_RAD


@pytest.mark.parametrize("pixels_per_rad", [660.0, 800.0, 1300.0])
def test_in_a_coarse_picture_all_of_it_is_larger(pixels_per_rad: float) -> None:
    found = angles(written(True, pixels_per_rad))
    too_coarse = {t: a * pixels_per_rad for t, a in found.items() if a * pixels_per_rad < 9.5}
    assert not too_coarse


def test_how_much_larger() -> None:
    fine, coarsest = 2000.0, 100.0
    assert larger_for(fine) == 1.0 and larger_for(coarsest) == MOST_LARGER
    assert larger_for(math.inf) == 1.0 and larger_for(0.0) == MOST_LARGER
    assert larger_for(700.0) * 0.011 * 700.0 == pytest.approx(LEAST_PIXELS)
