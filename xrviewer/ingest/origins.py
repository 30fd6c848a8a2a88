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
    is_wanted = np.zeros(len(points_mm), np.bool_)
    is_wanted[which] = True
    around = triangles.compress(is_wanted.take(triangles.T).any(axis=0), axis=0)
    return Mesh.of(points_mm, around, are_unique=True).normals.take(which, axis=0)


def are_away(directions: Points, others: Points) -> NDArray[np.bool_]:
    """Whether each looks to the other side."""
    return np.asarray(np.einsum("...i,...i", directions, others) < 0)
