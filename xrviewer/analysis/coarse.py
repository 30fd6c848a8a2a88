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
from xrviewer.case.mesh import Points

Corners = NDArray[np.int64]

_TRIANGLES = 10_000
"""At most about twice as many: the solver takes 2 ms for a way over those."""
_FINE_EDGES = 5.0
"""That a coarse one is at least as long as: else it saves nothing."""
_STEPS_A_MM, _NUMBERS, _FAR = 1e3, 1 << 24, 1 << 61


class CoarseSurface:
    def __init__(self, points: Points, triangles: Corners, graph: csr_matrix) -> None:
        """triangles: welded; graph: the lengths of their edges."""
        a, b, c = (points[triangles[:, i]] for i in range(3))
        area_mm2 = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()) / 2
        fine_mm = float(graph.data.mean())
        self.edge_mm = max(np.sqrt(2 * area_mm2 / _TRIANGLES), _FINE_EDGES * fine_mm)
        """About the length of an edge."""
        chosen = _spread(points, np.flatnonzero(np.diff(graph.indptr)), self.edge_mm)
        number = _belonging(graph, chosen)
        met = _meeting(number[triangles])
        fan = fans(sides_across(met), np.arange(len(met)))
        corner = corners_of(fan, met)
        self._number = np.full(len(chosen), -1)
        self._number[corner[::-1]] = np.arange(len(corner))[::-1]
        self._number = np.append(self._number, -1)[number]
        self._points = points[chosen][corner]
        self._solver = potpourri3d.EdgeFlipGeodesicSolver(self._points, fan)

    def way(self, start: int, end: int) -> Points | None:
        """Between two corners of the fine surface, the places where it crosses coarse edges;
        None where it knows of no way."""
        first, last = int(self._number[start]), int(self._number[end])
        if first < 0 or last < 0:
            return None
        if first == last:
            return self._points[:0]
        try:
            return np.asarray(self._solver.find_geodesic_path(first, last))[1:-1]
        except RuntimeError:  # of ends that are not joined
            return None


def _spread(points: Points, used: Corners, apart_mm: float) -> Corners:
    """One corner of each cube of that size."""
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
