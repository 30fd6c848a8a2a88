"""Polygons and strips of mesh files, checked and cut into triangles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
NONE: Numbers = np.zeros((0, 3), np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class VtkSurface:
    """What a VTK file holds of a surface."""

    points: NDArray[np.float64]
    triangles: Numbers
    """(M, 3); polygons of more corners are cut into fans."""
    arrays: Mapping[str, NDArray[np.float64]]
    """A number a point, by the name in the file."""


def fans(offsets: Numbers, corners: Numbers) -> Numbers:
    """offsets: where each polygon's corners begin, and the end of the last."""
    _check_offsets(offsets, corners)
    first, sizes = offsets[:-1], np.diff(offsets)
    parts = []
    for step in range(1, int(sizes.max(initial=0)) - 1):
        own = first[sizes > step + 1]
        parts.append(np.stack([corners[own], corners[own + step], corners[own + step + 1]], 1))
    return np.concatenate(parts) if parts else NONE


def strips(offsets: Numbers, corners: Numbers) -> Numbers:
    """Each further corner of a strip makes a triangle with the two before it, every other one
    of them turned round. Triangles that a strip folds up in are left out."""
    _check_offsets(offsets, corners)
    first, sizes = offsets[:-1], np.diff(offsets)
    parts = []
    for step in range(int(sizes.max(initial=0)) - 2):
        own = first[sizes > step + 2] + step
        two = (own + 1, own) if step % 2 else (own, own + 1)
        parts.append(np.stack([corners[two[0]], corners[two[1]], corners[own + 2]], 1))
    found = np.concatenate(parts) if parts else NONE
    a, b, c = found.T
    return np.asarray(found[(a != b) & (b != c) & (c != a)])


def _check_offsets(offsets: Numbers, corners: Numbers) -> None:
    if len(offsets) and (
        offsets[0] != 0 or offsets[-1] > len(corners) or np.diff(offsets).min(initial=0) < 0
    ):
        raise ValueError("its polygons begin where they cannot")


def surface(
    points: NDArray[np.float64] | None,
    triangles: Numbers,
    arrays: Mapping[str, NDArray[np.float64]],
) -> VtkSurface:
    """Raises ValueError, in words, for what is no surface."""
    if points is None or not len(triangles):
        raise ValueError("it has no points or no polygons")
    if not np.isfinite(points).all():
        raise ValueError("it has points that are NaN or infinite")
    if not 0 <= triangles.min() <= triangles.max() < len(points):
        raise ValueError("it has a triangle whose corner is not there")
    return VtkSurface(points, triangles, arrays)
