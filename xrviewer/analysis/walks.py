"""Walks from corner to corner of a surface, which tell roughly how its shortest ways go.

Over edges alone, a walk one way round a tube may be 15 % longer than one the other way that is as
long in truth: all triangles' long sides may lean to one hand. So a step may cross an edge, too,
to the corner opposite; and where walks that lie apart are nearly as short, all are offered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from xrviewer.case.mesh import Points

Numbers = NDArray[np.int64]

_DOUBT = 1.1
"""How many times as long as the shortest a walk may be whose way could still be shorter."""
_APART = 0.1
"""How far apart two walks lie in their middle, in lengths, to be offered both."""
_MOST = 5
_SAME_MM = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """Over a surface, pulled straight."""

    points_mm: Points
    """(N, 3), from the first point to the second."""

    @property
    def length_mm(self) -> float:
        return length_mm(self.points_mm)


def steps(points: Points, triangles: Numbers, across: Numbers) -> csr_matrix:
    """Lengths of all edges, and across them where the straight line there crosses the edge.

    Sorted and put together by hand: np.unique, and adding what SciPy transposes, kept the
    interpreter, and so the frame, for a second.
    """
    count = len(points)
    tails, heads = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    is_border = across.ravel() < 0
    one = np.concatenate([tails, heads[is_border]])
    other = np.concatenate([heads, tails[is_border]])
    lengths = np.linalg.norm(points[one] - points[other], axis=1)
    apex, beyond, over = _over(points, triangles, across)
    names = np.concatenate([one, apex]) * count + np.concatenate([other, beyond])
    order = np.argsort(names, kind="stable")  # an edge comes before what leads the same way
    order = order[np.diff(names[order], prepend=-1) > 0]
    one, other = np.divmod(names[order], count)
    starts = np.searchsorted(one, np.arange(count + 1))
    return csr_matrix((np.concatenate([lengths, over])[order], other, starts), (count, count))


def _over(points: Points, triangles: Numbers, across: Numbers) -> tuple[Numbers, Numbers, Points]:
    """From each triangle's corners to those of its neighbours: both, and how far, unfolded."""
    row, side = np.nonzero(across >= 0)
    other, its_side = np.divmod(across[row, side], 3)
    tail, head = triangles[row, side], triangles[row, (side + 1) % 3]
    apex, beyond = triangles[row, (side + 2) % 3], triangles[other, (its_side + 2) % 3]
    edge = points[head] - points[tail]
    length = np.maximum(np.linalg.norm(edge, axis=1), 1e-30)
    flat = []
    for corner in (apex, beyond):
        away = points[corner] - points[tail]
        along = np.einsum("ni,ni->n", away, edge) / length
        squared = np.einsum("ni,ni->n", away, away) - along**2
        flat.append((along, np.sqrt(np.maximum(squared, 0))))
    (x, y), (u, v) = flat
    crossing = x + (u - x) * y / np.maximum(y + v, 1e-30)
    is_straight = (crossing > 0) & (crossing < length) & (apex != beyond)
    far = np.hypot(u - x, y + v)
    return apex[is_straight], beyond[is_straight], far[is_straight]


def walks(
    points: Points, graph: csr_matrix, start: int, end: int, limit_mm: float = np.inf
) -> list[Numbers]:
    """The shortest, and others nearly as short that lie apart from it; none where none leads.

    limit_mm: how far is looked from both ends, which meet: two small discs are half of a large.
    """
    ends = [start, end]
    there, before = dijkstra(graph, indices=ends, limit=limit_mm, return_predecessors=True)
    both = there.sum(axis=0)
    shortest = float(both.min())
    if not np.isfinite(shortest):
        return []
    near = np.flatnonzero(both <= _DOUBT * shortest)
    near = near[np.abs(there[0, near] - there[1, near]) <= _longest_step(graph, near)]
    middles = [int(near[both[near].argmin()])]
    gap = np.full(len(near), np.inf)
    while len(middles) < _MOST:
        gap = np.minimum(gap, np.linalg.norm(points[near] - points[middles[-1]], axis=1))
        if gap.max() < _APART * shortest:
            break
        middles.append(int(near[gap.argmax()]))
    return [np.array([*_back(before[0], m)[:0:-1], *_back(before[1], m)]) for m in middles]


def length_mm(points: Points) -> float:
    """Of the line through them."""
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def points_along(points: Points, count: int) -> Points:
    """So many of the line through them, evenly, both ends among them."""
    along = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1)))
    places = np.linspace(0, along[-1], count)
    return np.stack([np.interp(places, along, own) for own in points.T], axis=1)


def slack_mm(way: Way, side_mm: Points, normals: Points) -> float:
    """About how much shorter the way gets where it is let go of the side that it is bent round.

    Of a string with small bends in a plane, which is straightened: half the sum of each two bends
    times how far both together lift it. Bends to both hands are counted as to one, which is more.
    """
    if not len(side_mm) or len(way.points_mm) < 3:
        return 0.0
    gap, at = cKDTree(side_mm).query(way.points_mm[1:-1])
    held = np.flatnonzero(gap < _SAME_MM)
    legs = np.diff(way.points_mm, axis=0)
    before, after, up = legs[held], legs[held + 1], normals[at[held]]
    across = np.abs(np.einsum("ni,ni->n", np.cross(before, after), up))
    bend = np.arctan2(across, np.einsum("ni,ni->n", before, after))
    along = np.cumsum(np.linalg.norm(legs, axis=1))
    first = np.minimum.outer(along[held], along[held])
    last = np.maximum.outer(along[held], along[held])
    return float(bend @ (first * (1 - last / along[-1])) @ bend / 2)


def _longest_step(graph: csr_matrix, corners: Numbers) -> NDArray[np.float64]:
    """From each of them; a walk's middle is nearer than that to one of its corners."""
    return np.asarray(graph[corners].max(axis=1).toarray().ravel())


def _back(before: NDArray[np.int32], vertex: int) -> list[int]:
    """From a vertex to where a search began."""
    passed = [vertex]
    while (vertex := int(before[vertex])) >= 0:
        passed.append(vertex)
    return passed
