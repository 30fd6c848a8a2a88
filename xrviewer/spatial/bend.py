"""A curve with two directions at right angles to it, carried along without turning about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """(N, 3) each; evenly spaced points, and unit vectors: along, side and up are right-handed."""

    points: Points
    along: Points
    side: Points
    up: Points

    @property
    def length(self) -> float:
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=1).sum())


def resampled(points: Points, count: int) -> Points:
    """So many points evenly apart on the same line, both ends kept."""
    points = np.asarray(points, np.float64)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.linspace(0.0, at[-1], count)
    return np.stack([np.interp(wanted, at, points[:, axis]) for axis in range(3)], axis=1)


def bend_of(points: Points, side: tuple[float, float, float]) -> Bend:
    """Rotation-minimising frames by double reflection; the first side is as near to the given
    direction as it can be. Raises ValueError for fewer than three points or no length."""
    points = np.asarray(points, np.float64)
    ways = np.gradient(points, axis=0) if len(points) > 2 else np.zeros((1, 3))
    lengths = np.linalg.norm(ways, axis=1, keepdims=True)
    if len(points) < 3 or not (lengths > 1e-9).all():
        raise ValueError(f"a curve has at least three points apart, not {len(points)}")
    ways = ways / lengths
    sides = np.empty_like(points)
    sides[0] = _across(np.array(side, np.float64), ways[0])
    for i in range(len(points) - 1):
        # Reflected in the plane between the points, then in that between the directions.
        between = points[i + 1] - points[i]
        carried, way = _reflected(sides[i], between), _reflected(ways[i], between)
        turn = ways[i + 1] - way
        carried = _reflected(carried, turn) if turn @ turn > 1e-24 else carried
        sides[i + 1] = _across(carried, ways[i + 1])
    return Bend(points, ways, sides, np.cross(ways, sides))


def place_beside(bend: Bend, share: float, turn_rad: float, aside: float) -> Points:
    """At a share of the curve, so far to its side when that is turned about it: as
    shaders/lib/bend.glsl has it, straight from point to point."""
    at = share * (len(bend.points) - 1)
    i = min(max(int(at), 0), len(bend.points) - 2)
    f = at - i
    point, side, up = (
        rows[i] * (1 - f) + rows[i + 1] * f for rows in (bend.points, bend.side, bend.up)
    )
    side, up = side / np.linalg.norm(side), up / np.linalg.norm(up)
    return np.asarray(point + aside * (np.cos(turn_rad) * side + np.sin(turn_rad) * up))


def shares_beside(bend: Bend, points: Points, turn_rad: float) -> tuple[Points, Points, Points]:
    """The inverse, for (N, 3): at which share of the curve each is nearest to it, how far to its
    side, and how far over what is shown of it."""
    steps = np.diff(bend.points, axis=0)
    off = points[:, None] - bend.points[None, :-1]
    along = np.einsum("nij,ij->ni", off, steps) / np.einsum("ij,ij->i", steps, steps)
    along = np.clip(along, 0.0, 1.0)
    off -= along[:, :, None] * steps
    i = np.einsum("nij,nij->ni", off, off).argmin(axis=1)
    rows = np.arange(len(points))
    f, off = along[rows, i], off[rows, i]
    side, up = ((1 - f)[:, None] * v[i] + f[:, None] * v[i + 1] for v in (bend.side, bend.up))
    aside, over = (np.einsum("nj,nj->n", off, v) for v in (side, up))
    cosine, sine = np.cos(turn_rad), np.sin(turn_rad)
    shares = (i + f) / (len(bend.points) - 1)
    return shares, cosine * aside + sine * over, cosine * over - sine * aside


def _reflected(v: Points, normal: Points) -> Points:
    return np.asarray(v - 2 * (normal @ v) / (normal @ normal) * normal)


def _across(v: Points, way: Points) -> Points:
    """The part at right angles to the way; any such direction where there is none."""
    found = v - (v @ way) * way
    if np.linalg.norm(found) < 1e-6:
        other = np.eye(3)[np.abs(way).argmin()]
        found = other - (other @ way) * way
    return np.asarray(found / np.linalg.norm(found))
