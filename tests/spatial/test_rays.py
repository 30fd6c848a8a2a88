"""Rays from hands, and seen from other frames."""

from __future__ import annotations

import math

import pytest

from xrviewer.spatial.rays import Ray, aim_ray, transform_ray
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, axis_rotation, similarity


def test_a_hand_at_rest_points_ahead() -> None:
    assert aim_ray(Pose((1.0, 2.0, 3.0), IDENTITY_ROTATION)) == Ray((1, 2, 3), (0, 0, -1))


def test_a_hand_turned_to_the_left_points_left() -> None:
    ray = aim_ray(Pose((1.0, 2.0, 3.0), axis_rotation((0, 1, 0), math.pi / 2)))
    assert ray.origin == (1, 2, 3)
    assert ray.direction == pytest.approx((-1, 0, 0))


def test_from_a_larger_frame_the_direction_is_a_unit_again() -> None:
    there = similarity((10.0, 0.0, 0.0), axis_rotation((0, 0, 1), math.pi / 2), 20.0)
    seen = transform_ray(there, Ray((1.0, 0.0, 0.0), (1.0, 0.0, 0.0)))
    assert seen.origin == pytest.approx((10.0, 20.0, 0.0))
    assert seen.direction == pytest.approx((0.0, 1.0, 0.0))
