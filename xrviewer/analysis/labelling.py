"""Surfaces back into the voxels of a scan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.facets import on_border
from xrviewer.analysis.raster import inside
from xrviewer.analysis.sheet import OPEN_SHARE
from xrviewer.case.mesh import Mesh
from xrviewer.case.volume import Volume
from xrviewer.spatial.transforms import apply


def label_map(meshes: Sequence[Mesh], volume: Volume) -> tuple[NDArray[np.uint16], list[int]]:
    """The number of the mesh, from 1, in each voxel whose middle lies inside; and which numbers
    are open surfaces, which have no inside.

    Where two overlap the smaller one holds: a tumour in a brain, the brain in a head.
    """
    voxel_from_case = np.asarray(np.linalg.inv(volume.case_from_voxel), np.float64)
    i, j, k = volume.voxels.shape[:3]
    labels = np.zeros((i, j, k), np.uint16, order="F")
    left_out = []
    numbered = sorted(enumerate(meshes, 1), key=lambda pair: -abs(pair[1].volume_mm3))
    for number, mesh in numbered:
        if on_border(mesh).mean() > OPEN_SHARE:
            left_out.append(number)
            continue
        points = apply(voxel_from_case, mesh.points_mm)
        low = np.clip(np.floor(points.min(axis=0)), 0, None).astype(int)
        high = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 1, (i, j, k))
        if (high <= low).any():
            continue
        block = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        size = (int(high[0] - low[0]), int(high[1] - low[1]), int(high[2] - low[2]))
        is_in = inside(Mesh.of(points, mesh.triangles), low.astype(np.float64), 1.0, size)
        labels[block][is_in] = number
    return labels, sorted(left_out)
