"""The board with the panels: called, dragged, hidden; pointed at and touched."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.interaction.hands import positions
from xrviewer.interaction.board import Board, dock_width, step_board
from xrviewer.interaction.board_place import (
    BOARD_HEIGHT_M,
    BOARD_WIDTH_M,
    FARTHEST_M,
    NEAREST_M,
    at_hand,
    beside_model,
    is_before,
)
from xrviewer.interaction.board_touch import Reach, step_reach
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.pointer import Desk
from xrviewer.spatial.transforms import (
    IDENTITY_ROTATION,
    Pose,
    Vec3,
    apply,
    axis_rotation,
    quaternion,
    rotated,
)
from xrviewer.spatial.views import View, looking_at, symmetric_fov

HEAD = Pose((0.0, 1.6, 0.0), IDENTITY_ROTATION)
MODEL = ((0.0, 1.0, -0.6), 0.1)
FACING = Pose((0.0, 1.4, -0.6), IDENTITY_ROTATION)
"""A board straight ahead, towards +z."""
FREE = (False, False)
DT_S = 1 / 90


def frame(left: Hand | None = None, right: Hand | None = None) -> FrameInput:
    views = (View(HEAD, symmetric_fov(1.5, 1.0)),)
    return FrameInput(0.0, DT_S, views, left or Hand(), right or Hand())


def aiming(at_m: Vec3, from_m: Vec3 = (0.1, 1.2, 0.0), **pressed: float) -> Hand:
    aim = looking_at(from_m, at_m)
    return Hand(grip=Pose(from_m, IDENTITY_ROTATION), aim=aim, **pressed)


def fingertip(depth_m: float, x: float = 0.0, y: float = 1.4) -> Hand:
    """A finger through the board by so much."""
    at = Pose((x, y, -0.6 - depth_m), IDENTITY_ROTATION)
    return Hand(grip=at, aim=at)


def showing_palm(is_turned_away: bool = False) -> Hand:
    """An open left hand below the eyes, looked at."""
    at = (-0.1, 1.45, -0.4)
    out = np.subtract(
        at if is_turned_away else HEAD.position_m, (0, 1.6, 0) if is_turned_away else at
    )
    back = -out / np.linalg.norm(out)  # a palm faces its own -y
    side = np.cross(back, (0.0, 0.0, 1.0))
    side /= np.linalg.norm(side)
    turn = quaternion(np.column_stack([side, back, np.cross(side, back)]))
    fingers = np.zeros((26, 8), np.float32)
    fingers[:, :3], fingers[:, 3:7], fingers[:, 7] = at, turn, 0.01
    pose = Pose(at, turn)
    return Hand(grip=pose, aim=None, joints=fingers)


def run(board: Board, *frames: FrameInput) -> Board:
    for inp in frames:
        board, _ = step_board(board, inp, FREE, MODEL, 1)
    return board


def test_it_stands_within_reach_beside_the_model_and_faces_the_eyes() -> None:
    board = run(Board(), frame())
    assert board.pose is not None
    away = np.subtract(board.pose.position_m, HEAD.position_m)
    assert NEAREST_M <= np.linalg.norm(away) <= FARTHEST_M
    assert board.pose.position_m[0] < -0.2  # of the hand that does not point
    out = rotated(board.pose.rotation_xyzw, (0.0, 0.0, 1.0))
    np.testing.assert_allclose(out, -away / np.linalg.norm(away), atol=1e-9)


@given(hand=positions, model=positions, radius_m=st.floats(0.02, 0.4))
def test_it_never_hides_the_model(hand: Vec3, model: Vec3, radius_m: float) -> None:
    """Called to any hand, its edge stays outside the model's outline as the head sees it."""
    x, y, z = model
    away_m = math.hypot(x, z)
    if away_m < radius_m + 0.05:
        return  # the viewer stands in it
    sphere = ((x, y + 1.6, z), radius_m)
    pose = at_hand(HEAD, (hand[0], hand[1] + 1.6, hand[2]), sphere)
    board_azimuth = math.atan2(pose.position_m[0], -pose.position_m[2])
    apart = abs(math.remainder(board_azimuth - math.atan2(x, -z), 2 * math.pi))
    half = math.asin(min(radius_m / away_m, 1.0))
    own = math.atan2(BOARD_WIDTH_M / 2, 0.6)
    assert apart >= min(half + own, math.radians(70)) - 1e-9
    distance = math.dist(pose.position_m, HEAD.position_m)
    assert NEAREST_M - 1e-9 <= distance <= FARTHEST_M + 1e-9


