"""Where the scale bar stands beside a model, or beside two of them."""

from __future__ import annotations

import math

import pytest

from xrviewer.scene.overlay import beside_box
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, Vec3

HEAD = Pose((0.0, 1.6, 0.0), IDENTITY_ROTATION)
MIDDLE: Vec3 = (0.0, 1.6, -1.0)


def halves(wide_m: float, tall_m: float, deep_m: float) -> tuple[Vec3, Vec3, Vec3]:
    return (wide_m, 0.0, 0.0), (0.0, 0.0, -deep_m), (0.0, tall_m, 0.0)


def test_just_outside_to_the_right_and_no_nearer_than_the_front() -> None:
    right, at_m = beside_box(MIDDLE, halves(0.1, 0.2, 0.05), HEAD)
    assert right == pytest.approx((1.0, 0.0, 0.0))
    assert at_m == pytest.approx((0.13, 1.6, -0.95))


def test_a_second_date_beside_the_first_brings_it_no_nearer() -> None:
    """It stands at the edge of both, as far from the eyes as beside one."""
    _, one = beside_box(MIDDLE, halves(0.1, 0.2, 0.05), HEAD)
    _, two = beside_box(MIDDLE, halves(0.25, 0.2, 0.05), HEAD)
    assert two == pytest.approx((0.28, 1.6, one[2]))


def test_of_a_turned_box_what_it_reaches_to_the_side_counts() -> None:
    c, s = math.cos(0.5), math.sin(0.5)
    turned: tuple[Vec3, Vec3, Vec3] = ((0.1 * c, 0, 0.1 * s), (-0.05 * s, 0, 0.05 * c), (0, 0.2, 0))
    _, at_m = beside_box(MIDDLE, turned, HEAD)
    assert at_m[0] == pytest.approx(0.1 * c + 0.05 * s + 0.03)
    assert at_m[2] == pytest.approx(-1.0 + 0.1 * s + 0.05 * c)


def test_beside_a_large_model_it_stays_in_sight() -> None:
    _, (x, _, z) = beside_box(MIDDLE, halves(5.0, 5.0, 0.4), HEAD)
    assert x == pytest.approx(0.3) and z == pytest.approx(-0.6)


def test_within_the_model_it_stands_before_the_eyes() -> None:
    _, at_m = beside_box(MIDDLE, halves(2.0, 2.0, 2.0), HEAD)
    assert at_m == pytest.approx((0.1, 1.6, -0.6))
