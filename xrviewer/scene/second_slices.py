"""The same slices through the other date's scans, where the other date is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Timepoint
from xrviewer.document.planes import Cut, Slice
from xrviewer.scene.cuts import Face
from xrviewer.scene.slices import MAX_SLICES, MAX_TABLES, MAX_VOLUMES, ShownSlices, shown_slices
from xrviewer.spatial.planes import Plane
from xrviewer.spatial.transforms import Matrix, Vec3, apply, apply_direction, invert_similarity


@dataclass(frozen=True, slots=True, eq=False)
class Second:
    """The other date, and how it is shown."""

    date: Timepoint
    shown_from_date: Matrix
    apart_mm: float
    slices: Mapping[str, Slice]
    """Those of the shown date that are shown of it, too."""
    caps: Sequence[tuple[Face, Cut]]
    """The faces of the cuts that open it; in the shown date's frame."""
    is_instead: bool
    """Its slices in place of the first ones."""


def with_second(slices: ShownSlices, second: Second) -> ShownSlices | None:
    """Linked: each plane is carried into the other scan's frame, and its picture back to where the
    other date is shown. None where there is no room for them."""
    if not (second.slices or second.caps or second.is_instead):
        return slices
    there = invert_similarity(second.shown_from_date)
    moved = {
        id: replace(slice, plane=moved_plane(slice.plane, there))
        for id, slice in second.slices.items()
    }
    caps = [(replace(face, plane=moved_plane(face.plane, there)), cut) for face, cut in second.caps]
    found = shown_slices(moved, second.date.volumes, caps=caps)
    volumes, tables = (*slices.volumes, *found.volumes), (*slices.tables, *found.tables)
    is_full = len(slices.rows) + len(found.rows) > MAX_SLICES
    if is_full or len(volumes) > MAX_VOLUMES or len(tables) > MAX_TABLES:
        return None
    rows = _carried(found, second, slices)
    count = len(rows) - found.caps
    own = len(slices.rows) - slices.caps
    kept = [] if second.is_instead else [slices.rows[:own]]
    # What is drawn as a slice comes first, then the faces, each in the order of its cut.
    joined = np.concatenate([*kept, rows[:count], slices.rows[own:], rows[count:]])
    faces = slices.caps + found.caps
    return replace(slices, rows=joined, caps=faces, volumes=volumes, tables=tables)


def _carried(found: ShownSlices, second: Second, own: ShownSlices) -> NDArray[Any]:
    """To where the other date is shown, and numbered after what is there."""
    rows, place = found.rows.copy(), second.shown_from_date
    rows["middle"][:, 3] += np.where(rows["middle"][:, 3] >= 0, len(own.volumes), 0)
    rows["across"][:, 3] += np.where(rows["across"][:, 3] >= 0, len(own.volumes), 0)
    rows["look"][:, :2] += len(own.tables)
    rows["blend"][:, 1] = 0  # outlines are of the shown date's structures
    rows = rows[rows["blend"][:, 3] >= 0]  # frames are of the shown date's planes
    rows["blend"][:, 3] = 0
    rows["middle"][:, :3] = apply(place, rows["middle"][:, :3].astype(np.float64))
    for edge in ("across", "along"):
        rows[edge][:, :3] = apply_direction(place, rows[edge][:, :3].astype(np.float64))
    rows["along"][:, 3] = second.apart_mm
    return np.asarray(rows)


def moved_plane(plane: Plane, by: Matrix) -> Plane:
    """Rigidly."""
    (point,) = apply(by, np.array([plane.point_mm]))
    normal, across = apply_direction(by, np.array([plane.normal, plane.across]))
    return Plane(_vec3(point), _vec3(normal), _vec3(across))


def _vec3(v: NDArray[np.float64]) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)
