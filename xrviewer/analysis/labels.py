"""A layer and what it lies on, from a label map: smooth surfaces out of a staircase of voxels.

The outer surface is that of inner structure and layer taken together. Smoothing the layer's own
mask makes a thin layer shrink or vanish; smoothed together the two surfaces move alike, so that
more smoothing can be afforded and the staircase goes. Where the layer lies is asked of the labels.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from xrviewer.analysis.blur import blurred, reach
from xrviewer.analysis.contour import contour
from xrviewer.analysis.laplace import FieldLines
from xrviewer.analysis.sheet import REACH_MM, Sheet
from xrviewer.case.mesh import Mesh, Points
from xrviewer.errors import MeasureError
from xrviewer.spatial.transforms import Matrix, apply

SMOOTHING_VOXELS = 1.2
"""Standard deviation in the longest edges of a voxel; measured: the best for 1 to 3 mm layers."""
SMOOTHING_MAX_MM = 0.84
"""Beyond it a condyle of 8 mm radius loses 0.1 mm: thick slices are left with their steps."""
_LEAST_VOXELS = 0.6
"""Along an axis of thick slices, or each would be a terrace."""
_MARGIN_MM = 4.0
_MARGIN = 2
"""Places that a contour wants empty around it."""
_LEVEL = 0.5
_NEARLY_NONE = 0.005
"""A share of the layer after smoothing that lies 2.5 standard deviations beside it."""
_EDGE_VOXELS = 0.5
"""Standard deviation, and distance above the surface, at which coverage is judged."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelBlock:
    """The part of a label map that matters, as masks."""

    inner: NDArray[np.float32]
    layer: NDArray[np.float32]
    case_from_voxel: Matrix

    @property
    def spacing_mm(self) -> NDArray[np.float64]:
        return np.asarray(np.linalg.norm(self.case_from_voxel[:3, :3], axis=0))


def cut_block(
    labels: NDArray[Any], case_from_voxel: Matrix, inner: Collection[int], layer: Collection[int]
) -> LabelBlock:
    """Around the layer, with enough margin. Raises MeasureError where either is empty."""
    is_layer = _among(labels, layer)
    if not is_layer.any():
        raise MeasureError(f"nothing to measure: no voxel is labelled {_said(layer)}")
    spacing = np.linalg.norm(case_from_voxel[:3, :3], axis=0)
    margin = np.ceil(_MARGIN_MM / spacing).astype(int) + 2
    spans = []
    for axis in range(3):
        across = tuple(i for i in range(3) if i != axis)
        filled = np.flatnonzero(is_layer.any(axis=across))
        low = max(0, int(filled[0]) - margin[axis])
        spans.append(slice(low, int(filled[-1]) + margin[axis] + 1))
    block = tuple(spans)
    is_inner = _among(labels[block], inner)
    if not is_inner.any():
        raise MeasureError(f"nothing to measure from: no voxel near is labelled {_said(inner)}")
    shifted = case_from_voxel.copy()
    shifted[:3, 3] = apply(case_from_voxel, np.array([s.start for s in spans], np.float64))
    return LabelBlock(is_inner.astype(np.float32), is_layer[block].astype(np.float32), shifted)


def sheet_from_labels(block: LabelBlock) -> Sheet:
    """Smoothed surfaces in the case frame, and where the labels say that the layer is."""
    inner, both = smooth(block)
    place = block.case_from_voxel
    layer = both - inner  # of the union's surface only what is near the layer is ever asked for
    return Sheet(
        surface(inner, place),
        surface(both, place, layer > _NEARLY_NONE),
        _Coverage(block),
        lambda: FieldLines(inner, both, place, REACH_MM),
    )


def smooth(block: LabelBlock) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How much of each place is the inner structure, and how much is that or the layer."""
    sigma = smoothing_voxels(block.spacing_mm)
    return _smoothed(block.inner, sigma), _smoothed(block.inner + block.layer, sigma)


def _smoothed(mask: NDArray[np.float32], sigma: NDArray[np.float64]) -> NDArray[np.float32]:
    """What is at the block's faces goes on beyond them."""
    edges = [reach(float(own)) for own in sigma]
    beyond = np.pad(mask, [(edge, edge) for edge in edges], mode="edge")
    inside = tuple(slice(edge, -edge or None) for edge in edges)
    return np.ascontiguousarray(blurred(beyond, sigma.tolist())[inside])


def smoothing_voxels(spacing_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """The standard deviation along each axis, in its voxels."""
    sigma_mm = min(SMOOTHING_MAX_MM, SMOOTHING_VOXELS * float(spacing_mm.max()))
    return np.asarray(np.maximum(sigma_mm, _LEAST_VOXELS * spacing_mm) / spacing_mm)


def surface(
    field: NDArray[np.float32],
    case_from_voxel: Matrix,
    is_wanted: NDArray[np.bool_] | None = None,
) -> Mesh:
    """Where the field is one half; open where the block ends, and where the voxels that are wanted
    do. Raises MeasureError if that is nowhere."""
    if not field.min() < _LEVEL < field.max():
        raise MeasureError("nothing to measure: the structure is thinner than the smoothing")
    found = contour(np.pad(field, _MARGIN), _LEVEL)
    points = found.points - np.float32(_MARGIN)
    last = np.array(field.shape) - 1
    is_kept: NDArray[np.bool_] = np.all((points >= 0) & (points <= last), axis=1)
    if is_wanted is not None:
        i, j, k = np.clip(np.round(points), 0, last).astype(np.intp).T
        is_kept &= is_wanted[i, j, k]
    triangles = found.triangles[is_kept[found.triangles].all(axis=1)]
    if not len(triangles):
        raise MeasureError("nothing to measure: the layer does not lie on the inner structure")
    number = np.cumsum(is_kept, dtype=np.uint32) - np.uint32(1)
    placed = apply(case_from_voxel, np.asarray(points[is_kept], np.float64))
    return Mesh.of(placed, number[triangles], are_unique=True)


class _Coverage:
    """Half of what lies on the surface at a point, the inner structure aside, is the layer."""

    def __init__(self, block: LabelBlock) -> None:
        self._voxel_from_case: Matrix = np.asarray(np.linalg.inv(block.case_from_voxel))
        layer = gaussian_filter(block.layer, _EDGE_VOXELS, mode="nearest")
        beside = 1 - gaussian_filter(block.inner, _EDGE_VOXELS, mode="nearest")
        self._share = layer / np.maximum(beside, 1e-3)

    def __call__(self, points_mm: Points, normals: Points) -> NDArray[np.bool_]:
        in_voxels = normals @ self._voxel_from_case[:3, :3].T
        step = _EDGE_VOXELS / np.maximum(np.linalg.norm(in_voxels, axis=1), 1e-12)
        ahead = np.asarray(points_mm + step[:, None] * normals, np.float64)
        places = apply(self._voxel_from_case, ahead)
        share = map_coordinates(self._share, places.T, order=1, mode="nearest")
        return np.asarray(share >= 0.5)


def _among(labels: NDArray[Any], wanted: Collection[int]) -> NDArray[np.bool_]:
    """In the order that the voxels lie in: numpy.isin makes a copy first, and takes ten times as
    long."""
    found = np.zeros_like(labels, np.bool_)
    for label in wanted:
        found |= labels == label
    return found


def _said(labels: Collection[int]) -> str:
    return " or ".join(str(label) for label in sorted(labels))
