"""Where slices lie, to the grid they make: order, step, gaps, tilt.

Slices are put in order by where they lie and by nothing else: numbers and names lie.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Matrix

SAME_PLACE_MM = 0.01
STEP_TOLERANCE = 0.02
"""Of the step: how far headers' rounding lets a slice lie from its place."""
GAP_TOLERANCE = 0.1
"""Of the step: a distance this near to a whole number of steps is that many slices."""
TILT_TOLERANCE = 0.1
"""Of a pixel, over the whole stack: less sideways drift is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """The slices in order, on a grid that may have holes and may lean."""

    order: tuple[int, ...]
    """Index of the slice that was given, from first to last along the normal."""
    depth: NDArray[np.float64]
    """Of each in steps from the first: whole numbers unless the spacing varies."""
    case_from_voxel: Matrix
    """Of the upright grid, k along the normal."""
    lean: tuple[float, float]
    """Pixels that a slice is shifted against the one before it, along i and j."""
    duplicates: int
    missing: tuple[float, ...]
    """Places of the slices that are not there, mm along the normal from the first."""
    is_even: bool
    """Whether every slice lies on a whole step."""

    @property
    def count(self) -> int:
        """Slices of the full grid."""
        return round(float(self.depth[-1])) + 1


def arrange(
    positions_mm: NDArray[np.float64],
    along_row: NDArray[np.float64],
    along_column: NDArray[np.float64],
    spacing_mm: tuple[float, float],
    step_of: Callable[[NDArray[np.float64]], Any] = np.median,
) -> Arrangement:
    """Raises ValueError, in words, for slices that make no grid.

    step_of: the step of the grid from the distances between neighbours. The median stands a
    slice that lies wrong; where most slices may be absent it must be the smallest.
    """
    normal = np.cross(along_row, along_column)
    normal /= np.linalg.norm(normal)
    order = _distinct(positions_mm, normal)
    if len(order) < 2:
        raise ValueError("is a single slice; a volume needs two or more")
    places = positions_mm[list(order)]
    along = (places - places[0]) @ normal
    steps = np.diff(along)
    if steps.min() < SAME_PLACE_MM:
        raise ValueError("has two slices at one depth that lie side by side")
    step = float(step_of(steps))
    depth, is_even = _depths(along, step)
    lean = _lean(places, depth, np.stack([along_row, along_column]), spacing_mm)
    case_from_voxel = np.eye(4)
    case_from_voxel[:3, 0] = along_row * spacing_mm[0]
    case_from_voxel[:3, 1] = along_column * spacing_mm[1]
    case_from_voxel[:3, 2] = normal * (along[-1] / depth[-1])
    case_from_voxel[:3, 3] = places[0]
    holes = sorted(set(range(round(float(depth[-1])))) - set(np.round(depth).astype(int).tolist()))
    return Arrangement(
        order=order,
        depth=depth,
        case_from_voxel=case_from_voxel,
        lean=lean,
        duplicates=len(positions_mm) - len(order),
        missing=tuple(hole * step for hole in holes),
        is_even=is_even,
    )


def _distinct(positions_mm: NDArray[np.float64], normal: NDArray[np.float64]) -> tuple[int, ...]:
    """In order along the normal; of slices at the same place the first given stays."""
    kept: list[int] = []
    for index in np.argsort(positions_mm @ normal, kind="stable"):
        here = positions_mm[index]
        if not kept or np.linalg.norm(here - positions_mm[kept[-1]]) >= SAME_PLACE_MM:
            kept.append(int(index))
    return tuple(kept)


def _depths(along: NDArray[np.float64], step: float) -> tuple[NDArray[np.float64], bool]:
    """In steps. Rounded to whole ones where the steps between neighbours all are."""
    steps = np.diff(along) / step
    whole = np.round(steps)
    tolerance = np.where(whole > 1, GAP_TOLERANCE, STEP_TOLERANCE)
    if whole.min() >= 1 and (np.abs(steps - whole) <= tolerance).all():
        return np.concatenate([[0.0], np.cumsum(whole)]), True
    return along / step, False


def _lean(
    places: NDArray[np.float64],
    depth: NDArray[np.float64],
    axes: NDArray[np.float64],
    spacing_mm: tuple[float, float],
) -> tuple[float, float]:
    """Of a tilted gantry: each slice slides by the same amount."""
    sideways = (places - places[0]) @ axes.T / spacing_mm
    per_step = sideways[-1] / depth[-1]
    if np.abs(sideways - depth[:, None] * per_step).max() > 1:
        raise ValueError("has slices that do not lie in one line behind each other")
    if np.abs(sideways[-1]).max() < TILT_TOLERANCE:
        return 0.0, 0.0
    return float(per_step[0]), float(per_step[1])


def upright(slices: NDArray[Any], lean: tuple[float, float]) -> NDArray[Any]:
    """A leaning stack, (I, J, K), cut anew on the upright grid; wider by what it leaned.

    Every slice slides within its own plane, so the values are interpolated along rows and
    columns only. Where nothing was scanned stands the smallest value there is.
    """
    count = slices.shape[2]
    shifts = np.outer(np.arange(count), lean)
    low = np.floor(shifts.min(axis=0)).astype(int)
    grown = np.ceil(shifts.max(axis=0)).astype(int) - low
    shape = (slices.shape[0] + grown[0], slices.shape[1] + grown[1], count)
    result = np.empty(shape, slices.dtype, order="F")
    outside = float(slices.min())
    for k in range(count):
        plane = slices[:, :, k].astype(np.float32)
        for axis in (0, 1):
            plane = _slid(
                plane, axis, float(shifts[k, axis] - low[axis]), int(grown[axis]), outside
            )
        result[:, :, k] = np.rint(plane) if slices.dtype.kind in "iu" else plane
    return result


def upright_origin(case_from_voxel: Matrix, lean: tuple[float, float], count: int) -> Matrix:
    """The grid of `upright`: its first voxel may lie before that of the first slice."""
    shifts = np.outer(np.arange(count), lean)
    moved = case_from_voxel.copy()
    moved[:3, 3] += case_from_voxel[:3, :2] @ np.floor(shifts.min(axis=0))
    return moved


def _slid(
    plane: NDArray[np.float32], axis: int, shift: float, grown: int, outside: float
) -> NDArray[np.float32]:
    """By a fraction of a pixel towards growing indices, in a wider plane."""
    whole = int(np.floor(shift))
    part = shift - whole
    widths = [(0, 0), (0, 0)]
    widths[axis] = (whole + 1, grown - whole + 1)
    padded = np.pad(plane, widths, constant_values=outside)
    length = plane.shape[axis] + grown
    here = np.take(padded, np.arange(1, length + 1), axis)
    before = np.take(padded, np.arange(0, length), axis)
    return np.asarray(here * (1 - part) + before * part, np.float32)


def made_up(depth: NDArray[np.float64]) -> tuple[int, ...]:
    """Slices of the full grid at whose place none was scanned."""
    count = round(float(depth[-1])) + 1
    apart = np.abs(np.arange(count)[:, None] - depth).min(axis=1)
    return tuple(int(k) for k in np.flatnonzero(apart > STEP_TOLERANCE))


def filled(slices: NDArray[Any], depth: NDArray[np.float64]) -> NDArray[Any]:
    """On whole steps: between two slices that are there, the mean by distance. A copy."""
    count = round(float(depth[-1])) + 1
    result = np.empty((*slices.shape[:2], count), slices.dtype, order="F")
    after = np.clip(np.searchsorted(depth, np.arange(count) - 1e-9), 1, len(depth) - 1)
    for k, right in enumerate(after):
        span = depth[right] - depth[right - 1]
        part = float(np.clip((k - depth[right - 1]) / span, 0, 1))
        mixed = slices[:, :, right - 1] * (1 - part) + slices[:, :, right] * part
        result[:, :, k] = np.rint(mixed) if slices.dtype.kind in "iu" else mixed
    return result
