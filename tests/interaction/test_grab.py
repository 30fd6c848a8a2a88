"""Hands keep hold of the points they took; nothing jumps and nothing drifts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.interaction.hands import (
    OPEN,
    held_point,
    holding,
    of,
    placements,
    poses,
    positions,
    rotations,
)
from xrviewer.document.rules import MAX_SCALE, MIN_SCALE
from xrviewer.interaction.grab import (
    Grab,
    is_holding,
    step_grab,
)
from xrviewer.interaction.input import Hand
from xrviewer.interaction.scaling import DETENT
from xrviewer.spatial.transforms import (
    IDENTITY_ROTATION,
    Placement,
    Pose,
    apply,
    axis_rotation,
    quaternion,
    rotation_matrix,
)

AT_REST = Placement((0.1, 0.8, -0.6), IDENTITY_ROTATION, 1.0)
TOUCH_M = 1e-9
"""How far a point may slip through the hand: float64 rounding at scales up to 100."""
bounded = settings(derandomize=True, max_examples=150, deadline=None)


def same_place(a: Placement, b: Placement, tolerance: float = 1e-9) -> bool:
    return bool(np.allclose(a.matrix(), b.matrix(), atol=tolerance * max(1.0, a.scale)))


def make_a_frame(left: Pose, right: Pose) -> bool:
    """Two hands apart, and not in line with their own up."""
    between = np.subtract(right.position_m, left.position_m)
    up = rotation_matrix(left.rotation_xyzw)[:, 1] + rotation_matrix(right.rotation_xyzw)[:, 1]
    apart, length = np.linalg.norm(between), np.linalg.norm(up)
    return bool(apart > 0.05 and length > 0.1 and abs(between @ up) < 0.9 * apart * length)


def started(left: Hand, right: Hand, at_rest: Placement = AT_REST) -> Grab:
    grab = step_grab(None, left, right, at_rest)
    assert grab is not None
    return grab


def stepped(grab: Grab, left: Hand, right: Hand) -> Grab:
    after = step_grab(grab, left, right, AT_REST)
    assert after is not None
    return after


def test_empty_hands_hold_nothing() -> None:
    assert step_grab(None, OPEN, OPEN, AT_REST) is None


@bounded
@given(poses, placements)
def test_taking_hold_moves_nothing(hand: Pose, at_rest: Placement) -> None:
    assert same_place(started(OPEN, of(hand), at_rest).model, at_rest)
    assert same_place(started(of(hand), OPEN, at_rest).model, at_rest)


@bounded
@given(poses, poses, placements)
def test_one_hand_keeps_its_point_and_the_size(a: Pose, b: Pose, at_rest: Placement) -> None:
    after = stepped(started(OPEN, of(a), at_rest), OPEN, of(b)).model
    point = apply(after.matrix(), held_point(at_rest, a))
    np.testing.assert_allclose(point, b.position_m, atol=TOUCH_M)
    assert after.scale == pytest.approx(at_rest.scale, rel=1e-12)


@bounded
@given(poses, poses, poses, poses, placements)
def test_two_hands_stay_on_their_points(
    l0: Pose, r0: Pose, l1: Pose, r1: Pose, at_rest: Placement
) -> None:
    assume(make_a_frame(l0, r0) and make_a_frame(l1, r1))
    before = started(of(l0), of(r0), at_rest)
    after = stepped(before, of(l1), of(r1)).model
    assume(MIN_SCALE * 1.001 < after.scale < MAX_SCALE / 1.001)
    wanted = at_rest.scale * math.dist(l1.position_m, r1.position_m)
    wanted /= math.dist(l0.position_m, r0.position_m)
    assume(abs(math.log(wanted)) > 2 * DETENT)  # near life size it rests: the hands slide on it
    for start, now in ((l0, l1), (r0, r1)):
        point = apply(after.matrix(), held_point(at_rest, start))
        np.testing.assert_allclose(point, now.position_m, atol=1e-7)


@bounded
@given(poses, poses, positions, rotations, placements)
def test_hands_that_move_as_one_carry_the_model_rigidly(
    left: Pose, right: Pose, shift: tuple[float, float, float], turn: tuple, at_rest: Placement
) -> None:
    assume(make_a_frame(left, right))
    move = Pose(shift, turn).matrix()

    def moved(hand: Pose) -> Hand:
        x, y, z = apply(move, hand.position_m)
        matrix = move @ hand.matrix()
        return of(Pose((x, y, z), quaternion(matrix[:3, :3])))

    after = stepped(started(of(left), of(right), at_rest), moved(left), moved(right)).model
    np.testing.assert_allclose(
        after.matrix(), move @ at_rest.matrix(), atol=1e-8 * max(1, at_rest.scale)
    )


def test_pulling_apart_enlarges_and_turning_turns() -> None:
    grab = started(holding((-0.1, 1, -0.5)), holding((0.1, 1, -0.5)))
    twice = stepped(grab, holding((-0.2, 1, -0.5)), holding((0.2, 1, -0.5))).model
    assert twice.scale == pytest.approx(2.0, rel=1e-12)
    turn = axis_rotation((0, 1, 0), math.pi / 2)
    turned = stepped(grab, holding((0, 1, -0.4), turn), holding((0, 1, -0.6), turn)).model
    assert turned.scale == pytest.approx(1.0, rel=1e-12)
    np.testing.assert_allclose(
        rotation_matrix(turned.rotation_xyzw), rotation_matrix(turn), atol=1e-12
    )


@bounded
@given(poses, poses, poses, placements)
def test_a_hand_that_joins_or_leaves_moves_nothing(
    left: Pose, right: Pose, later: Pose, at_rest: Placement
) -> None:
    assume(make_a_frame(left, later))
    one = stepped(started(OPEN, of(right), at_rest), OPEN, of(later))
    both = stepped(one, of(left), of(later))
    assert both.hands == (True, True)
    assert same_place(both.model, one.model)
    again_one = stepped(both, of(left), OPEN)
    assert again_one.hands == (True, False)
    assert same_place(again_one.model, one.model)


@bounded
@given(st.lists(poses, min_size=1, max_size=20), poses, placements)
def test_a_long_way_ends_where_a_short_one_does(
    way: list[Pose], end: Pose, at_rest: Placement
) -> None:
    """Nothing is accumulated, so a minute of trembling leaves no trace."""
    start = started(OPEN, of(way[0]), at_rest)
    wandering = start
    for pose in way[1:]:
        wandering = stepped(wandering, OPEN, of(pose))
    long, short = stepped(wandering, OPEN, of(end)).model, stepped(start, OPEN, of(end)).model
    np.testing.assert_array_equal(long.matrix(), short.matrix())


@pytest.mark.parametrize(("apart_m", "limit"), [(100.0, MAX_SCALE), (0.0101, MIN_SCALE)])
def test_the_scale_ends_at_its_limit_while_the_middle_stays(apart_m: float, limit: float) -> None:
    start_scale = 5.0 if limit == MAX_SCALE else 0.02
    at_rest = Placement((0.1, 0.8, -0.6), axis_rotation((0, 1, 1), 0.4), start_scale)
    grab = started(holding((-0.1, 1.0, -0.5)), holding((0.1, 1.0, -0.5)), at_rest)
    left, right = holding((0.3 - apart_m / 2, 1.2, -0.4)), holding((0.3 + apart_m / 2, 1.2, -0.4))
    after = stepped(grab, left, right).model
    assert after.scale == pytest.approx(limit, rel=1e-12)
    middle = held_point(at_rest, Pose((0.0, 1.0, -0.5), IDENTITY_ROTATION))
    np.testing.assert_allclose(apply(after.matrix(), middle), (0.3, 1.2, -0.4), atol=1e-9)


@pytest.mark.parametrize(
    ("squeeze", "was_holding", "holds"),
    [
        (0.5, False, False),
        (0.5, True, True),
        (0.71, False, True),
        (0.7, False, False),
        (0.3, True, False),
        (0.31, True, True),
        (math.nan, True, False),
        (math.nan, False, False),
    ],
)
def test_a_trembling_finger_does_not_let_go(squeeze: float, was_holding: bool, holds: bool) -> None:
    hand = holding((0, 1, 0), squeeze=squeeze)
    assert is_holding(hand, was_holding) is holds


def test_a_hand_that_is_not_tracked_holds_nothing() -> None:
    assert not is_holding(Hand(grip=None, squeeze=1.0), True)


@pytest.mark.parametrize(
    "lost",
    [
        Pose((math.nan, 1, 0), IDENTITY_ROTATION),
        Pose((0, math.inf, 0), IDENTITY_ROTATION),
        Pose((0, 1, 0), (math.nan, 0, 0, 1)),
        Pose((0, 1, 0), (0, 0, 0, 0)),
    ],
    ids=["nan position", "infinite position", "nan rotation", "zero rotation"],
)
def test_a_pose_that_is_no_pose_holds_nothing(lost: Pose) -> None:
    """What some runtimes give while they look for a hand must not reach the document."""
    assert step_grab(None, OPEN, of(lost), AT_REST) is None
    held = started(OPEN, holding((0, 1, 0)))
    assert step_grab(held, OPEN, of(lost), AT_REST) is None
    both = started(holding((-0.2, 1, 0)), holding((0.2, 1, 0)))
    left_alone = stepped(both, holding((-0.2, 1, 0)), of(lost))
    assert left_alone.hands == (True, False)
    assert same_place(left_alone.model, AT_REST)


def test_hands_on_one_spot_do_not_throw_the_model() -> None:
    grab = started(holding((-0.1, 1, 0)), holding((0.1, 1, 0)))
    shrunk = stepped(grab, holding((-0.02, 1, 0)), holding((0.02, 1, 0)))
    touching = stepped(shrunk, holding((0, 1, 0)), holding((0, 1, 0)))
    assert touching.model == shrunk.model
    apart = stepped(touching, holding((-0.1, 1, 0)), holding((0.1, 1, 0))).model
    assert same_place(apart, AT_REST)


def test_hands_in_line_with_their_up_do_not_throw_the_model() -> None:
    grab = started(holding((-0.1, 1, 0)), holding((0.1, 1, 0)))
    above = stepped(grab, holding((0, 0.9, 0)), holding((0, 1.1, 0)))
    assert np.isfinite(above.model.matrix()).all()
    assert same_place(above.model, AT_REST)


def test_a_second_hand_on_the_first_one_does_not_drop_the_model() -> None:
    one = stepped(started(OPEN, holding((0, 1, 0))), OPEN, holding((0.3, 1, 0)))
    joined = step_grab(one, holding((0.3, 1, 0)), holding((0.3, 1, 0)), AT_REST)
    assert joined is not None, "the model was let go while both hands hold"
    assert same_place(joined.model, one.model)
    apart = stepped(joined, holding((0.1, 1, 0)), holding((0.3, 1, 0)))
    assert same_place(apart.model, one.model)


@bounded
@given(st.lists(st.tuples(poses, poses, st.floats(0, 1), st.floats(0, 1)), max_size=30))
def test_whatever_hands_do_the_model_is_somewhere(frames: list) -> None:
    grab: Grab | None = None
    for left, right, squeeze_left, squeeze_right in frames:
        grab = step_grab(
            grab,
            Hand(grip=left, squeeze=squeeze_left),
            Hand(grip=right, squeeze=squeeze_right),
            grab.model if grab else AT_REST,
        )
        if grab:
            assert np.isfinite(grab.model.matrix()).all()
            assert MIN_SCALE * (1 - 1e-9) <= grab.model.scale <= MAX_SCALE * (1 + 1e-9)
