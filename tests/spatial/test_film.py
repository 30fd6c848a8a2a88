"""The cameras of films: smooth by time, steady, and with all in view."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xrviewer.spatial.film import HALF_LIFE_S, ROOM_FOV_RAD, following, room_camera
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, axis_rotation, invert_similarity

STILL = Pose((0.0, 1.5, 0.0), IDENTITY_ROTATION)
TURNED = Pose((0.1, 1.5, 0.0), axis_rotation((0, 1, 0), 0.4))


@pytest.mark.parametrize("rate", [15, 30, 90])
def test_half_of_a_movement_is_left_after_the_half_life(rate: int) -> None:
    camera: Pose | None = STILL
    frames = round(HALF_LIFE_S * rate * 2)
    for _ in range(frames):
        camera = following(camera, TURNED, 1 / rate)
    assert camera is not None
    done = 1 - 0.5 ** (frames / rate / HALF_LIFE_S)
    assert camera.position_m[0] == pytest.approx(0.1 * done)
    assert 2 * math.asin(camera.rotation_xyzw[1]) == pytest.approx(0.4 * done, rel=0.01)


def test_a_shaking_head_is_a_tenth_as_shaky_in_the_film() -> None:
    camera, seen, lived = None, [], []
    for i in range(270):
        at = 0.01 * math.sin(2 * math.pi * 8 * i / 90)
        camera = following(camera, Pose((at, 1.5, 0.0), IDENTITY_ROTATION), 1 / 90)
        lived.append(at)
        seen.append(camera.position_m[0])
    assert np.std(seen[90:]) < 0.12 * np.std(lived[90:])


def test_it_begins_at_the_head_goes_the_short_way_round_and_leaps_with_it() -> None:
    assert following(None, TURNED, 0.1) == TURNED
    x, y, z, w = STILL.rotation_xyzw
    other = Pose(STILL.position_m, (-x, -y, -z, -w))
    np.testing.assert_allclose(following(STILL, other, 0.1).rotation_xyzw, (0, 0, 0, 1), atol=1e-12)
    far = Pose((3.0, 1.5, 0.0), IDENTITY_ROTATION)
    assert following(STILL, far, 0.01) == far


@pytest.mark.parametrize("head_m", [(0.0, 1.6, 0.0), (0.7, 1.2, -0.6), (0.0, 1.8, -1.4), None])
@pytest.mark.parametrize("radius_m", [0.05, 0.4])
def test_the_room_camera_sees_the_model_and_the_wearer(
    head_m: tuple[float, float, float] | None, radius_m: float
) -> None:
    center = (0.0, 0.8, -0.6)
    head = Pose(head_m, IDENTITY_ROTATION) if head_m else None
    camera = room_camera(center, radius_m, head)
    for point in (center, head_m or center):
        x, y, z = (invert_similarity(camera.matrix()) @ (*point, 1.0))[:3]
        assert z < -0.5
        assert abs(y / z) < math.tan(ROOM_FOV_RAD / 2)
        assert abs(x / z) < math.tan(ROOM_FOV_RAD / 2) * 4 / 3
    right = camera.matrix()[:3, 0]
    assert right[1] == pytest.approx(0.0, abs=1e-9)  # the horizon is level


def test_the_room_camera_stands_to_the_side_of_the_line_of_sight() -> None:
    head = Pose((0.0, 1.5, 0.6), IDENTITY_ROTATION)
    camera = room_camera((0.0, 1.0, -0.4), 0.1, head)
    away = np.array(camera.position_m) - (0.0, 1.0, -0.4)
    ahead = np.array((0.0, 1.0))  # of x and z, from the model to the wearer
    beside = np.array(camera.position_m)[[0, 2]] - (0.0, -0.4 + 0.45 * 1.0)
    turned = math.acos(beside @ ahead / np.linalg.norm(beside))
    assert math.degrees(turned) == pytest.approx(62, abs=0.1)
    assert camera.position_m[1] == pytest.approx(1.0 + 0.45 * 0.5 + 0.2)
    assert np.linalg.norm(away) > 1.0


def test_the_room_camera_goes_back_for_a_large_model() -> None:
    head = Pose((0.0, 1.5, 0.6), IDENTITY_ROTATION)
    near, far = (room_camera((0.0, 1.0, -0.4), radius, head) for radius in (0.05, 2.0))
    middle = np.array((0.0, 1.0 + 0.45 * 0.5, -0.4 + 0.45))
    away = [np.hypot(*(np.array(one.position_m) - middle)[[0, 2]]) for one in (near, far)]
    assert away[1] == pytest.approx(2.2 * 2.0)
    half = math.hypot(0.5, 1.0) / 2 + 0.25
    assert away[0] == pytest.approx(half / math.tan(ROOM_FOV_RAD / 2))


def test_with_nobody_there_the_room_camera_takes_a_visitor_before_the_model_for_granted() -> None:
    center = (0.3, 0.9, -0.5)
    visitor = Pose((0.3, 1.4, 0.1), IDENTITY_ROTATION)
    alone, visited = room_camera(center, 0.2, None), room_camera(center, 0.2, visitor)
    np.testing.assert_allclose(alone.matrix(), visited.matrix(), atol=1e-12)
