"""Measures that take longer than a frame, found from nothing but what they are given."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from xrviewer.analysis.diameters import axial_diameters
from xrviewer.analysis.extents import gap, painted_area, volume
from xrviewer.analysis.figures import Precision
from xrviewer.analysis.figures import measured as between
from xrviewer.analysis.walks import Way
from xrviewer.case.measured import Kind, Lesion, Measured
from xrviewer.case.mesh import Mesh
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.errors import MeasureError
from xrviewer.spatial.transforms import Vec3


def valued(measured: Measured, meshes: tuple[Mesh, ...], precision: Precision) -> Measured:
    """With its value. meshes: of its layers, in their order. Raises MeasureError where there is
    none."""
    match measured.kind:
        case Kind.GAP:
            found = gap(meshes[0], meshes[1], precision)
            points = _vec3s(found.points_mm)
            return replace(measured, quantity=found.quantity, points_mm=points)
        case Kind.AREA:
            strokes, radius = np.array(measured.points_mm), measured.radius_mm or 0.0
            area = painted_area(meshes[0], strokes, radius, precision)
            return replace(measured, quantity=area)
        case Kind.VOLUME:
            return replace(measured, quantity=volume(meshes[0], precision))
    raise MeasureError(f"{measured.kind} is not found in this way")


def with_axis(
    measured: Measured, mesh: Mesh, lesion: Lesion, step_mm: float, precision: Precision
) -> Measured:
    """With the ends of its longest diameter in an axial plane; of a node, of that across it."""
    axes = axial_diameters(mesh, step_mm)
    ends = axes.short_mm if lesion is Lesion.NODE else axes.long_mm
    quantity = between(Kind.DISTANCE, ends, precision)
    return replace(measured, points_mm=_vec3s(ends), quantity=quantity)


def along(measured: Measured, way: Way, precision: Precision) -> Measured:
    """With the length of the way over the surface that joins its points."""
    point = precision.point_mm
    uncertainty = None if point is None else math.sqrt(2) * point
    quantity = Quantity(way.length_mm, Unit.MM, uncertainty)
    return replace(measured, quantity=quantity, line_mm=_vec3s(way.points_mm))


def _vec3s(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[Vec3, ...]:
    return tuple((x, y, z) for x, y, z in points.tolist())
