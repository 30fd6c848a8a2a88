"""Closed outlines in a plane to pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


def filled(outlines: Sequence[NDArray[np.float64]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """(columns, rows): whether a pixel's centre lies within an odd number of the outlines.

    (N, 2) corners each, in pixels. An outline within another is a hole, and so is one that a
    channel of no width connects to it: both are in use.
    """
    toggles = np.zeros((shape[1], shape[0] + 1), np.int64)
    for outline in outlines:
        row, column = _crossings(outline, shape[1])
        first = np.clip(np.ceil(column), 0, shape[0]).astype(np.int64)
        np.add.at(toggles, (row, first), 1)
    return np.asarray(np.cumsum(toggles[:, :-1], axis=1).T % 2, bool)


def _crossings(
    outline: NDArray[np.float64], rows: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Row, and place along it, of every edge that crosses the middle of a row."""
    one, two = outline, np.roll(outline, -1, axis=0)
    middle = np.arange(rows)
    is_crossed = (one[:, 1, None] <= middle) != (two[:, 1, None] <= middle)
    edge, row = np.nonzero(is_crossed)
    along = (row - one[edge, 1]) / (two[edge, 1] - one[edge, 1])
    return row, one[edge, 0] + along * (two[edge, 0] - one[edge, 0])


def between(below: NDArray[np.bool_], above: NDArray[np.bool_], part: float) -> NDArray[np.bool_]:
    """The shape that one turns into on its way to the other, by distance from their outlines."""
    return np.asarray(_depth(below) * (1 - part) + _depth(above) * part > 0)


def _depth(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Pixels from the outline, negative outside."""
    inside, outside = (ndimage.distance_transform_edt(m) for m in (mask, ~mask))
    return np.asarray(inside - outside)
