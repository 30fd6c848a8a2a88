"""The shortest way over a surface between two points on it.

A coarse surface only finds the corridor in which the shortest way lies; in it the way is pulled
straight, exactly, by edge flips (potpourri3d). A solver over a whole knee took 1.3 s to make; one
of a corridor takes milliseconds, and the end points become corners of it, wherever in a triangle
they lie. Dijkstra's way over the edges of the fine surface finds the corridor where there is no
coarse one; on a large surface it leads so far astray that three times as wide a corridor, twice,
had to be searched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import potpourri3d
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from xrviewer.analysis.coarse import CoarseSurface
from xrviewer.analysis.fans import corners_of, fans, sides_across
from xrviewer.analysis.nearest import Feet, NearestPoint
from xrviewer.case.mesh import Mesh, Points, welded
from xrviewer.errors import MeasureError

Corners = NDArray[np.int64]

_RINGS, _LONG = (8, 10), 8
"""Of neighbours to either side of a way, fewest and most: one for so many corners on it."""
_BESIDE = 0.7
"""How far a corridor reaches to either side of a coarse way, in coarse edges."""
_COARSE_FROM = 10_000
"""Triangles of a surface that is worth a coarse one."""
_MOST_CORRIDORS = 12
"""Each about the way that was found in the one before, until it touches no side."""
_SAME_MM = 1e-9
_EXTRA_EDGES = 3.0
_REACHES = (1.25, 2.5, 20.0, np.inf)
"""How far a way may lead, in straight distances between its ends."""
_TOO_CLOSE = 1e-6
"""Weights of two corners of a triangle below which a point lies on the third."""
_INWARDS = 1e-4
"""The least weight of a corner that the solver is given."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    points_mm: Points
    """(N, 3), on the surface, from the first point to the second."""

    @property
    def length_mm(self) -> float:
        return float(np.linalg.norm(np.diff(self.points_mm, axis=0), axis=1).sum())

    def at_every(self, step_mm: float) -> Points:
        """Points along it, no farther apart than that."""
        steps = np.linalg.norm(np.diff(self.points_mm, axis=0), axis=1)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        places = np.linspace(0, along[-1], int(np.ceil(along[-1] / step_mm)) + 1)
        return np.stack([np.interp(places, along, own) for own in self.points_mm.T], axis=1)


class SurfaceWays:
    """Ways over one mesh. To make one costs 0.5 s on 300,000 triangles; keep it."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._nearest = NearestPoint(mesh)
        self._triangles = welded(mesh.points_mm)[mesh.triangles]
        self._across = sides_across(self._triangles)
        self._graph = _graph(mesh.points_mm, self._triangles)
        self._edge_mm = float(self._graph.data.mean()) if self._graph.nnz else 0.0
        is_large = len(self._triangles) >= _COARSE_FROM
        self._coarse = (
            CoarseSurface(mesh.points_mm, self._triangles, self._graph) if is_large else None
        )

    def between(self, start_mm: NDArray[np.floating], end_mm: NDArray[np.floating]) -> Way:
        """From the surface's nearest point to start_mm to that of end_mm.

        Raises MeasureError where no way leads from one to the other.
        """
        feet = self._nearest.feet(np.array([start_mm, end_mm], np.float64))
        if feet.triangle[0] == feet.triangle[1]:
            return Way(feet.points_mm)
        return self._by_coarse_way(feet) or self._by_edges(feet)

    def _by_coarse_way(self, feet: Feet) -> Way | None:
        """None where the coarse surface, or the corridor along its way, has a gap."""
        ends = [self._nearest_corner(feet, foot) for foot in (0, 1)]
        between = self._coarse.way(ends[0], ends[1]) if self._coarse else None
        if between is None:
            return None
        first = Way(np.concatenate([feet.points_mm[:1], between, feet.points_mm[1:]]))
        return self._shortest(feet, first, self._beside)

    def _by_edges(self, feet: Feet) -> Way:
        along = self._over_edges(feet)
        rings = min(max(len(along) // _LONG, _RINGS[0]), _RINGS[1])

        def corridor(way: Way) -> NDArray[np.bool_]:
            return self._grown(self._corners_along(way), rings)

        way = self._shortest(feet, Way(self._mesh.points_mm[along]), corridor)
        if way is None:
            raise MeasureError("no way over the surface joins these points")
        return way

    def _shortest(
        self, feet: Feet, way: Way, corridor: Callable[[Way], NDArray[np.bool_]]
    ) -> Way | None:
        """Pulled straight in corridors, each along the way before; None where one has a gap."""
        ways = []
        for _ in range(_MOST_CORRIDORS):
            try:
                way, is_free = self._pulled_straight(feet, corridor(way))
            except RuntimeError:  # the solver's, of ends that are not joined
                return None
            ways.append(way)
            if is_free:
                break
        return min(ways, key=lambda way: way.length_mm)

    def _beside(self, way: Way) -> NDArray[np.bool_]:
        """(V,): which lie near it."""
        assert self._coarse is not None
        reach_mm = _BESIDE * self._coarse.edge_mm
        near = self._nearest.vertices_near(way.at_every(reach_mm / 2), reach_mm)
        is_near = np.zeros(len(self._mesh.points_mm), np.bool_)
        is_near[near] = True
        return is_near

    def _over_edges(self, feet: Feet) -> Corners:
        """The vertices that the shortest way over edges passes. Looked for from both ends, which
        meet: two small discs hold half of the triangles of a large one."""
        ends = [self._nearest_corner(feet, foot) for foot in (0, 1)]
        apart = float(np.linalg.norm(feet.points_mm[1] - feet.points_mm[0]))
        for growth in _REACHES:
            limit = growth * apart / 2 + _EXTRA_EDGES * self._edge_mm
            there, before = dijkstra(
                self._graph, indices=ends, limit=limit, return_predecessors=True
            )
            both = there[0] + there[1]
            middle = int(both.argmin())
            if np.isfinite(both[middle]):
                return np.array([*_back(before[0], middle), *_back(before[1], middle)])
        raise MeasureError(
            "no way over the surface joins these points: they lie on separate pieces"
        )

    def _nearest_corner(self, feet: Feet, foot: int) -> int:
        """Within an edge of the end itself, and the corridor is wider than that."""
        return int(self._triangles[feet.triangle[foot], feet.weights[foot].argmax()])

    def _corners_along(self, way: Way) -> Corners:
        feet = self._nearest.feet(way.points_mm)
        nearest = feet.weights.argmax(axis=1)
        return np.unique(self._triangles[feet.triangle, nearest])

    def _grown(self, vertices: Corners, rings: int) -> NDArray[np.bool_]:
        """(V,): those, and so many rings of neighbours."""
        is_near = np.zeros(len(self._mesh.points_mm), np.bool_)
        for _ in range(rings):
            is_near[vertices] = True
            beside = self._graph[vertices].indices
            vertices = np.unique(beside[~is_near[beside]])
        is_near[vertices] = True
        return is_near

    def _pulled_straight(self, feet: Feet, is_inside: NDArray[np.bool_]) -> tuple[Way, bool]:
        """Within the triangles of which all corners are inside; and whether it keeps clear of the
        corridor's sides, so that none near it is shorter."""
        around = self._nearest.triangles_at(np.flatnonzero(is_inside))
        is_near = is_inside[self._triangles[around]]
        is_in = is_near[:, 0] & is_near[:, 1] & is_near[:, 2]
        inside = np.union1d(around[is_in], feet.triangle)
        fan = fans(self._across, inside)
        corner = corners_of(fan, self._triangles[inside])
        points, triangles, ends = _with_ends(
            self._mesh.points_mm[corner], fan, _renumbered(feet, inside)
        )
        solver = potpourri3d.EdgeFlipGeodesicSolver(points, triangles)
        way = Way(np.asarray(solver.find_geodesic_path(*ends)))
        side = self._triangles[around[~is_in]][is_near[~is_in]]
        return way, not _touches(way, self._mesh.points_mm[np.unique(side)])


