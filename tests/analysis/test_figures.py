"""Figures of a few points against closed forms, and uncertainties against chance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xrviewer.analysis.figures import Precision, half_diagonal_mm, measured
from xrviewer.case.measured import Kind
from xrviewer.case.quantity import Unit
from xrviewer.errors import MeasureError

EXACT = Precision(0.0)


def turned(points: list[list[float]]) -> np.ndarray:
    """Off every axis, and away from the origin."""
    tilt = np.linalg.qr(np.random.default_rng(5).normal(size=(3, 3)))[0]
    return np.array(points, np.float64) @ tilt.T + [310.0, -42.0, 7.5]


@pytest.mark.parametrize(
    ("kind", "points", "value", "unit"),
    [
        (Kind.DISTANCE, [[0, 0, 0], [3, 4, 12]], 13.0, Unit.MM),
        (Kind.POLYLINE, [[0, 0, 0], [3, 0, 0], [3, 4, 0], [3, 4, 12]], 19.0, Unit.MM),
        (Kind.ANGLE, [[5, 0, 0], [0, 0, 0], [3, 3 * math.sqrt(3), 0]], 60.0, Unit.DEGREE),
        (Kind.ANGLE, [[5, 0, 0], [0, 0, 0], [5, 1e-4, 0]], math.degrees(2e-5), Unit.DEGREE),
        (Kind.ANGLE, [[5, 0, 0], [0, 0, 0], [-7, 0, 0]], 180.0, Unit.DEGREE),
        (
            Kind.PLANE_ANGLE,
            [[0, 0, 0], [10, 0, 1], [0, 10, 0], [0, 0, 0], [0, 0, -30]],
            math.degrees(math.atan(0.1)),
            Unit.DEGREE,
        ),
        (
            Kind.PLANE_ANGLE,
            [[0, 0, 0], [10, 0, 0], [0, 10, 0], [0, 0, 0], [10, 0, 10], [0, 10, 0]],
            45.0,
            Unit.DEGREE,
        ),
        (Kind.DIAMETER, [[7, 0, 2], [0, 7, 2], [-7, 0, 2]], 14.0, Unit.MM),
        (Kind.DIAMETER, [[7, 0, 2], [0, 7, 2], [-7, 0, 2], [0, -7, 2]], 14.0, Unit.MM),
    ],
)
def test_known_shapes(kind: Kind, points: list[list[float]], value: float, unit: Unit) -> None:
    found = measured(kind, turned(points), EXACT)
    assert found.value == pytest.approx(value, abs=1e-6)
    assert found.unit is unit
    assert found.uncertainty == pytest.approx(0.0, abs=1e-9)


def test_three_points_are_compared_with_the_axial_plane() -> None:
    rise = math.tan(math.radians(7.0))
    points = np.array([[0, 0, 0], [0, 50, -50 * rise], [30, 0, 0]])
    assert measured(Kind.PLANE_ANGLE, points, EXACT).value == pytest.approx(7.0)


@pytest.mark.parametrize(
    ("kind", "points", "reason"),
    [
        (Kind.DISTANCE, [[1, 2, 3], [1, 2, 3]], "the same"),
        (Kind.DISTANCE, [[1, 2, 3]], "needs 2 points, not 1"),
        (Kind.POLYLINE, [[1, 2, 3], [4, 5, 6], [4, 5, 6]], "the same"),
        (Kind.DIAMETER, [[0, 0, 0], [1, 0, 0], [2, 0, 0]], "on a line"),
        (Kind.PLANE_ANGLE, [[0, 0, 0], [1, 0, 0], [2, 0, 0]], "on a line"),
        (Kind.DISTANCE, [[0, 0, 0], [math.nan, 0, 0]], "finite"),
    ],
)
def test_points_that_make_no_figure(kind: Kind, points: list[list[float]], reason: str) -> None:
    with pytest.raises(MeasureError, match=reason):
        measured(kind, np.array(points, np.float64), EXACT)


def test_both_ends_of_a_distance_count() -> None:
    precision = Precision(half_diagonal_mm((0.3, 0.4, 1.2)), surface_mm=0.5, input_mm=0.2)
    assert precision.point_mm == pytest.approx(math.sqrt(0.65**2 + 0.5**2 + 0.2**2))
    found = measured(Kind.DISTANCE, np.array([[0, 0, 0], [0, 40, 0.0]]), precision)
    assert found.uncertainty == pytest.approx(math.sqrt(2) * precision.point_mm, rel=0.02)


def test_nothing_known_of_the_scan_states_no_uncertainty() -> None:
    found = measured(Kind.DISTANCE, np.array([[0, 0, 0], [0, 40, 0.0]]), Precision(input_mm=0.4))
    assert found.uncertainty is None


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        (Kind.DISTANCE, [[0, 0, 0], [0, 0, 0.4]]),
        (Kind.DISTANCE, [[0, 0, 0], [30, 10, 0]]),
        (Kind.POLYLINE, [[0, 0, 0], [10, 0, 0], [10, 8, 3], [18, 8, 3]]),
        (Kind.ANGLE, [[25, 0, 0], [0, 0, 0], [10, 22, 5]]),
        (Kind.PLANE_ANGLE, [[0, 0, 0], [0, 40, 4], [30, 0, 0], [0, 0, 0], [3, 4, -90]]),
        (Kind.DIAMETER, [[12, 0, 0], [0, 12, 0], [-12, 0, 0], [0, -12, 0]]),
    ],
)
def test_stated_uncertainty_holds_the_truth(kind: Kind, points: list[list[float]]) -> None:
    """Each point anywhere in its ball, evenly: at least 95 in 100."""
    rng = np.random.default_rng(11)
    truth = measured(kind, np.array(points, np.float64), EXACT).value
    held = 0
    for _ in range(400):
        off = rng.normal(size=(len(points), 3))
        off *= (0.6 * rng.random(len(points)) ** (1 / 3) / np.linalg.norm(off, axis=1))[:, None]
        found = measured(kind, np.array(points) + off, Precision(0.6))
        assert found.uncertainty is not None
        held += abs(found.value - truth) <= found.uncertainty
    assert held >= 380
