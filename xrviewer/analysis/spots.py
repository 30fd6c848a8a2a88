"""Where a map is lowest, its edge aside: towards its edge every layer thins out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.pairs import pairs_among
from xrviewer.case.mesh import Mesh, Points, welded
from xrviewer.case.surfaces import Surfaces
from xrviewer.spatial.transforms import Vec3

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

SPREAD_MM = 3.0
"""How far the walk around a place goes; its standard deviation along an axis is 0.7 of it."""
_ONE_SIDED_MM = 0.4
"""What has the middle of its surroundings this far to one side lies within 2 mm of the edge; an
uneven mesh alone leads a walk 0.2 mm astray."""
_FOLDED = 0.5
"""Of what a level surface's triangles add up to, around a corner: those of two faces that meet at
60 degrees. There a closed layer runs out to nothing, and its normal lies in its plane."""
_FROM_FOLD_MM = 2.0
_MOST_ROUNDS = 200
_DIP_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Spot:
    part: int
    point_mm: Vec3
    normal: Vec3
    value: float
    is_dip: bool = True
    """The bottom of a dip; else merely the lowest of what slopes to the layer's edge."""


def lowest_spot(surfaces: Surfaces, map: str, is_wanted: NDArray[np.bool_]) -> Spot | None:
    """Among the wanted parts, a dip before a slope; None where none has the map away from its
    edge."""
    found = [_lowest_of(surfaces, map, int(part)) for part in np.flatnonzero(is_wanted)]
    return min(
        (s for s in found if s is not None), key=lambda s: (not s.is_dip, s.value), default=None
    )


@lru_cache(maxsize=256)
def _lowest_of(surfaces: Surfaces, map: str, part: int) -> Spot | None:
    """Some 50 ms for a large part; surfaces are compared by identity."""
    row = surfaces.parts[part]
    first, count = int(row["vertex_first"]), int(row["vertex_count"])
    values = surfaces.maps[map].values[first : first + count].astype(np.float64)
    if not np.isfinite(values).any():
        return None
    mesh = Mesh.of(*surfaces.part(part))
    inside = away_from_edge(mesh, np.isfinite(values))
    if not inside.any():
        return None
    # What slopes to the edge is lowest at the edge: a spot is the bottom of a dip, if there is one.
    bottoms = inside & _is_bottom(mesh, values)
    is_dip = bool(bottoms.any())
    wanted = np.flatnonzero(bottoms if is_dip else inside)
    outside = wanted[_looks_outwards(surfaces, part, mesh, wanted)]
    wanted = outside if len(outside) else wanted
    at = int(wanted[values[wanted].argmin()])
    (x, y, z), (nx, ny, nz) = mesh.points_mm[at].tolist(), mesh.normals[at].tolist()
    return Spot(part, (x, y, z), (nx, ny, nz), float(values[at]), is_dip)


def away_from_edge(mesh: Mesh, is_defined: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Places that have the map all around them.

    Each looks where the middle of its surroundings lies, by a walk from corner to corner: at an
    edge it lies to one side. The rim of a closed sheet is an edge too, for the walk turns there.
    """
    same = welded(mesh.points_mm)
    corners = same[mesh.triangles]
    corners = corners[is_defined[corners].all(axis=1)]
    if not len(corners):
        return np.zeros(len(same), np.bool_)
    used, corners = np.unique(corners, return_inverse=True)
    home, normals = mesh.points_mm[used], mesh.normals[used]
    off = _walked(home, corners.reshape(-1, 3)) - home
    off -= np.einsum("ij,ij->i", off, normals)[:, None] * normals
    is_even = np.linalg.norm(off, axis=1) < _ONE_SIDED_MM
    inside = np.zeros(len(same), np.bool_)
    inside[used] = is_even & _off_folds(home, corners.reshape(-1, 3))
    return np.asarray((inside & is_defined)[same])


def _off_folds(points: Points, corners: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Away from where the surface turns back on itself."""
    a, b, c = (points[corners[:, i]] for i in range(3))
    facing = np.cross(b - a, c - a)
    area, flat = np.linalg.norm(facing, axis=1), corners.ravel()
    total = np.bincount(flat, np.repeat(area, 3), len(points))
    sums = [np.bincount(flat, np.repeat(facing[:, i], 3), len(points)) for i in range(3)]
    is_folded = np.linalg.norm(sums, axis=0) < _FOLDED * total
    if not is_folded.any():
        return np.asarray(~is_folded)
    off, _ = _tree(points[is_folded]).query(points, distance_upper_bound=_FROM_FOLD_MM)
    return np.asarray(np.isinf(off))


def _walked(points: Points, corners: NDArray[np.int64]) -> Points:
    """The middle of where a walk from each point leads that stays or goes on by one edge."""
    a, b, c = corners.T
    rows, columns = np.concatenate([a, b, c, b, c, a]), np.concatenate([b, c, a, a, b, c])
    edge_mm = float(np.sqrt(((points[a] - points[b]) ** 2).sum(axis=1).mean()))
    rounds = min(_MOST_ROUNDS, max(1, round(2 * (SPREAD_MM / edge_mm) ** 2)))
    count = np.maximum(np.bincount(rows, minlength=len(points)), 1)
    middle = points
    for _ in range(rounds):
        sums = [np.bincount(rows, middle[columns, axis], len(points)) for axis in range(3)]
        middle = (middle + np.stack(sums, axis=1) / count[:, None]) / 2
    return middle


def _looks_outwards(
    surfaces: Surfaces, part: int, mesh: Mesh, vertices: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Not the side of a closed layer that lies on its bone, where no eye gets to."""
    outer = surfaces.part_ids[part]
    inner = [pair.inner for pair in pairs_among(surfaces.part_ids) if pair.outer == outer]
    if not inner:
        return np.ones(len(vertices), np.bool_)
    bone = Mesh.of(*surfaces.part(surfaces.part_ids.index(inner[0])))
    _, nearest = _tree(bone.points_mm).query(mesh.points_mm[vertices])
    facing = np.einsum("ij,ij->i", bone.normals[nearest], mesh.normals[vertices])
    return np.asarray(facing > 0)


def _is_bottom(mesh: Mesh, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Nothing within a few corners is lower."""
    same = welded(mesh.points_mm)
    known = np.where(np.isfinite(values), values, np.inf)
    corners = same[mesh.triangles]
    lowest = known.copy()
    for _ in range(_DIP_ROUNDS):
        around = np.repeat(lowest[corners].min(axis=1), 3)
        np.minimum.at(lowest, corners.ravel(), around)
    return np.asarray((known <= lowest)[same])


def _tree(points: Points) -> cKDTree:
    """Every command knows the keys, which know this module: they must not wait for SciPy."""
    from scipy.spatial import cKDTree

    return cKDTree(points)