def test_b_calls_it_to_the_hand_and_a_short_press_hides_it() -> None:
    hidden = Board(is_shown=False)
    there = Hand(grip=Pose((0.5, 1.3, -0.3), IDENTITY_ROTATION), is_b_pressed=True)
    up = replace(there, is_b_pressed=False)
    shown = run(hidden, frame(right=there), frame(right=up))
    assert shown.is_shown and shown.pose is not None and shown.pose.position_m[0] > 0.2
    again = run(shown, frame(right=there), frame(right=up))
    assert not again.is_shown


def test_b_that_is_held_drags_it() -> None:
    board = run(Board(), frame())
    assert board.pose is not None
    held = Hand(grip=Pose((0.0, 1.2, -0.3), IDENTITY_ROTATION), is_b_pressed=True)
    frames = [frame(right=held)] * 30  # a third of a second
    moved = replace(held, grip=Pose((0.1, 1.3, -0.3), IDENTITY_ROTATION))
    after = run(board, *frames, frame(right=moved), frame(right=replace(moved, is_b_pressed=False)))
    assert after.pose is not None and after.is_shown and after.carry is None
    np.testing.assert_allclose(
        np.subtract(after.pose.position_m, board.pose.position_m), (0.1, 0.1, 0.0), atol=1e-9
    )


def test_a_squeeze_at_it_carries_it_and_not_the_model() -> None:
    board = replace(Board(), pose=FACING)
    at_it = aiming((0.0, 1.4, -0.6))
    board = run(board, frame(right=at_it))
    held = replace(at_it, squeeze=1.0)
    board, inp = step_board(board, frame(right=held), FREE, MODEL, 1)
    assert board.carry is not None and inp.right.squeeze == 0.0
    assert held.grip is not None
    turned = Pose(held.grip.position_m, axis_rotation((0, 1, 0), 0.3))
    after = run(board, frame(right=replace(held, grip=turned)))
    assert after.pose is not None
    # What the hand held at first it holds still.
    in_hand = np.linalg.inv(held.grip.matrix()) @ FACING.matrix()
    np.testing.assert_allclose(turned.matrix() @ in_hand, after.pose.matrix(), atol=1e-9)


def test_a_squeeze_that_began_elsewhere_is_not_the_boards() -> None:
    board = replace(Board(), pose=FACING)
    elsewhere = aiming((2.0, 1.4, -0.6), squeeze=1.0)
    at_it = aiming((0.0, 1.4, -0.6), squeeze=1.0)
    board = run(board, frame(right=elsewhere))
    board, inp = step_board(board, frame(right=at_it), FREE, MODEL, 1)
    assert board.carry is None and inp.right.squeeze == 1.0


def test_a_palm_brings_it_and_takes_it_away_again() -> None:
    palm, open_hand = frame(left=showing_palm()), frame(left=showing_palm(is_turned_away=True))
    shown = run(Board(is_shown=False), *[palm] * 60)
    assert shown.is_shown and shown.pose is not None and is_before(HEAD, shown.pose.position_m)
    assert run(shown, *[palm] * 60).is_shown  # once for each time it is shown
    hidden = run(shown, *[open_hand] * 5, *[palm] * 60)
    assert not hidden.is_shown
    assert run(hidden, *[open_hand] * 5, *[palm] * 60).is_shown


def test_a_palm_brings_a_board_that_was_left_behind() -> None:
    behind = replace(Board(), pose=Pose((0.0, 1.4, 2.0), IDENTITY_ROTATION))
    brought = run(behind, *[frame(left=showing_palm())] * 60)
    assert brought.is_shown and brought.pose is not None
    assert is_before(HEAD, brought.pose.position_m)


def test_a_ray_on_it_is_taken_from_the_other_tools() -> None:
    board = replace(Board(), pose=FACING)
    board, inp = step_board(board, frame(right=aiming((0.1, 1.45, -0.6))), FREE, MODEL, 1)
    assert inp.right.aim is None and inp.right.trigger == 0.0
    assert board.pointer.at == pytest.approx(
        (0.5 + 0.1 / BOARD_WIDTH_M, 0.5 - 0.05 / BOARD_HEIGHT_M)
    )
    _, inp = step_board(board, frame(right=aiming((0.6, 1.45, -0.6))), FREE, MODEL, 1)
    assert inp.right.aim is not None