def _graph(points: Points, triangles: Corners) -> csr_matrix:
    """The length of each edge, both ways.

    Each edge one number, and the matrix put together by hand: sorting pairs, and adding what SciPy
    transposes, kept the interpreter, and so the frame, for a second.
    """
    ahead = np.roll(triangles, -1, axis=1)
    count = len(points)
    both = np.concatenate(
        [(triangles * count + ahead).ravel(), (ahead * count + triangles).ravel()]
    )
    both.sort()  # np.unique would keep the interpreter
    tails, heads = np.divmod(both[np.diff(both, prepend=-1) > 0], count)
    lengths = np.linalg.norm(points[tails] - points[heads], axis=1)
    starts = np.searchsorted(tails, np.arange(count + 1))
    return csr_matrix((lengths, heads, starts), (count, count))


def _back(before: NDArray[np.int32], vertex: int) -> list[int]:
    """From a vertex to where a search began."""
    passed = [vertex]
    while (vertex := int(before[vertex])) >= 0:
        passed.append(vertex)
    return passed


def _renumbered(feet: Feet, inside: NDArray[np.int64]) -> Feet:
    """With triangles counted among those that are inside."""
    number = np.searchsorted(inside, feet.triangle)
    return Feet(feet.points_mm, number, feet.weights, feet.distance_mm)


def _with_ends(
    points: Points, triangles: Corners, feet: Feet
) -> tuple[Points, Corners, tuple[int, int]]:
    """Each end made a corner, unless it is one: its triangle becomes three.

    A point on an edge is moved inwards, by a ten-thousandth of the triangle: one without area has
    no angles.
    """
    ends, split, added = [], [], []
    new: list[Points] = []
    for triangle, weights in zip(feet.triangle, feet.weights, strict=True):
        a, b, c = corners = triangles[triangle]
        if weights.max() > 1 - 2 * _TOO_CLOSE:
            ends.append(int(corners[int(weights.argmax())]))
            continue
        inside = np.maximum(weights, _INWARDS)
        end = len(points) + len(new)
        ends.append(end)
        split.append(triangle)
        new.append(inside / inside.sum() @ points[corners])
        added += [(a, b, end), (b, c, end), (c, a, end)]
    if new:
        points = np.concatenate([points, new])
        triangles = np.concatenate([np.delete(triangles, split, axis=0), added])
    return points, triangles, (ends[0], ends[1])


def _touches(way: Way, side_mm: Points) -> bool:
    if not len(side_mm) or len(way.points_mm) < 3:
        return False
    gap, _ = cKDTree(side_mm).query(way.points_mm[1:-1])
    return bool(gap.min() < _SAME_MM)
