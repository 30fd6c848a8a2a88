"""Regions of the knee's cartilages, by geometry: vertices of the bone under each.

Case axes are the patient's (LPS): x to the left, y backwards, z up. A knee bent in the scan turns
the femur about x, and with it where "bearing" ends: regions are of the pose that was scanned.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.facets import vertex_areas_mm2
from xrviewer.analysis.thickness import Thickness
from xrviewer.case.surfaces import Surfaces

Mask = NDArray[np.bool_]
BEARING_SHARE = 0.6
"""Of the way from the notch to the back of the condyle: what bears weight when standing."""
CENTRAL_SHARE = 0.2
"""Of a plateau's area, around its middle."""
_MIDDLE_BAND_MM = 3.0

_LATERAL_SIGNS = (
    ("lateral_tibial_cartilage", "medial_tibial_cartilage"),
    ("lateral_meniscus", "medial_meniscus"),
    ("fibula", "tibia"),
    ("lcl", "mcl"),
)
_SIDE_NAMES = ("medial", "lateral", "left", "right")
_PART_NAMES = "trochlea weight_bearing posterior central anterior external internal".split()
REGION_NAMES = (
    *_SIDE_NAMES,
    *_PART_NAMES,
    *(f"{side}_{part}" for side in _SIDE_NAMES for part in _PART_NAMES),
)
"""All that a region may be called."""


def spoken(region: str) -> str:
    """As people say it: medial weight bearing."""
    return region.replace("_", " ")


def lateral_sign(surfaces: Surfaces) -> int:
    """+1 where lateral is towards +x (a left knee), -1 for a right one, 0 when nothing tells."""
    for lateral, medial in _LATERAL_SIGNS:
        if {lateral, medial} <= set(surfaces.part_ids):
            apart = _middle_x(surfaces, lateral) - _middle_x(surfaces, medial)
            return 1 if apart > 0 else -1
    return 0


def knee_regions(thickness: Thickness, lateral: int) -> Mapping[str, Mask]:
    """By name; empty for a layer that is none of a knee's. lateral: from lateral_sign.

    A side that cannot be named medial or lateral is "right" or "left" of the patient.
    """
    rule = _RULES.get(thickness.pair.outer)
    if rule is None:
        return {}
    return rule(thickness, lateral)


def _femoral(thickness: Thickness, lateral: int) -> dict[str, Mask]:
    """Trochlea before the notch; behind it each condyle, bearing and posterior."""
    points, measured = thickness.inner.points_mm, ~np.isnan(thickness.inner_mm)
    x, y = points[:, 0], points[:, 1]
    middle = _notch_x(points[measured])
    in_band = measured & (np.abs(x - middle) < _MIDDLE_BAND_MM)
    notch = float(y[in_band].max()) if in_band.any() else float(np.median(y[measured]))
    regions = {"trochlea": measured & (y < notch)}
    for side, is_side in _sides(x, middle, lateral).items():
        condyle = measured & is_side & (y >= notch)
        regions[side] = measured & is_side
        regions[f"{side}_trochlea"] = measured & is_side & (y < notch)
        if condyle.any():
            back = notch + BEARING_SHARE * (float(y[condyle].max()) - notch)
            regions[f"{side}_weight_bearing"] = condyle & (y < back)
            regions[f"{side}_posterior"] = condyle & (y >= back)
    return regions


def _plateau(thickness: Thickness, lateral: int) -> dict[str, Mask]:
    """The middle fifth, and around it before, behind, towards the notch and away from it."""
    measured = ~np.isnan(thickness.inner_mm)
    outwards = lateral if thickness.pair.outer.startswith("lateral") else -lateral
    return _compass(thickness, measured, outwards)


