"""What follows from a mesh's corners alone: areas, prisms, pieces, borders."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from xrviewer.case.mesh import Mesh, Points, welded


def vertex_areas_mm2(mesh: Mesh) -> NDArray[np.float64]:
    """A third of every triangle around."""
    return _shared_out(mesh, triangle_areas_mm2(mesh))


def triangle_areas_mm2(mesh: Mesh) -> NDArray[np.float64]:
    a, b, c = (mesh.points_mm[mesh.triangles[:, i]] for i in range(3))
    return np.asarray(np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2)


def prism_volumes_mm3(mesh: Mesh, outwards_mm: Points) -> NDArray[np.float64]:
    """Between the surface and itself moved by outwards_mm, (N, 3), shared out to vertices."""
    a, b, c = (mesh.points_mm[mesh.triangles[:, i]] for i in range(3))
    p, q, r = (v + outwards_mm[mesh.triangles[:, i]] for i, v in enumerate((a, b, c)))
    volume = _tetrahedron(a, b, c, r) + _tetrahedron(a, b, r, q) + _tetrahedron(a, q, r, p)
    return _shared_out(mesh, volume)


def pieces(mesh: Mesh, is_wanted: NDArray[np.bool_]) -> tuple[int, NDArray[np.int64]]:
    """How many connected groups the wanted vertices form, and the group of each vertex; -1."""
    same = welded(mesh.points_mm)
    wanted = is_wanted[mesh.triangles]
    links: list[NDArray[np.int64]] = []
    for i, j in ((0, 1), (1, 2), (2, 0)):
        both = wanted[:, i] & wanted[:, j]
        links.append(same[mesh.triangles[both][:, [i, j]]])
    pairs = np.concatenate(links)
    size = len(mesh.points_mm)
    graph = csr_matrix((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), (size, size))
    group = connected_components(graph, directed=False)[1][same]
    group = np.where(is_wanted, group, -1)
    numbers, renumbered = np.unique(group[is_wanted], return_inverse=True)
    group[is_wanted] = renumbered
    return len(numbers), group.astype(np.int64)


def on_border(mesh: Mesh) -> NDArray[np.bool_]:
    """Vertices on an edge that only one triangle has."""
    same = welded(mesh.points_mm)
    corners = same[mesh.triangles]
    edges = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]))
    # One number an edge: sorting those is six times as fast as sorting pairs.
    packed, count = np.unique(edges[:, 0] * len(same) + edges[:, 1], return_counts=True)
    is_border = np.zeros(len(same), np.bool_)
    for end in np.divmod(packed[count == 1], len(same)):
        is_border[end] = True
    return np.asarray(is_border[same])


def _shared_out(mesh: Mesh, of_triangles: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.repeat(of_triangles / 3, 3)
    return np.bincount(mesh.triangles.ravel(), share, len(mesh.points_mm)).astype(np.float64)


def _tetrahedron(a: Points, b: Points, c: Points, d: Points) -> NDArray[np.float64]:
    """Signed: above a triangle that turns counter-clockwise seen from d."""
    return np.asarray(np.einsum("ij,ij->i", d - a, np.cross(b - a, c - a)) / 6)
