"""Frames that go along a curve without turning about it: against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from xrviewer.spatial.bend import bend_of, place_beside, resampled, shares_beside

R, C = 20.0, 5.0


def test_on_a_plane_curve_one_direction_stays() -> None:
    t = np.linspace(0, 5, 400)
    bend = bend_of(np.stack([R * np.cos(t), R * np.sin(t), 0 * t], 1), (0, 0, 1))
    assert np.abs(bend.side - (0, 0, 1)).max() < 1e-9
    assert np.abs((bend.along * bend.side).sum(1)).max() < 1e-12
    assert np.cross(bend.along, bend.side) == pytest.approx(bend.up)
    assert bend.length == pytest.approx(R * 5, rel=1e-4)


def test_on_a_helix_it_turns_against_the_curves_own_frame_by_its_torsion() -> None:
    t = np.linspace(0, 6, 2000)
    bend = bend_of(np.stack([R * np.cos(t), R * np.sin(t), C * t], 1), (-1, 0, 0))
    inward = -np.stack([np.cos(t), np.sin(t), 0 * t], 1)
    other = np.cross(bend.along, inward)
    angle = np.unwrap(np.arctan2((bend.side * other).sum(1), (bend.side * inward).sum(1)))
    torsion = C / (R**2 + C**2)
    expected = -torsion * np.hypot(R, C) * 6
    assert angle[-2] - angle[1] == pytest.approx(expected, rel=2e-3)


def test_points_lie_evenly_and_both_ends_stay() -> None:
    points = np.array([[0.0, 0, 0], [1, 0, 0], [10, 0, 0], [10, 5, 0]])
    even = resampled(points, 16)
    assert even[0] == pytest.approx(points[0]) and even[-1] == pytest.approx(points[-1])
    assert np.linalg.norm(np.diff(even, axis=0), axis=1) == pytest.approx(1.0)


def test_what_is_no_curve_is_refused() -> None:
    for points in (np.zeros((2, 3)), np.zeros((5, 3))):
        with pytest.raises(ValueError, match="at least three points"):
            bend_of(points, (0, 0, 1))


@pytest.mark.parametrize("turn_rad", [0.0, 1.1])
def test_a_place_beside_a_curve_is_found_again(turn_rad: float) -> None:
    t = np.linspace(0, 3, 400)
    bend = bend_of(np.stack([R * np.cos(t), R * np.sin(t), C * t], 1), (0, 0, 1))
    asked = [(0.02, -0.3), (0.5, 0.0), (0.731, 0.4), (1.0, 0.2)]
    places = np.array([place_beside(bend, share, turn_rad, aside * R) for share, aside in asked])
    shares, aside, over = shares_beside(bend, places, turn_rad)
    assert shares == pytest.approx([share for share, _ in asked], abs=2e-3)
    assert aside / R == pytest.approx([beside for _, beside in asked], abs=2e-3)
    assert np.abs(over).max() < 2e-3 * R
