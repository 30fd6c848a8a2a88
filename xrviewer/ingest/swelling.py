"""Borders moved a little, where they face what is around all labels, so that volumes are kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xrviewer.ingest.borders import Borders
from xrviewer.ingest.crossings import Crossings, between_ends
from xrviewer.ingest.regions import Floats, Shares

_TRIAL = 0.03
_MOST = 0.12
"""Shares of a place. A border that is moved farther would leave its edge of the grid."""


def swollen(laid: Borders, found: Crossings, shares: Shares) -> Borders:
    """Every triangle keeps its place among the others."""
    wanted = np.array([share.wanted if share else 0.0 for share in shares.ranked])
    had = _volumes(laid, len(wanted))
    trial = laid.points.copy()
    trial[: len(found.points)] = _moved(found, np.full(len(wanted), _TRIAL), shares.around)
    gained = _volumes(replace(laid, points=trial), len(wanted)) - had
    by = _TRIAL * (wanted - had) / np.maximum(gained, 1e-9)
    points = _moved(found, by.clip(-_MOST, _MOST), shares.around)
    return replace(laid, points=laid.middles.with_crossings(points, found.slopes))


def _moved(found: Crossings, by: NDArray[np.float64], around: int) -> Floats:
    """Each label's border outwards, by as much of a share; the less the less is around."""
    earlier, later = np.minimum(found.below, found.above), np.maximum(found.below, found.above)
    own = np.where(earlier == around, later, earlier)
    outwards = np.where(found.below == own, by[own], -by[own]) * 2 * found.around
    return between_ends(found, outwards.astype(np.float32))


def _volumes(laid: Borders, count: int) -> NDArray[np.float64]:
    """In places, by name."""
    columns = np.ascontiguousarray(laid.points.T, np.float64)
    x, y, z = (own.take(laid.triangles.T) for own in columns)
    under = ((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])) * z.sum(axis=0) / 6
    owned = np.bincount(laid.inside, under, count) - np.bincount(laid.outside, under, count)
    return np.asarray(owned, np.float64)
