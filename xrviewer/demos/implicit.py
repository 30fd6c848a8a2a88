"""Solids as fields: negative inside, positive outside, about a millimetre a millimetre.

Coordinates come as (3, N), so that x, y and z are each contiguous; every function keeps the
dtype it is given: float32 for grids, float64 for vertices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Vec3

Coords: TypeAlias = NDArray[Any]
"""(3, N) millimetres."""
Values: TypeAlias = NDArray[Any]
"""(N,)"""
Field: TypeAlias = Callable[[Coords], Values]


def smooth_max(a: Values, b: Values, blend_mm: float) -> Values:
    """Intersection with a rounded edge; differs from max only within blend_mm of the seam."""
    overlap = np.maximum(blend_mm - np.abs(a - b), 0) / blend_mm
    return np.asarray(np.maximum(a, b) + overlap * overlap * (blend_mm / 4))


def smooth_min(a: Values, b: Values, blend_mm: float) -> Values:
    """Union with a fillet."""
    return -smooth_max(-a, -b, blend_mm)


def ellipsoid(coords: Coords, center: Vec3, radii: Vec3) -> Values:
    """Close to a distance near the surface: the level set divided by its slope."""
    scaled = [(coords[i] - center[i]) / radii[i] for i in range(3)]
    level = np.sqrt(scaled[0] ** 2 + scaled[1] ** 2 + scaled[2] ** 2)
    slope = np.sqrt(sum((scaled[i] / radii[i]) ** 2 for i in range(3)))
    return np.asarray(level * (level - 1) / np.maximum(slope, 1e-6))


def bump(coords: Coords, center: Vec3, radii: Vec3) -> Values:
    """A smooth hill, 1 at the centre, e^-1 at the radii: to lift or hollow a surface."""
    squared = sum(((coords[i] - center[i]) / radii[i]) ** 2 for i in range(3))
    return np.asarray(np.exp(-squared))


def smooth_step(low: float, high: float, value: Values) -> Values:
    """0 below low, 1 above high, no corner between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def value_and_slope(field: Field, coords: Coords, step_mm: float = 1e-4) -> tuple[Values, Coords]:
    """Value and gradient, (3, N), by forward differences: 4 evaluations. Give float64."""
    value = field(coords)
    gradient = np.empty_like(coords)
    for axis in range(3):
        ahead = coords.copy()
        ahead[axis] += step_mm
        gradient[axis] = (field(ahead) - value) / step_mm
    return value, gradient


def gradient_of(field: Field, coords: Coords, step_mm: float = 0.02) -> Coords:
    """(3, N), by central differences: 6 evaluations. Give float64."""
    gradient = np.empty_like(coords)
    for axis in range(3):
        ahead, behind = coords.copy(), coords.copy()
        ahead[axis] += step_mm
        behind[axis] -= step_mm
        gradient[axis] = (field(ahead) - field(behind)) / (2 * step_mm)
    return gradient
