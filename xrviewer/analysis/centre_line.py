"""The middle of a tube: of a vessel, a ligament, a nerve; from end to end.

The order along the tube comes from ways over the surface, which cannot jump from one turn of a
helix to the next. The places come from plane cuts at right angles to the line: the middle of each
outline by its area, which is exact for a bent tube where a mean of its points is drawn outwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.errors import MeasureError
from xrviewer.spatial.bend import resampled

Points = NDArray[np.float64]
_STATIONS, _LEAST_STATIONS, _COUNT = 64, 12, 120
"""Bands that the order is read from, and points of the line."""
_BAND_EDGES = 2.5
_ROUNDS = 3
_MOST_ASIDE = 0.25
"""Share of a station's points, and of the stations, that may hang together with no others."""
_OPEN_SHARE = 0.01
"""Of an outline's length: how far its ends may be apart."""
_ALIKE = 1.4
"""From one step to the next an outline is not larger or smaller by more: else it is an end."""
_SIDESTEP = 0.35
"""Of a step: a middle farther aside is that of an end's rim."""
_MOST_OF_WAY = 1.25
_LEAST_SLENDER = 1.5
"""Length over width: what is thicker has no line that all would draw alike."""


@dataclass(frozen=True, slots=True, eq=False)
class _Tube:
    """The largest piece of a mesh, and how far along it each of its points is."""

    points: Points
    triangles: NDArray[np.int64]
    along: NDArray[np.float64]
    corners: NDArray[np.float64]
    """(M, 3, 3) of each triangle."""
    middles: Points

    @property
    def length_mm(self) -> float:
        return float(self.along.max())


def centre_line(points_mm: NDArray[np.floating], triangles: NDArray[np.integer]) -> Points:
    """(N, 3) evenly apart, from the lower end to the upper one. Raises MeasureError for what is no
    single tube: a ring, a fork, a lump, nothing."""
    tube = _tube(points_mm, triangles)
    # A band narrower than a triangle would hold a part of the way round, and lean to it.
    edge_mm = float(np.linalg.norm(tube.corners[:, 1] - tube.corners[:, 0], axis=1).mean())
    count = int(np.clip(tube.length_mm / (_BAND_EDGES * edge_mm), _LEAST_STATIONS, _STATIONS))
    station = np.minimum((tube.along / tube.length_mm * count).astype(np.intp), count - 1)
    _must_be_one(tube, station)
    line = _means(tube.points, station)
    radius_mm = _radius(tube.points, station, line)
    for _ in range(_ROUNDS):
        line = _smoothed(line)
    line = _without_ends(line, radius_mm)
    for _ in range(_ROUNDS):
        line = _recentred(tube, resampled(_smoothed(line), _COUNT), radius_mm)
    for _ in range(2):  # from either end
        line = _to_the_end(tube, line, radius_mm)[::-1]
    length_mm = float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())
    # A line that is longer than the way over the surface has wandered about in a lump.
    if not 2 * _LEAST_SLENDER * radius_mm < length_mm < _MOST_OF_WAY * tube.length_mm:
        raise MeasureError("is no tube: it is too short for its width to have a line; pick a path")
    # Upwards, as it is shown.
    return resampled(line if line[-1, 2] >= line[0, 2] else line[::-1], _COUNT)


def _tube(points_mm: NDArray[np.floating], triangles: NDArray[np.integer]) -> _Tube:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components, dijkstra

    if not len(triangles):
        raise MeasureError("has no surface to find the middle of")
    points, number = np.unique(
        np.asarray(points_mm, np.float64).round(4), axis=0, return_inverse=True
    )
    faces = number.reshape(-1)[np.asarray(triangles, np.int64)]
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.unique(np.sort(edges[edges[:, 0] != edges[:, 1]], axis=1), axis=0)
    lengths = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
    ways = csr_array((lengths, edges.T), shape=(len(points),) * 2)
    _, piece = connected_components(ways, directed=False)
    is_main = piece == np.bincount(piece).argmax()
    first = int(np.flatnonzero(is_main)[0])
    for _ in range(2):  # the farthest from anywhere is an end
        away = dijkstra(ways, directed=False, indices=first)
        away[~is_main] = -1.0
        first = int(away.argmax())
    along = dijkstra(ways, directed=False, indices=first)
    kept = faces[is_main[faces].all(axis=1)]
    renumbered = np.cumsum(is_main) - 1
    corners = points[kept]
    return _Tube(points[is_main], renumbered[kept], along[is_main], corners, corners.mean(axis=1))


