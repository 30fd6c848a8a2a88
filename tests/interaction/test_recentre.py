"""A new origin of the room: the room, and the model in it, come to the viewer."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.interaction.gestures import EYE, Wearer, hand_at, holding, model_of
from xrviewer.document.intents import PlaceModel, Undo
from xrviewer.interaction import home
from xrviewer.interaction.world import Extent
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Placement, Pose, axis_rotation

KNEE = Extent((-0.06, -0.08, -0.06), (0.06, 0.08, 0.06))
HEAD = Pose((0.0, 1.6, 0.0), IDENTITY_ROTATION)


def _placed(x: float, y: float, z: float, scale: float = 1.0) -> Placement:
    return Placement((x, y, z), IDENTITY_ROTATION, scale)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (_placed(0, 0.8, -0.6), True),
        (_placed(0.5, 0.8, -0.5), True),
        (_placed(0, 0.8, -3), False),
        (_placed(0, 0.8, 0.6), False),
        (_placed(0.6, 0.8, 0.0), False),
        (_placed(0, 1.0, 0.3, scale=20), True),
    ],
    ids=["on the table", "to the side", "far", "behind", "beside", "all around"],
)
def test_what_is_at_hand(model: Placement, expected: bool) -> None:
    assert home.is_before(KNEE, model, HEAD) is expected
    turn = axis_rotation((0, 1, 0), math.radians(75))
    x, y, z = model.position_m
    cos, sin = math.cos(math.radians(75)), math.sin(math.radians(75))
    turned = replace(model, position_m=(cos * x + sin * z, y, -sin * x + cos * z))
    assert home.is_before(KNEE, turned, Pose(HEAD.position_m, turn)) is expected


def test_what_is_at_hand_keeps_its_place_in_the_room() -> None:
    wearer = Wearer()
    wearer.rest(0.1)
    before = wearer.document.snapshot.model
    wearer.hands(is_recentred=True)
    assert wearer.asked == [] and wearer.document.snapshot.model == before


def test_what_is_far_comes_before_the_viewer_in_one_step_that_can_be_undone() -> None:
    wearer = Wearer()
    wearer.document.apply(PlaceModel(_placed(0, 1, 5)))
    wearer.rest(0.1)
    assert wearer.asked == []
    wearer.hands(is_recentred=True)
    extent = wearer.world.extent(wearer.document.snapshot)
    assert home.is_before(extent, wearer.document.snapshot.model, EYE.eye)
    assert len(wearer.asked) == 1
    wearer.document.apply(Undo())
    assert wearer.document.snapshot.model == _placed(0, 1, 5)


def test_a_viewer_that_has_walked_is_back_where_the_room_begins() -> None:
    wearer = Wearer()
    for _ in range(90):
        wearer.hands(right=hand_at((0.2, 1, 0), stick=(0.0, -1.0)))
    assert wearer.tools.views[0].eye.position_m[2] > 0.8
    wearer.hands(is_recentred=True)
    assert wearer.tools.views[0].eye == EYE.eye


@pytest.mark.parametrize("leap_m", [0.5, 3.0])
def test_what_is_held_stays_in_the_hand(leap_m: float) -> None:
    """The hand leaps with the room, and has not moved."""
    wearer = Wearer()
    for _ in range(3):
        wearer.hands(right=holding((0.2, 0.9, -0.5)))
    in_hand = model_of(wearer)[:3, 3] - (0.2, 0.9, -0.5)
    moved = (0.2, 0.9, -0.5 + leap_m)
    wearer.hands(right=holding(moved), is_recentred=True)
    np.testing.assert_allclose(model_of(wearer)[:3, 3] - moved, in_hand, atol=1e-9)
    assert wearer.asked == []
