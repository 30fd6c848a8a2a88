"""A button that a hand points at comes a centimetre towards it, smoothly at any frame rate."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.panels.acting import DESK, Person, person
from tests.shapes import case_of, sphere
from xrviewer.app.panelling import RISE_M
from xrviewer.interaction.pointer import NO_POINTER
from xrviewer.panels.rising import Rise, stepped
from xrviewer.scene.panels import InRoom, risen_from
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, axis_rotation

CASE = case_of({"ball": sphere(rings=8), "small": sphere((60, 0, 0), 5, rings=8)})


def height(user: Person) -> float:
    assert user.shown.risen is not None
    return user.shown.risen[1]


def test_the_button_under_the_hand_rises_and_pressed_goes_to_half() -> None:
    with person(CASE) as user:
        assert user.shown.risen is None
        user.point("Life size")
        user.wait(30)
        assert user.shown.risen is not None
        left, top, right, bottom = user.panels.places["Life size"]
        wanted = (left / 480, top / 380, right / 480, bottom / 380)
        assert user.shown.risen[0] == pytest.approx(wanted)
        assert height(user) == 1.0
        user.at = replace(user.at, is_pressed=True)
        user.wait(30)
        assert height(user) == 0.5
        user.at = NO_POINTER
        user.wait()
        assert user.shown.risen is None


def test_it_rises_between_two_drawings_and_draws_nothing_anew() -> None:
    with person(CASE) as user:
        user.point("Life size")
        user.wait(2)
        before, drawn, drawing = height(user), user.panels.draws, user.shown.drawing
        user.wait(2)
        assert height(user) > before
        assert user.panels.draws - drawn <= 1 or user.shown.drawing is drawing


def test_another_button_begins_from_the_board() -> None:
    with person(CASE) as user:
        user.point("Life size")
        user.wait(30)
        left, top, right, bottom = user.panels.places["Bring here"]
        user.at = replace(user.at, at=((left + right) / 960, (top + bottom) / 760))
        lowest = min(height(user) for _ in range(6) if user.frame())
        assert lowest < 0.6


@pytest.mark.parametrize("name", ["Spread apart", "Put back"])
def test_a_slider_and_a_button_that_can_do_nothing_stay(name: str) -> None:
    with person(CASE) as user:
        user.point(name)
        user.wait(20)
        assert user.shown.risen is None


def test_at_a_desk_nothing_rises() -> None:
    with person(CASE, DESK) as user:
        user.point("Life size")
        user.wait(20)
        assert user.shown.risen is None


@pytest.mark.parametrize("rate_hz", [30, 72, 90, 120])
def test_it_is_as_high_after_the_same_time_at_any_frame_rate(rate_hz: int) -> None:
    """1 - exp(-t / 40 ms), each step smaller than the one before."""
    rise, heights = Rise((0.0, 0.0, 1.0, 1.0), 0.0, 1.0), [0.0]
    frames = round(0.1 * rate_hz)
    for _ in range(frames):
        rise = stepped(rise, 1 / rate_hz)
        heights.append(rise.height)
    assert heights[-1] == pytest.approx(1 - math.exp(-frames / rate_hz / 0.04), abs=1e-9)
    steps = [b - a for a, b in pairwise(heights)]
    assert steps == sorted(steps, reverse=True) and min(steps) > 0


def test_the_piece_stands_before_the_board_over_its_place() -> None:
    """Turned a quarter about the vertical: out of the board is +x of the room."""
    pose = Pose((1.0, 2.0, 3.0), axis_rotation((0, 1, 0), math.pi / 2))
    risen = risen_from(InRoom(pose, 0.48, 0.38), (0.5, 0.0, 1.0, 0.5), RISE_M)
    assert risen.place.pose.position_m == pytest.approx((1.01, 2.095, 2.88))
    assert (risen.place.width_m, risen.place.height_m) == pytest.approx((0.24, 0.19))
    flat = risen_from(
        InRoom(Pose((0.0, 0.0, 0.0), IDENTITY_ROTATION), 0.48, 0.38), (0, 0, 1, 1), 0.0
    )
    assert flat.place.pose.position_m == pytest.approx((0.0, 0.0, 0.0))
