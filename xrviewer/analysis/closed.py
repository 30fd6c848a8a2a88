"""Which surfaces are closed: only of those is there an inside that a cut can show."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import Surfaces, frozen

_PER_MM, _OFFSET = 937.0, 0.3137
"""Corners that files write twice are one within a micrometre. No round number: those would lie
where one box of the grid ends."""
CRACK_SHARE = 0.01
"""Of a part's size: an edge no longer than that is a crack in what was meant to be closed."""


@lru_cache(maxsize=8)
def closed_parts(surfaces: Surfaces) -> NDArray[np.bool_]:
    """Of each part, in their order. An edge counts once for each triangle that goes along it, and
    against those that go back: where nothing is left over, every line leaves the part as often as
    it enters. Half a second for a million triangles."""
    parts = surfaces.parts
    counts = parts["triangle_count"].astype(np.intp)
    owner = np.repeat(np.arange(len(parts)), counts)
    firsts = parts["vertex_first"].astype(np.int64)
    corners = surfaces.triangles.astype(np.int64) + firsts[owner][:, None]
    open_mm = np.zeros(len(parts))
    edges, edge_owner = _open_edges(_places(surfaces), corners, owner)
    ends = surfaces.positions_mm[edges].astype(np.float64)
    np.add.at(open_mm, edge_owner, np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1))
    is_full = counts > 0
    size_mm = np.zeros(len(parts))
    low, high = parts["min_mm"][is_full], parts["max_mm"][is_full]
    size_mm[is_full] = np.linalg.norm(high.astype(np.float64) - low, axis=1)
    return frozen(is_full & (open_mm <= CRACK_SHARE * size_mm))


def _places(surfaces: Surfaces) -> NDArray[np.int64]:
    """The first vertex of the same part at the same place, of each."""
    vertices = surfaces.parts["vertex_count"].astype(np.intp)
    part = np.repeat(np.arange(len(vertices), dtype=np.uint64), vertices)
    grid = np.floor(surfaces.positions_mm.astype(np.float64) * _PER_MM + _OFFSET).astype(np.int64)
    mixed = part * np.uint64(0x9E3779B97F4A7C15)
    for axis, factor in enumerate(_FACTORS):
        mixed = (mixed ^ grid[:, axis].view(np.uint64)) * factor
    _, first, which = np.unique(mixed, return_index=True, return_inverse=True)
    found: NDArray[np.int64] = first[which].astype(np.int64)
    return found


_FACTORS = tuple(map(np.uint64, (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93)))
"""Large odd numbers: places that are not the same are told apart by 64 mixed bits."""


def _open_edges(
    places: NDArray[np.int64], corners: NDArray[np.int64], owner: NDArray[np.intp]
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """(E, 2) vertices, and whose they are."""
    met = places[corners]
    starts, ends = met.ravel(), met[:, (1, 2, 0)].ravel()
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    key = low * np.int64(len(places)) + high
    ways = np.sign(ends - starts)  # 0 where a triangle has no width there
    order = np.argsort(key, kind="stable")
    key, ways = key[order], ways[order]
    firsts = np.flatnonzero(np.diff(key, prepend=-1))
    sums = np.add.reduceat(ways, firsts) if len(firsts) else ways
    is_open = order[firsts[sums != 0]]
    return np.stack([low[is_open], high[is_open]], axis=1), np.repeat(owner, 3)[is_open]
