"""Maps of any kind: an array over all vertices of a date's surfaces, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.curvature import mean_curvature
from xrviewer.analysis.facets import vertex_areas_mm2
from xrviewer.analysis.nearest import NearestPoint
from xrviewer.analysis.pairs import pairs_among
from xrviewer.analysis.relaxation import echoes_among, t2_volume
from xrviewer.analysis.summary import weighted
from xrviewer.analysis.thickness import measure_surfaces, part_mesh
from xrviewer.analysis.through import carried_out, mean_through
from xrviewer.case.mesh import Mesh
from xrviewer.case.model import MapInfo, Timepoint
from xrviewer.case.surfaces import Surfaces
from xrviewer.errors import MeasureError

Values = NDArray[np.float32]

T2 = MapInfo(
    "t2_ms",
    "T2 of the cartilage",
    "ms",
    "mean T2 through the layer, along the inner surface's normal",
    "one exponential through the echoes of a scan, voxel by voxel, the first left out of four or "
    "more; 0.3 mm at either surface left out; how well the surfaces fit the scan comes on top",
)
CURVATURE = MapInfo(
    "curvature_per_mm",
    "Mean curvature",
    "1/mm",
    "half the divergence of the surface's normals: 1/r for a ball, negative in a hollow",
    "over the triangles around a vertex and their neighbours",
)


@dataclass(frozen=True, slots=True)
class MapRow:
    """Of one layer, weighted by area."""

    layer: str
    n: int
    mean: float
    sd: float
    p05: float
    p50: float
    p95: float
    area_mm2: float


def distance_info(to: str) -> MapInfo:
    return MapInfo(
        f"distance_to_{to}_mm".replace("-", "_")[:64],
        f"Distance to {to.replace('_', ' ')}",
        "mm",
        f"to the nearest point of {to}",
        "between the surfaces of the case; how well those fit the patient comes on top",
        0.01,
    )


def t2_map(timepoint: Timepoint) -> Values:
    """On each known layer and the surface under it. Raises MeasureError without two echoes, or
    where none of them reaches the layers."""
    surfaces, echoes = timepoint.surfaces, echoes_among(timepoint.volumes)
    pairs = pairs_among(surfaces.part_ids)
    if not pairs:
        raise MeasureError(f"{timepoint.name}: no two layers here are known to bound a cartilage")
    t2 = t2_volume(echoes)
    values = np.full(len(surfaces.positions_mm), np.nan)
    for pair in pairs:
        found = measure_surfaces(surfaces, pair)
        on_inner = mean_through(found, t2, echoes[0].case_from_voxel)
        points, _ = surfaces.part(surfaces.part_ids.index(pair.outer))
        on_outer = carried_out(found, on_inner, points.astype(np.float64))
        for part, own in ((pair.inner, on_inner), (pair.outer, on_outer)):
            there = values[_slice(surfaces, part)]
            there[:] = np.where(np.isnan(own), there, own)
    if np.isnan(values).all():
        raise MeasureError("the echoes do not reach the cartilage: are they of the same patient?")
    return values.astype(np.float32)


def curvature_map(surfaces: Surfaces, layers: Sequence[str]) -> Values:
    return _each(surfaces, layers, mean_curvature)


def distance_map(surfaces: Surfaces, layers: Sequence[str], to: str) -> Values:
    """Raises MeasureError where a layer is not there."""
    tree = NearestPoint(part_mesh(surfaces, to))
    return _each(surfaces, layers, lambda mesh: tree.feet(mesh.points_mm).distance_mm)


def map_rows(surfaces: Surfaces, values: Values) -> tuple[MapRow, ...]:
    """A row a layer that has any value."""
    made = []
    for index, id in enumerate(surfaces.part_ids):
        own = values[_slice(surfaces, id)].astype(np.float64)
        told = np.isfinite(own)
        if told.any():
            area = vertex_areas_mm2(Mesh.of(*surfaces.part(index)))[told]
            mean, sd, (p05, p50, p95) = weighted(own[told], area)
            made.append(MapRow(id, int(told.sum()), mean, sd, p05, p50, p95, float(area.sum())))
    return tuple(made)


def _each(
    surfaces: Surfaces, layers: Sequence[str], of: Callable[[Mesh], NDArray[np.float64]]
) -> Values:
    values = np.full(len(surfaces.positions_mm), np.nan, np.float32)
    for id in layers:
        values[_slice(surfaces, id)] = of(part_mesh(surfaces, id))
    return values


def _slice(surfaces: Surfaces, id: str) -> slice:
    row = surfaces.parts[surfaces.part_ids.index(id)]
    first = int(row["vertex_first"])
    return slice(first, first + int(row["vertex_count"]))
