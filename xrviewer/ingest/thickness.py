"""The thickness of what a segmentation holds two bounds of, as maps of the imported surfaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from xrviewer.analysis.pairs import Pair, pairs_among
from xrviewer.analysis.sheet import REACH_MM
from xrviewer.analysis.terms import Definition
from xrviewer.analysis.thickness import (
    MAP_IDS,
    Thickness,
    label_error_mm,
    measure_labels_by,
    thickness_info,
)
from xrviewer.case.mesh import Points
from xrviewer.case.model import MapInfo
from xrviewer.errors import MeasureError
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.labels import Names, name_labels
from xrviewer.ingest.part import Part

MEASURED = (Definition.NORMAL, Definition.NEAREST)
"""Field lines take as long again as both, and are there for who asks: `measure thickness`."""
_NEAREST = 3
_SAME_MM = 1.0
"""The surface that is measured on and the one that is shown lie nearer to each other."""
Tell = Callable[[float, str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Parts with their maps, and what those mean that were measured here, by id."""

    parts: tuple[Part, ...]
    infos: Mapping[str, MapInfo]


def with_thickness(
    parts: Sequence[Part], maps: Sequence[LabelMap], stated: Names | None, tell: Tell
) -> Measured:
    """In the labels, which hold more than reduced surfaces do. Where something came with a
    thickness of its own that stands; a pair that cannot be measured goes without."""
    found = {part.layer.id: part for part in parts}
    has_own = any(id in part.maps for part in parts for id in MAP_IDS.values())
    if has_own or not pairs_among(found):
        return Measured(tuple(parts), {})
    error_mm = max((label_error_mm(label_map.case_from_voxel) for label_map in maps), default=0.0)
    for label_map in maps:
        numbers = {layer.id: n for n, layer in name_labels(label_map, stated).layers.items()}
        pairs = pairs_among(set(numbers) & set(found))
        for done, pair in enumerate(pairs):
            tell(done / len(pairs), "measuring thickness")
            for thickness in _measured(label_map, numbers, pair, found):
                _put(thickness, found)
    infos = (thickness_info(definition, is_in_labels=True) for definition in MEASURED)
    infos = (replace(info, error=error_mm) for info in infos)
    return Measured(
        tuple(found[part.layer.id] for part in parts),
        MappingProxyType({info.id: info for info in infos}),
    )


def _measured(
    label_map: LabelMap, numbers: Mapping[str, int], pair: Pair, parts: Mapping[str, Part]
) -> list[Thickness]:
    try:
        return measure_labels_by(
            MEASURED,
            label_map.labels,
            label_map.case_from_voxel,
            [numbers[pair.inner]],
            [numbers[pair.outer]],
            pair,
        )
    except MeasureError:
        return []  # the two do not touch: there is nothing to show


def _put(thickness: Thickness, parts: dict[str, Part]) -> None:
    map, measured = MAP_IDS[thickness.definition], ~np.isnan(thickness.inner_mm)
    everywhere = np.ones(len(measured), np.bool_)
    for id, among, reach_mm in (
        (thickness.pair.inner, everywhere, _SAME_MM),
        (thickness.pair.outer, measured, REACH_MM),
    ):
        part = parts[id]
        values = _carried(thickness, among, part.mesh.points_mm, reach_mm)
        before = part.maps.get(map, np.full(len(values), np.nan))
        both = np.where(np.isnan(values), before, values)
        parts[id] = replace(part, maps=MappingProxyType({**part.maps, map: both}))


def _carried(
    thickness: Thickness, among: NDArray[np.bool_], points_mm: Points, reach_mm: float
) -> NDArray[np.float64]:
    """From the nearest three vertices that were measured on, each by its nearness: they lie a third
    of a millimetre apart. Lost is what all three have lost, or a shown 0 would be a guess."""
    tree = cKDTree(thickness.inner.points_mm[among])
    off, nearest = tree.query(points_mm, k=_NEAREST, distance_upper_bound=reach_mm)
    values = np.append(thickness.inner_mm[among], np.nan)[nearest]
    weight = np.where(np.isinf(off), 0.0, 1 / np.maximum(off, 1e-6))
    total = np.maximum(weight.sum(axis=1), 1e-12)
    mean = (np.where(weight > 0, values, 0.0) * weight).sum(axis=1) / total
    return np.asarray(np.where(np.isinf(off[:, 0]), np.nan, mean))
