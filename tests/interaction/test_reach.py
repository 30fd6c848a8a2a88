"""Everything with one hand, the left or the right one alike, and with a bare one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.interaction.gestures import Wearer, hand_at, holding, model_of, nudged
from tests.interaction.test_bare import bare_hand, joints
from tests.interaction.test_take import AIM, HIT, reaching
from xrviewer.document.intents import PlaceModel, PlacePart, Redo, Undo
from xrviewer.interaction.board import Board
from xrviewer.interaction.buttons import LONG_S
from xrviewer.interaction.handle import handle_m
from xrviewer.interaction.input import Hand
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose
from xrviewer.spatial.views import looking_at

either_hand = pytest.mark.parametrize("side", ["left", "right"])
AT = (0.1, 1.0, 0.1)


def resting(wearer: Wearer, side: str, **pressed: Any) -> None:
    wearer.hands(**{side: hand_at(AT, **pressed)})


@either_hand
@pytest.mark.parametrize(
    "hold", [holding, lambda at: bare_hand(joints(grip_gap_m=0.03, at=at), at)]
)
def test_the_model_is_moved(side: str, hold: Callable[[Any], Hand]) -> None:
    wearer = Wearer()
    before = model_of(wearer)
    wearer.hands(**{side: hold((0.1, 1.0, -0.5))})
    for _ in range(60):  # bare hands are smoothed
        wearer.hands(**{side: hold((0.2, 1.0, -0.5))})
    np.testing.assert_allclose(model_of(wearer)[:3, 3] - before[:3, 3], (0.1, 0, 0), atol=1e-5)


@either_hand
@pytest.mark.parametrize(
    "hold", [holding, lambda at: bare_hand(joints(grip_gap_m=0.03, at=at), at)]
)
def test_the_model_is_scaled(side: str, hold: Callable[[Any], Hand]) -> None:
    wearer = Wearer(Preferences(one_handed=True))
    extent, rest = wearer.world.extent(wearer.document.snapshot), wearer.document.snapshot.model
    ball, center = np.array(handle_m(extent, rest)), np.array(extent.room_center(rest))
    wearer.hands(**{side: hold(tuple(ball.tolist()))})
    for share in np.linspace(1, 2, 80):
        wearer.hands(**{side: hold(tuple((center + share * (ball - center)).tolist()))})
    for _ in range(40):
        wearer.hands(**{side: hold(tuple((center + 2 * (ball - center)).tolist()))})
    placed = wearer.tools.placement
    assert placed is not None and placed.scale == pytest.approx(2.0, rel=1e-3)


@either_hand
def test_undo_and_redo(side: str) -> None:
    wearer = Wearer()
    resting(wearer, side, is_a_pressed=True)
    resting(wearer, side)
    assert wearer.asked == [Undo()]
    for _ in range(round(LONG_S * 90) + 2):
        resting(wearer, side, is_a_pressed=True)
    assert wearer.asked == [Undo(), Redo()]


@either_hand
@pytest.mark.parametrize("seconds", [0.1, LONG_S + 0.1])
def test_it_is_brought_here_and_made_to_fill_the_room(side: str, seconds: float) -> None:
    wearer = Wearer()
    resting(wearer, side)
    for _ in range(round(seconds * 90)):
        resting(wearer, side, is_stick_pressed=True)
    resting(wearer, side)
    (asked,) = wearer.asked
    assert isinstance(asked, PlaceModel)
    assert (asked.placement.scale > 1) == (seconds > LONG_S)


@either_hand
def test_a_part_is_taken_out(side: str) -> None:
    wearer = Wearer(pick=lambda ray: HIT)
    for x in np.linspace(0, 0.1, 20):
        wearer.hands(**{side: reaching(nudged(AIM, (float(x), 0.0, 0.0)))})
    wearer.hands(**{side: reaching(nudged(AIM, (0.1, 0.0, 0.0)), trigger=0.0)})
    assert [type(intent) for intent in wearer.asked] == [PlacePart]


def test_the_panels_arrows_walk_without_a_stick() -> None:
    """What a hand at the board presses there; the arrows stop with the hand that leaves it."""
    wearer = Wearer()
    board = Board(pose=Pose((0.0, 1.4, -0.6), IDENTITY_ROTATION), walk=(0.0, 1.0))
    wearer.tools = replace(wearer.tools, board=board)
    aim = looking_at((0.0, 1.3, 0.0), (0.0, 1.4, -0.6))
    for _ in range(90):
        wearer.hands(right=Hand(grip=aim, aim=aim))
        assert wearer.tools.board is not None
    # One metre a second, ahead; the board stays where it is in the room.
    assert wearer.tools.footing.position_m == pytest.approx((0.0, 0.0, -1.0), abs=0.4)
    stopped = wearer.tools.footing.position_m
    for _ in range(30):
        wearer.hands(right=hand_at((0.3, 1.0, 0.0)))
    assert wearer.tools.footing.position_m == stopped
    assert wearer.asked == []
