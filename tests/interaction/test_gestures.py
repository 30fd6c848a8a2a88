"""What the hands feel: both stay on their points, nothing pops, nothing drifts."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.interaction.gestures import (
    Wearer,
    hand_at,
    holding,
    model_of,
    numbers,
    poses,
)
from xrviewer.interaction.feel import LIFE_SIZE
from xrviewer.interaction.grab import Grab, step_grab
from xrviewer.interaction.input import Hand
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.transforms import (
    Placement,
    Pose,
    apply,
    axis_rotation,
    invert_similarity,
)

REST = Placement((0.1, 0.9, -0.5), axis_rotation((1, 2, 3), 0.7), 1.0)
bounded = settings(max_examples=80, deadline=None, derandomize=True)
scales = st.floats(0.02, 50)
held = st.builds(lambda pose: Hand(grip=pose, squeeze=1.0), poses)


def close(a: Placement, b: Placement, within: float = 1e-9) -> bool:
    return bool(np.allclose(a.matrix(), b.matrix(), atol=within * max(1.0, a.scale)))


def grabbed(*frames: tuple[Hand, Hand], at: Placement = REST) -> Grab | None:
    grab = None
    for left, right in frames:
        grab = step_grab(grab, left, right, at)
    return grab


def in_model(grab: Grab, hand: Hand) -> np.ndarray:
    assert hand.grip is not None
    return apply(invert_similarity(grab.model.matrix()), hand.grip.position_m)


@bounded
@given(held, held, held, held, st.floats(0.3, 3))
def test_two_hands_stay_on_their_points(
    left: Hand, right: Hand, left_after: Hand, right_after: Hand, scale: float
) -> None:
    at = Placement(REST.position_m, REST.rotation_xyzw, scale)
    begun = grabbed((left, right), at=at)
    assume(begun is not None)
    assert begun is not None
    moved = step_grab(begun, left_after, right_after, at)
    assert moved is not None and left_after.grip and right_after.grip and left.grip and right.grip
    assume(not moved.has_lost_frame)
    apart = math.dist(left_after.grip.position_m, right_after.grip.position_m)
    ratio = apart / math.dist(left.grip.position_m, right.grip.position_m)
    wanted = scale * ratio
    assume(abs(math.log(wanted)) > 2 * math.log(1.06) and 0.01 < wanted < 100)
    for before, after in ((left, left_after), (right, right_after)):
        np.testing.assert_allclose(in_model(begun, before), in_model(moved, after), atol=1e-9)


@bounded
@given(held, held)
def test_one_hand_stays_on_its_point(hand: Hand, after: Hand) -> None:
    begun = grabbed((Hand(), hand))
    assert begun is not None
    moved = step_grab(begun, Hand(), after, REST)
    assert moved is not None and moved.model.scale == REST.scale
    np.testing.assert_allclose(in_model(begun, hand), in_model(moved, after), atol=1e-9)


@bounded
@given(st.lists(st.tuples(st.booleans(), st.booleans(), held, held), min_size=2, max_size=8))
def test_a_hand_that_joins_or_leaves_moves_nothing(
    frames: list[tuple[bool, bool, Hand, Hand]],
) -> None:
    grab, at = None, REST
    for has_left, has_right, left, right in frames:
        hands = (left if has_left else Hand(), right if has_right else Hand())
        after = step_grab(grab, *hands, at)
        was = grab.hands if grab else (False, False)
        if after is not None and after.hands != was:
            assert close(after.model, grab.model if grab else at)
        if grab is not None and after is None:
            at = grab.model
        grab = after


@bounded
@given(st.lists(st.tuples(held, held, st.booleans()), min_size=1, max_size=10))
def test_there_and_back_is_where_it_was(way: list[tuple[Hand, Hand, bool]]) -> None:
    """Whatever the hands did between: a gesture remembers its start only."""
    start = (holding((-0.2, 1, -0.5)), holding((0.2, 1.1, -0.4)))
    grab = grabbed(start)
    for left, right, _ in way:
        grab = step_grab(grab, left, right, REST)
        assume(grab is not None and not grab.has_lost_frame)
    grab = step_grab(grab, *start, REST)
    assert grab is not None and close(grab.model, REST)


def test_ten_thousand_gestures_and_back_do_not_drift() -> None:
    """Each gesture is undone by its mirror; rounding is all that may be left."""
    random = np.random.default_rng(7)
    model = REST
    turns: list[tuple[Hand, Hand]] = []

    def pair() -> tuple[Hand, Hand]:
        middle, half = random.uniform(-0.5, 0.5, 3), random.uniform(0.1, 0.4, 3)
        spin = axis_rotation(random.normal(size=3), float(random.uniform(-0.4, 0.4)))
        return holding(middle - half, spin), holding(middle + half, spin)

    steps = [(pair(), pair()) for _ in range(10_000)]
    for a, b in steps:
        turns += [a, b]
        model = _one_gesture(model, a, b)
    for a, b in reversed(steps):
        model = _one_gesture(model, b, a)
    error = np.abs(model.matrix() - REST.matrix()).max() / np.abs(REST.matrix()).max()
    assert error < 1e-9


def _one_gesture(model: Placement, a: tuple[Hand, Hand], b: tuple[Hand, Hand]) -> Placement:
    """Without the scale leaving its limits or resting: the hands' distance is kept."""
    (left, right), (left_b, right_b) = a, b
    assert left.grip and right.grip and left_b.grip and right_b.grip
    middle = np.add(left_b.grip.position_m, right_b.grip.position_m) / 2
    along = np.subtract(right_b.grip.position_m, left_b.grip.position_m)
    along *= math.dist(left.grip.position_m, right.grip.position_m) / np.linalg.norm(along) / 2
    to = (
        holding(middle - along, left_b.grip.rotation_xyzw),
        holding(middle + along, right_b.grip.rotation_xyzw),
    )
    grab = step_grab(None, left, right, model)
    assert grab is not None
    grab = step_grab(grab, *to, model)
    assert grab is not None and not grab.has_lost_frame
    return grab.model


