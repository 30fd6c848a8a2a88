"""Rays and what they hit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Pose, Vec3


@dataclass(frozen=True, slots=True)
class Ray:
    """Origin and unit direction, in one named frame."""

    origin: Vec3
    direction: Vec3


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a ray met a part."""

    part: int
    point_mm: Vec3
    normal: Vec3
    distance_mm: float
    triangle: int = -1
    """Of the part; -1 where it is not known."""


def aim_ray(aim: Pose) -> Ray:
    """An aim pose points along its own -z."""
    matrix = aim.matrix()
    return _ray(matrix[:3, 3], -matrix[:3, 2])


def _ray(origin: NDArray[np.float64], direction: NDArray[np.float64]) -> Ray:
    unit = direction / np.linalg.norm(direction)
    ox, oy, oz = (float(v) for v in origin)
    dx, dy, dz = (float(v) for v in unit)
    return Ray((ox, oy, oz), (dx, dy, dz))
