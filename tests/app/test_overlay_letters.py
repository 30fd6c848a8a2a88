"""Which way is left: letters that leave a small model its place, and the board its own."""

from __future__ import annotations

import math

import pytest

from tests.interaction.gestures import EYE, Wearer
from xrviewer.app.overlay import Lingering, Overlay
from xrviewer.document.intents import PlaceModel
from xrviewer.document.opening import bounds_mm
from xrviewer.interaction.board import Board
from xrviewer.interaction.board_place import BOARD_HEIGHT_M, BOARD_WIDTH_M, is_over
from xrviewer.scene.build import Scene
from xrviewer.scene.legible import LEAST_RAD
from xrviewer.scene.marks import Label
from xrviewer.scene.overlay import LETTER_M
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Placement, Pose, axis_rotation
from xrviewer.values import changed

LETTERS = "LRPASI"


def letters(wearer: Wearer, board: Board | None = None) -> dict[str, Label]:
    tools, snapshot = changed(wearer.tools, board=board), wearer.document.snapshot
    draw = Scene(wearer.case).build(snapshot)
    bounds = bounds_mm(wearer.case.timepoints[0])
    marks = Overlay().marks(tools, wearer.document, wearer.world, draw, bounds, Lingering(1.0))
    return {label.text: label for label in marks.labels if label.text in LETTERS}


def worn(scale: float = 1.0) -> Wearer:
    wearer = Wearer()
    placed = wearer.document.snapshot.model
    wearer.document.apply(PlaceModel(Placement(placed.position_m, placed.rotation_xyzw, scale)))
    wearer.hands(views=(EYE, EYE))
    return wearer


def test_a_large_model_has_tall_letters_and_a_small_one_small_ones() -> None:
    """A tenth of its longest side where that is less; never less than the eye can read."""
    heights = []
    for scale in (20.0, 1.0, 0.01):
        wearer = worn(scale)
        extent = wearer.world.extent(wearer.document.snapshot)
        (height_m,) = {label.height_m for label in letters(wearer).values()}
        away_m = math.dist(extent.room_center(wearer.document.snapshot.model), EYE.eye.position_m)
        longest_m = max(extent.size_m) * scale
        least_m = 1.5 * LEAST_RAD * away_m
        assert height_m == pytest.approx(min(LETTER_M, max(longest_m / 10, least_m)))
        heights.append(height_m)
    assert heights[0] == LETTER_M and heights[2] < heights[1] < LETTER_M


def test_what_would_stand_over_the_board_is_left_to_the_letter_across() -> None:
    """The board is to the left of the model, as the viewer sees it, and farther away."""
    wearer = worn()
    everything = letters(wearer)
    assert sorted(everything) == sorted(LETTERS)
    leftmost, other = everything["R"], everything["L"]
    assert leftmost.position_m[0] < other.position_m[0]
    x, y, z = leftmost.position_m
    board = Board(pose=Pose((x - 0.2, y, z - 0.1), IDENTITY_ROTATION))
    beside = letters(wearer, board)
    assert "R" not in beside and "L" in beside
    assert sorted(letters(wearer, changed(board, is_shown=False))) == sorted(LETTERS)


def test_before_all_of_the_board_they_all_stand() -> None:
    wearer = worn(0.5)
    x, y, z = wearer.world.extent(wearer.document.snapshot).room_center(
        wearer.document.snapshot.model
    )
    behind = Board(pose=Pose((x, y, z - 0.3), IDENTITY_ROTATION))
    assert sorted(letters(wearer, behind)) == sorted(LETTERS)


@pytest.mark.parametrize("turn_rad", [0.0, 0.5])
def test_the_line_of_sight_and_the_board(turn_rad: float) -> None:
    """Twice as far away as the board it is met at half the way off its middle."""
    turn = axis_rotation((0, 1, 0), turn_rad)
    board, eye_m = Pose((0.0, 1.2, -0.5), turn), (math.sin(turn_rad), 1.2, math.cos(turn_rad) - 0.5)

    def at(across_m: float, up_m: float, out_m: float) -> tuple[float, float, float]:
        c, s = math.cos(turn_rad), math.sin(turn_rad)
        return (c * across_m + s * out_m, 1.2 + up_m, -0.5 - s * across_m + c * out_m)

    edge = BOARD_WIDTH_M / 2
    assert is_over(board, eye_m, at(edge - 0.01, 0.0, 0.0), 0.0)
    assert not is_over(board, eye_m, at(edge + 0.01, 0.0, 0.0), 0.0)
    assert is_over(board, eye_m, at(edge + 0.01, 0.0, 0.0), 0.02)
    assert is_over(board, eye_m, at(2 * edge - 0.01, 0.0, -1.0), 0.0), "behind it, half as far off"
    assert not is_over(board, eye_m, at(0.0, BOARD_HEIGHT_M / 2 + 0.01, 0.0), 0.0)
    assert not is_over(board, eye_m, at(0.0, 0.0, 1.5), 0.0), "behind the eye"
