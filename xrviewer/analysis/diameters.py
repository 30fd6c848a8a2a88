"""The longest diameter of a structure in an axial plane, and the longest one across it.

As RECIST 1.1 has it: the longest axis in the plane of acquisition for a lesion, the axis across
that one (the short axis) for a node. Found on the surface, cut at every slice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import pdist, squareform

from xrviewer.case.mesh import Mesh, Points
from xrviewer.errors import MeasureError


@dataclass(frozen=True, slots=True, eq=False)
class Diameters:
    """Ends in the case frame; both axes lie in one axial plane."""

    long_mm: Points
    """(2, 3)"""
    short_mm: Points
    """(2, 3)"""


def axial_diameters(mesh: Mesh, step_mm: float) -> Diameters:
    """Cuts the surface every step_mm; the longest of all cuts is the one."""
    if not len(mesh.triangles):
        raise MeasureError("this structure has no surface here, so it has no diameter")
    heights = mesh.points_mm[np.unique(mesh.triangles)][:, 2]
    low, high = float(heights.min()), float(heights.max())
    count = max(int(np.ceil((high - low) / step_mm)), 1)
    levels = low + (np.arange(count) + 0.5) * (high - low) / count
    outlines = [outline for outline in (_outline(mesh, z) for z in levels) if outline is not None]
    if not outlines:
        raise MeasureError("this structure has no thickness to find a diameter in")
    best = max(outlines, key=lambda outline: float(pdist(outline).max()))
    return _axes(best)


def _outline(mesh: Mesh, z: float) -> Points | None:
    """The corners of the hull of a cut, in order around; None where it is no area."""
    corners = mesh.points_mm[mesh.triangles]
    crossing = []
    for i, j in ((0, 1), (1, 2), (2, 0)):
        a, b = corners[:, i], corners[:, j]
        is_crossed = (a[:, 2] < z) != (b[:, 2] < z)
        a, b = a[is_crossed], b[is_crossed]
        crossing.append(a + ((z - a[:, 2]) / (b[:, 2] - a[:, 2]))[:, None] * (b - a))
    points = np.concatenate(crossing)
    if len(points) < 3:
        return None
    try:
        hull = ConvexHull(points[:, :2]).vertices
    except QhullError:
        return None
    outline: Points = points[hull]
    outline[:, 2] = z
    return outline


def _axes(outline: Points) -> Diameters:
    apart = squareform(pdist(outline))
    i, j = np.unravel_index(int(apart.argmax()), apart.shape)
    ends = outline[[i, j]]
    along = (ends[1] - ends[0]) / apart[i, j]
    across = np.array([-along[1], along[0], 0.0])
    return Diameters(ends, _longest_chord(outline, along, across))


def _longest_chord(
    outline: Points, along: NDArray[np.float64], across: NDArray[np.float64]
) -> Points:
    """Of those across: a convex outline has it at the height of one of its corners."""
    heights, sides = outline @ along, outline @ across
    chords = [_chord(heights, sides, at) for at in heights]
    best = int(np.argmax([high - low for low, high in chords]))
    middle = outline[0] + (heights[best] - heights[0]) * along - sides[0] * across
    return np.stack([middle + side * across for side in chords[best]])


def _chord(
    heights: NDArray[np.float64], sides: NDArray[np.float64], at: float
) -> tuple[float, float]:
    """Where a line across at this height enters and leaves the outline."""
    next_heights, next_sides = np.roll(heights, -1), np.roll(sides, -1)
    is_crossed = (np.minimum(heights, next_heights) <= at) & (
        np.maximum(heights, next_heights) >= at
    )
    rise = next_heights[is_crossed] - heights[is_crossed]
    part = np.divide(at - heights[is_crossed], rise, out=np.zeros_like(rise), where=rise != 0)
    where = sides[is_crossed] + part * (next_sides - sides)[is_crossed]
    return float(where.min()), float(where.max())
