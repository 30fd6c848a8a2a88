"""A part in the hand: it stays glued, it is put where it is let go, undo brings it home."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings

from tests.interaction.gestures import Wearer, hand_at, holding, poses
from tests.interaction.test_bare import bare_hand, joints
from xrviewer.document.arrangement import arrangement
from xrviewer.document.intents import Explode, PlaceModel, PlacePart, PutAllBack, SelectTool, Undo
from xrviewer.interaction.input import Hand
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.steady import LEAP_M
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.rays import Hit
from xrviewer.spatial.transforms import (
    PartPlace,
    Placement,
    Pose,
    axis_rotation,
    invert_similarity,
)

HIT = Hit(0, (10.0, -20.0, 30.0), (0.0, 0.0, 1.0), 500.0)
AIM = Pose((0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def reaching(pose: Pose, trigger: float = 1.0, squeeze: float = 0.0) -> Hand:
    return Hand(grip=pose, aim=AIM, trigger=trigger, squeeze=squeeze)


def wearer_at_part(preferences: Preferences | None = None) -> Wearer:
    return Wearer(preferences, pick=lambda ray: HIT)


def room_from_part(wearer: Wearer) -> np.ndarray:
    """As it is drawn now."""
    snapshot, held = wearer.document.snapshot, [h for h in wearer.tools.held if h]
    room_from_case = (wearer.tools.placement or snapshot.model).matrix() @ MODEL_FROM_CASE
    if held:
        place = held[0].place.matrix()
        place[:3, 3] += held[0].spread_mm
        return room_from_case @ place
    surfaces = wearer.case.timepoints[0].surfaces
    rows = arrangement(snapshot, surfaces, np.array([0])).case_from_part[0]
    return room_from_case @ np.vstack([rows, (0, 0, 0, 1)])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(poses, poses)
def test_it_goes_with_the_hand_and_stays_where_it_is_let_go(start: Pose, end: Pose) -> None:
    assume(math.dist(start.position_m, end.position_m) < LEAP_M)  # farther is a hand lost and found
    wearer = wearer_at_part()
    turned = axis_rotation((1, 1, 0), 0.8)
    wearer.document.apply(PlaceModel(Placement((0.2, 1.0, -0.4), turned, 2.5)))
    wearer.document.apply(PlacePart("femur", PartPlace((4.0, 5.0, 6.0), turned)))
    wearer.document.apply(Explode(0.5))
    before = room_from_part(wearer)
    wearer.hands(right=reaching(start))
    np.testing.assert_allclose(room_from_part(wearer), before, atol=1e-9)
    wearer.hands(right=reaching(end))
    glued = end.matrix() @ invert_similarity(start.matrix()) @ before
    np.testing.assert_allclose(room_from_part(wearer), glued, atol=1e-9)
    wearer.hands(right=reaching(end, trigger=0.0))
    assert wearer.tools.held == (None, None)
    if np.linalg.norm(np.subtract(start.position_m, end.position_m)) > 0.006:
        assert [type(i) for i in wearer.asked] == [PlacePart]
        np.testing.assert_allclose(room_from_part(wearer), glued, atol=1e-9)


def test_undo_and_put_all_back_bring_it_home() -> None:
    wearer = wearer_at_part()
    home = room_from_part(wearer)
    for position in ((0, 1, 0), (0.3, 1.2, 0)):
        wearer.hands(right=reaching(Pose(position, AIM.rotation_xyzw)))
    wearer.hands(right=reaching(AIM, trigger=0.0))
    taken = room_from_part(wearer)
    assert np.linalg.norm(taken[:3, 3] - home[:3, 3]) == pytest.approx(np.hypot(0.3, 0.2))
    wearer.document.apply(Undo())
    np.testing.assert_allclose(room_from_part(wearer), home, atol=1e-12)
    wearer.document.apply(PlacePart("femur", wearer.asked[0].place))  # type: ignore[union-attr]
    wearer.document.apply(PutAllBack())
    np.testing.assert_allclose(room_from_part(wearer), home, atol=1e-12)


def test_a_press_without_a_move_takes_nothing_out() -> None:
    wearer = wearer_at_part()
    for x in (0.0, 0.002, 0.004):
        wearer.hands(right=reaching(Pose((x, 1, 0), AIM.rotation_xyzw)))
    wearer.hands(right=reaching(AIM, trigger=0.0))
    assert wearer.asked == []


def test_the_model_may_move_under_a_held_part() -> None:
    wearer = wearer_at_part()
    still = reaching(AIM)
    wearer.hands(hand_at((-0.3, 1, 0)), still)
    before = room_from_part(wearer)
    wearer.hands(holding((-0.3, 1, 0)), still)
    wearer.hands(holding((-0.1, 1.3, 0)), still)
    wearer.hands(holding((-0.1, 1.3, 0)), still)
    assert wearer.tools.grab is not None
    np.testing.assert_allclose(room_from_part(wearer), before, atol=1e-9)


def test_a_squeeze_of_the_holding_hand_does_not_take_the_model_too() -> None:
    wearer = wearer_at_part()
    wearer.hands(right=reaching(AIM))
    wearer.hands(right=reaching(AIM, squeeze=1.0))
    assert wearer.tools.grab is None


def test_the_other_hand_takes_it_over() -> None:
    wearer = wearer_at_part()
    wearer.hands(right=reaching(AIM))
    wearer.hands(reaching(Pose((0.1, 1, 0), AIM.rotation_xyzw)), reaching(AIM))
    assert wearer.tools.held[0] is not None and wearer.tools.held[1] is None


def test_a_lost_hand_keeps_it_and_found_again_does_not_throw_it() -> None:
    wearer = wearer_at_part()
    wearer.hands(right=reaching(AIM))
    wearer.hands(right=reaching(Pose((0.2, 1, 0), AIM.rotation_xyzw)))
    before = room_from_part(wearer)
    wearer.hands(right=Hand())
    wearer.hands(right=reaching(Pose((0.9, 1.5, 0), AIM.rotation_xyzw)))
    np.testing.assert_allclose(room_from_part(wearer), before, atol=1e-9)


def test_another_tool_or_a_visitor_takes_nothing() -> None:
    measuring = wearer_at_part()
    measuring.document.apply(SelectTool("measure"))
    visitor = wearer_at_part(Preferences(visitor_lock=True))
    for wearer in (measuring, visitor):
        wearer.hands(right=reaching(AIM))
        assert wearer.tools.held == (None, None)


def test_two_pinches_hold_the_model_not_the_part_the_first_touched() -> None:
    wearer = wearer_at_part()
    pinch = joints(0.004)
    left, right = (
        Hand(grip=hand.grip, aim=AIM, joints=hand.joints)
        for hand in (bare_hand(pinch), bare_hand(joints(0.004, at=(0.3, 1.0, 0.0)), (0.3, 1, 0)))
    )
    open_left = Hand(grip=left.grip, aim=AIM, joints=joints())
    wearer.hands(open_left, right)
    assert wearer.tools.held[1] is not None
    wearer.hands(left, right)
    assert wearer.tools.held == (None, None)
    assert wearer.tools.grab is not None and wearer.tools.grab.hands == (True, True)
    wearer.hands(open_left, right)
    assert wearer.tools.grab is not None and wearer.tools.grab.hands == (False, True)
    assert wearer.tools.held == (None, None)
