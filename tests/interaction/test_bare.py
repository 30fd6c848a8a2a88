"""A hand of joints: what closes, what stays put, what is smoothed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.interaction.gestures import DT_S, Wearer
from xrviewer.interaction import bare as b
from xrviewer.interaction.input import Hand
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose


def joints(
    pinch_gap_m: float = 0.05,
    grip_gap_m: float = 0.09,
    at: tuple[float, float, float] = (0.0, 1.0, 0.0),
) -> np.ndarray:
    """A flat hand along -z; gaps are between the skins, of 8 mm fingers."""
    made = np.zeros((26, 8), np.float32)
    made[:, 6], made[:, 7] = 1.0, 0.008
    made[b.INDEX_TIP, :3] = (0.0, 0.0, -0.09)
    made[b.THUMB_TIP, :3] = (pinch_gap_m + 0.016, 0.0, -0.09)
    made[b.RING_TIP, :3] = (-0.03, 0.0, -grip_gap_m - 0.016)
    made[b.RING_ROOT, :3] = (-0.03, 0.0, 0.0)
    made[:, :3] += np.float32(at)
    return made


def bare_hand(found: np.ndarray, at: tuple[float, float, float] = (0.0, 1.0, 0.0)) -> Hand:
    return Hand(grip=Pose(at, IDENTITY_ROTATION), joints=found)


@pytest.mark.parametrize(
    ("gap_mm", "was", "closed"),
    [(9.9, False, True), (10.1, False, False), (14.9, True, True), (15.1, True, False)],
)
def test_a_pinch_closes_narrower_than_it_opens(gap_mm: float, was: bool, closed: bool) -> None:
    before = b.Bare(is_pinching=was)
    _, hand = b.step_bare(before, bare_hand(joints(gap_mm / 1000)), DT_S)
    assert hand.trigger == float(closed) and hand.squeeze == 0.0


@pytest.mark.parametrize(
    ("gap_mm", "was", "closed"),
    [(49.9, False, True), (50.1, False, False), (59.9, True, True), (60.1, True, False)],
)
def test_so_does_a_grip(gap_mm: float, was: bool, closed: bool) -> None:
    before = b.Bare(is_gripping=was)
    _, hand = b.step_bare(before, bare_hand(joints(grip_gap_m=gap_mm / 1000)), DT_S)
    assert hand.squeeze == float(closed)


def test_the_pinch_point_stays_while_the_fingers_open() -> None:
    state, hand = b.step_bare(b.Bare(), bare_hand(joints(0.004)), DT_S)
    assert hand.grip is not None
    begun = hand.grip.position_m
    for gap_m in (0.008, 0.012, 0.0149, 0.02):  # the last one opens it
        state, hand = b.step_bare(state, bare_hand(joints(gap_m)), DT_S)
        assert hand.grip is not None
        np.testing.assert_allclose(hand.grip.position_m, begun, atol=1e-6)
    assert hand.trigger == 0.0 and state.pinch_point_m is None


@pytest.mark.parametrize("rate_hz", [30, 72, 90, 144])
def test_smoothing_goes_by_time_not_by_frames(rate_hz: int) -> None:
    """After one half-life half of a step is left, at any rate."""
    fist = joints(grip_gap_m=0.03)
    state, _ = b.step_bare(b.Bare(), bare_hand(fist), 0.0)
    frames = max(1, round(0.1 * rate_hz))
    for _ in range(frames):
        state, hand = b.step_bare(state, bare_hand(fist, (0.1, 1.0, 0.0)), 1 / rate_hz)
    assert hand.grip is not None
    left = 0.5 ** (frames / rate_hz / b.POSITION_HALF_LIFE_S)
    assert hand.grip.position_m[0] == pytest.approx(0.1 * (1 - left))


def test_a_hand_that_holds_nothing_is_not_smoothed() -> None:
    state, _ = b.step_bare(b.Bare(), bare_hand(joints()), DT_S)
    _, hand = b.step_bare(state, bare_hand(joints(), (0.3, 1.0, 0.0)), DT_S)
    assert hand.grip is not None and hand.grip.position_m[0] == 0.3


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_joints_that_are_no_numbers_are_a_lost_hand(broken: float) -> None:
    found = joints()
    found[3, 2] = broken
    _, hand = b.step_bare(b.Bare(), bare_hand(found), DT_S)
    assert hand.grip is None and hand.joints is None


def test_two_fists_move_and_scale_the_model() -> None:
    wearer = Wearer()
    fist = joints(grip_gap_m=0.03)
    for apart in np.linspace(0.2, 0.4, 30):
        left, right = ((s * apart / 2, 0.8, -0.6) for s in (-1, 1))
        wearer.hands(bare_hand(fist, left), bare_hand(fist, right))
    for _ in range(30):
        wearer.hands(bare_hand(fist, left), bare_hand(fist, right))
    assert wearer.tools.placement is not None
    assert wearer.tools.placement.scale == pytest.approx(2.0, rel=1e-3)


def test_a_controller_passes_as_it_is() -> None:
    hand = Hand(grip=Pose((0, 1, 0), IDENTITY_ROTATION), squeeze=0.6, trigger=0.4)
    assert b.step_bare(b.Bare(), hand, DT_S)[1] is hand
