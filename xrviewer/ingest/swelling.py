"""Borders moved a little, so that every label keeps its volume.

As between bubbles: each label has a pressure, what is around them none, and a border moves by the
difference. What a bone loses under a cartilage, because the blur draws in what is round, it wins
back there too, and not on its bare side alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xrviewer.compiled import compiled
from xrviewer.ingest.borders import Borders
from xrviewer.ingest.crossings import Crossings, between_ends
from xrviewer.ingest.regions import Floats, Names, Places, Shares

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
    pairs, weight = found.below * len(wanted) + found.above, _weight(found, shares.around)
    gains = _gains(found, pairs, weight, len(wanted))[np.ix_(is_label, is_label)]
    pressure = np.zeros(len(wanted))
    for _ in range(_STEPS):
        lacking = (wanted - _volumes(laid, len(wanted)))[is_label]
        pressure[is_label] += np.linalg.solve(gains, lacking)
        more = (pressure[:, None] - pressure).clip(-_MOST, _MOST).astype(np.float32)
        points = between_ends(found, more.take(pairs) * weight)
        laid = replace(laid, points=laid.middles.with_crossings(points))
    return laid


def _weight(found: Crossings, around: int) -> Floats:
    """1 on a border of two, less where a third is near."""
    is_outer = (found.below == around) | (found.above == around)
    return np.where(is_outer, 2 * found.around, 1 - found.around)


def _gains(found: Crossings, pairs: Names, weight: Floats, count: int) -> NDArray[np.float64]:
    """What each label gains by each one's pressure."""
    won = np.zeros(count * count)
    moved = between_ends(found, np.float32(_TRIAL) * weight)
    for axis in range(3):
        own = slice(*found.firsts[axis : axis + 2])
        _win(axis, found.points[own], moved[own], found.slopes[own], pairs[own], won)
    facing = won.reshape(count, count) / _TRIAL
    facing += facing.T.copy()
    own = facing.sum(axis=1) * (1 + _SLACK) + 1e-9
    return np.asarray(np.diag(own) - facing, np.float64)


@compiled
def _win(
    axis: int, points: Floats, moved: Floats, slopes: Floats, pairs: Names, won: NDArray[np.float64]
) -> None:
    """What those below the crossings win. A crossing stands for as much of the border as its slope
    says: one to each line of the grid along each axis, seen from where that line goes."""
    for n in range(len(points)):
        steep = abs(slopes[n, 0]) + abs(slopes[n, 1]) + abs(slopes[n, 2])
        seen = abs(slopes[n, axis]) / max(steep, 1e-9)
        won[pairs[n]] += (moved[n, axis] - points[n, axis]) * seen


def _volumes(laid: Borders, count: int) -> NDArray[np.float64]:
    """In places, by name."""
    between = _spaces_under(laid.points, laid.triangles, laid.ends)
    inside, outside = laid.pairs.T
    return np.asarray(np.bincount(inside, between, count) - np.bincount(outside, between, count))


@compiled
def _spaces_under(points: Floats, triangles: Names, ends: Places) -> NDArray[np.float64]:
    """The volume under the triangles of each pair."""
    sums = np.zeros(len(ends) - 1)
    for pair in range(len(sums)):
        for n in range(ends[pair], ends[pair + 1]):
            a, b, c = triangles[n, 0], triangles[n, 1], triangles[n, 2]
            x, y = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1]
            u, v = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1]
            sums[pair] += (x * v - u * y) * (points[a, 2] + points[b, 2] + points[c, 2]) / 6
    return sums
