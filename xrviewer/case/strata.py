"""From the outside in: which structures lie over which, for taking a body apart layer by layer.

The tissue says it first: skin, fat, muscle, vessel, ligament, meniscus, cartilage, bone. A
structure whose tissue is not known lies just under the deepest tissue whose box holds its own:
an organ comes to light when the ribs are off. Of such structures that lie equally deep, one that
holds another comes before it.
"""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Case

DEPTHS = MappingProxyType(
    {
        "skin": 0,
        "fat": 1,
        "muscle": 2,
        "tendon": 2,
        "artery": 3,
        "vein": 3,
        "nerve": 3,
        "ligament": 4,
        "meniscus": 5,
        "cartilage": 6,
        "bone": 7,
        "grey_matter": 8,
        "white_matter": 9,
        "lesion": 10,
        "implant": 10,
    }
)
"""What is opened through what. A finding is what one opens for: it goes last."""
_OUTSIDE_ALL = -1
_SLACK = 0.02
"""Of a box's size: how far what it holds may stick out of it; anatomy touches."""

Strata = tuple[tuple[str, ...], ...]
"""Layer ids, the outermost stratum first."""


def strata(case: Case) -> Strata:
    """Every layer in one stratum, by the first date's surfaces."""
    boxes = _boxes(case)
    found: defaultdict[tuple[int, bool, int], list[str]] = defaultdict(list)
    unknown = [layer.id for layer in case.layers if layer.role not in DEPTHS]
    for layer in case.layers:
        if layer.role in DEPTHS:
            found[DEPTHS[layer.role], False, 0].append(layer.id)
    under = _tissue_over_each(case, boxes, unknown)
    for depth in sorted(set(under.values())):
        level = [id for id in unknown if under[id] == depth]
        for id, nesting in zip(level, _nesting(boxes, level), strict=True):
            found[depth, True, nesting].append(id)
    return tuple(tuple(found[key]) for key in sorted(found))


_Boxes = dict[str, NDArray[np.float64]]
"""(2, 3), millimetres; only of what has triangles at the first date."""


def _boxes(case: Case) -> _Boxes:
    surfaces = case.timepoints[0].surfaces
    parts: NDArray[Any] = surfaces.parts
    lows, highs = parts["min_mm"].astype(np.float64), parts["max_mm"].astype(np.float64)
    return {
        id: np.stack([lows[i], highs[i]])
        for i, id in enumerate(surfaces.part_ids)
        if parts["triangle_count"][i] > 0
    }


def _tissue_over_each(case: Case, boxes: _Boxes, unknown: list[str]) -> dict[str, int]:
    """The depth of the deepest tissue that holds it."""
    by_depth: defaultdict[int, list[NDArray[np.float64]]] = defaultdict(list)
    for layer in case.layers:
        if layer.role in DEPTHS and layer.id in boxes:
            by_depth[DEPTHS[layer.role]].append(boxes[layer.id])
    around = {depth: _union(found) for depth, found in by_depth.items()}
    over = dict.fromkeys(unknown, _OUTSIDE_ALL)
    for id in filter(boxes.__contains__, unknown):
        holding = (depth for depth, box in around.items() if _holds(box, boxes[id]))
        over[id] = max(holding, default=_OUTSIDE_ALL)
    return over


def _nesting(boxes: _Boxes, level: list[str]) -> list[int]:
    """How many of the same level are wrapped round each, one in the other."""
    solid = [id for id in level if id in boxes]
    order = sorted(solid, key=lambda id: -float(np.prod(boxes[id][1] - boxes[id][0])))
    lows = np.array([boxes[id][0] for id in order]).reshape(-1, 3)
    highs = np.array([boxes[id][1] for id in order]).reshape(-1, 3)
    slack = _SLACK * (highs - lows)
    nested: NDArray[np.intp] = np.zeros(len(order), np.intp)
    for i in range(1, len(order)):
        is_below, is_above = lows[:i] - slack[:i] <= lows[i], highs[i] <= highs[:i] + slack[:i]
        is_round = (is_below & is_above).all(1)
        is_larger = ((highs[:i] - lows[:i]) > (highs[i] - lows[i]) * (1 + _SLACK)).any(1)
        nested[i] = 1 + nested[:i].max(where=is_round & is_larger, initial=-1)
    depth_of = dict(zip(order, nested.tolist(), strict=True))
    return [depth_of.get(id, 0) for id in level]


def _union(boxes: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    found = np.array(boxes)
    return np.stack([found[:, 0].min(axis=0), found[:, 1].max(axis=0)])


def _holds(outer: NDArray[np.float64], inner: NDArray[np.float64]) -> bool:
    slack = _SLACK * (outer[1] - outer[0])
    return bool((outer[0] - slack <= inner[0]).all() and (inner[1] <= outer[1] + slack).all())
