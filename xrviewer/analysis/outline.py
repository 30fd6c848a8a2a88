"""The edges of structures on a plane: where their triangles pass through it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import Surfaces, frozen
from xrviewer.spatial.planes import Plane
from xrviewer.spatial.transforms import Vec3

Points = NDArray[np.float64]
Segments = NDArray[np.float64]
"""(N, 2, 3): two ends each, millimetres; in no order, as nothing here needs the line they make."""


@lru_cache(maxsize=64)
def outline_of(surfaces: Surfaces, part: int, plane: Plane) -> Segments:
    """Of one part as it lies in the scan. Remembered: a slice that is measured on lies still."""
    points, triangles = surfaces.part(part)
    point, normal = np.array(plane.point_mm), np.array(plane.normal)
    # Which side a corner is on may be said in single precision; where the plane is met may not.
    is_over = points @ normal.astype(np.float32) >= np.float32(normal @ point)
    sides = np.take(is_over, triangles)
    one, two, three = sides.T
    met = np.flatnonzero((one != two) | (two != three))
    one, two, three = sides[met].T
    # The corner that is alone on its side: both of its triangle's sides pass through the plane.
    lone = np.where(two == three, 0, np.where(one == three, 1, 2))
    rows, corners = np.arange(len(met)), points[triangles[met]].astype(np.float64) - point
    alone, *others = (corners[rows, (lone + turn) % 3] for turn in range(3))
    ends = [_met(alone, other, normal) for other in others]
    return frozen(np.stack(ends, axis=1) + point)


def _met(one: Points, other: Points, normal: Points) -> Points:
    """Where the line from one to the other passes through the plane at the origin."""
    from_one, to_other = one @ normal, (one - other) @ normal
    share = from_one / np.where(to_other == 0, 1.0, to_other)
    return np.asarray(one + np.clip(share, 0.0, 1.0)[:, None] * (other - one))


def nearest_edge(
    surfaces: Surfaces,
    is_wanted: Callable[[int], bool],
    plane: Plane,
    point_mm: Vec3,
    within_mm: float,
) -> Vec3 | None:
    """The nearest point of the wanted parts' outlines, no farther off than within_mm.
    is_wanted: is asked of the few parts alone whose box is near."""
    low, high = _boxes(surfaces)
    point = np.array(point_mm)
    is_near = (low - within_mm <= point).all(axis=1) & (point <= high + within_mm).all(axis=1)
    best: tuple[float, Vec3] | None = None
    for part in filter(is_wanted, np.flatnonzero(is_near).tolist()):
        segments = outline_of(surfaces, part, plane)
        found = _nearest(segments, point) if len(segments) else None
        if found is not None and found[0] <= within_mm and (best is None or found[0] < best[0]):
            best = found
    return best[1] if best else None


@lru_cache(maxsize=4)
def _boxes(surfaces: Surfaces) -> tuple[Points, Points]:
    """Columns of records are slow to read, and there may be a thousand."""
    low, high = surfaces.parts["min_mm"], surfaces.parts["max_mm"]
    return frozen(low.astype(np.float64)), frozen(high.astype(np.float64))


def _nearest(segments: Segments, point: Points) -> tuple[float, Vec3]:
    starts = segments[:, 0]
    along, off = segments[:, 1] - starts, point - starts
    length = np.einsum("ij,ij->i", along, along)
    share = np.einsum("ij,ij->i", off, along) / np.maximum(length, 1e-30)
    off -= np.minimum(np.maximum(share, 0.0), 1.0)[:, None] * along
    squared = np.einsum("ij,ij->i", off, off)
    i = int(np.argmin(squared))
    x, y, z = (point - off[i]).tolist()
    return math.sqrt(squared[i]), (x, y, z)
