import math

import numpy as np

from xrviewer.spatial import frames, views
from xrviewer.spatial.transforms import Pose, apply


def test_depth_is_one_at_the_near_plane_and_falls_to_zero() -> None:
    clip = views.clip_from_eye(views.symmetric_fov(math.pi / 2, 1.0), near_m=0.1)
    near, far = clip @ (0, 0, -0.1, 1), clip @ (0, 0, -1e6, 1)
    assert near[2] / near[3] == 1.0
    assert 0 < far[2] / far[3] < 1e-6


def test_an_asymmetric_edge_lands_on_the_edge() -> None:
    fov = views.Fov(-0.9, 0.7, 0.8, -0.6)
    clip = views.clip_from_eye(fov)
    right = clip @ (math.tan(0.7), math.tan(0.8), -1, 1)
    left = clip @ (-math.tan(0.9), -math.tan(0.6), -1, 1)
    np.testing.assert_allclose(right[:2] / right[3], (1, 1))
    np.testing.assert_allclose(left[:2] / left[3], (-1, -1))


def test_looking_at_puts_the_target_ahead() -> None:
    eye = views.looking_at((1, 2, 3), (0, 1, 0))
    view = views.View(eye, views.symmetric_fov(1.0, 1.0))
    seen = apply(views.eye_from_room(view), (0, 1, 0))
    np.testing.assert_allclose(seen, (0, 0, -math.dist((1, 2, 3), (0, 1, 0))), atol=1e-12)


def test_an_eye_at_rest_sees_what_lies_ahead() -> None:
    at_origin = views.View(Pose((0, 0, 0), (0, 0, 0, 1)), views.symmetric_fov(1.0, 1.0))
    np.testing.assert_allclose(views.eye_from_room(at_origin), np.eye(4))


def test_a_nose_points_towards_the_viewer() -> None:
    anterior_mm, superior_mm, left_mm = (0, -1000, 0), (0, 0, 1000), (1000, 0, 0)
    np.testing.assert_allclose(apply(frames.MODEL_FROM_CASE, anterior_mm), (0, 0, 1))
    np.testing.assert_allclose(apply(frames.MODEL_FROM_CASE, superior_mm), (0, 1, 0))
    np.testing.assert_allclose(apply(frames.MODEL_FROM_CASE, left_mm), (1, 0, 0))
    np.testing.assert_allclose(frames.CASE_FROM_MODEL @ frames.MODEL_FROM_CASE, np.eye(4))


def test_a_symmetric_field_has_the_height_and_the_shape_that_were_asked() -> None:
    fov = views.symmetric_fov(1.0, 1.5)
    assert fov.up_rad == -fov.down_rad == 0.5
    assert fov.right_rad == -fov.left_rad
    np.testing.assert_allclose(math.tan(fov.right_rad), 1.5 * math.tan(0.5))


def test_depth_is_the_same_across_the_picture() -> None:
    clip = views.clip_from_eye(views.symmetric_fov(1.0, 1.5))
    middle, corner = clip @ (0, 0, -2, 1), clip @ (0.9, 0.7, -2, 1)
    assert corner[2] == middle[2] and corner[3] == middle[3]
