"""The same slices through the other date's scans, where the other date is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Timepoint
from xrviewer.document.snapshot import Snapshot
from xrviewer.scene.slices import MAX_SLICES, MAX_TABLES, MAX_VOLUMES, ShownSlices, shown_slices
from xrviewer.spatial.planes import Plane
from xrviewer.spatial.transforms import Matrix, Vec3, apply, apply_direction, invert_similarity


def with_second(
    slices: ShownSlices,
    snapshot: Snapshot,
    other: Timepoint,
    shown_from_other: Matrix,
    apart_mm: float,
    is_instead: bool,
) -> ShownSlices:
    """Linked: each plane is carried into the other scan's frame, and its picture back to where the
    other date is shown. is_instead: in place of the first ones. What finds no room is left out."""
    there = invert_similarity(shown_from_other)
    moved = {
        id: replace(slice, plane=moved_plane(slice.plane, there))
        for id, slice in snapshot.slices.items()
    }
    second = shown_slices(moved, other.volumes)
    own = len(slices.rows) - slices.caps
    volumes, tables = (*slices.volumes, *second.volumes), (*slices.tables, *second.tables)
    is_full = len(slices.rows) + len(second.rows) > MAX_SLICES
    if is_full or len(volumes) > MAX_VOLUMES or len(tables) > MAX_TABLES:
        return slices
    rows = second.rows.copy()
    rows["middle"][:, 3] += len(slices.volumes)
    rows["across"][:, 3] += np.where(rows["across"][:, 3] >= 0, len(slices.volumes), 0)
    rows["look"][:, :2] += len(slices.tables)
    rows["blend"][:, 1] = 0  # outlines are of the shown date's structures
    rows = rows[rows["blend"][:, 3] >= 0]  # frames are of the shown date's planes
    rows["blend"][:, 3] = 0
    rows["middle"][:, :3] = apply(shown_from_other, rows["middle"][:, :3].astype(np.float64))
    rows["middle"][:, 0] += apart_mm
    for edge in ("across", "along"):
        rows[edge][:, :3] = apply_direction(shown_from_other, rows[edge][:, :3].astype(np.float64))
    kept = [] if is_instead else [slices.rows[:own]]
    joined = np.concatenate([*kept, rows, slices.rows[own:]])
    return replace(slices, rows=joined, volumes=volumes, tables=tables)


def moved_plane(plane: Plane, by: Matrix) -> Plane:
    """Rigidly."""
    (point,) = apply(by, np.array([plane.point_mm]))
    normal, across = apply_direction(by, np.array([plane.normal, plane.across]))
    return Plane(_vec3(point), _vec3(normal), _vec3(across))


def _vec3(v: NDArray[np.float64]) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)
