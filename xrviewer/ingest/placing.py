"""Whether what was drawn lies over what was scanned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.volume import Volume
from xrviewer.errors import InputError
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.part import Part
from xrviewer.spatial.transforms import apply

_SAMPLES = 4000
_MOSTLY = 0.9
"""Of a structure, over the scan: less is told."""
_RAS_FROM_LPS = np.array([-1.0, -1.0, 1.0])


def check_map(file: Path, label_map: LabelMap, volumes: Sequence[Volume]) -> tuple[str, ...]:
    """Raises InputError for a segmentation that lies nowhere over any scan."""
    if not volumes:
        return ()
    points_mm = _labelled(label_map)
    share = _share_over(points_mm, volumes)
    if share == 0:
        raise InputError(file, f"lies nowhere over the scan{_hint(points_mm, volumes)}")
    if share < _MOSTLY:
        return (f"{1 - share:.0%} of a segmentation lies outside the scan: is it of this scan?",)
    return ()


def check_structures(parts: Sequence[Part], volumes: Sequence[Volume]) -> tuple[str, ...]:
    """Of meshes, which state no frame: told, and taken."""
    notes = []
    for part in parts:
        points_mm = part.mesh.points_mm[:: max(1, len(part.mesh.points_mm) // _SAMPLES)]
        if volumes and len(points_mm) and _share_over(points_mm, volumes) == 0:
            hint = _hint(points_mm, volumes)
            notes.append(f"{part.layer.name}: lies nowhere over the scan{hint}")
    return tuple(notes)


def _labelled(label_map: LabelMap) -> NDArray[np.float64]:
    """Some voxels that have a label."""
    steps = tuple(max(1, n // 64) for n in label_map.labels.shape)
    places = np.argwhere(label_map.labels[tuple(slice(None, None, s) for s in steps)])
    if not len(places):  # too thin for a coarse look
        places, steps = np.argwhere(label_map.labels), (1, 1, 1)
    return apply(label_map.case_from_voxel, (places * steps).astype(np.float64))


def _share_over(points_mm: NDArray[Any], volumes: Sequence[Volume]) -> float:
    """Half a voxel beyond the centres of the outermost still counts."""
    is_over = np.zeros(len(points_mm), bool)
    for volume in volumes:
        voxel_from_case = np.asarray(np.linalg.inv(volume.case_from_voxel), np.float64)
        voxel = apply(voxel_from_case, points_mm)
        is_over |= ((voxel >= -0.5) & (voxel <= np.array(volume.voxels.shape) - 0.5)).all(axis=1)
    return float(is_over.mean())


def _hint(points_mm: NDArray[Any], volumes: Sequence[Volume]) -> str:
    if _share_over(points_mm * _RAS_FROM_LPS, volumes) > _MOSTLY:
        return ", but would with x and y turned round: is it in RAS, where LPS is read?"
    middle = points_mm.mean(axis=0)
    centers = [apply(v.case_from_voxel, (np.array(v.voxels.shape) - 1) / 2) for v in volumes]
    away = min(float(np.linalg.norm(center - middle)) for center in centers)
    return f": it is {away:.0f} mm away from its middle; is it of another scan?"
