"""Eyes that nobody wears: each named side is that side, and all of the model is in the picture."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from xrviewer.spatial.cameras import (
    INSIDE,
    INSIDE_FOV_RAD,
    LOWEST,
    VIEW_NAMES,
    inside_view,
    named_view,
    orbit_pose,
    turntable,
)
from xrviewer.spatial.views import View, clip_from_eye, eye_from_room

LOW, HIGH = np.array([-0.1, 0.7, -0.4]), np.array([0.3, 1.5, 0.0])
CENTER = (LOW + HIGH) / 2
SIDES = [name for name in VIEW_NAMES if name not in (INSIDE, LOWEST)]


def _on_picture(view: View, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """-1 to 1 across and up."""
    rows = np.column_stack([points, np.ones(len(points))])
    clip = rows @ (clip_from_eye(view.fov) @ eye_from_room(view)).T
    assert (clip[:, 3] > 0).all()  # ahead of the eye
    return np.asarray(clip[:, :2] / clip[:, 3:])


def _corners() -> NDArray[np.float64]:
    return np.array(np.meshgrid(*zip(LOW, HIGH, strict=True))).reshape(3, -1).T


@pytest.mark.parametrize("aspect", [0.5, 1.0, 16 / 9])
@pytest.mark.parametrize("name", SIDES)
def test_the_whole_box_just_fits_whatever_the_side(name: str, aspect: float) -> None:
    seen = np.abs(_on_picture(named_view(name, LOW, HIGH, aspect), _corners()))
    assert 0.85 < seen.max() < 1.0


@pytest.mark.parametrize(
    ("name", "axis", "sign"),
    [
        ("front", 2, 1),
        ("back", 2, -1),
        ("left", 0, 1),
        ("right", 0, -1),
        ("top", 1, 1),
        ("bottom", 1, -1),
    ],
)
def test_a_named_side_is_looked_at_from_there(name: str, axis: int, sign: int) -> None:
    away = np.array(named_view(name, LOW, HIGH, 1.0).eye.position_m) - CENTER
    assert int(np.argmax(np.abs(away))) == axis
    assert np.sign(away[axis]) == sign


@pytest.mark.parametrize("name", SIDES)
def test_the_horizon_is_level(name: str) -> None:
    assert named_view(name, LOW, HIGH, 1.0).eye.matrix()[1, 0] == pytest.approx(0.0, abs=1e-12)


def test_a_turntable_goes_once_around_at_one_height_and_distance() -> None:
    views = turntable(LOW, HIGH, 1.5, 36)
    eyes = np.array([view.eye.position_m for view in views]) - CENTER
    assert np.ptp(eyes[:, 1]) < 1e-9
    assert np.ptp(np.hypot(eyes[:, 0], eyes[:, 2])) < 1e-9
    turns = np.diff(np.unwrap(np.arctan2(eyes[:, 0], eyes[:, 2])))
    assert turns == pytest.approx(math.tau / 36)
    for view in views:
        assert np.abs(_on_picture(view, _corners())).max() < 1.0


def test_it_begins_at_the_corner_from_where_the_still_is_taken() -> None:
    first = np.array(turntable(LOW, HIGH, 1.0, 8)[0].eye.position_m) - CENTER
    still = np.array(named_view("corner", LOW, HIGH, 1.0).eye.position_m) - CENTER
    assert math.atan2(first[0], first[2]) == pytest.approx(math.atan2(still[0], still[2]))


def test_inside_one_looks_about_widely() -> None:
    ahead = CENTER + np.array((0.0, 0.0, 0.2))
    view = inside_view(CENTER, ahead, 4 / 3)
    assert view.fov.up_rad - view.fov.down_rad == pytest.approx(INSIDE_FOV_RAD)
    assert _on_picture(view, ahead[None]) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("yaw", "pitch", "back"),
    [
        (0.0, 0.0, (0, 0, 1)),
        (math.pi / 2, 0.0, (1, 0, 0)),
        (0.0, math.pi / 4, (0, math.sqrt(0.5), math.sqrt(0.5))),
    ],
)
def test_an_orbit_stands_off_its_target(
    yaw: float, pitch: float, back: tuple[float, float, float]
) -> None:
    pose = orbit_pose((1.0, 2.0, 3.0), yaw, pitch, 0.5)
    assert np.subtract(pose.position_m, (1, 2, 3)) == pytest.approx(np.multiply(back, 0.5))
    assert pose.matrix()[:3, 2] == pytest.approx(back)
