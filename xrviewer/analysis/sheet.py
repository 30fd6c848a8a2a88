"""A layer lying on a surface: cartilage on a bone, and how thick it is at points of the bone."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from xrviewer.analysis.crossings import Tracer
from xrviewer.analysis.facets import on_border
from xrviewer.analysis.laplace import FieldLines
from xrviewer.analysis.nearest import Feet, NearestPoint
from xrviewer.analysis.terms import Definition
from xrviewer.case.mesh import Mesh, Points
from xrviewer.errors import MeasureError

REACH_MM = 12.0
"""No layer that is measured here is thicker: the thickest human cartilage has 8 mm."""
GAP_MM = 1.0
"""Two surfaces that were smoothed apart may lie this far from each other and still touch."""
_OVERLAP_MM = 0.3
"""Or dip into each other by this much."""
THINNEST_MM = 0.01
"""What is covered is never 0: that is kept for full-thickness loss."""
_CLEAR_MM = 0.2
"""From this distance on a point tells on which side of the bone it lies."""
_SAMPLE = 3000
OPEN_SHARE = 0.05
"""A surface with more of its vertices on a border is open: a sheet that lies above."""

Values = NDArray[np.float64]
Covered = Callable[[Points, Points], NDArray[np.bool_]]
"""Whether the layer lies on the surface at points with normals."""


class Sheet:
    """Both surfaces; either may be inside out. What a question needs is built when it is asked."""

    def __init__(
        self,
        inner: Mesh,
        outer: Mesh,
        covered: Covered | None = None,
        field_lines: Callable[[], FieldLines] | None = None,
    ) -> None:
        """outer: a closed layer, its far side alone, or inner and layer together; for the last,
        `covered` must say where the layer is. field_lines: of the volume between the two, made
        when it is asked for; without it there is no LAPLACE."""
        self._make_lines = field_lines
        self.outer = outer
        self._covered = covered
        self.inner = inner if _is_outside(inner, outer) else inner.flipped()
        self.normals = self.inner.normals
        self._tracer = Tracer(outer)
        self._far_leaves, self._is_closed = self._sides()

    @cached_property
    def outer_feet(self) -> Feet:
        return self._inner_tree.feet(self.outer.points_mm)

    def at_inner(self, definition: Definition) -> Values:
        """At every vertex of the inner surface, NaN where nothing lies on it."""
        return self._at(self.inner.points_mm, self.normals, definition)

    def at_outer(self, definition: Definition) -> Values:
        """At every vertex of the outer surface: what is measured at its foot.

        Where the foot's normal slips past the layer's edge, the distance to the foot.
        """
        values = self._at_feet(self.outer_feet, definition)
        is_missed = np.isnan(values) & (self.outer_feet.distance_mm <= REACH_MM)
        beside = np.maximum(self.outer_feet.distance_mm, THINNEST_MM)
        return np.where(is_missed, beside, values)

    def at_points(self, points_mm: Points, definition: Definition) -> Values:
        """At points anywhere near: what is measured at their feet."""
        if not len(points_mm):
            return np.zeros(0)
        return self._at_feet(self._inner_tree.feet(points_mm), definition)

    @cached_property
    def _inner_tree(self) -> NearestPoint:
        return NearestPoint(self.inner)

    @cached_property
    def _lines(self) -> FieldLines:
        if self._make_lines is None:
            raise MeasureError("this layer has no volume to lay field lines through")
        return self._make_lines()

    @cached_property
    def _far_tree(self) -> NearestPoint:
        return NearestPoint(self._far_side())

    def _at_feet(self, feet: Feet, definition: Definition) -> Values:
        values = np.full(len(feet.points_mm), np.nan)
        near = np.flatnonzero(feet.distance_mm <= REACH_MM)
        normals = feet.interpolated(self.inner, self.normals)[near]
        normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-12)[:, None]
        values[near] = self._at(feet.points_mm[near], normals, definition)
        return values

    def _at(self, points_mm: Points, normals: Points, definition: Definition) -> Values:
        along = np.full(len(points_mm), np.nan)
        asked = self._near_outer(points_mm)
        if self._covered is not None and len(asked):
            asked = asked[self._covered(points_mm[asked], normals[asked])]
        along[asked] = self._along(points_mm[asked], normals[asked])
        if definition is Definition.NEAREST:
            covered = np.flatnonzero(~np.isnan(along))
            along[covered] = self._far_tree.feet(points_mm[covered]).distance_mm
        elif definition is Definition.LAPLACE:
            covered = np.flatnonzero(~np.isnan(along))
            along[covered] = self._lines.lengths_mm(points_mm[covered])
        return np.asarray(np.maximum(along, THINNEST_MM))

    def _near_outer(self, points_mm: Points) -> NDArray[np.int64]:
        """Those that can have the outer surface within reach."""
        low, high = self.outer.points_mm.min(axis=0), self.outer.points_mm.max(axis=0)
        is_near = (points_mm > low - REACH_MM) & (points_mm < high + REACH_MM)
        return np.flatnonzero(is_near.all(axis=1))

    def _along(self, points_mm: Points, normals: Points) -> Values:
        """Where the ray first comes out of the layer; NaN where it never went in."""
        start = points_mm - GAP_MM * normals
        found = self._tracer.crossings(start, normals, GAP_MM + REACH_MM)
        out = found.first_after(GAP_MM - _OVERLAP_MM, len(points_mm), self._far_leaves)
        if self._is_closed and self._covered is None:
            into = found.first_after(0.0, len(points_mm), not self._far_leaves)
            out[(into > 2 * GAP_MM) & (into < out)] = np.inf  # it floats above, on nothing
        return np.where(np.isfinite(out), out - GAP_MM, np.nan)

    def _sides(self) -> tuple[bool, bool]:
        """Whether rays leave through the far side as its triangles turn, and if there is a near
        side too, which they meet first.

        A ray may go on to the other condyle or the next gyrus, so only first crossings tell.
        """
        some = _some(self._near_outer(self.inner.points_mm))
        start = self.inner.points_mm[some] - GAP_MM * self.normals[some]
        found = self._tracer.crossings(start, self.normals[some], GAP_MM + REACH_MM)
        leaving, entering = (found.first_after(0.0, len(some), kind) for kind in (True, False))
        first_leaves = bool((leaving < entering).sum() >= (entering < leaving).sum())
        if self._covered is not None:
            return first_leaves, False
        if on_border(self.outer).mean() > OPEN_SHARE:
            first = np.minimum(leaving, entering)
            met = first[np.isfinite(first)]
            has_near = bool(len(met)) and float(np.median(met)) < GAP_MM + _OVERLAP_MM
            return first_leaves != has_near, has_near
        far_leaves = self.outer.volume_mm3 > 0
        return far_leaves, first_leaves != far_leaves

    def _far_side(self) -> Mesh:
        """The triangles of the outer surface that look away from the inner one: of inner and layer
        together, all."""
        if self._covered is not None:
            return self.outer
        corners = self.outer.points_mm[self.outer.triangles]
        facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normals = self.outer_feet.interpolated(self.inner, self.normals)
        middle = normals[self.outer.triangles].mean(axis=1)
        away = np.einsum("ij,ij->i", facing if self._far_leaves else -facing, middle) > 0
        kept = self.outer.triangles[away if away.any() else slice(None)]
        return Mesh(self.outer.points_mm, self.outer.normals, kept)


def _is_outside(inner: Mesh, outer: Mesh) -> bool:
    """Whether the outer surface lies where the inner one's triangles look; a sample tells."""
    points = outer.points_mm[_some(np.arange(len(outer.points_mm)))]
    normals = inner.normals
    distance, vertex = cKDTree(inner.points_mm).query(points)
    height = np.einsum("ij,ij->i", points - inner.points_mm[vertex], normals[vertex])
    is_telling = (distance > _CLEAR_MM) & (distance <= REACH_MM)
    return not is_telling.any() or float(np.mean(np.sign(height[is_telling]))) >= 0


def _some(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Every so many, a few thousand in all."""
    return numbers[:: max(1, len(numbers) // _SAMPLE)]
