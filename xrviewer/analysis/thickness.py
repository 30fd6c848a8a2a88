"""Thickness of a layer: cartilage on bone, the cortex, a vessel's wall; on every vertex."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.facets import on_border, pieces, vertex_areas_mm2
from xrviewer.analysis.labels import cut_block, sheet_from_labels
from xrviewer.analysis.pairs import Pair
from xrviewer.analysis.raster import lines_between
from xrviewer.analysis.sheet import Sheet, Values
from xrviewer.analysis.terms import Definition
from xrviewer.case.mesh import Mesh
from xrviewer.case.model import MapInfo
from xrviewer.case.surfaces import Surfaces
from xrviewer.errors import MeasureError
from xrviewer.spatial.transforms import Matrix

MAP_IDS = {
    Definition.NORMAL: "thickness_mm",
    Definition.NEAREST: "thickness_nearest_mm",
    Definition.LAPLACE: "thickness_laplace_mm",
}
_LOSS = "; 0 where the layer is lost to the inner surface within its extent"
DEFINITIONS = {
    Definition.NORMAL: "from the inner surface to the outer one along the inner surface's normal"
    + _LOSS,
    Definition.NEAREST: "from the inner surface to the nearest point of the outer one" + _LOSS,
    Definition.LAPLACE: "from the inner surface to the outer one along the lines of a harmonic "
    "potential between them" + _LOSS,
}
_NAMES = {
    Definition.NORMAL: "along the normal",
    Definition.NEAREST: "nearest",
    Definition.LAPLACE: "field lines",
}
SURFACE_METHOD = "between the surfaces of the case; how well those fit the patient comes on top"
SURFACE_ERROR_MM = 0.01
RASTER_METHOD = "in voxels of 0.35 mm that the surfaces of the case were laid into"
LABEL_METHOD = (
    "between surfaces of the label map, inner structure and layer smoothed together "
    "(0.84 mm standard deviation at knee voxels); rounded within 1.5 mm of the layer's edge"
)
LABEL_ERROR_MM = 0.05
"""Mean absolute error, asserted on shells, cylinder, torus, wedge and slab at knee voxels."""
_KNEE_EDGE_MM, _COARSE_ERROR = 0.75, 0.1
"""The longest edge of a voxel up to which that holds, and the error in such edges beyond it:
0.08 mm was measured in even voxels of 0.9 mm."""
_LARGEST_LOSS_MM2 = 800.0
"""A bare patch larger than this within a layer is where it never was."""


@dataclass(frozen=True, slots=True, eq=False)
class Thickness:
    """Of one pair at one date, in mm: NaN where there is no layer, 0 where it is lost."""

    pair: Pair
    definition: Definition
    inner: Mesh
    """Looks towards the layer."""
    normals: NDArray[np.float64]
    inner_mm: Values
    """At every vertex of inner."""
    outer_mm: Values
    """At every vertex of the layer's own surface; empty when there is none."""
    voxel_error_mm: float = 0.0
    """Of voxels that it was measured in."""


def label_error_mm(case_from_voxel: Matrix) -> float:
    """Mean absolute error in a label map of such voxels."""
    longest_mm = float(np.linalg.norm(case_from_voxel[:3, :3], axis=0).max())
    return LABEL_ERROR_MM if longest_mm <= _KNEE_EDGE_MM else round(_COARSE_ERROR * longest_mm, 2)


def measure_surfaces(
    surfaces: Surfaces, pair: Pair, definition: Definition = Definition.NORMAL
) -> Thickness:
    """From two parts of a case. Raises MeasureError where one is absent or empty."""
    inner, outer = part_mesh(surfaces, pair.inner), part_mesh(surfaces, pair.outer)
    sheet = Sheet(inner, outer, field_lines=lambda: lines_between(inner, outer))
    return _result(sheet, pair, definition, sheet.at_outer(definition))


