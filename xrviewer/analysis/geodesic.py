"""The shortest way over a surface between two points on it.

A coarse surface only finds the corridor in which the shortest way lies; in it the way is pulled
straight, exactly, by edge flips (potpourri3d). A solver over a whole knee took 1.3 s to make; one
of a corridor takes milliseconds, and the end points become corners of it, wherever in a triangle
they lie. A walk over the fine surface finds the corridor where there is no coarse one; on a large
surface it leads so far astray that three times as wide a corridor, twice, had to be searched.
Flips find the shortest way on one side of a hill or a tube: several sides are tried.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import potpourri3d
from numpy.typing import NDArray

from xrviewer.analysis.coarse import CoarseSurface
from xrviewer.analysis.fans import corners_of, fans, sides_across
from xrviewer.analysis.nearest import Feet, NearestPoint
from xrviewer.analysis.walks import Way, points_along, slack_mm, steps, walks
from xrviewer.case.mesh import Mesh, Points, welded
from xrviewer.errors import MeasureError

Corners = NDArray[np.int64]

_RINGS = 5
"""Of neighbours to either side of a walk."""
_BESIDE = 0.7
"""How far a corridor reaches to either side of a coarse way, in coarse edges."""
_COARSE_FROM = 60_000
"""Triangles of a surface that is worth a coarse one."""
_MOST_CORRIDORS = 12
"""Each about the way that was found in the one before, until it touches no side."""
_NONE: Corners = np.zeros(0, np.int64)
_SLACK = 5e-4
"""Of a way's length, that it may be too long by: a twentieth of what is promised."""
_SURE = 2.0
"""How many times more than is foreseen may be gained by the corridors to come."""
_EXTRA_EDGES = 3.0
_REACHES = (1.25, 2.5, 20.0, np.inf)
"""How far a way may lead, in straight distances between its ends."""
_TOO_CLOSE = 1e-6
"""Weights of two corners of a triangle below which a point lies on the third."""
_INWARDS = 1e-4
"""The least weight of a corner that the solver is given."""


class SurfaceWays:
    """Ways over one mesh. To make one costs a second on 300,000 triangles; keep it."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._nearest = NearestPoint(mesh)
        self._triangles = welded(mesh.points_mm)[mesh.triangles]
        self._across = sides_across(self._triangles)
        self._graph = steps(mesh.points_mm, self._triangles, self._across)
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
        return self._by_coarse_way(feet) or self._by_walks(feet)

    def _by_coarse_way(self, feet: Feet) -> Way | None:
        """None where the coarse surface, or the corridor along its way, has a gap."""
        if self._coarse is None:
            return None
        corners = (self._nearest_corner(feet, 0), self._nearest_corner(feet, 1))
        along = self._coarse.ways(corners, feet.points_mm)
        best = None
        for own in along:
            beaten_mm = best.length_mm if best else np.inf
            best = _least([best, self._shortest(feet, Way(own), self._beside, _NONE, beaten_mm)])
        return best

    def _by_walks(self, feet: Feet) -> Way:
        def corridor(way: Way) -> NDArray[np.bool_]:
            return self._grown(self._corners_along(way), _RINGS)

        found = None
        for walk in self._walks(feet):
            along, beaten_mm = Way(self._mesh.points_mm[walk]), found.length_mm if found else np.inf
            way = self._shortest(feet, along, corridor, walk[1:-1], beaten_mm)
            found = _least([found, way])
        if found is None:
            raise MeasureError("no way over the surface joins these points")
        return found

    def _shortest(
        self,
        feet: Feet,
        way: Way,
        corridor: Callable[[Way], NDArray[np.bool_]],
        through: Corners = _NONE,
        beaten_mm: float = np.inf,
    ) -> Way | None:
        """Pulled straight in corridors, each along the way before; None where one has a gap.
        through: corners that tell on which side of what the first leads; beaten_mm: what it has
        to be shorter than."""
        ways: list[Way | None] = []
        for _ in range(_MOST_CORRIDORS):
            try:
                way, slack_mm = self._pulled_straight(feet, corridor(way), through)
            except RuntimeError:  # the solver's, of ends that are not joined
                return None
            ways.append(way)
            hoped_mm = way.length_mm - _SURE * slack_mm
            if slack_mm <= _SLACK * way.length_mm or hoped_mm > (1 - _SLACK) * beaten_mm:
                break
            through = _NONE
        return _least(ways)

    def _beside(self, way: Way) -> NDArray[np.bool_]:
        """(V,): which lie near it."""
        assert self._coarse is not None
        reach_mm = _BESIDE * self._coarse.edge_mm
        along = points_along(way.points_mm, int(np.ceil(2 * way.length_mm / reach_mm)) + 1)
        near = self._nearest.vertices_near(along, reach_mm)
        is_near = np.zeros(len(self._mesh.points_mm), np.bool_)
        is_near[near] = True
        return is_near

    def _walks(self, feet: Feet) -> list[Corners]:
        ends = [self._nearest_corner(feet, foot) for foot in (0, 1)]
        apart = float(np.linalg.norm(feet.points_mm[1] - feet.points_mm[0]))
        for growth in _REACHES:
            limit = growth * apart / 2 + _EXTRA_EDGES * self._edge_mm
            found = walks(self._mesh.points_mm, self._graph, ends[0], ends[1], limit)
            if found:
                return found
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

    def _pulled_straight(
        self, feet: Feet, is_inside: NDArray[np.bool_], through: Corners
    ) -> tuple[Way, float]:
        """Within the triangles of which all corners are inside; and about how many mm shorter one
        near it is, as far as it is bent by the corridor's sides."""
        is_inside[self._triangles[feet.triangle]] = True
        around = self._nearest.triangles_at(np.flatnonzero(is_inside))
        is_near = is_inside[self._triangles[around]]
        is_in = is_near[:, 0] & is_near[:, 1] & is_near[:, 2]
        inside = around[is_in]
        fan = fans(self._across, inside)
        corner = corners_of(fan, self._triangles[inside])
        points, triangles, ends = _with_ends(
            self._mesh.points_mm[corner], fan, _renumbered(feet, inside)
        )
        solver = potpourri3d.EdgeFlipGeodesicSolver(points, triangles)
        fan_of = dict(zip(corner.tolist(), range(len(corner)), strict=True)) if len(through) else {}
        led = [fan_of[own] for own in through.tolist()]
        led = [ends[0], *(own for own in led if own not in ends), ends[1]]
        way = Way(np.asarray(solver.find_geodesic_path_poly(led)))
        side = np.unique(self._triangles[around[~is_in]][is_near[~is_in]])
        return way, slack_mm(way, self._mesh.points_mm[side], self._mesh.normals[side])


def _least(ways: list[Way | None]) -> Way | None:
    return min((way for way in ways if way), key=lambda way: way.length_mm, default=None)


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
