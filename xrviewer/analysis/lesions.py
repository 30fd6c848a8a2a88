"""What became of lesions between two masks: new, grown, shrunk, vanished; and by how much.

A lesion of one date is the same as one of the other where they touch. Two that became one, or one
that became two, are told of as one: nobody can say which part is whose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from xrviewer.errors import MeasureError
from xrviewer.spatial.transforms import Matrix, apply

Mask = NDArray[np.bool_]
_TOUCHING = np.ones((3, 3, 3), np.int8)
"""Voxels that share a face, an edge or a corner are of one lesion."""
EDGE_SHARE = 0.1
"""Of half a voxel's diagonal: how far the whole outline may lie off, as for other volumes."""
_STAIRS = 2 / 3
"""The area of a smooth surface, of that of its voxels' sides."""
_SAME_GRID_MM = 1e-3


class Fate(StrEnum):
    NEW = "new"
    GROWN = "grown"
    UNCHANGED = "unchanged"
    SHRUNK = "shrunk"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True)
class LesionChange:
    """One lesion, or several that run together."""

    fate: Fate
    before_mm3: float
    after_mm3: float
    change_mm3: float
    percent: float | None
    detectable_mm3: float
    """The smallest change of this lesion that is no chance, at 95 %."""
    pieces: tuple[int, int]
    """At either date."""
    center_mm: tuple[float, float, float]
    """Of all its voxels, case frame."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A mask and where it lies."""

    mask: Mask
    case_from_voxel: Matrix

    @property
    def voxel_mm3(self) -> float:
        return abs(float(np.linalg.det(self.case_from_voxel[:3, :3])))


def lesion_changes(before: Grid, after: Grid) -> tuple[LesionChange, ...]:
    """The largest change first. Both on one grid (`on_grid`); raises MeasureError otherwise."""
    if not _is_same_grid(before, after):
        raise MeasureError("the two masks lie on different grids: lay one onto the other first")
    first, first_count = ndimage.label(before.mask, _TOUCHING)
    second, second_count = ndimage.label(after.mask, _TOUCHING)
    group_of = _groups(first, first_count, second, second_count)
    groups = int(group_of.max()) + 1 if len(group_of) else 0
    lesion = np.zeros(before.mask.shape, np.int32)
    lesion[after.mask] = group_of[first_count + second[after.mask] - 1] + 1
    lesion[before.mask] = group_of[first[before.mask] - 1] + 1
    sizes = [np.bincount(lesion[g.mask], minlength=groups + 1)[1:] for g in (before, after)]
    pieces = [np.bincount(of, minlength=groups) for of in np.split(group_of, [first_count])]
    edges = np.maximum(*(_outline_mm2(g, lesion, groups) for g in (before, after)))
    centers = _centers(lesion, groups, before.case_from_voxel)
    found = [
        _change(
            float(sizes[0][i]) * before.voxel_mm3,
            float(sizes[1][i]) * before.voxel_mm3,
            float(edges[i]) * _edge_off_mm(before),
            (int(pieces[0][i]), int(pieces[1][i])),
            centers[i],
        )
        for i in range(groups)
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.change_mm3)))


def _is_same_grid(a: Grid, b: Grid) -> bool:
    if a.mask.shape != b.mask.shape:
        return False
    ends = np.array([(0.0, 0.0, 0.0), np.subtract(a.mask.shape, 1)])
    off = apply(a.case_from_voxel, ends) - apply(b.case_from_voxel, ends)
    return bool(np.abs(off).max() < _SAME_GRID_MM)


def _groups(
    first: NDArray[np.int32], first_count: int, second: NDArray[np.int32], second_count: int
) -> NDArray[np.int64]:
    """For every piece of the first mask, then of the second, the lesion that it is of.

    Pieces belong together where voxels of one lie in the other; a rim of one voxel between them
    does not count as touching, or neighbours would run together.
    """
    both = (first > 0) & (second > 0)
    row, column = first[both] - 1, second[both] - 1 + first_count
    count = first_count + second_count
    links = coo_matrix((np.ones(len(row)), (row, column)), (count, count))
    return np.asarray(connected_components(links, directed=False)[1], np.int64)


def _outline_mm2(grid: Grid, lesion: NDArray[np.int32], groups: int) -> NDArray[np.float64]:
    """Of each lesion, about: its voxels' outer sides, less what stairs add."""
    axes = grid.case_from_voxel[:3, :3]
    total = np.zeros(groups + 1)
    inside = np.pad(grid.mask, 1)
    for axis in range(3):
        side = float(np.linalg.norm(np.cross(axes[:, axis - 2], axes[:, axis - 1])))
        for step in (-1, 1):
            beyond = np.roll(inside, step, axis)[1:-1, 1:-1, 1:-1]
            at = lesion[grid.mask & ~beyond]
            total += side * np.bincount(at, minlength=groups + 1)
    return np.asarray(total[1:] * _STAIRS)


def _edge_off_mm(grid: Grid) -> float:
    spacing = np.linalg.norm(grid.case_from_voxel[:3, :3], axis=0)
    return EDGE_SHARE * float(np.linalg.norm(spacing)) / 2


def _centers(
    lesion: NDArray[np.int32], groups: int, case_from_voxel: Matrix
) -> list[tuple[float, float, float]]:
    if not groups:
        return []
    found = ndimage.center_of_mass(lesion > 0, lesion, np.arange(1, groups + 1))
    points = apply(case_from_voxel, np.array(found, np.float64).reshape(-1, 3))
    return [(float(x), float(y), float(z)) for x, y, z in points]


def _change(
    before: float,
    after: float,
    off_mm3: float,
    pieces: tuple[int, int],
    center: tuple[float, float, float],
) -> LesionChange:
    least, change = math.sqrt(2) * off_mm3, after - before
    percent = 100 * change / before if before else None
    fate = _fate(before, after, least)
    return LesionChange(fate, before, after, change, percent, least, pieces, center)


def _fate(before: float, after: float, least: float) -> Fate:
    if not before:
        return Fate.NEW
    if not after:
        return Fate.VANISHED
    if abs(after - before) <= least:
        return Fate.UNCHANGED
    return Fate.GROWN if after > before else Fate.SHRUNK


def on_grid(moving: Grid, grid: Grid, fixed_from_moving: Matrix | None = None) -> Grid:
    """A mask on another's grid: a voxel is in where more than half of it was.

    Raises MeasureError where none of it lies there.
    """
    there = np.eye(4) if fixed_from_moving is None else fixed_from_moving
    moving_voxel_from_fixed = np.linalg.inv(there @ moving.case_from_voxel) @ grid.case_from_voxel
    laid = ndimage.affine_transform(
        moving.mask.astype(np.float32),
        moving_voxel_from_fixed[:3, :3],
        moving_voxel_from_fixed[:3, 3],
        grid.mask.shape,
        order=1,
    )
    found = laid > 0.5
    if moving.mask.any() and not found.any():
        raise MeasureError("the two masks have no place in common: are they of one scan's frame?")
    return Grid(found, grid.case_from_voxel)
