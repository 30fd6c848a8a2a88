"""A mouse plays an eye and two hands."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrviewer.frontends.mouse import LEFT, MIDDLE, RIGHT, Mouse, Orbit
from xrviewer.spatial.cameras import FLAT_FOV_RAD
from xrviewer.spatial.rays import aim_ray
from xrviewer.spatial.transforms import Vec3, apply
from xrviewer.spatial.views import clip_from_eye, eye_from_room

WIDTH, HEIGHT = 640, 400
TARGET = (0.1, 0.8, -0.6)
bounded = settings(derandomize=True, max_examples=100, deadline=None)
pixels = st.tuples(st.floats(1, WIDTH - 1), st.floats(1, HEIGHT - 1))
orbits = st.builds(
    Orbit, st.just(TARGET), st.floats(-7, 7), st.floats(-1.5, 1.5), st.floats(0.05, 20)
)


def mouse(orbit: Orbit | None = None) -> Mouse:
    return Mouse(orbit or Orbit(TARGET, 0.4, 0.2, 0.9), WIDTH, HEIGHT)


def drag(m: Mouse, button: int, *way: tuple[float, float]) -> Mouse:
    m.move(*way[0])
    m.press(button)
    for point in way[1:]:
        m.move(*point)
    return m


def seen_at(m: Mouse, point_m: Vec3) -> tuple[float, float]:
    """The pixel that shows a point of the room."""
    view = m.view()
    x, y, _, w = clip_from_eye(view.fov) @ eye_from_room(view) @ (*point_m, 1)
    return (x / w + 1) / 2 * WIDTH, (1 - y / w) / 2 * HEIGHT


def test_no_pointer_no_hands() -> None:
    left, right = mouse().hands()
    assert left.grip is left.aim is right.grip is right.aim is None


@bounded
@given(orbits, pixels)
def test_the_hand_points_through_the_pointer(orbit: Orbit, at: tuple[float, float]) -> None:
    m = mouse(orbit)
    m.move(*at)
    _, right = m.hands()
    assert right.aim is not None and right.squeeze == 0
    ray = aim_ray(right.aim)
    point = np.add(ray.origin, np.multiply(ray.direction, 2 * orbit.distance_m))
    np.testing.assert_allclose(seen_at(m, tuple(point)), at, atol=1e-5)


@bounded
@given(orbits, pixels, pixels)
def test_a_right_drag_holds_what_is_under_the_pointer(
    orbit: Orbit, start: tuple[float, float], end: tuple[float, float]
) -> None:
    m = drag(mouse(orbit), RIGHT, start, end)
    left, right = m.hands()
    assert right.squeeze == 1 and right.grip is not None and left.grip is None
    np.testing.assert_allclose(seen_at(m, right.grip.position_m), end, atol=1e-5)
    depth = -apply(eye_from_room(m.view()), right.grip.position_m)[2]
    assert depth == pytest.approx(orbit.distance_m)
    assert m.orbit == orbit


def test_with_ctrl_a_left_hand_mirrors_the_right_one() -> None:
    m = drag(mouse(), RIGHT, (500.0, 150.0))
    m.is_ctrl = True
    left, right = m.hands()
    assert left.grip is not None and right.grip is not None
    assert left.squeeze == right.squeeze == 1
    np.testing.assert_allclose(
        seen_at(m, left.grip.position_m), (WIDTH - 500, HEIGHT - 150), atol=1e-6
    )
    m.is_ctrl = False
    assert m.hands()[0].grip is None


def test_the_wheel_pulls_what_is_held_and_else_goes_nearer() -> None:
    m = mouse()
    far = m.orbit.distance_m
    m.scroll(1)
    assert m.orbit.distance_m < far
    held = drag(mouse(), RIGHT, (300.0, 200.0))
    before = held.hands()[1].grip
    held.scroll(1)
    after = held.hands()[1].grip
    assert before and after and held.orbit.distance_m == far
    eye = held.view().eye.position_m
    assert math.dist(eye, after.position_m) > math.dist(eye, before.position_m)


@bounded
@given(orbits, st.lists(st.floats(-50, 50), max_size=20))
def test_the_distance_stays_within_reason(orbit: Orbit, notches: list[float]) -> None:
    m = mouse(orbit)
    for notch in notches:
        m.scroll(notch)
        assert 0.01 <= m.orbit.distance_m <= 60


@bounded
@given(orbits, pixels, pixels)
def test_a_middle_drag_keeps_the_middle_under_the_pointer(
    orbit: Orbit, start: tuple[float, float], end: tuple[float, float]
) -> None:
    m = mouse(orbit)
    before = seen_at(m, orbit.target_m)
    drag(m, MIDDLE, start, end)
    after = seen_at(m, orbit.target_m)
    np.testing.assert_allclose(
        np.subtract(after, before), np.subtract(end, start), atol=1e-6 * WIDTH
    )


def test_shift_and_left_moves_as_middle_does() -> None:
    shifted = mouse()
    shifted.is_shift = True
    way = ((100.0, 100.0), (150.0, 80.0))
    assert drag(shifted, LEFT, *way).orbit == drag(mouse(), MIDDLE, *way).orbit


def test_a_left_drag_turns_about_the_model_and_stops_overhead() -> None:
    m = drag(mouse(), LEFT, (10.0, 10.0), (200.0, 10.0))
    assert m.orbit.yaw_rad < 0.4 and m.orbit.pitch_rad == 0.2
    assert m.orbit.target_m == TARGET and m.orbit.distance_m == 0.9
    for y in range(0, 5000, 50):
        m.move(200, y)
    assert m.orbit.pitch_rad < math.pi / 2
    view = m.view().eye
    assert np.isfinite(view.matrix()).all()
    np.testing.assert_allclose(seen_at(m, TARGET), (WIDTH / 2, HEIGHT / 2), atol=1e-6)


def test_a_click_is_the_trigger_for_one_frame() -> None:
    m = drag(mouse(), LEFT, (100.0, 100.0), (101.0, 101.0))
    assert m.orbit == mouse().orbit
    assert m.hands()[1].trigger == 0
    m.release(LEFT)
    assert m.hands()[1].trigger == 1
    assert m.hands()[1].trigger == 0


def test_a_drag_is_no_click() -> None:
    m = drag(mouse(), LEFT, (100.0, 100.0), (160.0, 100.0), (100.0, 100.0))
    m.release(LEFT)
    assert m.hands()[1].trigger == 0


def test_a_second_button_does_not_take_over() -> None:
    m = drag(mouse(), RIGHT, (100.0, 100.0))
    m.press(LEFT)
    m.release(LEFT)
    assert m.hands()[1].squeeze == 1
    m.release(RIGHT)
    assert m.hands()[1].squeeze == 0


def test_a_pointer_that_leaves_lets_go() -> None:
    m = drag(mouse(), RIGHT, (100.0, 100.0))
    m.leave()
    assert m.hands()[1].grip is None


def test_a_window_of_no_size_is_survived() -> None:
    m = Mouse(Orbit(TARGET, 0, 0, 1), 0, 0)
    m.move(0, 0)
    assert m.view().fov.up_rad == pytest.approx(FLAT_FOV_RAD / 2)
    m.press(MIDDLE)
    m.move(3, 3)
    assert np.isfinite(m.orbit.target_m).all()


def test_with_ctrl_a_taken_thing_is_turned_where_it_is() -> None:
    m = mouse()
    m.is_shift = True
    drag(m, RIGHT, (300, 200), (310, 205))
    before = m.hands()[1].grip
    m.is_ctrl = True
    m.move(360, 205)
    turned = m.hands()[1].grip
    assert before is not None and turned is not None
    assert turned.position_m == pytest.approx(before.position_m)
    cosine = abs(float(np.dot(before.rotation_xyzw, turned.rotation_xyzw)))
    assert 2 * math.acos(cosine) == pytest.approx(50 * 0.006)
    m.is_ctrl = False
    m.move(380, 205)
    gone = m.hands()[1].grip
    assert gone is not None and gone.rotation_xyzw == turned.rotation_xyzw
    assert math.dist(gone.position_m, before.position_m) > 0.01
