"""Numbers that came with a surface: named by known words, and put together over all parts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh
from xrviewer.case.model import MapInfo
from xrviewer.ingest.alike import where_in
from xrviewer.ingest.origins import origins
from xrviewer.ingest.part import Part

Maps = Mapping[str, NDArray[np.float64]]
_UNITS = {"mm": "mm", "ms": "ms", "um": "um", "percent": "%"}
_WORDS = frozenset(
    "thickness cartilage cortical t1 t2 t2star adc curvature mean gaussian distance change depth "
    "labels label region regions roughness strain stress pressure density intensity error sulc "
    "area volume sd median normal nearest laplace truth".split()
) | frozenset(_UNITS)
"""What an array may be called in a case: any other word could be a name."""
_UNNAMED = "values"
_LABEL_WORDS = frozenset({"label", "labels", "region", "regions"})


def named_maps(arrays: Maps) -> Maps:
    """By ids of known words; what has none is values, values_2. An empty array is left out, and 0
    is undefined in a thickness that has labels beside it, as pymskt writes both."""
    labels = next((v for k, v in arrays.items() if set(_words(k)) & _LABEL_WORDS), None)
    found: dict[str, NDArray[np.float64]] = {}
    for name, values in arrays.items():
        if not np.isfinite(values).any():
            continue
        stem = "_".join(_words(name)) or _UNNAMED
        id = next(i for n in range(1, 1000) if (i := f"{stem}_{n}" if n > 1 else stem) not in found)
        if labels is not None and "thickness" in stem:
            values = np.where((values == 0) & (labels == 0), np.nan, values)
        found[id] = values
    return MappingProxyType(found)


def carried(maps: Maps, before: Mesh, after: Mesh) -> Maps:
    """To a mesh of fewer points: of where each of them comes from."""
    if not maps or after is before:
        return maps
    at = where_in(after.points_mm, before.points_mm)
    origin = origins(before, after.points_mm, after.normals[at < 0], at)
    return MappingProxyType({id: values[origin] for id, values in maps.items()})


def map_infos(
    parts: Sequence[Part], known: Mapping[str, MapInfo] = MappingProxyType({})
) -> tuple[MapInfo, ...]:
    """known: of maps that were made here, by id; what is said of the others is in their names."""
    ids = dict.fromkeys(id for part in parts for id in part.maps)
    return tuple(known.get(id) or _info(id) for id in ids)


def packed_maps(parts: Sequence[Part]) -> Mapping[str, NDArray[np.float32]]:
    """Over the vertices of all parts; NaN where a part has no such map."""
    return {
        info.id: np.concatenate(
            [
                np.asarray(
                    part.maps.get(info.id, np.full(len(part.mesh.points_mm), np.nan)), np.float32
                )
                for part in parts
            ]
        )
        for info in map_infos(parts)
    }


def _info(id: str) -> MapInfo:
    words = id.split("_")
    unit = next((_UNITS[word] for word in words if word in _UNITS), "")
    name = " ".join(word for word in words if word not in _UNITS).capitalize() or "Values"
    return MapInfo(
        id, f"{name} (imported)", unit, "as the file it came from has it", "not stated by the file"
    )


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word in _WORDS]
