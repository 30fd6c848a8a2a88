"""A surface of few triangles that lies along a fine one, to find roughly how a way goes.

Its corners are some of the fine surface's, and every other corner belongs to the one to which the
way over edges is shortest; where three of those meet in a triangle, there is a coarse one. So two
sides of a thin sheet are never joined, as they are where corners are put together by place alone,
and no decimation has to run, which would keep the interpreter for half a second.
"""

from __future__ import annotations

import numpy as np
import potpourri3d
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from xrviewer.analysis.fans import corners_of, fans, sides_across
from xrviewer.analysis.walks import length_mm, points_along, steps, walks
from xrviewer.case.mesh import Points

Corners = NDArray[np.int64]

_TRIANGLES = 10_000
"""At most about twice as many: the solver takes 2 ms for a way over those."""
_FINE_EDGES = 5.0
"""That a coarse one is at least as long as: else it saves nothing."""
_AS_LONG = 1.01
"""Ways that are told apart by less than this are told apart on the fine surface."""
_APART = 3.0
"""Edges between the middles of two ways that are not the same on the fine surface."""
_STEPS_A_MM, _NUMBERS, _FAR = 1e3, 1 << 24, 1 << 61


class CoarseSurface:
    def __init__(self, points: Points, triangles: Corners, graph: csr_matrix) -> None:
        """triangles: welded; graph: steps over them."""
        a, b, c = (points[triangles[:, i]] for i in range(3))
        area_mm2 = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()) / 2
        fine_mm = float(graph.data.mean())
        self.edge_mm = max(np.sqrt(2 * area_mm2 / _TRIANGLES), _FINE_EDGES * fine_mm)
        """About the length of an edge."""
        chosen = _spread(points, np.flatnonzero(np.diff(graph.indptr)), self.edge_mm)
        number = _belonging(graph, chosen)
        met = _meeting(number[triangles])
        across = sides_across(met)
        fan = fans(across, np.arange(len(met)))
        corner = corners_of(fan, met)
        self._number = np.full(len(chosen), -1)
        self._number[corner[::-1]] = np.arange(len(corner))[::-1]
        self._number = np.append(self._number, -1)[number]
        self._points = points[chosen][corner]
        self._graph = steps(self._points, fan, across)
        self._solver = potpourri3d.EdgeFlipGeodesicSolver(self._points, fan)

    def ways(self, corners: tuple[int, int], ends_mm: Points) -> list[Points]:
        """Between two places near those corners of the fine surface, from one to the other: which
        may be the shortest, none where it knows of none."""
        first, last = self._number[list(corners)]
        if first < 0 or last < 0:
            return []
        graph, points = self._with_ends((int(first), int(last)), ends_mm)
        count = len(self._points)
        ways = [self._straight(walk[1:-1]) for walk in walks(points, graph, count, count + 1)]
        ways = [np.concatenate([ends_mm[:1], way, ends_mm[1:]]) for way in ways]
        return _different(sorted(ways, key=length_mm), _APART * self.edge_mm)

    def _with_ends(self, nearest: tuple[int, int], ends_mm: Points) -> tuple[csr_matrix, Points]:
        """With two corners more, from which steps lead to those around the nearest.

        From the nearest itself, ways that part at the very end could not be told apart.
        """
        around = [np.append(self._graph[own].indices, own) for own in nearest]
        gaps = [
            np.linalg.norm(self._points[own] - end, axis=1)
            for own, end in zip(around, ends_mm, strict=True)
        ]
        old, count = self._graph, len(self._points) + 2
        starts = np.append(old.indptr, old.nnz + np.cumsum([len(own) for own in gaps]))
        steps = (np.concatenate([old.data, *gaps]), np.concatenate([old.indices, *around]), starts)
        return csr_matrix(steps, (count, count)), np.concatenate([self._points, ends_mm])

    def _straight(self, walk: Corners) -> Points:
        if len(walk) < 2:
            return self._points[walk]
        return np.asarray(self._solver.find_geodesic_path_poly(walk.tolist()))


def _different(ways: list[Points], apart_mm: float) -> list[Points]:
    """Of ways from the shortest on those that the fine surface may find shorter, each once."""
    kept: list[Points] = []
    for way in ways:
        middle = points_along(way, 3)[1]
        is_new = all(np.linalg.norm(middle - points_along(own, 3)[1]) > apart_mm for own in kept)
        if is_new and length_mm(way) <= _AS_LONG * length_mm(ways[0]):
            kept.append(way)
    return kept


def _spread(points: Points, used: Corners, apart_mm: float) -> Corners:
    """One corner of each cube of that size, any: in rows, they would favour some directions."""
    used = np.random.default_rng(0).permutation(used)
    cubes = np.floor(points[used] / apart_mm).astype(np.int64)
    cubes -= cubes.min(axis=0)
    size = cubes.max(axis=0) + 1
    names = (cubes[:, 0] * size[1] + cubes[:, 1]) * size[2] + cubes[:, 2]
    return used[np.unique(names, return_index=True)[1]]


def _belonging(graph: csr_matrix, chosen: Corners) -> NDArray[np.int64]:
    """(V,): to which of the chosen each corner is nearest, over edges; -1: to none.

    Distance and number in one, so that the least of neighbours brings both along. SciPy's Dijkstra
    takes no longer, but keeps the interpreter, and so the frame, for all of it.
    """
    steps = np.round(graph.data * _STEPS_A_MM).astype(np.int64) * _NUMBERS
    rows = np.flatnonzero(np.diff(graph.indptr))
    starts = graph.indptr[rows]
    reached = np.full(graph.shape[0], _FAR)
    reached[chosen] = np.arange(len(chosen))
    while True:
        best = np.minimum.reduceat(reached[graph.indices] + steps, starts)
        best = np.minimum(best, reached[rows])
        if (best == reached[rows]).all():
            return np.where(reached < _FAR, reached % _NUMBERS, -1)
        reached[rows] = best


def _meeting(owners: Corners) -> Corners:
    """The triangles whose corners belong to three, each once, from the lowest number on."""
    a, b, c = owners.T
    owners = owners[(a != b) & (b != c) & (c != a) & (owners.min(axis=1) >= 0)]
    turned = (owners.argmin(axis=1)[:, None] + np.arange(3)) % 3
    a, b, c = np.take_along_axis(owners, turned, axis=1).T
    size = int(owners.max(initial=0)) + 1
    ab, c = np.divmod(np.unique((a * size + b) * size + c), size)
    return np.stack([ab // size, ab % size, c], axis=1)
