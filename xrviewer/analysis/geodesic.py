"""The shortest way over a surface between two points on it.

Edges alone overestimate by up to 15 %. So Dijkstra's way over the edges only finds the corridor
in which the shortest way lies; in it the way is pulled straight, exactly, by edge flips
(potpourri3d). A solver over a whole knee took 1.3 s to make; one of a corridor takes milliseconds,
and the end points become corners of it, wherever in a triangle they lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import potpourri3d
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from xrviewer.analysis.nearest import Feet, NearestPoint
from xrviewer.case.mesh import Mesh, Points, welded
from xrviewer.errors import MeasureError

Corners = NDArray[np.int64]

_RINGS, _LONG = (8, 10), 8
"""Of neighbours to either side of a way, fewest and most: one for so many corners on it."""
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


class SurfaceWays:
    """Ways over one mesh. To make one costs 0.5 s on 300,000 triangles; keep it."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._nearest = NearestPoint(mesh)
        self._triangles = welded(mesh.points_mm)[mesh.triangles]
        edges = np.concatenate([self._triangles[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
        edges = np.unique(np.sort(edges, axis=1), axis=0)
        lengths = np.linalg.norm(np.diff(mesh.points_mm[edges], axis=1)[:, 0], axis=1)
        self._edge_mm = float(lengths.mean()) if len(lengths) else 0.0
        count = len(mesh.points_mm)
        self._graph = csr_matrix((lengths, (edges[:, 0], edges[:, 1])), (count, count))
        self._graph = (self._graph + self._graph.T).tocsr()

    def between(self, start_mm: NDArray[np.floating], end_mm: NDArray[np.floating]) -> Way:
        """From the surface's nearest point to start_mm to that of end_mm.

        Raises MeasureError where no way leads from one to the other.
        """
        feet = self._nearest.feet(np.array([start_mm, end_mm], np.float64))
        if feet.triangle[0] == feet.triangle[1]:
            return Way(feet.points_mm)
        along = self._over_edges(feet)
        rings = min(max(len(along) // _LONG, _RINGS[0]), _RINGS[1])
        ways = []
        for _ in range(_MOST_CORRIDORS):
            way, is_free = self._pulled_straight(feet, self._grown(along, rings))
            ways.append(way)
            if is_free:
                break
            along = self._corners_along(way)
        return min(ways, key=lambda way: way.length_mm)

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
        points, triangles, ends = _with_ends(
            self._mesh.points_mm, self._triangles[inside], _renumbered(feet, inside)
        )
        solver = potpourri3d.EdgeFlipGeodesicSolver(points, triangles)
        way = Way(np.asarray(solver.find_geodesic_path(*ends)))
        side = self._triangles[around[~is_in]][is_near[~is_in]]
        return way, not _touches(way, self._mesh.points_mm[np.unique(side)])


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
    """Only the points that are used, and each end made a corner: its triangle becomes three."""
    used, triangles = np.unique(triangles, return_inverse=True)
    triangles = triangles.reshape(-1, 3)
    points = np.concatenate([points[used], feet.points_mm])
    ends, removed, added = [], [], []
    for foot in (0, 1):
        end, fans = _split(points, triangles, feet, foot, len(points) - 2 + foot)
        ends.append(end)
        added += fans
        removed += [feet.triangle[foot]] if fans else []
    if added:
        triangles = np.concatenate([np.delete(triangles, removed, axis=0), added])
    corner, separate = _one_fan_each(triangles)
    first, last = (int(np.flatnonzero(corner == end)[0]) for end in ends)
    return points[corner], separate, (first, last)


def _one_fan_each(triangles: Corners) -> tuple[Corners, Corners]:
    """Corners repeated until the triangles at each form one fan, and the triangles of those.

    Where a corridor pinches, or a surface touches itself, the solver would refuse the corner.
    """
    count = len(triangles)
    at = np.arange(3 * count).reshape(3, count).T  # a node for each triangle's corner
    tails = np.concatenate([triangles[:, i] for i in (0, 1, 2)])
    heads = np.concatenate([triangles[:, i] for i in (1, 2, 0)])
    tail_nodes = np.concatenate([at[:, i] for i in (0, 1, 2)])
    head_nodes = np.concatenate([at[:, i] for i in (1, 2, 0)])
    one, other = _opposite(tails, heads, int(triangles.max()) + 1)
    links = np.concatenate([tail_nodes[one], head_nodes[one]])
    across = np.concatenate([head_nodes[other], tail_nodes[other]])
    graph = csr_matrix((np.ones(len(links), np.int8), (links, across)), (3 * count,) * 2)
    fan = connected_components(graph, directed=False)[1]
    corner = np.zeros(int(fan.max()) + 1, np.int64)
    corner[fan[at]] = triangles
    return corner, fan[at]


def _opposite(tails: Corners, heads: Corners, size: int) -> tuple[Corners, Corners]:
    """Pairs of edges that run against each other, where there is one each way and no third."""
    names, back = tails * size + heads, heads * size + tails
    unique, first, times = np.unique(names, return_index=True, return_counts=True)
    place = np.minimum(np.searchsorted(unique, back), len(unique) - 1)
    is_pair = (unique[place] == back) & (times[place] == 1)
    is_pair &= times[np.searchsorted(unique, names)] == 1
    one = np.flatnonzero(is_pair)
    return one, first[place[one]]


def _split(
    points: Points, triangles: Corners, feet: Feet, foot: int, new: int
) -> tuple[int, list[Corners]]:
    """The corner that the end is, or becomes, and the triangles that replace its own.

    A point on an edge is moved inwards, by a ten-thousandth of the triangle: one without area has
    no angles.
    """
    a, b, c = corners = triangles[feet.triangle[foot]]
    weights = feet.weights[foot]
    if weights.max() > 1 - 2 * _TOO_CLOSE:
        return int(corners[int(weights.argmax())]), []
    inside = np.maximum(weights, _INWARDS)
    points[new] = inside / inside.sum() @ points[corners]
    return new, [np.array(t) for t in ((a, b, new), (b, c, new), (c, a, new))]


def _touches(way: Way, side_mm: Points) -> bool:
    if not len(side_mm) or len(way.points_mm) < 3:
        return False
    gap, _ = cKDTree(side_mm).query(way.points_mm[1:-1])
    return bool(gap.min() < _SAME_MM)
