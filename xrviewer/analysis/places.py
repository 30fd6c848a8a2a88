"""The region of the knee that each place on the surfaces lies in, for whoever points at one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from xrviewer.analysis.pairs import pairs_among
from xrviewer.analysis.regions import knee_regions, lateral_sign, spoken
from xrviewer.analysis.thickness import Thickness, measure_surfaces
from xrviewer.case.surfaces import Surfaces
from xrviewer.errors import MeasureError

_NOWHERE = -1
_NEAR_MM = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    names: tuple[str, ...]
    """As people say them: medial weight bearing."""
    of_vertex: NDArray[np.int16]
    """A number of a name, or -1, at every vertex of the surfaces."""

    def name(self, vertex: int) -> str:
        number = int(self.of_vertex[vertex])
        return self.names[number] if number >= 0 else ""


def places_of(surfaces: Surfaces) -> Places:
    """Of bones and of the cartilages on them; about a second for a knee."""
    names: list[str] = []
    of_vertex = np.full(len(surfaces.positions_mm), _NOWHERE, np.int16)
    lateral = lateral_sign(surfaces)
    for pair in pairs_among(surfaces.part_ids):
        try:
            found = measure_surfaces(surfaces, pair)
        except MeasureError:
            continue  # they do not touch: nothing there has a name
        on_bone = _numbered(found, lateral, names)
        bone = _slice(surfaces, pair.inner)
        of_vertex[bone] = np.where(on_bone >= 0, on_bone, of_vertex[bone])
        there = np.flatnonzero(on_bone >= 0)
        if len(there):
            layer = _slice(surfaces, pair.outer)
            tree = cKDTree(found.inner.points_mm[there])
            off, nearest = tree.query(surfaces.positions_mm[layer])
            of_vertex[layer] = np.where(off < _NEAR_MM, on_bone[there[nearest]], _NOWHERE)
    return Places(tuple(names), of_vertex)


def _numbered(found: Thickness, lateral: int, names: list[str]) -> NDArray[np.int16]:
    """Of each vertex of the bone; the regions come from the wide ones to the narrow ones."""
    numbers = np.full(len(found.inner_mm), _NOWHERE, np.int16)
    for name, mask in knee_regions(found, lateral).items():
        said = spoken(name)
        if said not in names:
            names.append(said)
        numbers[mask] = names.index(said)
    return numbers


def _slice(surfaces: Surfaces, id: str) -> slice:
    row = surfaces.parts[surfaces.part_ids.index(id)]
    first = int(row["vertex_first"])
    return slice(first, first + int(row["vertex_count"]))
