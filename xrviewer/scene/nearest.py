"""The nearest point of all that can be seen: exact, for one point at a time, moved parts too.

Every part is cut into pieces of triangles that lie together; a piece is a tree of FCPW's. The boxes
of the pieces, asked in numpy all at once, say which trees may hold something nearer: one or two.
Pieces, and not one tree: building holds Python's lock, a millisecond for a piece and a second for
a body, and a part that is moved or hidden leaves all trees as they are.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import Surfaces
from xrviewer.document.arrangement import Arrangement
from xrviewer.scene.triangle import Corners, nearest_on_triangle, unit_normal
from xrviewer.spatial.rays import Hit
from xrviewer.spatial.transforms import Vec3

Values = NDArray[np.float64]
Indices = NDArray[np.intp]

PIECE = 2048
"""Triangles in a piece at most."""
_BITS = 10
"""Of a place on the curve that orders triangles, each axis."""
_MARGIN, _ROUNDING_MM = 1 + 1e-6, 1e-4
"""So much farther than what is known to be near is looked at: trees are of float32."""
_FAR_OFF_MM = 500.0
"""Farther from a piece than this, float32 is coarser than that."""
_FAR = 3e38


class NearestSurface:
    """Built once a timepoint, about a second a million triangles: off the frame thread. Asked by
    one thread. Exact to a ten-thousandth of a millimetre.

    Raises ImportError where FCPW cannot be loaded: its wheel for Linux wants libX11.
    """

    def __init__(self, surfaces: Surfaces) -> None:
        from fcpw import py as fcpw  # 22 MB that only bare hands that measure ask for

        boxes, parts = [], []
        self._corners: list[NDArray[np.float32]] = []
        self._trees = []
        for part in range(len(surfaces.parts)):
            points, triangles = surfaces.part(part)
            for piece in _pieces(points, triangles):
                corners = points[triangles[piece]].astype(np.float32)
                tree, *box = _tree(fcpw, corners.reshape(-1, 3))
                self._corners.append(corners)
                self._trees.append(tree)
                boxes.append(box)
                parts.append(part)
        self._parts = np.array(parts, np.intp)
        # (3, P): along short rows numpy takes six times as long.
        self._center, self._half = np.array(boxes).reshape(-1, 2, 3).transpose(1, 2, 0).copy()
        self._asked = fcpw.interaction_3D()
        self._moved: tuple[Arrangement, Values] | None = None

    def nearest(
        self,
        point_mm: Vec3,
        is_visible: NDArray[np.bool_],
        places: Arrangement | None = None,
        within_mm: float = math.inf,
    ) -> Hit | None:
        """Of the visible parts where they lie; None when nothing is that near."""
        if not self._trees:
            return None
        seen = self._as_seen(point_mm, places)
        off = seen - self._center
        lower = self._squared_from_boxes(off)
        lower[~is_visible[self._parts]] = math.inf
        best: tuple[float, int, Vec3, Corners] | None = None
        reach = _reach(within_mm)
        while lower[piece := int(lower.argmin())] <= reach:
            lower[piece] = math.inf
            triangle = self._first_of_tree(piece, off[:, piece], reach)
            if triangle < 0:
                continue
            point = seen[:, piece if seen.shape[1] > 1 else 0].tolist()
            corners = self._corners[piece][triangle].tolist()
            foot = nearest_on_triangle(point, corners)
            distance_mm = math.dist(foot, point)
            if distance_mm <= within_mm:
                # Of two parts that are as near it is the same one, however far was looked.
                asked = (distance_mm, int(self._parts[piece]), foot, corners)
                best = asked if best is None else min(best, asked)
                reach = _reach(best[0])
        return None if best is None else _hit(*best, places)

    def _first_of_tree(self, piece: int, off: Values, reach: float) -> int:
        """The triangle of a piece that is nearest to a point off its middle, -1 beyond reach."""
        if (off @ off) > _FAR_OFF_MM**2:
            return self._first_exactly(piece, off + self._center[:, piece])
        is_found = self._trees[piece].find_closest_point(off.astype(np.float32), self._asked, reach)
        return int(self._asked.primitive_index) if is_found else -1

    def _first_exactly(self, piece: int, point_mm: Values) -> int:
        """The same from so far away that float32 cannot tell neighbours apart."""
        corners = self._corners[piece].astype(np.float64)
        middles = corners.mean(axis=1)
        around = np.linalg.norm(corners - middles[:, None], axis=2).max(axis=1)
        away = np.linalg.norm(middles - point_mm, axis=1)
        maybe = np.flatnonzero(away - around <= (away + around).min())
        point: Vec3 = tuple(point_mm.tolist())
        feet = [nearest_on_triangle(point, triangle) for triangle in corners[maybe].tolist()]
        return int(maybe[np.argmin([math.dist(foot, point) for foot in feet])])

    def _as_seen(self, point_mm: Vec3, places: Arrangement | None) -> Values:
        """The point as each piece's part sees it, (3, P); at home (3, 1) for all."""
        if places is None or not places.is_any_moved:
            return np.array(point_mm)[:, None]
        if self._moved is None or self._moved[0] is not places:
            turns, shifts = places.turns, places.shifts_mm
            back = np.concatenate([turns, -shifts[:, None] @ turns], axis=1)[self._parts]
            self._moved = (places, np.ascontiguousarray(back.transpose(1, 2, 0)).reshape(4, -1))
        return (np.array((*point_mm, 1.0)) @ self._moved[1]).reshape(3, -1)

    def _squared_from_boxes(self, off: Values) -> Values:
        """0 within a box."""
        beyond = np.abs(off)
        beyond -= self._half
        np.maximum(beyond, 0.0, out=beyond)
        beyond *= beyond
        return np.asarray(beyond.sum(axis=0))