def test_anatomy_before_it_has_the_ray_unless_a_press_began_on_the_board() -> None:
    board, ray = replace(Board(), pose=FACING), aiming((0.1, 1.45, -0.6))
    asked = list[Vec3]()

    def is_shaded(_: Hand, at_m: Vec3) -> bool:
        asked.append(at_m)
        return True

    shaded, inp = step_board(board, frame(right=ray), FREE, MODEL, 1, is_shaded)
    assert shaded.pointing is None and inp.right.aim is not None
    assert asked == [pytest.approx((0.1, 1.45, -0.6))]
    pressed = replace(ray, trigger=1.0)
    board = run(board, frame(right=ray), frame(right=pressed))
    board, inp = step_board(board, frame(right=pressed), FREE, MODEL, 1, is_shaded)
    assert board.pointer.is_pressed and inp.right.aim is None


@given(
    place=st.builds(Pose, positions, st.just(axis_rotation((1, 2, 0.5), 0.7))),
    x=st.floats(-0.2, 0.2),
    y=st.floats(-0.15, 0.15),
    hand=st.tuples(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), st.floats(0.3, 1.0)),
)
def test_a_ray_meets_it_where_it_points(place: Pose, x: float, y: float, hand: Vec3) -> None:
    """Against matrices: a point of the board, seen from a place before it."""
    matrix = place.matrix()
    target, start = (tuple(apply(matrix, v).tolist()) for v in ((x, y, 0.0), hand))
    aim = looking_at(start, target)  # type: ignore[arg-type]
    reach = step_reach(Reach(), Hand(grip=aim, aim=aim), place)
    assert reach.at == pytest.approx((0.5 + x / BOARD_WIDTH_M, 0.5 - y / BOARD_HEIGHT_M), abs=1e-6)


def test_from_behind_it_is_not_pointed_at() -> None:
    reach = step_reach(Reach(), aiming((0.0, 1.4, -0.6), (0.0, 1.4, -1.2)), FACING)
    assert reach.at is None


def test_a_press_counts_where_it_began() -> None:
    board = replace(Board(), pose=FACING)
    off, on = (aiming(at, trigger=1.0) for at in ((0.6, 1.4, -0.6), (0.0, 1.4, -0.6)))
    slid = run(board, frame(right=off), frame(right=on))
    assert slid.pointer.at is not None and not slid.pointer.is_pressed
    open_hand = replace(on, trigger=0.0)
    pressed = run(board, frame(right=open_hand), frame(right=on))
    assert pressed.pointer.is_pressed
    held, inp = step_board(pressed, frame(right=off), FREE, MODEL, 1)
    assert held.pointer.is_pressed  # a slider is dragged beyond its end
    assert inp.right.trigger == 0.0
    assert not run(held, frame(right=replace(off, trigger=0.0))).pointer.is_pressed


def test_a_finger_touches_from_near_and_points_from_afar() -> None:
    def mode(reach: Reach, depth_m: float) -> Reach:
        return step_reach(reach, fingertip(depth_m), FACING)

    far = mode(Reach(), -0.20)
    assert not far.is_touching and far.at is not None  # its ray
    near = mode(far, -0.17)
    assert near.is_touching
    assert mode(near, -0.21).is_touching
    assert not mode(near, -0.23).is_touching


def test_a_touch_clicks_one_centimetre_through() -> None:
    reach = step_reach(Reach(), fingertip(-0.05), FACING)
    for depth_m, is_pressed in ((-0.001, False), (0.009, False), (0.011, True), (0.14, True)):
        reach = step_reach(reach, fingertip(depth_m), FACING)
        assert reach.is_pressed is is_pressed, depth_m
    assert step_reach(reach, fingertip(0.16), FACING).at is None  # through and gone
    back = step_reach(reach, fingertip(0.005), FACING)
    assert back.is_pressed
    assert not step_reach(back, fingertip(-0.001), FACING).is_pressed


def test_a_finger_that_comes_from_behind_does_not_click() -> None:
    reach = Reach()
    for depth_m in (0.3, 0.14, 0.05, 0.02, 0.005, -0.02):
        reach = step_reach(reach, fingertip(depth_m), FACING)
        assert not reach.is_pressed


