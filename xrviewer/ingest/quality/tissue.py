"""What the scan shows inside a structure, and how the structure sits in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Timepoint
from xrviewer.case.volume import Volume
from xrviewer.spatial.transforms import apply

_SAMPLES = 4000
_DEPTH = 0.8
"""Of the longest edge of a voxel: how far under the surface is looked."""
_CUT = 1.0
"""Voxels from the scan's border within which a surface counts as cut off by it."""


def inside_values(timepoint: Timepoint, part: str, volume: Volume) -> NDArray[np.float64]:
    """Values just under the part's surface; empty where that lies outside the scan."""
    points, normals = _surface(timepoint, part)
    under = points - normals * (_DEPTH * max(volume.spacing_mm))
    voxel = np.rint(
        apply(np.asarray(np.linalg.inv(volume.case_from_voxel), np.float64), under)
    ).astype(int)
    there = ((voxel >= 0) & (voxel < volume.voxels.shape)).all(axis=1)
    i, j, k = voxel[there].T
    values = volume.voxels[i, j, k].astype(np.float64)
    return np.asarray(values * volume.slope + volume.intercept)


def cut_share(timepoint: Timepoint, part: str, volume: Volume) -> float:
    """Of the part's vertices, those at the border of the scan or beyond."""
    points, _ = _surface(timepoint, part)
    voxel = apply(np.asarray(np.linalg.inv(volume.case_from_voxel), np.float64), points)
    last = np.array(volume.voxels.shape) - 1
    return float(((voxel < _CUT - 0.5) | (voxel > last - _CUT + 0.5)).any(axis=1).mean())


def volume_mm3(timepoint: Timepoint, part: str) -> float:
    """Enclosed by the surface."""
    points, triangles = timepoint.surfaces.part(timepoint.surfaces.part_ids.index(part))
    near = points.astype(np.float64) - points.mean(axis=0)
    a, b, c = (near[triangles[:, column]] for column in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def _surface(timepoint: Timepoint, part: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    surfaces = timepoint.surfaces
    row = surfaces.parts[surfaces.part_ids.index(part)]
    first, count = int(row["vertex_first"]), int(row["vertex_count"])
    some = slice(first, first + count, max(count // _SAMPLES, 1))
    return surfaces.positions_mm[some].astype(np.float64), surfaces.normals[some].astype(np.float64)