def measure_labels(
    labels: NDArray[Any],
    case_from_voxel: Matrix,
    inner: Collection[int],
    layer: Collection[int],
    pair: Pair,
    definition: Definition = Definition.NORMAL,
    layer_points_mm: NDArray[np.float64] | None = None,
) -> Thickness:
    """From a label map; the inner surface is its own smooth one.

    layer_points_mm: where a surface of the layer is to have values too, in the case frame.
    """
    (found,) = measure_labels_by(
        (definition,), labels, case_from_voxel, inner, layer, pair, layer_points_mm
    )
    return found


def measure_labels_by(
    definitions: Sequence[Definition],
    labels: NDArray[Any],
    case_from_voxel: Matrix,
    inner: Collection[int],
    layer: Collection[int],
    pair: Pair,
    layer_points_mm: NDArray[np.float64] | None = None,
) -> list[Thickness]:
    """As measure_labels, by several definitions on one pair of surfaces."""
    sheet = sheet_from_labels(cut_block(labels, case_from_voxel, inner, layer))
    points = np.zeros((0, 3)) if layer_points_mm is None else layer_points_mm
    made = [_result(sheet, pair, d, sheet.at_points(points, d)) for d in definitions]
    return [replace(one, voxel_error_mm=label_error_mm(case_from_voxel)) for one in made]


def thickness_values(surfaces: Surfaces, measured: Iterable[Thickness]) -> NDArray[np.float32]:
    """A map over all vertices of the surfaces; where two layers share a bone, both are on it."""
    values = np.full(len(surfaces.positions_mm), np.nan)
    for thickness in measured:
        for part, found in (
            (thickness.pair.inner, thickness.inner_mm),
            (thickness.pair.outer, thickness.outer_mm),
        ):
            row = surfaces.parts[surfaces.part_ids.index(part)]
            first = int(row["vertex_first"])
            there = values[first : first + int(row["vertex_count"])]
            there[:] = np.where(np.isnan(found), there, found)
    return values.astype(np.float32)


def thickness_info(definition: Definition, is_in_labels: bool = False) -> MapInfo:
    """What a map means that was measured on surfaces, or in a label map."""
    name, means = f"Thickness ({_NAMES[definition]})", DEFINITIONS[definition]
    method, error_mm = SURFACE_METHOD, SURFACE_ERROR_MM
    if is_in_labels:
        method, error_mm = LABEL_METHOD, LABEL_ERROR_MM
    elif definition is Definition.LAPLACE:
        method, error_mm = RASTER_METHOD, LABEL_ERROR_MM
    return MapInfo(MAP_IDS[definition], name, "mm", means, method, error_mm)


def part_mesh(surfaces: Surfaces, id: str) -> Mesh:
    """Raises MeasureError where the date has no such surface, or an empty one."""
    if id not in surfaces.part_ids:
        raise MeasureError(f"nothing to measure: there is no surface {id!r} at this date")
    mesh = Mesh.of(*surfaces.part(surfaces.part_ids.index(id)))
    if not len(mesh.triangles):
        raise MeasureError(f"nothing to measure: the surface of {id!r} has no triangles")
    return mesh


def _result(sheet: Sheet, pair: Pair, definition: Definition, outer_mm: Values) -> Thickness:
    inner_mm = sheet.at_inner(definition)
    if np.isnan(inner_mm).all():
        raise MeasureError(
            f"nothing to measure: {pair.outer!r} does not lie on {pair.inner!r} anywhere"
        )
    inner_mm[_lost(sheet.inner, np.isnan(inner_mm))] = 0.0
    return Thickness(pair, definition, sheet.inner, sheet.normals, inner_mm, outer_mm)


def _lost(inner: Mesh, is_bare: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Bare patches that the layer encloses.

    From one date alone, what was lost at the layer's own edge cannot be told from where it ended.
    """
    count, piece = pieces(inner, is_bare)
    if not count:
        return is_bare
    at = np.where(is_bare, piece, 0)
    areas = np.bincount(at, np.where(is_bare, vertex_areas_mm2(inner), 0), count)
    is_open = np.bincount(at, is_bare & on_border(inner), count) > 0
    is_lost = ~is_open & (areas <= _LARGEST_LOSS_MM2)
    if not is_open.any():
        is_lost[int(areas.argmax())] = False  # a closed surface: the largest is the outside
    return np.asarray(is_bare & is_lost[at])
