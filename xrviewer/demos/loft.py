"""Surfaces from outlines: what an anatomist draws on slices, made into a smooth solid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.ndimage import map_coordinates

from xrviewer.demos.implicit import Coords, Values
from xrviewer.spatial.transforms import Vec3

_ANGLES = 180
_LEVEL_STEP_MM = 0.5
_MARGIN_LEVELS = 4

Section = tuple[Vec3, Sequence[float]]
"""Centre (x, y, z) of a slice at height z, and radii at equal angles from +x towards +y."""


class Outline:
    """A closed curve about a centre in a plane, smooth through points given as (u, v)."""

    def __init__(self, center: tuple[float, float], points: Sequence[tuple[float, float]]) -> None:
        self.center = center
        relative = np.asarray(points, np.float64) - center
        angle = np.unwrap(np.arctan2(relative[:, 1], relative[:, 0]))
        if angle[-1] < angle[0]:
            angle, relative = angle[::-1], relative[::-1]
        radius = np.linalg.norm(relative, axis=1)
        spline = CubicSpline(
            np.append(angle, angle[0] + 2 * np.pi), np.append(radius, radius[0]), bc_type="periodic"
        )
        self._table = _wrapped(spline(np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False))[None])[0]

    def distance(self, u: Values, v: Values) -> Values:
        """In the plane; negative inside."""
        du, dv = u - self.center[0], v - self.center[1]
        radius = map_coordinates(
            self._table.astype(u.dtype), _angle_index(du, dv)[None], order=3, prefilter=False
        )
        return np.asarray(np.hypot(du, dv) - radius)


class Loft:
    """A solid through outlines at many heights; straight on beyond the first and the last."""

    def __init__(self, sections: Sequence[Section]) -> None:
        ordered = sorted(sections, key=lambda section: section[0][2])
        heights = np.array([center[2] for center, _ in ordered])
        self._low = float(heights[0]) - _MARGIN_LEVELS * _LEVEL_STEP_MM
        levels = np.arange(self._low, heights[-1] + 2 * _MARGIN_LEVELS * _LEVEL_STEP_MM, 0.5)
        inside = np.clip(levels, heights[0], heights[-1])
        radii = PchipInterpolator(heights, _around([list(r) for _, r in ordered]))(inside)
        self._radius = _wrapped(radii)
        centers = np.array([center[:2] for center, _ in ordered])
        self._center = PchipInterpolator(heights, centers)(inside).T

    def distance(self, coords: Coords) -> Values:
        level = (coords[2] - self._low) / _LEVEL_STEP_MM
        dx = coords[0] - self._along(self._center[0], level)
        dy = coords[1] - self._along(self._center[1], level)
        at = np.stack([level, _angle_index(dx, dy)])
        table = self._radius.astype(coords.dtype)
        radius = map_coordinates(table, at, order=3, prefilter=False, mode="nearest")
        return np.asarray(np.hypot(dx, dy) - radius)

    @staticmethod
    def _along(values: NDArray[np.float64], level: Values) -> Values:
        table = values.astype(level.dtype)
        return np.asarray(
            map_coordinates(table, level[None], order=3, prefilter=False, mode="nearest")
        )


def _around(radii: list[list[float]]) -> NDArray[np.float64]:
    closed = np.asarray([[*row, row[0]] for row in radii])
    angles = np.linspace(0, 2 * np.pi, closed.shape[1])
    spline = CubicSpline(angles, closed, axis=1, bc_type="periodic")
    return np.asarray(spline(np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False)))


def _wrapped(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two columns more at either end, so that a cubic patch never meets the seam."""
    return np.concatenate([table[:, -2:], table, table[:, :3]], axis=1)


def _angle_index(dx: Values, dy: Values) -> Values:
    turn = np.arctan2(dy, dx) * (_ANGLES / (2 * np.pi))
    return np.asarray(np.where(turn < 0, turn + _ANGLES, turn) + 2)
