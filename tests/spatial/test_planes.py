"""Planes of a patient: handedness, snapping, turning."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xrviewer.spatial.planes import (
    ANATOMICAL_NAMES,
    anatomical,
    cross,
    name_of,
    oblique,
    plane_of,
    rotation_to,
    snapped,
    turned_plane,
)
from xrviewer.spatial.transforms import IDENTITY_ROTATION, axis_rotation, rotation_matrix


def test_the_patients_planes_hang_as_radiologists_hang_them() -> None:
    """On the screen, right and up; LPS."""
    left, front, up = (1, 0, 0), (0, -1, 0), (0, 0, 1)
    hung = {"axial": (left, front), "coronal": (left, up), "sagittal": ((0, 1, 0), up)}
    for name in ANATOMICAL_NAMES:
        plane = anatomical(name, (1.0, 2.0, 3.0))
        assert (plane.across, plane.along) == hung[name]
        assert cross(plane.across, plane.along) == pytest.approx(plane.normal)
        assert name_of(plane) == name


@pytest.mark.parametrize(("degrees", "is_snapped"), [(4.9, True), (5.1, False), (-4.9, True)])
@pytest.mark.parametrize("name", ANATOMICAL_NAMES)
def test_it_snaps_within_five_degrees(name: str, degrees: float, is_snapped: bool) -> None:
    plane = anatomical(name, (10.0, 20.0, 30.0))
    turn = axis_rotation(plane.across, math.radians(degrees))
    near = turned_plane(plane, (10.0, 20.0, 30.0), turn, (0.0, 0.0, 0.0))
    assert near.point_mm == pytest.approx(plane.point_mm)
    assert (snapped(near) == plane) is is_snapped
    assert name_of(snapped(near)) == (name if is_snapped else "oblique")


def test_a_plane_that_snaps_keeps_its_turn_within_itself() -> None:
    plane = anatomical("axial", (0.0, 0.0, 0.0))
    turn = axis_rotation((0, 0, 1), math.radians(30))
    level = turned_plane(plane, (0.0, 0.0, 0.0), turn, (0.0, 0.0, 0.0))
    assert snapped(level).across == pytest.approx(level.across)


def test_it_turns_about_the_hand_and_keeps_the_point_under_it() -> None:
    plane = oblique((5.0, 6.0, 7.0), (0.2, 0.5, -0.7))
    hand, turn = (50.0, -20.0, 10.0), axis_rotation((1, 2, 3), 0.7)
    moved = turned_plane(plane, hand, turn, (1.0, 2.0, 3.0))
    away = plane.distance_mm(hand)
    assert moved.distance_mm((51.0, -18.0, 13.0)) == pytest.approx(away)
    assert turned_plane(plane, hand, IDENTITY_ROTATION, (0.0, 0.0, 0.0)).point_mm == plane.point_mm


def test_a_plane_and_its_turn_are_one() -> None:
    plane = oblique((5.0, 6.0, 7.0), (0.2, 0.5, -0.7))
    again = plane_of(plane.point_mm, rotation_to(plane))
    assert np.allclose([again.normal, again.across], [plane.normal, plane.across])


def test_it_goes_through_a_point() -> None:
    plane = oblique((5.0, 6.0, 7.0), (0.2, 0.5, -0.7)).through((9.0, 9.0, 9.0))
    assert plane.distance_mm((9.0, 9.0, 9.0)) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("normal", [(0.0, 0.0, 0.0), (float("nan"), 0.0, 1.0)])
def test_no_direction_is_no_plane(normal: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="no direction"):
        oblique((0.0, 0.0, 0.0), normal)


def test_a_plane_of_a_turn_has_its_axes() -> None:
    turn = axis_rotation((1, 2, 3), 2.5)
    plane, axes = plane_of((5.0, 6.0, 7.0), turn), rotation_matrix(turn)
    assert plane.point_mm == (5.0, 6.0, 7.0)
    np.testing.assert_allclose([plane.across, plane.along, plane.normal], axes.T, atol=1e-12)


def test_an_oblique_picture_stands_as_upright_as_it_can() -> None:
    for normal in ((0.6, 0.0, 0.8), (0.0, -1.0, 0.1), (0.3, -0.5, 0.2)):
        plane = oblique((0.0, 0.0, 0.0), normal)
        assert plane.across[2] == pytest.approx(0.0)  # level
        assert plane.along[2] > 0  # the head is up
    from_above = oblique((0.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    assert from_above.along == pytest.approx((0.0, -1.0, 0.0))  # up is the front


def test_turning_a_plane_turns_its_picture_with_it() -> None:
    plane, turn = anatomical("coronal", (0.0, 0.0, 0.0)), axis_rotation((0, 1, 0), 0.6)
    moved = turned_plane(plane, (0.0, 0.0, 0.0), turn, (0.0, 0.0, 0.0))
    assert moved.normal == pytest.approx(plane.normal)
    assert moved.across == pytest.approx((math.cos(0.6), 0.0, -math.sin(0.6)))


def test_a_picture_that_is_nearly_level_is_levelled() -> None:
    plane = anatomical("coronal", (1.0, 2.0, 3.0))
    turn = axis_rotation((0, 1, 0), math.radians(4))
    assert snapped(turned_plane(plane, plane.point_mm, turn, (0.0, 0.0, 0.0))) == plane
