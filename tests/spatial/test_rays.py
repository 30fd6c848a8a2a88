"""Rays from hands, and seen from other frames."""

from __future__ import annotations

import math

import pytest

from xrviewer.spatial.rays import Ray, aim_ray
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, axis_rotation


def test_a_hand_at_rest_points_ahead() -> None:
    assert aim_ray(Pose((1.0, 2.0, 3.0), IDENTITY_ROTATION)) == Ray((1, 2, 3), (0, 0, -1))


def test_a_hand_turned_to_the_left_points_left() -> None:
    ray = aim_ray(Pose((1.0, 2.0, 3.0), axis_rotation((0, 1, 0), math.pi / 2)))
    assert ray.origin == (1, 2, 3)
    assert ray.direction == pytest.approx((-1, 0, 0))
