"""The camera in the room: where it first stands, how hands carry it, what they are kept from."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from xrviewer.interaction.film_camera import FilmCamera, middle_of, step_film_camera
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.spatial.transforms import Pose, Vec3, apply, axis_rotation, turned
from xrviewer.spatial.views import View, eye_from_room, looking_at, symmetric_fov

MODEL = ((0.0, 0.8, -0.6), 0.12)
EYES = tuple(
    View(looking_at((x, 1.4, 0.0), (x, 0.9, -0.6)), symmetric_fov(1.4, 1.0)) for x in (-0.03, 0.03)
)
UP = (0.0, 0.0, 0.0, 1.0)
FREE = (False, False)


def frame(right: Hand | None = None, views: tuple[View, ...] = EYES) -> FrameInput:
    return FrameInput(0.0, 1 / 72, views, right=right or Hand())


def never(_: Hand, __: Vec3) -> bool:
    return False


def out(calls: int = 0) -> FilmCamera:
    camera, _ = step_film_camera(FilmCamera(is_out=True, calls=calls), frame(), FREE, MODEL, never)
    return camera


def test_it_first_stands_where_model_and_wearer_are_both_seen() -> None:
    camera = out()
    assert camera.pose is not None
    eye = eye_from_room(View(camera.pose, symmetric_fov(1.0, 1.0)))
    for point in (MODEL[0], EYES[0].eye.position_m):
        x, y, z = apply(eye, point)
        assert z < 0 and math.hypot(x, y) < -z * math.tan(math.radians(23) * 16 / 9)


def test_what_is_not_out_is_nowhere_and_takes_nothing() -> None:
    squeezing = frame(Hand(grip=Pose((0, 1, 0), UP), squeeze=1.0))
    camera, inp = step_film_camera(FilmCamera(), squeezing, FREE, MODEL, never)
    assert camera.pose is None and inp is squeezing


def test_called_it_comes_within_reach_and_looks_at_the_model() -> None:
    camera, _ = step_film_camera(replace(out(), calls=1), frame(), FREE, MODEL, never)
    assert camera.pose is not None and camera.calls_met == 1
    assert math.dist(camera.pose.position_m, EYES[0].eye.position_m) < 0.6
    ahead = apply(camera.pose.matrix(), (0, 0, -1)) - camera.pose.position_m
    towards = np.subtract(MODEL[0], camera.pose.position_m)
    assert ahead @ towards / np.linalg.norm(towards) == pytest.approx(1.0, abs=1e-6)
    again, _ = step_film_camera(camera, frame(), FREE, MODEL, never)
    assert again.pose == camera.pose, "a call is met once"


def test_a_desk_s_camera_stands_where_its_eye_was() -> None:
    view = View(looking_at((1.0, 1.0, 1.0), MODEL[0]), symmetric_fov(0.5, 1.6))
    camera, _ = step_film_camera(FilmCamera(is_out=True), frame(views=(view,)), FREE, MODEL, never)
    assert camera.pose == view.eye
    moved = replace(view, eye=looking_at((0.0, 1.0, 2.0), MODEL[0]))
    after, _ = step_film_camera(camera, frame(views=(moved,)), FREE, MODEL, never)
    assert after.pose == view.eye


def test_a_palm_at_it_carries_it_rigidly_and_other_tools_do_not_know() -> None:
    camera = out()
    assert camera.pose is not None
    at = middle_of(camera.pose)
    near = Pose((at[0] + 0.05, at[1], at[2]), UP)
    camera, inp = step_film_camera(camera, frame(Hand(near, squeeze=1.0)), FREE, MODEL, never)
    assert camera.hold is not None and inp.right.squeeze == 0.0
    held_from_hand = np.linalg.inv(near.matrix()) @ camera.pose.matrix()
    moved = Pose((0.3, 1.2, -0.2), axis_rotation((0.3, 1.0, 0.2), 0.9))
    camera, inp = step_film_camera(camera, frame(Hand(moved, squeeze=0.9)), FREE, MODEL, never)
    np.testing.assert_allclose(
        np.linalg.inv(moved.matrix()) @ camera.pose.matrix(), held_from_hand, atol=1e-9
    )
    camera, inp = step_film_camera(camera, frame(Hand(moved, squeeze=0.1)), FREE, MODEL, never)
    stays = camera.pose
    camera, inp = step_film_camera(camera, frame(Hand(near)), FREE, MODEL, never)
    assert camera.hold is None and camera.pose == stays


def pointing_at(camera: FilmCamera, off_rad: float = 0.0) -> Hand:
    assert camera.pose is not None
    start = (0.2, 1.1, -0.2)
    aim = looking_at(start, middle_of(camera.pose))
    turn = axis_rotation((0, 1, 0), off_rad)
    return Hand(Pose(start, UP), Pose(start, turned(turn, aim.rotation_xyzw)), squeeze=1.0)


def test_a_ray_takes_it_from_afar_but_not_through_the_model() -> None:
    camera = out()
    taken, _ = step_film_camera(camera, frame(pointing_at(camera)), FREE, MODEL, never)
    assert taken.hold is not None and any(taken.is_reached)
    for hand, busy, is_shaded in (
        (pointing_at(camera, 0.3), FREE, never),
        (pointing_at(camera), (False, True), never),
        (pointing_at(camera), FREE, lambda *_: True),
    ):
        not_taken, inp = step_film_camera(camera, frame(hand), busy, MODEL, is_shaded)
        assert not_taken.hold is None and inp.right.squeeze == 1.0


def test_a_squeeze_that_began_elsewhere_does_not_pick_it_up_in_passing() -> None:
    camera = out()
    away = frame(Hand(Pose((0, 0.5, 0), UP), squeeze=1.0))
    camera, _ = step_film_camera(camera, away, FREE, MODEL, never)
    assert camera.pose is not None
    at_it = frame(Hand(Pose(middle_of(camera.pose), UP), squeeze=1.0))
    camera, inp = step_film_camera(camera, at_it, FREE, MODEL, never)
    assert camera.hold is None and inp.right.squeeze == 1.0


def test_a_hand_that_was_lost_takes_hold_afresh() -> None:
    camera = out()
    assert camera.pose is not None
    grip = Pose(middle_of(camera.pose), UP)
    camera, _ = step_film_camera(camera, frame(Hand(grip, squeeze=1.0)), FREE, MODEL, never)
    stood = camera.pose
    elsewhere = Hand(Pose((0.5, 1.0, 0.0), UP), squeeze=1.0, epoch=1)
    camera, _ = step_film_camera(camera, frame(elsewhere), FREE, MODEL, never)
    assert camera.pose == stood and camera.hold is not None and camera.hold.epoch == 1