def _tree(fcpw: Any, corners: NDArray[np.float32]) -> tuple[Any, Values, Values]:
    """Of triangles, three points each: finding shared ones took longer than the tree does. With
    the middle of its box, which it is about, and half its size."""
    columns = np.asfortranarray(corners)
    low, high = columns.min(axis=0).astype(np.float64), columns.max(axis=0).astype(np.float64)
    center = (low + high) / 2
    scene = fcpw.scene_3D()
    scene.set_object_count(1)
    scene.set_object_vertices((columns - center).astype(np.float32), 0)
    numbers = np.arange(len(corners), dtype=np.int32).reshape(-1, 3)
    scene.set_object_triangles(np.asfortranarray(numbers), 0)
    # Vectorised, silent, and without what only a second building would need.
    scene.build(fcpw.aggregate_type.bvh_surface_area, True, False, True)
    return scene, center, (high - low) / 2


def _hit(
    distance_mm: float, part: int, foot: Vec3, corners: Corners, places: Arrangement | None
) -> Hit:
    normal = unit_normal(corners)
    if places is not None:
        turn = places.turns[part]
        x, y, z = (turn @ foot + places.shifts_mm[part]).tolist()
        foot = (x, y, z)
        x, y, z = (turn @ normal).tolist()
        normal = (x, y, z)
    return Hit(part, foot, normal, distance_mm)


def _reach(distance_mm: float) -> float:
    """Squared, for what may be as near."""
    return min((distance_mm * _MARGIN + _ROUNDING_MM) ** 2, _FAR)


def _pieces(points: NDArray[np.float32], triangles: NDArray[np.uint32]) -> list[Indices]:
    """A part's triangles in as few as are small enough, those that lie together in one."""
    count = -(-len(triangles) // PIECE)
    if count <= 1:
        return [np.arange(len(triangles))] * count
    order = np.argsort(_places_on_curve(points[triangles].mean(axis=1)), kind="stable")
    return np.array_split(order, count)


def _places_on_curve(middles: NDArray[np.float32]) -> NDArray[np.int64]:
    """Of each along Morton's curve through the box of all."""
    low = middles.min(axis=0)
    size = max(float((middles - low).max()), 1e-9)
    cell = np.minimum((middles - low) / size * (1 << _BITS), (1 << _BITS) - 1).astype(np.int64)
    spread = _spread_bits(cell)
    return np.asarray(spread[:, 0] | spread[:, 1] << 1 | spread[:, 2] << 2)


def _spread_bits(cell: NDArray[np.int64]) -> NDArray[np.int64]:
    """Two empty bits after each of ten."""
    for shift, mask in ((16, 0x030000FF), (8, 0x0300F00F), (4, 0x030C30C3), (2, 0x09249249)):
        cell = (cell | cell << shift) & mask
    return cell
