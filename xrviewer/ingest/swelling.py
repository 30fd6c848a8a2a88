"""Borders moved a little, where they face what is around all labels, so that volumes are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xrviewer.ingest.borders import Borders
from xrviewer.ingest.crossings import Crossings, between_ends
from xrviewer.ingest.shares import Share

_TRIAL = 0.03
_MOST = 0.06
"""Shares of a place. A border that is moved farther would leave its edge of the grid."""


def swollen(laid: Borders, found: Crossings, shares: Sequence[Share]) -> Borders:
    """Borders between labels stay, and so does every triangle's place among the others."""
    wanted = np.array([0.0, *(share.wanted for share in shares)])
    had = _volumes(laid, len(wanted))
    gained = _volumes(_moved(laid, found, np.full(len(wanted), _TRIAL)), len(wanted)) - had
    by = _TRIAL * (wanted - had) / np.maximum(gained, 1e-9)
    return _moved(laid, found, by.clip(-_MOST, _MOST))


def _moved(laid: Borders, found: Crossings, by: NDArray[np.float64]) -> Borders:
    """Each label's border outwards, by as much of a share."""
    to_above = (found.below == 0) * by[found.above]
    to_below = (found.above == 0) * by[found.below]
    points = laid.points.copy()
    points[: len(found.points)] = between_ends(found, (to_below - to_above).astype(np.float32))
    return replace(laid, points=points)


def _volumes(laid: Borders, count: int) -> NDArray[np.float64]:
    """In places, by name."""
    columns = np.ascontiguousarray(laid.points.T, np.float64)
    x, y, z = (own.take(laid.triangles.T) for own in columns)
    under = ((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])) * z.sum(axis=0) / 6
    owned = np.bincount(laid.inside, under, count) - np.bincount(laid.outside, under, count)
    return np.asarray(owned, np.float64)
