"""Surfaces laid into voxels: what is measured in a volume needs one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.crossings import Tracer
from xrviewer.analysis.facets import on_border
from xrviewer.analysis.labels import LabelBlock, smooth
from xrviewer.analysis.laplace import FieldLines
from xrviewer.analysis.sheet import OPEN_SHARE, REACH_MM
from xrviewer.case.mesh import Mesh
from xrviewer.errors import MeasureError

EDGE_MM = 0.35
"""Of a voxel, where the layer is not too large for it."""
_MOST_VOXELS = 12e6
_MARGIN_MM = 3.0


def lines_between(inner: Mesh, outer: Mesh) -> FieldLines:
    """Of what lies inside outer and outside inner. Raises MeasureError for open surfaces."""
    block = rasterised(inner, outer)
    return FieldLines(*smooth(block), block.case_from_voxel, REACH_MM)


def rasterised(inner: Mesh, outer: Mesh) -> LabelBlock:
    """A box around the outer surface, in even voxels along the case's axes."""
    for mesh in (inner, outer):
        if on_border(mesh).mean() > OPEN_SHARE:
            raise MeasureError("an open surface encloses no volume to lay field lines through")
    low, high = outer.points_mm.min(axis=0) - _MARGIN_MM, outer.points_mm.max(axis=0) + _MARGIN_MM
    edge_mm = max(EDGE_MM, float(np.cbrt(np.prod(high - low) / _MOST_VOXELS)))
    counts = np.ceil((high - low) / edge_mm).astype(int) + 1
    case_from_voxel = np.diag([edge_mm, edge_mm, edge_mm, 1.0])
    case_from_voxel[:3, 3] = low
    shape = (int(counts[0]), int(counts[1]), int(counts[2]))
    is_inner = inside(inner, low, edge_mm, shape)
    is_layer = inside(outer, low, edge_mm, shape) & ~is_inner
    return LabelBlock(is_inner.astype(np.float32), is_layer.astype(np.float32), case_from_voxel)


def inside(
    mesh: Mesh, low_mm: NDArray[np.float64], edge_mm: float, shape: tuple[int, int, int]
) -> NDArray[np.bool_]:
    """A voxel's middle is inside when a ray from below has met the surface an odd number of
    times."""
    i, j = np.divmod(np.arange(shape[0] * shape[1]), shape[1])
    below = min(float(mesh.points_mm[:, 2].min()), float(low_mm[2])) - 1.0
    origins = np.stack(
        [low_mm[0] + edge_mm * i, low_mm[1] + edge_mm * j, np.full(len(i), below)], axis=1
    )
    up = np.broadcast_to((0.0, 0.0, 1.0), origins.shape)
    until = low_mm[2] + edge_mm * shape[2] - below
    found = Tracer(mesh).crossings(origins, up, float(until))
    first = np.ceil((found.distance_mm + below - low_mm[2]) / edge_mm).astype(np.int64)
    counts = np.zeros((len(i), shape[2] + 1), np.int8)
    np.add.at(counts, (found.ray, np.clip(first, 0, shape[2])), 1)
    is_in = np.cumsum(counts[:, :-1], axis=1, dtype=np.int8) % 2 == 1
    return np.asarray(is_in.reshape(shape))
