"""What follows from a few points alone: distances, angles, diameters, and how far to trust them.

The uncertainty of a figure is that of its points carried through: each point is moved by its own
along each axis, and the changes of the value are added in quadrature. That holds for two points
that coincide, where a derivative does not exist.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.measured import Kind
from xrviewer.case.model import Timepoint
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.errors import MeasureError

Points = NDArray[np.float64]

SAME_POINT_MM = 1e-3
"""Points nearer than this are one: nothing that a scan shows lies between them."""
_UP = np.array([0.0, 0.0, 1.0])
"""Superior, in the case frame: what a plane is compared with when nothing else is given."""


@dataclass(frozen=True, slots=True)
class Precision:
    """How well a point is known, as the radius that holds it in 95 of 100 cases."""

    voxel_mm: float | None = None
    """Half the diagonal of the scan's voxel."""
    surface_mm: float | None = None
    """How far the surface may lie from the labels it was made from."""
    input_mm: float = 0.0
    """Of the hand or mouse that placed it, in the case."""

    @property
    def point_mm(self) -> float | None:
        """None when nothing is known of the scan: then no uncertainty is stated."""
        known = [v for v in (self.voxel_mm, self.surface_mm) if v is not None]
        return math.hypot(*known, self.input_mm) if known else None


def precision_of(timepoint: Timepoint, input_mm: float = 0.0) -> Precision:
    """Of points placed on what was seen in the date's first scan."""
    volumes = timepoint.volumes
    voxel = half_diagonal_mm(volumes[0].spacing_mm) if volumes else None
    return Precision(voxel, None, input_mm)


def half_diagonal_mm(spacing_mm: tuple[float, float, float]) -> float:
    return math.hypot(*spacing_mm) / 2


def measured(kind: Kind, points_mm: NDArray[np.floating], precision: Precision) -> Quantity:
    """Raises MeasureError when the points do not make such a figure."""
    points = np.asarray(points_mm, np.float64).reshape(-1, 3)
    figure = FIGURES[kind]
    figure.check(points)
    value = figure.value(points)
    radius = precision.point_mm
    uncertainty = None if radius is None else _carried(figure.value, points, value, radius)
    return Quantity(value, figure.unit, uncertainty)


@dataclass(frozen=True, slots=True)
class Figure:
    unit: Unit
    least: int
    """Points it needs."""
    most: int | None
    value: Callable[[Points], float]

    def check(self, points: Points) -> None:
        if len(points) < self.least or (self.most is not None and len(points) > self.most):
            wanted = f"{self.least}" if self.most == self.least else f"at least {self.least}"
            raise MeasureError(f"this needs {wanted} points, not {len(points)}")
        if not np.isfinite(points).all():
            raise MeasureError("a point has no finite place")
        if (np.linalg.norm(np.diff(points, axis=0), axis=1) < SAME_POINT_MM).any():
            raise MeasureError("two neighbouring points are the same: place the second elsewhere")


def _length(points: Points) -> float:
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def _corner_deg(points: Points) -> float:
    return _between_deg(points[0] - points[1], points[2] - points[1])


def _tilt_deg(points: Points) -> float:
    normal = _plane_normal(points[:3])
    if len(points) == 3:
        other = _UP
    elif len(points) == 5:
        other = points[4] - points[3]
    else:
        other = _plane_normal(points[3:6])
    angle = _between_deg(normal, other)
    return min(angle, 180.0 - angle)


def circle_through(points: Points) -> tuple[Points, float, Points]:
    """Centre, radius and two unit axes of the circle that fits best, by least squares in the plane
    that does. Raises MeasureError where there is none."""
    middle = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - middle)
    flat = (points - middle) @ axes[:2].T
    system = np.column_stack([2 * flat, np.ones(len(flat))])
    (x, y, rest), _, rank, _ = np.linalg.lstsq(system, (flat**2).sum(axis=1), rcond=None)
    if rank < 3:
        raise MeasureError("the points lie on a line: no circle goes through them")
    return middle + (x, y) @ axes[:2], math.sqrt(rest + x * x + y * y), axes[:2]


def _circle_mm(points: Points) -> float:
    """The diameter."""
    return 2 * circle_through(points)[1]


def _plane_normal(points: Points) -> Points:
    normal = np.cross(points[1] - points[0], points[2] - points[0])
    if np.linalg.norm(normal) < SAME_POINT_MM**2:
        raise MeasureError("the three points lie on a line: they make no plane")
    return np.asarray(normal)


def _between_deg(a: Points, b: Points) -> float:
    """By the tangent: exact for small angles, where the cosine is flat."""
    return math.degrees(math.atan2(float(np.linalg.norm(np.cross(a, b))), float(a @ b)))


def _carried(value: Callable[[Points], float], points: Points, at: float, radius: float) -> float:
    total = 0.0
    for index in np.ndindex(points.shape):
        total += max(abs(value(_moved(points, index, s * radius)) - at) for s in (-1, 1)) ** 2
    return math.sqrt(total)


def _moved(points: Points, index: tuple[int, ...], by: float) -> Points:
    moved = points.copy()
    moved[index] += by
    return moved


FIGURES: dict[Kind, Figure] = {
    Kind.DISTANCE: Figure(Unit.MM, 2, 2, _length),
    Kind.POLYLINE: Figure(Unit.MM, 2, None, _length),
    Kind.ANGLE: Figure(Unit.DEGREE, 3, 3, _corner_deg),
    Kind.PLANE_ANGLE: Figure(Unit.DEGREE, 3, 6, _tilt_deg),
    Kind.DIAMETER: Figure(Unit.MM, 3, None, _circle_mm),
}
