"""How a map's values are spread over what is seen of it, by area."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.facets import vertex_areas_mm2
from xrviewer.case.mesh import Mesh
from xrviewer.case.surfaces import Surfaces, frozen

BINS = 32


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """A histogram; what lies beyond its ends is counted in the outermost bins."""

    edges: NDArray[np.float64]
    area_mm2: NDArray[np.float64]
    """In each bin."""
    mean: float
    """NaN when nothing is seen."""


@lru_cache(maxsize=16)
def tally(surfaces: Surfaces, map: str, seen: bytes, low: float, high: float) -> Tally:
    """Over the parts that are seen, each vertex with its share of the surface. seen: a byte a
    part, so that what was asked for once is remembered."""
    edges = np.linspace(low, high, BINS + 1)
    values = surfaces.maps[map].values
    is_seen = np.frombuffer(seen, np.bool_)
    counted = np.isfinite(values) & np.repeat(is_seen, surfaces.parts["vertex_count"])
    value, area = values[counted].astype(np.float64), _areas_mm2(surfaces)[counted]
    found, _ = np.histogram(np.clip(value, low, high), edges, weights=area)
    total = float(area.sum())
    return Tally(edges, found, float((value * area).sum() / total) if total else float("nan"))


@lru_cache(maxsize=4)
def _areas_mm2(surfaces: Surfaces) -> NDArray[np.float64]:
    """Of every vertex; surfaces are compared by identity."""
    areas = np.zeros(len(surfaces.positions_mm))
    for index, row in enumerate(surfaces.parts):
        first, count = int(row["vertex_first"]), int(row["vertex_count"])
        points, triangles = surfaces.part(index)
        if len(triangles):
            areas[first : first + count] = vertex_areas_mm2(
                Mesh.of(points, triangles, are_unique=True)
            )
    return frozen(areas)
