"""What a scan holds within a layer, carried to the surfaces on both its sides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from xrviewer.analysis.nearest import NearestPoint
from xrviewer.analysis.thickness import Thickness
from xrviewer.case.mesh import Points
from xrviewer.spatial.transforms import Matrix, apply

_DEPTHS = (np.arange(8) + 0.5) / 8
_MARGIN_MM = 0.3
"""From either surface: a voxel there is half something else."""
_LEAST = 0.25
"""Of the depths that must have a value."""


def mean_through(
    measured: Thickness, voxels: NDArray[np.float32], case_from_voxel: Matrix
) -> NDArray[np.float64]:
    """At every vertex of the inner surface: the mean along its normal through the layer, of where
    the voxels have a value; NaN where hardly any has, and where there is no layer."""
    there = np.flatnonzero(measured.inner_mm > 0)
    points, normals = measured.inner.points_mm[there], measured.normals[there]
    thickness = measured.inner_mm[there]
    margin = np.minimum(_MARGIN_MM, thickness / 4)
    sums, weights = np.zeros(len(there)), np.zeros(len(there))
    voxel_from_case: Matrix = np.asarray(np.linalg.inv(case_from_voxel))
    for depth in _DEPTHS:
        way = margin + depth * (thickness - 2 * margin)
        value, weight = _sampled(voxels, voxel_from_case, points + way[:, None] * normals)
        sums += value
        weights += weight
    means = np.full(len(measured.inner_mm), np.nan)
    is_told = weights >= _LEAST * len(_DEPTHS)
    means[there[is_told]] = sums[is_told] / weights[is_told]
    return means


def carried_out(
    measured: Thickness, at_inner: NDArray[np.float64], points_mm: Points
) -> NDArray[np.float64]:
    """What the inner surface has, at the points that lie over it; NaN where the layer ends."""
    feet = NearestPoint(measured.inner).feet(points_mm)
    return feet.interpolated(measured.inner, at_inner)


def _sampled(
    voxels: NDArray[np.float32], voxel_from_case: Matrix, points_mm: Points
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Linear, of the neighbours that have a value: their weighted sum, and their weight."""
    at = apply(voxel_from_case, points_mm).T
    # Only the box around the points: a scan is much larger than a layer.
    low = np.maximum(np.floor(at.min(axis=1)).astype(int), 0) if at.size else np.zeros(3, int)
    high = np.ceil(at.max(axis=1)).astype(int) + 1 if at.size else np.zeros(3, int)
    box = voxels[tuple(slice(a, max(a, b) + 1) for a, b in zip(low, high, strict=True))]
    if not box.size:
        return np.zeros(at.shape[1]), np.zeros(at.shape[1])
    is_told = np.isfinite(box)
    parts = [np.where(is_told, box, 0.0), is_told.astype(np.float64)]
    value, weight = (
        map_coordinates(part, at - low[:, None], order=1, mode="constant") for part in parts
    )
    return np.asarray(value, np.float64), np.asarray(weight, np.float64)
