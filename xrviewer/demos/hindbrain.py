"""Cerebellum and brainstem, outlined in the scan: what is thick and lies outside the cortex.

fsaverage has no surface for them, and a brain without them is hard to recognise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from skimage.measure import marching_cubes

from xrviewer.case.volume import Volume
from xrviewer.spatial.transforms import apply

_TISSUE = 130
"""Scan value above fluid and the sheets of the dura; cerebellar grey matter is about 160."""
_SURFACE = 120.0
"""Scan value of the outline, once smoothed: a little below what is taken for tissue."""
_HALF_THICKNESS_VOXELS = 5
"""What is thinner than twice this is the rim of the cortex: at 4 the rim was still joined on, at 6
the brainstem was lost."""
_TOP_VOXELS = 20
"""The hindbrain ends below this plane, over the origin; above it there is nothing to search."""
_SAMPLES = 12
"""Steps along a triangle's edge when it is drawn into voxels; edges are 6 mm at most."""

Shape = tuple[int, int, int]
Mask = NDArray[np.bool_]
Sheet = tuple[NDArray[np.float32], NDArray[np.uint32]]


def outline_hindbrain(scan: Volume, cortex: list[Sheet]) -> Sheet:
    """Points (case frame) and triangles that face outward, from a scan of the brain alone.

    A few seconds. The cortex is given as closed pial surfaces, case frame.
    """
    voxel_from_case = np.linalg.inv(scan.case_from_voxel).astype(np.float64)
    top = round(float(voxel_from_case[2, 3])) + _TOP_VOXELS
    voxels = np.asarray(scan.voxels)[:, :, :top]
    is_cortex = np.zeros(voxels.shape, np.bool_)
    for points_mm, triangles in cortex:
        is_cortex |= _solid(apply(voxel_from_case, points_mm), triangles, scan.voxels.shape, top)
    is_hindbrain = _thickest_piece((voxels > _TISSUE) & ~is_cortex)
    points, triangles = _polygonise(np.where(is_hindbrain, voxels, 0))
    return apply(scan.case_from_voxel, points).astype(np.float32), triangles


def _solid(
    points: NDArray[np.float64], triangles: NDArray[np.uint32], shape: tuple[int, ...], top: int
) -> Mask:
    """Voxels on and inside a closed surface, below the top plane: drawn densely, then filled."""
    steps = np.arange(_SAMPLES + 1)
    first, second = (grid.ravel() for grid in np.meshgrid(steps, steps))
    is_inside = first + second <= _SAMPLES
    u, v = (grid[is_inside, None, None] / _SAMPLES for grid in (first, second))
    a, b, c = (points[triangles[:, k]] for k in range(3))
    drawn = np.rint(a + u * (b - a) + v * (c - a)).astype(np.intp).reshape(-1, 3)
    shell = np.zeros(shape, np.bool_)
    shell[tuple(drawn.T)] = True
    # The surface is open where the plane cuts it, so it is filled whole and cut afterwards.
    filled: Mask = ndimage.binary_fill_holes(shell)
    return filled[:, :, :top]


def _thickest_piece(mask: Mask) -> Mask:
    """Opened by a ball, then the largest piece of what is left."""
    core = ndimage.distance_transform_edt(mask) > _HALF_THICKNESS_VOXELS
    labels, _ = ndimage.label(core)
    largest = 1 + int(np.bincount(labels.ravel())[1:].argmax())
    near = ndimage.distance_transform_edt(labels != largest) <= _HALF_THICKNESS_VOXELS + 1
    piece: Mask = mask & near
    return piece


def _polygonise(values: NDArray[np.generic]) -> Sheet:
    """The outline, in voxels; a margin keeps it closed where the scan ends."""
    smooth = ndimage.gaussian_filter(np.pad(values.astype(np.float32), 2), 0.7)
    points, triangles, _, _ = marching_cubes(smooth, _SURFACE, gradient_direction="ascent")
    labels = _pieces(len(points), triangles)
    kept = labels == np.bincount(labels).argmax()
    number = np.cumsum(kept) - 1
    inside = triangles[kept[triangles[:, 0]]]
    return (points[kept] - 2).astype(np.float32), number[inside].astype(np.uint32)


def _pieces(count: int, triangles: NDArray[np.int32]) -> NDArray[np.int32]:
    """The piece each vertex belongs to."""

    edges = np.concatenate([triangles[:, :2], triangles[:, 1:]])
    graph = coo_matrix((np.ones(len(edges)), edges.T), (count, count))
    labels: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return labels
