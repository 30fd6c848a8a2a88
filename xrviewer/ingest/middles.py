"""Points where more than two regions meet: as near as may be to the planes of all borders there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.compiled import compiled
from xrviewer.ingest.regions import Floats, Places

_STIFF = 0.03
"""How little planes may differ, in squared sines, before their crossing is not looked for."""
_INSET = 0.02
"""Of an edge: no two middles may lie on one corner, or they would be taken for one point."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Middles:
    """Points in faces where more than two regions meet, and of each sheet in cubes of such."""

    crossings: Places
    """That are joined to a middle, and to which one each is."""
    of: Places
    counts: Doubles
    """Of each middle's crossings."""
    normals: Doubles
    """Of the planes through the crossings."""
    nearest: Doubles
    """(M, 3, 3): what makes of the planes' heights a step to where they cross."""
    corners: Places
    """Lowest, of each middle's face or cube."""
    is_free: NDArray[np.bool_]
    """Along which axes it stretches."""

    @classmethod
    def of_planes(
        cls,
        crossings: Places,
        of: Places,
        corners: Places,
        is_free: NDArray[np.bool_],
        slopes: Floats,
    ) -> Middles:
        counts = np.maximum(np.bincount(of, minlength=len(corners)), 1.0)
        normals, nearest = np.empty((len(of), 3)), np.zeros((len(corners), 3, 3))
        _add_planes(crossings, of, counts, is_free, slopes, normals, nearest)
        _invert(nearest)
        return cls(crossings, of, counts, normals, nearest, corners, is_free)

    def with_crossings(self, points: Floats) -> Floats:
        """The crossings, and behind them the points nearest to all planes through those joined to
        each, within its face or cube. Their mean alone would lie off what goes straight on."""
        laid = np.concatenate([points, np.empty(self.corners.shape, np.float32)])
        mean, towards = np.zeros(self.corners.shape), np.zeros(self.corners.shape)
        _average(self.crossings, self.of, self.counts, points, mean)
        _pull(self.crossings, self.of, self.counts, self.normals, points, mean, towards)
        _lay(mean, towards, self.nearest, self.corners, self.is_free, laid[len(points) :])
        return laid


@compiled
def _add_planes(
    crossings: Places,
    of: Places,
    counts: Doubles,
    is_free: NDArray[np.bool_],
    slopes: Floats,
    normals: Doubles,
    planes: Doubles,
) -> None:
    """Of each middle the mean of its normals' products, along the axes that it may move."""
    for n in range(len(of)):
        middle, squares = of[n], 0.0
        for axis in range(3):
            normals[n, axis] = slopes[crossings[n], axis] * is_free[middle, axis]
            squares += normals[n, axis] ** 2
        length = max(np.sqrt(squares), 1e-9)
        for axis in range(3):
            normals[n, axis] /= length
        for i in range(3):
            for j in range(3):
                planes[middle, i, j] += normals[n, i] * normals[n, j] / counts[middle]


@compiled
def _invert(symmetric: Doubles) -> None:
    """Each 3 x 3 matrix, stiffened, by its cofactors."""
    for m in range(len(symmetric)):
        a, b, c = symmetric[m, 0, 0] + _STIFF, symmetric[m, 0, 1], symmetric[m, 0, 2]
        d, e, f = symmetric[m, 1, 1] + _STIFF, symmetric[m, 1, 2], symmetric[m, 2, 2] + _STIFF
        first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
        whole = a * first + b * second + c * third
        symmetric[m, 0, 0] = first / whole
        symmetric[m, 0, 1] = symmetric[m, 1, 0] = second / whole
        symmetric[m, 0, 2] = symmetric[m, 2, 0] = third / whole
        symmetric[m, 1, 1] = (a * f - c * c) / whole
        symmetric[m, 1, 2] = symmetric[m, 2, 1] = (b * c - a * e) / whole
        symmetric[m, 2, 2] = (a * d - b * b) / whole


@compiled
def _average(crossings: Places, of: Places, counts: Doubles, points: Floats, mean: Doubles) -> None:
    for n in range(len(of)):
        for axis in range(3):
            mean[of[n], axis] += points[crossings[n], axis] / counts[of[n]]


@compiled
def _pull(
    crossings: Places,
    of: Places,
    counts: Doubles,
    normals: Doubles,
    points: Floats,
    mean: Doubles,
    towards: Doubles,
) -> None:
    """How high the planes lie over the mean, along their normals."""
    for n in range(len(of)):
        height = 0.0
        for axis in range(3):
            off = points[crossings[n], axis] - mean[of[n], axis]
            height += normals[n, axis] * off / counts[of[n]]
        for axis in range(3):
            towards[of[n], axis] += normals[n, axis] * height


@compiled
def _lay(
    mean: Doubles,
    towards: Doubles,
    nearest: Doubles,
    corners: Places,
    is_free: NDArray[np.bool_],
    points: Floats,
) -> None:
    for m in range(len(mean)):
        for axis in range(3):
            at = mean[m, axis]
            for other in range(3):
                at += nearest[m, axis, other] * towards[m, other]
            inset = _INSET if is_free[m, axis] else 0.0
            low, high = corners[m, axis] + inset, corners[m, axis] + is_free[m, axis] - inset
            points[m, axis] = min(max(at, low), high)