def _must_be_one(tube: _Tube, station: NDArray[np.intp]) -> None:
    """Between two neighbouring heights a tube is one band; a ring or a fork is two."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    coarse = station // (int(station.max()) // 12 + 1)
    edges = np.concatenate([tube.triangles[:, [0, 1]], tube.triangles[:, [1, 2]]])
    edges = edges[np.abs(coarse[edges[:, 0]] - coarse[edges[:, 1]]) == 0]
    shape = (len(tube.points),) * 2
    _, band = connected_components(csr_array((np.ones(len(edges)), edges.T), shape=shape), False)
    heights = range(1, int(coarse.max()))  # at the ends a cap may stand alone
    split = sum(
        np.bincount(band[coarse == h]).max() < (1 - _MOST_ASIDE) * (coarse == h).sum()
        for h in heights
        if (coarse == h).any()
    )
    if split > _MOST_ASIDE * len(heights):
        raise MeasureError("is not one tube: it forks or closes to a ring; cut it or pick a path")


def _means(points: Points, station: NDArray[np.intp]) -> Points:
    counts = np.bincount(station)
    sums = [np.bincount(station, points[:, axis]) for axis in range(3)]
    return np.stack(sums, axis=1)[counts > 0] / counts[counts > 0, None]


def _radius(points: Points, station: NDArray[np.intp], line: Points) -> float:
    """How far the surface is from the line in the middle of the tube, as a rule."""
    count = int(station.max()) + 1
    middle = points[np.abs(station - count / 2) < count / 4]
    found = [np.linalg.norm(line - p, axis=1).min() for p in middle[:: max(1, len(middle) // 500)]]
    return float(np.median(found))


def _without_ends(line: Points, radius_mm: float) -> Points:
    """The order begins on the rim of an end, and the first bands lean that way."""
    at = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    end_mm = min(2.0 * radius_mm, at[-1] / 4)
    kept = (at > end_mm) & (at < at[-1] - end_mm)
    return line[kept] if kept.sum() >= 4 else line


def _smoothed(line: Points) -> Points:
    inner = (line[:-2] + 2 * line[1:-1] + line[2:]) / 4
    return np.concatenate([line[:1], inner, line[-1:]])


def _recentred(tube: _Tube, line: Points, radius_mm: float) -> Points:
    """Each point to the middle of the outline that its plane cuts of the tube near it."""
    ways = np.gradient(line, axis=0)
    moved = line.copy()
    for i, (at, way) in enumerate(zip(line, ways, strict=True)):
        cut = _cut(tube, at, way / np.linalg.norm(way), radius_mm)
        if cut is not None and np.linalg.norm(cut[0] - at) < 2 * radius_mm:
            moved[i] = cut[0]
    return moved


def _cut(tube: _Tube, at: Points, way: Points, radius_mm: float) -> tuple[Points, float] | None:
    """The middle of the outline there and its area; None where it is not closed."""
    near = np.abs(tube.middles - at).max(axis=1) < 3 * radius_mm
    outline = _outline(tube.corners[near], at, way)
    if len(outline) < 3:
        return None
    sides = outline[:, 1] - outline[:, 0]
    if np.linalg.norm(sides.sum(axis=0)) > _OPEN_SHARE * np.linalg.norm(sides, axis=1).sum():
        return None
    off = outline - at
    twice = np.cross(off[:, 0], off[:, 1]) @ way
    area = float(twice.sum()) / 2
    if abs(area) < 1e-9:
        return None
    return at + (twice[:, None] * off.sum(axis=1)).sum(axis=0) / (6 * area), abs(area)


def _outline(corners: NDArray[np.float64], at: Points, way: Points) -> NDArray[np.float64]:
    """(M, 2, 3): where the triangles meet the plane, each turned as its triangle is."""
    over = (corners - at) @ way
    is_over = over > 0
    crossing = is_over.any(axis=1) & ~is_over.all(axis=1)
    corners, over, is_over = corners[crossing], over[crossing], is_over[crossing]
    # The corner that is alone on its side comes first.
    alone = np.where(is_over.sum(axis=1) == 1, is_over.argmax(axis=1), (~is_over).argmax(axis=1))
    order = (alone[:, None] + np.arange(3)) % 3
    corners = np.take_along_axis(corners, order[..., None], axis=1)
    over = np.take_along_axis(over, order, axis=1)
    shares = over[:, :1] / (over[:, :1] - over[:, 1:])
    ends = corners[:, :1] + shares[..., None] * (corners[:, 1:] - corners[:, :1])
    turned = np.where((over[:, 0] > 0)[:, None, None], ends, ends[:, ::-1])
    return np.asarray(turned)


def _to_the_end(tube: _Tube, line: Points, radius_mm: float) -> Points:
    """On from the last point as it bends, as long as the outline stays as large; then straight to
    where the surface ends."""
    step_mm = float(np.linalg.norm(line[-1] - line[-2]))
    found = [line[-3], line[-2], line[-1]]
    known = _cut(tube, line[-1], _unit(line[-1] - line[-2]), radius_mm)
    area = known[1] if known else 0.0
    for _ in range(_COUNT):
        way = _unit(2 * (found[-1] - found[-2]) - (found[-2] - found[-3]))
        ahead = found[-1] + step_mm * way
        cut = _cut(tube, ahead, way, radius_mm)
        if cut is None or not area / _ALIKE < cut[1] < area * _ALIKE:
            break
        if np.linalg.norm(cut[0] - ahead) > _SIDESTEP * step_mm:
            break
        area = cut[1]
        found.append(cut[0])
    way = _unit(found[-1] - found[-2])
    off = tube.points - found[-1]
    over = off @ way
    aside = np.linalg.norm(off - over[:, None] * way, axis=1)
    is_near = (aside < 2 * radius_mm) & (over < 2 * radius_mm)
    left_mm = float(over[is_near].max(initial=0.0))
    tip = [found[-1] + left_mm * way] if left_mm > 0.1 * step_mm else []
    return np.vstack([line, *found[3:], *tip])


def _unit(v: Points) -> Points:
    return np.asarray(v / np.linalg.norm(v))