def _both_plateaus(thickness: Thickness, lateral: int) -> dict[str, Mask]:
    """Of a cartilage that is one layer for both plateaus."""
    measured = ~np.isnan(thickness.inner_mm)
    x = thickness.inner.points_mm[:, 0]
    regions: dict[str, Mask] = {}
    middle = _widest_gap(x[measured])
    for side, is_side in _sides(x, middle, lateral).items():
        regions[side] = measured & is_side
        outwards = 1 if np.any(x[is_side] > middle) else -1
        parts = _compass(thickness, measured & is_side, outwards)
        regions |= {f"{side}_{name}": mask for name, mask in parts.items()}
    return regions


def _compass(thickness: Thickness, here: Mask, outwards: int) -> dict[str, Mask]:
    if not here.any():
        return {}
    points = thickness.inner.points_mm[:, :2]
    area = np.where(here, vertex_areas_mm2(thickness.inner), 0)
    center = np.average(points, axis=0, weights=area)
    size = np.sqrt(np.average((points - center) ** 2, axis=0, weights=area))
    u, v = ((points - center) / np.maximum(size, 1e-9)).T
    radius = np.hypot(u, v)
    order = np.argsort(np.where(here, radius, np.inf))
    inside = np.cumsum(area[order]) <= CENTRAL_SHARE * area.sum()
    central = np.zeros(len(here), np.bool_)
    central[order[inside]] = True
    ring, is_along = here & ~central, np.abs(v) >= np.abs(u)
    regions = {
        "central": central & here,
        "anterior": ring & is_along & (v < 0),
        "posterior": ring & is_along & (v >= 0),
    }
    ends = ("external", "internal") if outwards >= 0 else ("internal", "external")
    if outwards == 0:
        ends = ("left", "right")
    regions[ends[0]] = ring & ~is_along & (u >= 0)
    regions[ends[1]] = ring & ~is_along & (u < 0)
    return regions


def _patellar(thickness: Thickness, lateral: int) -> dict[str, Mask]:
    """Either side of the ridge: the line, from below to above, that stands out backwards."""
    points, measured = thickness.inner.points_mm, ~np.isnan(thickness.inner_mm)
    x, y, z = points.T
    low, high = np.quantile(z[measured], (0.1, 0.9))
    heights = np.linspace(low, high, 12)
    ridge_z, ridge_x = [], []
    for below, above in pairwise(heights):
        row = np.flatnonzero(measured & (z >= below) & (z < above))
        if len(row):
            top = row[np.argsort(y[row])[-max(1, len(row) // 20) :]]
            ridge_z.append((below + above) / 2)
            ridge_x.append(float(np.median(x[top])))
    slope, start = np.polyfit(ridge_z, ridge_x, 1) if len(ridge_z) > 1 else (0.0, np.median(x))
    return {n: measured & m for n, m in _sides(x, start + slope * z, lateral).items()}


def _sides(
    x: NDArray[np.float64], middle: float | NDArray[np.float64], lateral: int
) -> dict[str, Mask]:
    names = {1: ("lateral", "medial"), -1: ("medial", "lateral"), 0: ("left", "right")}[lateral]
    return {names[0]: x >= middle, names[1]: x < middle}


def _notch_x(points_mm: NDArray[np.float64]) -> float:
    """Between the condyles, where the backmost third of the cartilage has its widest gap."""
    back = np.quantile(points_mm[:, 1], 2 / 3)
    return _widest_gap(points_mm[points_mm[:, 1] >= back, 0])


def _widest_gap(x: NDArray[np.float64]) -> float:
    ordered = np.sort(x)
    if len(ordered) < 2:
        return float(ordered.mean())
    widest = int(np.argmax(np.diff(ordered)))
    return float((ordered[widest] + ordered[widest + 1]) / 2)


def _middle_x(surfaces: Surfaces, id: str) -> float:
    row = surfaces.parts[surfaces.part_ids.index(id)]
    return float(row["min_mm"][0] + row["max_mm"][0]) / 2


_RULES = {
    "femoral_cartilage": _femoral,
    "medial_tibial_cartilage": _plateau,
    "lateral_tibial_cartilage": _plateau,
    "tibial_cartilage": _both_plateaus,
    "patellar_cartilage": _patellar,
}
