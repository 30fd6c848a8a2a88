import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.interaction.gestures import DT_S, Wearer, hand_at, holding, rotations
from xrviewer.document.intents import PlaceModel
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.transforms import Placement, rotation_matrix


def stick(wearer: Wearer, x: float, y: float, frames: int = 45) -> None:
    for _ in range(frames):
        wearer.hands(hand_at((0, 1, 0), stick=(x, y)), hand_at((0.3, 1, 0)))


def test_half_a_second_of_full_stick_is_a_quarter_turn_and_one_intent() -> None:
    wearer = Wearer()
    extent = wearer.world.extent(wearer.document.snapshot)
    center = extent.room_center(wearer.document.snapshot.model)
    stick(wearer, 1.0, 0.0)
    assert wearer.asked == []
    wearer.rest(0.1)
    assert [type(i) for i in wearer.asked] == [PlaceModel]
    model = wearer.document.snapshot.model
    np.testing.assert_allclose(
        rotation_matrix(model.rotation_xyzw) @ (0, 0, 1), (1, 0, 0), atol=1e-9
    )
    np.testing.assert_allclose(extent.room_center(model), center, atol=1e-12)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(rotations, st.floats(0.1, 10), st.floats(-1, 1), st.floats(-1, 1))
def test_it_spins_about_the_upright_through_the_centre(
    rotation: tuple[float, float, float, float], scale: float, x: float, y: float
) -> None:
    wearer = Wearer()
    wearer.document.apply(PlaceModel(Placement((0.1, 0.9, -0.7), rotation, scale)))
    extent = wearer.world.extent(wearer.document.snapshot)
    before = wearer.document.snapshot.model
    stick(wearer, x, y, 7)
    wearer.rest(0.1)
    after = wearer.document.snapshot.model
    turn = rotation_matrix(after.rotation_xyzw) @ rotation_matrix(before.rotation_xyzw).T
    np.testing.assert_allclose(turn @ (0, 1, 0), (0, 1, 0), atol=1e-9)
    moved = np.subtract(extent.room_center(after), extent.room_center(before))
    np.testing.assert_allclose(moved[[0, 2]], 0, atol=1e-9)
    assert after.scale == scale and abs(moved[1]) <= 0.30 * 7 * DT_S + 1e-9


@pytest.mark.parametrize(("direction", "height_m"), [(1.0, 1.5), (-1.0, 0.3)])
def test_height_ends_at_its_limits(direction: float, height_m: float) -> None:
    wearer = Wearer()
    stick(wearer, 0.0, direction, 400)
    wearer.rest(0.1)
    extent = wearer.world.extent(wearer.document.snapshot)
    assert extent.room_center(wearer.document.snapshot.model)[1] == pytest.approx(height_m)


def test_near_its_middle_the_stick_does_nothing() -> None:
    wearer = Wearer()
    stick(wearer, 0.24, -0.24)
    stick(wearer, math.nan, math.inf)
    assert wearer.tools.turning is None and wearer.asked == []


def test_a_hand_takes_over_what_the_stick_turns() -> None:
    wearer = Wearer()
    stick(wearer, 1.0, 0.0, 20)
    turning = wearer.tools.placement
    wearer.hands(hand_at((0, 1, 0), stick=(1.0, 0.0)), holding((0.3, 1, 0)))
    assert wearer.tools.turning is None and wearer.tools.placement == turning
    wearer.rest(0.1)
    assert wearer.document.snapshot.model == turning and len(wearer.asked) == 1


def test_the_left_handed_turn_with_the_right() -> None:
    wearer = Wearer(Preferences(left_handed=True, walk=False))
    stick(wearer, 1.0, 0.0)
    assert wearer.tools.placement is None
    wearer.hands(hand_at((0, 1, 0)), hand_at((0, 1, 0), stick=(1.0, 0.0)))
    assert wearer.tools.placement is not None
