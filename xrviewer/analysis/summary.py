"""Thickness in numbers, a region at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.facets import prism_volumes_mm3, vertex_areas_mm2
from xrviewer.analysis.terms import WHOLE
from xrviewer.analysis.thickness import Thickness

_PERCENTILES = (5, 50, 95)


@dataclass(frozen=True, slots=True)
class Row:
    """Weighted by area of the inner surface; full-thickness loss counts as 0."""

    layer: str
    region: str
    n: int
    """Vertices of the inner surface."""
    mean_mm: float
    sd_mm: float
    p05_mm: float
    p50_mm: float
    p95_mm: float
    area_mm2: float
    """Of the inner surface, bare or covered."""
    denuded_mm2: float
    volume_mm3: float


def rows(thickness: Thickness, regions: Mapping[str, NDArray[np.bool_]]) -> Iterator[Row]:
    """The whole layer, then each region that has anything; regions are of the inner vertices."""
    values = thickness.inner_mm
    measured = ~np.isnan(values)
    area = vertex_areas_mm2(thickness.inner)
    outwards = thickness.normals * np.where(measured, values, 0)[:, None]
    volume = prism_volumes_mm3(thickness.inner, outwards)
    for name, is_in in {WHOLE: measured, **regions}.items():
        here = is_in & measured
        if here.any():
            yield _row(
                thickness.pair.outer, name, values[here], area[here], float(volume[here].sum())
            )


def _row(
    layer: str,
    region: str,
    values: NDArray[np.float64],
    area: NDArray[np.float64],
    volume_mm3: float,
) -> Row:
    mean, sd, (p05, p50, p95) = weighted(values, area)
    bare = float(area[values == 0].sum())
    return Row(
        layer, region, len(values), mean, sd, p05, p50, p95, float(area.sum()), bare, volume_mm3
    )


def weighted(
    values: NDArray[np.float64], area: NDArray[np.float64]
) -> tuple[float, float, list[float]]:
    """Mean, standard deviation, and the 5th, 50th and 95th percentile of the area."""
    weights = area if area.sum() > 0 else np.ones_like(area)
    mean = float(np.average(values, weights=weights))
    sd = float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))
    return mean, sd, _percentiles(values, weights)


def _percentiles(values: NDArray[np.float64], weights: NDArray[np.float64]) -> list[float]:
    """Of the area: the value at the middle of each vertex's share, linear in between."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) - weights[order] / 2
    share /= weights.sum()
    return [float(np.interp(p / 100, share, values[order])) for p in _PERCENTILES]