def test_a_hand_that_holds_something_does_not_press() -> None:
    board = replace(Board(), pose=FACING)
    held = aiming((0.0, 1.4, -0.6), trigger=1.0)
    board, inp = step_board(board, frame(right=held), (False, True), MODEL, 1)
    assert board.pointer.at is None and inp.right.aim is not None


def test_two_hands_do_not_share_the_pointer() -> None:
    board = replace(Board(), pose=FACING)
    left, right = aiming((-0.1, 1.4, -0.6), (-0.1, 1.2, 0.0)), aiming((0.1, 1.4, -0.6))
    board = run(board, frame(left, right))
    assert board.pointing == 1
    board = run(board, frame(replace(left, trigger=1.0), right))
    assert board.pointing == 0 and board.pointer.is_pressed


def test_a_stick_scrolls_and_does_not_walk() -> None:
    board = replace(Board(), pose=FACING)
    hand = replace(aiming((0.0, 1.4, -0.6)), stick=(0.0, 1.0))
    board, inp = step_board(board, frame(right=hand), FREE, MODEL, 1)
    assert board.pointer.scroll > 0 and inp.right.stick == (0.0, 0.0)


def test_a_hidden_board_takes_nothing() -> None:
    board = replace(Board(is_shown=False), pose=FACING)
    hand = aiming((0.0, 1.4, -0.6), trigger=1.0)
    board, inp = step_board(board, frame(right=hand), FREE, MODEL, 1)
    assert inp.right is hand and board.pointer.at is None


def test_recentring_puts_it_back_in_sight() -> None:
    board = replace(Board(), pose=Pose((5.0, 1.0, 5.0), IDENTITY_ROTATION))
    after = run(board, replace(frame(), is_recentred=True))
    assert after.pose == beside_model(HEAD, MODEL, -1)


BEFORE_FACING = ((0.0, 1.5, -0.45), 0.1)


@pytest.mark.parametrize("dominant, side", [(1, -1), (0, 1)])
def test_it_makes_room_for_a_model_that_comes_before_it(dominant: int, side: int) -> None:
    board = run(replace(Board(), pose=FACING), frame())
    after, _ = step_board(board, frame(), FREE, BEFORE_FACING, dominant)
    assert after.pose == beside_model(HEAD, BEFORE_FACING, side)
    again, _ = step_board(after, frame(), FREE, BEFORE_FACING, dominant)
    assert again.pose == after.pose


def test_it_stays_for_a_model_that_a_hand_brings_before_it() -> None:
    board = run(replace(Board(), pose=FACING), frame())
    for share in np.linspace(0, 1, 30):
        x, y, z = (np.array(MODEL[0]) * (1 - share) + share * np.array(BEFORE_FACING[0])).tolist()
        board, _ = step_board(board, frame(), FREE, ((x, y, z), 0.1), 1)
    assert board.pose == FACING


@pytest.mark.parametrize(
    "model",
    [
        ((0.0, 1.6, 0.05), 0.2),  # the eyes are within it
        ((0.5, 1.5, -0.3), 0.1),  # to the side
        ((0.0, 1.5, -1.2), 0.1),  # behind the board
    ],
)
def test_it_stays_where_a_model_that_comes_does_not_hide_it(model: tuple[Vec3, float]) -> None:
    board = run(replace(Board(), pose=FACING), frame())
    after, _ = step_board(board, frame(), FREE, model, 1)
    assert after.pose == FACING


def test_at_a_desk_the_mouse_points() -> None:
    desk = Desk(1280, 800, 1.0, (33.0, 400.0), True, 2.0, "a", frozenset({"enter"}))
    board = run(Board(), replace(frame(), desk=desk))
    width = dock_width(Board(), desk)
    assert board.pointer.at == pytest.approx((33.0 / width, 0.5))
    assert board.pointer.is_pressed and board.pointer.typed == "a"
    beside = replace(desk, pointer=(width + 10, 400.0), is_pressed=False)
    assert run(Board(), replace(frame(), desk=beside)).pointer.at is None


def test_keys_are_no_commands_while_a_field_takes_them() -> None:
    typing = Board(is_typing=True)
    _, inp = step_board(typing, replace(frame(), keys=frozenset({"h", "tab"})), FREE, MODEL, 1)
    assert inp.keys == frozenset()
    toggled, _ = step_board(Board(), replace(frame(), keys=frozenset({"tab"})), FREE, MODEL, 1)
    assert not toggled.is_shown
