import math

import pytest

from tests.interaction.gestures import DT_S, hand_at, holding
from xrviewer.interaction.input import Hand
from xrviewer.interaction.steady import Steady, believable_dt_s, is_believable, step_steady
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose


@pytest.mark.parametrize(
    ("dt_s", "believed"),
    [(0.01, 0.01), (0, 0), (-3, 0), (5, 0.1), (math.nan, 0), (math.inf, 0.1), (-math.inf, 0)],
)
def test_time(dt_s: float, believed: float) -> None:
    assert believable_dt_s(dt_s) == believed


@pytest.mark.parametrize(
    "pose",
    [
        Pose((math.nan, 0, 0), IDENTITY_ROTATION),
        Pose((0, math.inf, 0), IDENTITY_ROTATION),
        Pose((0, 0, 1e6), IDENTITY_ROTATION),
        Pose((0, 0, 0), (0, 0, 0, 0)),
        Pose((0, 0, 0), (math.nan, 0, 0, 1)),
        Pose((0, 0, 0), (math.inf, 0, 0, 1)),
    ],
)
def test_what_is_not_believed(pose: Pose) -> None:
    assert not is_believable(pose)
    assert step_steady(Steady(), Hand(grip=pose, aim=pose), DT_S).hand.grip is None
    assert step_steady(Steady(), Hand(grip=pose, aim=pose), DT_S).hand.aim is None


def test_lost_found_and_leaping_hands_are_new_ones() -> None:
    first = step_steady(Steady(), holding((0, 1, 0)), DT_S)
    assert step_steady(first, holding((0.1, 1, 0)), DT_S).hand.epoch == first.hand.epoch
    lost = step_steady(first, Hand(), DT_S)
    assert lost.hand.grip == first.hand.grip and lost.hand.squeeze == 1.0
    assert step_steady(lost, holding((0, 1, 0)), DT_S).hand.epoch == first.hand.epoch + 1
    assert step_steady(first, holding((5, 1, 0)), DT_S).hand.epoch == first.hand.epoch + 1


def test_it_lets_go_after_half_a_second_and_no_sooner() -> None:
    steady = step_steady(Steady(), holding((0, 1, 0)), DT_S)
    frames = 0
    while steady.hand.grip is not None:
        steady, frames = step_steady(steady, Hand(squeeze=1.0), DT_S), frames + 1
    assert (frames - 1) * DT_S <= 0.5 < frames * DT_S + 1e-9
    assert steady.hand.squeeze == 0.0


def test_lost_for_a_frame_in_which_time_stands_still_is_lost() -> None:
    steady = step_steady(Steady(), holding((0, 1, 0)), 0.0)
    steady = step_steady(steady, Hand(), 0.0)
    assert step_steady(steady, holding((0.5, 1, 0)), 0.0).hand.epoch == steady.hand.epoch + 1


def test_nonsense_on_the_sticks_is_nothing() -> None:
    hand = hand_at((0, 1, 0), stick=(math.nan, 0.5), trigger=math.inf)
    steady = step_steady(Steady(), hand, DT_S).hand
    assert steady.stick == (0.0, 0.5) and steady.trigger == 0.0
