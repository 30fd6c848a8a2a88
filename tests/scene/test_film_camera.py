"""The drawn camera and its picture: never in what it films, readable for who places it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xrviewer.scene.film_camera import (
    PREVIEW_WIDTH_M,
    camera_marks,
    preview_in_room,
    preview_on_screen,
)
from xrviewer.scene.light import RED
from xrviewer.scene.panels import InRoom
from xrviewer.spatial.film import FILM_ASPECT, ROOM_FOV_RAD
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, apply
from xrviewer.spatial.views import View, eye_from_room, looking_at, symmetric_fov

CAMERA = looking_at((1.0, 1.5, 0.5), (0.0, 0.9, -0.4))
HEAD = Pose((0.0, 1.6, 0.3), IDENTITY_ROTATION)


@pytest.mark.parametrize("is_filming", [False, True])
def test_nothing_of_it_is_in_its_own_picture(is_filming: bool) -> None:
    strokes = camera_marks(CAMERA, False, is_filming).strokes
    eye = eye_from_room(View(CAMERA, symmetric_fov(1.0, 1.0)))
    up = math.tan(ROOM_FOV_RAD / 2)
    for share in np.linspace(0, 1, 11):
        points = apply(eye, strokes["start_m"] * (1 - share) + strokes["end_m"] * share)
        x, y, z = np.abs(points[:, 0]), np.abs(points[:, 1]), points[:, 2]
        radius = strokes["radius_m"]
        is_behind = z - radius > 0
        is_beside = (x - radius > up * FILM_ASPECT * -z) | (y - radius > up * -z)
        assert (is_behind | is_beside).all()


def test_a_red_spot_says_that_it_films() -> None:
    def reds(is_filming: bool) -> int:
        colors = camera_marks(CAMERA, False, is_filming).strokes["color"]
        return int((colors == np.float32(RED)).all(axis=1).sum())

    assert (reds(False), reds(True)) == (0, 1)


def test_its_picture_hangs_over_the_board_and_over_the_camera_while_it_is_carried() -> None:
    board = InRoom(Pose((-0.4, 1.2, -0.5), IDENTITY_ROTATION), 0.36, 0.3)
    resting = preview_in_room(CAMERA, False, board, HEAD, (180, 320))
    assert resting.width_m == PREVIEW_WIDTH_M
    assert resting.height_m == pytest.approx(PREVIEW_WIDTH_M * 180 / 320)
    lower = resting.pose.position_m[1] - resting.height_m / 2
    assert lower > board.pose.position_m[1] + board.height_m / 2
    held = preview_in_room(CAMERA, True, board, HEAD, (180, 320))
    assert np.linalg.norm(np.subtract(held.pose.position_m, CAMERA.position_m)) < 0.2
    front = apply(held.pose.matrix(), (0, 0, 1)) - held.pose.position_m
    to_head = np.subtract(HEAD.position_m, held.pose.position_m)
    assert front @ to_head / np.linalg.norm(to_head) == pytest.approx(1.0)


def test_at_a_desk_it_lies_in_the_lower_right_corner() -> None:
    place = preview_on_screen((1280, 800), (180, 320))
    assert (place.left_px + 320 + 16, place.top_px + 180 + 16) == (1280, 800)
    assert preview_on_screen((100, 100), (180, 320)).left_px == 0
