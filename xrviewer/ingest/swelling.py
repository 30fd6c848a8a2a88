"""Borders moved a little, so that every label keeps its volume.

As between bubbles: each label has a pressure, what is around them none, and a border moves by the
difference. What a bone loses under a cartilage, because the blur draws in what is round, it wins
back there too, and not on its bare side alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import spaces_under
from xrviewer.ingest.borders import Borders
from xrviewer.ingest.crossings import Crossings, between_ends
from xrviewer.ingest.regions import Floats, Shares

_STEPS = 2
_TRIAL = 0.03
_MOST = 0.12
"""Shares of a place. A border that is moved farther would leave its edge of the grid."""
_SLACK = 1e-3
"""Of its border, that each label has with nothing: one that all are pressed by stays at rest."""


def swollen(laid: Borders, found: Crossings, shares: Shares) -> Borders:
    """Every triangle keeps its place among the others."""
    wanted = np.array([share.wanted if share else 0.0 for share in shares.ranked])
    is_label = np.arange(len(wanted)) != shares.around
    pressure = np.zeros(len(wanted))
    gains = _gains(found, len(wanted), shares.around)[np.ix_(is_label, is_label)]
    corners = laid.triangles.T.astype(np.intp, order="C").T
    for _ in range(_STEPS):
        lacking = (wanted - _volumes(laid, corners, len(wanted)))[is_label]
        pressure[is_label] += np.linalg.solve(gains, lacking)
        points = between_ends(found, _pushed(found, pressure, shares.around))
        laid = replace(laid, points=laid.middles.with_crossings(points))
    return laid


def _gains(found: Crossings, count: int, around: int) -> NDArray[np.float64]:
    """What each label gains by each one's pressure."""
    trial = np.full(len(found.around), np.float32(_TRIAL)) * _weight(found, around)
    by = _volume_of_each(found, between_ends(found, trial)) / _TRIAL
    pair = found.below * count + found.above
    facing = np.bincount(pair, by, count * count).reshape(count, count)
    facing += facing.T
    own = facing.sum(axis=1) * (1 + _SLACK) + 1e-9
    return np.asarray(np.diag(own) - facing, np.float64)


def _pushed(found: Crossings, pressure: NDArray[np.float64], around: int) -> Floats:
    """By how much more of a share what is below the crossings leads."""
    by = (pressure[found.below] - pressure[found.above]).clip(-_MOST, _MOST)
    return np.asarray(by * _weight(found, around), np.float32)


def _weight(found: Crossings, around: int) -> Floats:
    """1 on a border of two, less where a third is near."""
    is_outer = (found.below == around) | (found.above == around)
    return np.where(is_outer, 2 * found.around, 1 - found.around)


def _volume_of_each(found: Crossings, moved: Floats) -> Floats:
    """What those below the crossings win. A crossing stands for as much of the border as its slope
    says: one to each line of the grid along each axis, seen from where that line goes."""
    slopes = np.abs(found.slopes.T)
    seen = slopes / np.maximum(slopes[0] + slopes[1] + slopes[2], 1e-9)
    own = [slice(*found.firsts[axis : axis + 2]) for axis in range(3)]
    return np.concatenate(
        [(moved[r, a] - found.points[r, a]) * seen[a, r] for a, r in enumerate(own)]
    )


def _volumes(laid: Borders, corners: NDArray[np.intp], count: int) -> NDArray[np.float64]:
    """In places, by name. corners: of its triangles, a column each as they lie in memory."""
    under = spaces_under(laid.points, corners)
    between = np.add.reduceat(under, laid.ends[:-1], dtype=np.float64)
    inside, outside = laid.pairs.T
    return np.asarray(np.bincount(inside, between, count) - np.bincount(outside, between, count))