bad_numbers = st.sampled_from([math.nan, math.inf, -math.inf, 1e6, -1e6, 0.0, 0.3])
bad_poses = st.builds(
    Pose, st.tuples(bad_numbers, bad_numbers, bad_numbers), st.tuples(*[bad_numbers] * 4)
)
pressure = st.one_of(st.sampled_from([0.0, 0.5, 1.0, math.nan, math.inf]))
wild_hands = st.builds(
    Hand,
    grip=st.one_of(st.none(), poses, bad_poses),
    aim=st.one_of(st.none(), poses, bad_poses),
    squeeze=pressure,
    trigger=pressure,
    stick=st.tuples(st.one_of(numbers, bad_numbers), st.one_of(numbers, bad_numbers)),
    is_a_pressed=st.booleans(),
    is_b_pressed=st.booleans(),
    is_stick_pressed=st.booleans(),
)
times = st.sampled_from([0.0, 0.011, -1.0, 10.0, math.nan, math.inf])


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(wild_hands, wild_hands, times), min_size=1, max_size=15))
def test_nothing_bad_reaches_the_document(frames: list[tuple[Hand, Hand, float]]) -> None:
    wearer = Wearer()
    for left, right, dt_s in frames:
        wearer.hands(left, right, dt_s=dt_s)
        assert np.isfinite(model_of(wearer)).all()
        assert np.linalg.norm(model_of(wearer)[:3, 3]) <= 1000
    wearer.rest()
    assert wearer.tools.placement is None
    model = wearer.document.snapshot.model
    assert np.isfinite(model.matrix()).all() and 0.01 <= model.scale <= 100


def test_a_hand_lost_in_mid_gesture_freezes_then_lets_go() -> None:
    wearer = Wearer()
    wearer.hands(holding((-0.2, 1, -0.5)), holding((0.2, 1, -0.5)))
    wearer.hands(holding((-0.3, 1, -0.5)), holding((0.3, 1, -0.5)))
    before = model_of(wearer)
    for _ in range(30):  # a third of a second
        wearer.hands(holding((-0.3, 1, -0.5)), Hand())
        np.testing.assert_array_equal(model_of(wearer), before)
    wearer.hands(holding((-0.3, 1, -0.5)), holding((0.9, 1.5, -0.5)))
    np.testing.assert_allclose(model_of(wearer), before, atol=1e-12)
    wearer.hands(holding((-0.3, 1, -0.5)), holding((0.9, 1.5, -0.5)))
    np.testing.assert_allclose(model_of(wearer), before, atol=1e-12)
    for _ in range(60):
        wearer.hands(holding((-0.3, 1, -0.5)), Hand())
    assert wearer.tools.grab is not None and wearer.tools.grab.hands == (True, False)
    np.testing.assert_allclose(model_of(wearer), before, atol=1e-12)


