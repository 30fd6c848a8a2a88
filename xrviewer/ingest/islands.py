"""Specks of a segmentation: pieces apart from the structure, dropped by a rule that is stated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from xrviewer.case.mesh import Mesh

SMALL_MM3 = 10.0
SMALL_SHARE = 0.01
"""Of the largest piece. A piece must be under both to go."""
KEPT_ROLES = frozenset({"lesion", "implant"})
"""A lesion is small and apart by nature."""


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """The surface without its specks."""

    mesh: Mesh
    dropped: int
    dropped_mm3: float


def without_islands(mesh: Mesh) -> Cleaned:
    """Bubbles inside, whose volume is negative, go by the same rule."""
    count, piece = _pieces(mesh)
    if count < 2:
        return Cleaned(mesh, 0, 0.0)
    of_triangle = piece[mesh.triangles[:, 0]]
    volumes = np.abs(np.bincount(of_triangle, _under(mesh), count))
    goes = (volumes < SMALL_MM3) & (volumes < volumes.max() * SMALL_SHARE)
    if not goes.any():
        return Cleaned(mesh, 0, 0.0)
    stays = ~goes[piece]
    number = (np.cumsum(stays) - 1).astype(np.uint32)
    triangles = number[mesh.triangles[~goes[of_triangle]]]
    kept = Mesh(mesh.points_mm[stays], mesh.normals[stays], triangles)
    return Cleaned(kept, int(goes.sum()), float(volumes[goes].sum()))


def rule() -> str:
    """As the provenance says it."""
    roles = " and ".join(f"{role}s" for role in sorted(KEPT_ROLES))
    return (
        f"Pieces apart under {SMALL_MM3:g} mm3 and under {SMALL_SHARE:.0%} of their structure's "
        f"largest are left out, but for {roles}"
    )


def _pieces(mesh: Mesh) -> tuple[int, NDArray[np.int32]]:
    """How many, and which one each vertex is of."""
    a, b, c = mesh.triangles.T
    size = len(mesh.points_mm)
    rows, columns = np.concatenate([a, b]), np.concatenate([b, c])
    joined = coo_matrix((np.ones(len(rows), np.bool_), (rows, columns)), (size, size))
    count, piece = connected_components(joined, directed=False)
    return int(count), piece


def _under(mesh: Mesh) -> NDArray[np.float64]:
    """Signed volume between each triangle and a point amid them."""
    near = mesh.points_mm - mesh.points_mm.mean(axis=0)
    a, b, c = (near[mesh.triangles[:, i]] for i in range(3))
    return np.asarray(np.einsum("ij,ij->i", a, np.cross(b, c)) / 6)
