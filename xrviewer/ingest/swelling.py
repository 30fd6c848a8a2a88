"""Borders moved a little, where they face what is around all labels, so that volumes are kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xrviewer.ingest.borders import Borders
from xrviewer.ingest.crossings import Crossings, between_ends
from xrviewer.ingest.regions import Floats, Shares

_STEPS = 2
_TRIAL = 0.03
_MOST = 0.12
"""Shares of a place. A border that is moved farther would leave its edge of the grid."""


def swollen(laid: Borders, found: Crossings, shares: Shares) -> Borders:
    """Every triangle keeps its place among the others."""
    wanted = np.array([share.wanted if share else 0.0 for share in shares.ranked])
    trial = _moved(found, np.full(len(wanted), _TRIAL), shares.around)
    gained = np.maximum(_gained(found, trial, len(wanted)), 1e-9)
    by = np.zeros(len(wanted))
    for _ in range(_STEPS):
        by = (by + _TRIAL * (wanted - _volumes(laid, len(wanted))) / gained).clip(-_MOST, _MOST)
        points = _moved(found, by, shares.around)
        laid = replace(laid, points=laid.middles.with_crossings(points))
    return laid


def _gained(found: Crossings, moved: Floats, count: int) -> NDArray[np.float64]:
    """A crossing stands for as much of the border as its slope says: one to each line of the grid
    along each axis, seen from where that line goes."""
    slopes = np.abs(found.slopes.T)
    seen = slopes / np.maximum(slopes[0] + slopes[1] + slopes[2], 1e-9)
    own = [slice(*found.firsts[axis : axis + 2]) for axis in range(3)]
    by = np.concatenate(
        [(moved[r, a] - found.points[r, a]) * seen[a, r] for a, r in enumerate(own)]
    )
    gained = np.bincount(found.below, by, count) - np.bincount(found.above, by, count)
    return np.asarray(gained, np.float64)


def _moved(found: Crossings, by: NDArray[np.float64], around: int) -> Floats:
    """Each label's border outwards, by as much of a share; the less the less is around."""
    earlier, later = np.minimum(found.below, found.above), np.maximum(found.below, found.above)
    own = np.where(earlier == around, later, earlier)
    outwards = np.where(found.below == own, by[own], -by[own]) * 2 * found.around
    return between_ends(found, outwards.astype(np.float32))


def _volumes(laid: Borders, count: int) -> NDArray[np.float64]:
    """In places, by name."""
    corners = laid.triangles.T.astype(np.intp)
    x, y, z = (own.take(corners) for own in np.ascontiguousarray(laid.points.T))
    under = ((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])) * (z[0] + z[1] + z[2])
    owned = np.bincount(laid.inside, under, count) - np.bincount(laid.outside, under, count)
    return np.asarray(owned / 6, np.float64)
