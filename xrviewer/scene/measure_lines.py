"""What is drawn of a measurement, in the frame of the case: lines, ends, the place of its value."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.figures import circle_through
from xrviewer.case.measured import Kind, Measured
from xrviewer.errors import MeasureError

Points = NDArray[np.float64]
_MOST_CORNERS = 64
"""Of a way over a surface, and places of a brush: what is finer than that nobody sees."""
_ARC_STEPS, _CIRCLE_STEPS = 12, 48
_ARC_SHARE = 0.22
"""Of the shorter leg: how far from its corner an angle is drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Corners, each with the number of the point that says on which part it lies."""

    corners_mm: Points
    """(N, 3)"""
    owners: NDArray[np.intp]
    """(N,)"""
    segments: NDArray[np.intp]
    """(M, 2), of corners."""
    ends: NDArray[np.intp]
    """Corners that have a ball."""
    at: tuple[int, int]
    """The value stands beside the middle of these two."""
    away_from: int | None = None
    """A corner on whose far side it does."""


def lines_of(measured: Measured) -> Lines:
    """Never fails: what makes no figure yet is its points."""
    points = np.array(measured.points_mm, np.float64).reshape(-1, 3)
    if measured.kind is Kind.AREA:
        return _dots(points)
    if measured.kind is Kind.ANGLE and len(points) == 3:
        return _angle(points)
    if measured.kind is Kind.DIAMETER and len(points) >= 3:
        return _circle(points)
    if measured.kind is Kind.PLANE_ANGLE:
        return _planes(points)
    if measured.line_mm:
        return _way(points, np.array(measured.line_mm, np.float64))
    return _path(points)


def _path(points: Points) -> Lines:
    count = len(points)
    numbers = np.arange(count)
    segments = np.stack([numbers[:-1], numbers[1:]], axis=1)
    return Lines(points, numbers, segments, numbers, _middle_of(points))


def _middle_of(corners: Points) -> tuple[int, int]:
    """The two corners between which half of the way is over."""
    if len(corners) < 2:
        return 0, 0
    gone = np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))
    after = min(int(np.searchsorted(gone, gone[-1] / 2)), len(corners) - 2)
    return after, after + 1


def _way(points: Points, line: Points) -> Lines:
    kept = line[np.unique(np.linspace(0, len(line) - 1, _MOST_CORNERS).round().astype(int))]
    numbers = np.arange(len(kept))
    segments = np.stack([numbers[:-1], numbers[1:]], axis=1)
    owners = np.zeros(len(kept), np.intp)
    ends = np.array([0, len(kept) - 1], np.intp)
    return Lines(kept, owners, segments, ends, _middle_of(kept))


def _dots(points: Points) -> Lines:
    kept = np.unique(np.linspace(0, len(points) - 1, _MOST_CORNERS).round().astype(int))
    owners, none = np.zeros(len(kept), np.intp), np.zeros((0, 2), np.intp)
    middle = len(kept) // 2
    return Lines(points[kept], owners, none, np.arange(len(kept)), (middle, middle))


def _angle(points: Points) -> Lines:
    """Two legs and an arc, which has its middle where the value goes."""
    legs = points[[0, 2]] - points[1]
    lengths = np.linalg.norm(legs, axis=1)
    base = _path(points)
    if not lengths.min() > 0:
        return base
    one, other = legs / lengths[:, None]
    across = other - (other @ one) * one
    size = float(np.linalg.norm(across))
    if size < 1e-9:
        return base
    turn = math.atan2(size, float(one @ other))
    angles = np.linspace(0.0, turn, _ARC_STEPS + 1)[:, None]
    radius = _ARC_SHARE * float(lengths.min())
    arc = points[1] + radius * (np.cos(angles) * one + np.sin(angles) * across / size)
    joined = _joined(base, arc, owner=1)
    middle = len(points) + _ARC_STEPS // 2
    at = (middle, middle)
    return Lines(joined.corners_mm, joined.owners, joined.segments, base.ends, at, away_from=1)


def _circle(points: Points) -> Lines:
    try:
        center, radius, (u, v) = circle_through(points)
    except MeasureError:
        return _path(points)
    angles = np.linspace(0.0, 2 * math.pi, _CIRCLE_STEPS + 1)[:, None]
    round_it = center + radius * (np.cos(angles) * u + np.sin(angles) * v)
    none = np.zeros((0, 2), np.intp)
    alone = Lines(points, np.arange(len(points)), none, np.arange(len(points)), (0, 0))
    joined = _joined(alone, round_it, owner=0)
    a, b = len(points), len(points) + _CIRCLE_STEPS // 2
    return Lines(joined.corners_mm, joined.owners, joined.segments, alone.ends, (a, b))


def _planes(points: Points) -> Lines:
    """The triangle; then an axis, or a second triangle."""
    count, pairs = len(points), [(0, 1), (1, 2), (2, 0)] if len(points) >= 3 else [(0, 1)]
    if count == 5:
        pairs.append((3, 4))
    if count == 6:
        pairs += [(3, 4), (4, 5), (5, 3)]
    segments = np.array([p for p in pairs if max(p) < count], np.intp).reshape(-1, 2)
    numbers = np.arange(count)
    return Lines(points, numbers, segments, numbers, (0, min(1, count - 1)))


def _joined(lines: Lines, corners: Points, owner: int) -> Lines:
    """With a chain of corners more."""
    first = len(lines.corners_mm)
    numbers = np.arange(first, first + len(corners))
    chain = np.stack([numbers[:-1], numbers[1:]], axis=1)
    return Lines(
        np.concatenate([lines.corners_mm, corners]),
        np.concatenate([lines.owners, np.full(len(corners), owner, np.intp)]),
        np.concatenate([lines.segments, chain]),
        lines.ends,
        lines.at,
    )
