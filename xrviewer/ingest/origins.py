"""What the points of a reduced surface take over from those of the full one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh, Points
from xrviewer.ingest.alike import Numbers
from xrviewer.ingest.deviation import quick_tree

_LOOKED_AT = 16
"""Points near one whose nearest is on the other side of a sheet."""


def origins(before: Mesh, points_mm: Points, directions: Points, at: Numbers) -> Numbers:
    """The point before that each comes from: itself, or the nearest of those that are gone that
    looks the same way. On a thin sheet the very nearest may be on its other side.

    at: where each is among those before, -1 for those that moved; directions: where these look.
    """
    moved, origin = np.flatnonzero(at < 0), at.copy()
    if not len(moved):
        return origin
    is_gone = np.ones(len(before.points_mm), np.bool_)
    is_gone[at[at >= 0]] = False
    # A sheet may still have all that the surface about it has left.
    gone = np.flatnonzero(is_gone if is_gone.any() else ~is_gone)
    tree = quick_tree(before.points_mm.take(gone, axis=0))
    _, beside = tree.query(points_mm[moved])
    origin[moved] = gone[beside]
    turned = np.flatnonzero(are_away(before.normals.take(origin[moved], axis=0), directions))
    _, near = tree.query(points_mm[moved[turned]], np.arange(min(_LOOKED_AT, len(gone))) + 1)
    near = gone[near]
    first = (~are_away(before.normals[near], directions[turned, None])).argmax(axis=1)
    origin[moved[turned]] = near[np.arange(len(turned)), first]
    return origin


def facing(points_mm: Points, triangles: NDArray[np.uint32], which: Numbers) -> Points:
    """Where some points look: the sum of the triangles around each, by their areas."""
    count = len(which)
    number = np.full(len(points_mm), count, np.int64)
    number[which] = np.arange(count)
    of = number.take(triangles.T)
    is_around = (of < count).any(axis=0)
    around = triangles.compress(is_around, axis=0).T
    x, y, z = (own.take(around) for own in points_mm.T)
    cross = [
        (p[1] - p[0]) * (q[2] - q[0]) - (p[2] - p[0]) * (q[1] - q[0])
        for p, q in ((y, z), (z, x), (x, y))
    ]
    of = of.compress(is_around, axis=1)
    sums = [sum(np.bincount(own, v, count + 1)[:count] for own in of) for v in cross]
    made = np.stack(sums, axis=1)
    return np.asarray(made / np.maximum(np.linalg.norm(made, axis=1), 1e-30)[:, None])


def are_away(directions: Points, others: Points) -> NDArray[np.bool_]:
    """Whether each looks to the other side."""
    return np.asarray(np.einsum("...i,...i", directions, others) < 0)
