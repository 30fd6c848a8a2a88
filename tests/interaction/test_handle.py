import numpy as np
import pytest

from tests.interaction.gestures import Wearer, hand_at, holding
from xrviewer.document.intents import PlaceModel
from xrviewer.interaction.handle import handle_m
from xrviewer.interaction.input import Hand
from xrviewer.interaction.preferences import Preferences


def at_handle(preferences: Preferences) -> tuple[Wearer, np.ndarray, np.ndarray]:
    wearer = Wearer(preferences)
    snapshot = wearer.document.snapshot
    extent = wearer.world.extent(snapshot)
    center = np.array(extent.room_center(snapshot.model))
    return wearer, np.array(handle_m(extent, snapshot.model)), center


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_hand_scales_about_the_centre_and_leaves_one_intent(side: str) -> None:
    wearer, ball, center = at_handle(Preferences(one_handed=True))
    for share in (1.0, 1.2, 1.7, 2.0):
        wearer.hands(**{side: holding(center + share * (ball - center))})
    wearer.hands(**{side: hand_at(center + 2 * (ball - center))})
    assert [type(i) for i in wearer.asked] == [PlaceModel]
    model = wearer.document.snapshot.model
    assert model.scale == pytest.approx(2.0)
    extent = wearer.world.extent(wearer.document.snapshot)
    np.testing.assert_allclose(extent.room_center(model), center, atol=1e-9)


def test_away_from_the_ball_or_unasked_a_squeeze_is_a_grab() -> None:
    wearer, ball, _ = at_handle(Preferences(one_handed=True))
    wearer.hands(right=holding(ball + np.array([0.06, 0, 0])))
    assert wearer.tools.grab is not None and wearer.tools.stretch is None
    usual, ball, _ = at_handle(Preferences())
    usual.hands(right=holding(ball))
    assert usual.tools.grab is not None


def test_a_lost_hand_does_not_jump_the_scale() -> None:
    wearer, ball, center = at_handle(Preferences(one_handed=True))
    wearer.hands(right=holding(ball))
    wearer.hands(right=holding(center + 2 * (ball - center)))
    wearer.hands(right=Hand())
    wearer.hands(right=holding(center + 5 * (ball - center)))
    assert wearer.tools.placement is not None
    assert wearer.tools.placement.scale == pytest.approx(2.0)