def test_hands_on_one_spot_hold_still_and_take_hold_afresh() -> None:
    wearer = Wearer()
    wearer.hands(holding((-0.2, 1, -0.5)), holding((0.2, 1, -0.5)))
    wearer.hands(holding((-0.006, 1, -0.5)), holding((0.006, 1, -0.5)))
    before = model_of(wearer)
    wearer.hands(holding((0, 1, -0.5)), holding((0, 1, -0.5)))
    wearer.hands(holding((0.02, 1, -0.5)), holding((-0.02, 1, -0.5)))  # they have crossed
    np.testing.assert_allclose(model_of(wearer), before, atol=1e-12)


@bounded
@given(held, held)
def test_the_order_of_hands_in_one_frame_does_not_matter(left: Hand, right: Hand) -> None:
    """Both going down in one frame is both holding, from wherever."""
    assert left.grip and right.grip
    both = grabbed((left, right))
    in_turn = grabbed((left, Hand(grip=right.grip)), (left, right))
    if both is not None and in_turn is not None:
        assert both.hands == in_turn.hands == (True, True)
        assert close(both.model, in_turn.model)


def test_coming_to_life_size_is_felt_once_in_both_hands() -> None:
    wearer, felt = Wearer(), []
    ways = (*np.linspace(0.1, 0.2, 20), *np.linspace(0.2, 0.1, 20), *[0.1] * 10)
    for half in ways:
        wearer.hands(holding((-half, 0.8, -0.6)), holding((half, 0.8, -0.6)))
        felt += [p for p in wearer.tools.pulses if (p.amplitude, p.duration_s) == LIFE_SIZE]
    assert sorted(pulse.hand for pulse in felt) == [0, 1]
    assert wearer.tools.placement is not None and wearer.tools.placement.scale == 1.0
    quiet = Wearer(Preferences(haptics=False))
    for half in ways:
        quiet.hands(holding((-half, 0.8, -0.6)), holding((half, 0.8, -0.6)))
        assert quiet.tools.pulses == ()


def test_a_release_is_one_intent() -> None:
    wearer = Wearer()
    for i in range(20):
        wearer.hands(right=holding((0.01 * i, 1, -0.5)))
    assert wearer.asked == []
    wearer.hands(right=hand_at((0.19, 1, -0.5)))
    assert [type(i).__name__ for i in wearer.asked] == ["PlaceModel"]
    assert wearer.document.snapshot.model.position_m[0] == pytest.approx(0.19)


@pytest.mark.parametrize("squeeze", list(itertools.product((0.5, 0.9), repeat=2)))
def test_a_trembling_finger_does_not_let_go(squeeze: tuple[float, float]) -> None:
    wearer = Wearer()
    wearer.hands(right=holding((0, 1, 0)))
    for value in squeeze * 5:
        wearer.hands(right=hand_at((0, 1, 0), squeeze=value))
    assert wearer.tools.grab is not None


def test_reaching_past_the_model_scales_it_about_its_centre() -> None:
    wearer = Wearer()
    extent, rest = wearer.world.extent(wearer.document.snapshot), wearer.document.snapshot.model
    centre = extent.room_center(rest)
    wearer.hands(holding((-0.1, 1.8, 0.5)), holding((0.1, 1.8, 0.5)))
    wearer.hands(holding((-0.2, 1.8, 0.5)), holding((0.2, 1.8, 0.5)))
    placed = wearer.tools.placement
    assert placed is not None and placed.scale == pytest.approx(2.0)
    np.testing.assert_allclose(extent.room_center(placed), centre, atol=1e-9)
