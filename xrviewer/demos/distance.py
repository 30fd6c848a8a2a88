"""How far points lie from a finished surface."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates, spline_filter
from scipy.spatial import cKDTree

from xrviewer.case.mesh import Mesh
from xrviewer.demos.implicit import Coords, Values
from xrviewer.spatial.transforms import Vec3

_NEAREST = 3


class Nearest:
    """Signed distance to surfaces, by the planes of the nearest vertices: good to curvature x
    edge length squared / 8, some hundredths of a millimetre here, close to the surface."""

    def __init__(self, points_mm: NDArray[np.float64], normals: NDArray[np.float64]) -> None:
        self._points, self._normals = points_mm, normals
        self._tree = cKDTree(points_mm)

    @classmethod
    def of(cls, meshes: Sequence[Mesh]) -> Nearest:
        points = np.concatenate([mesh.points_mm for mesh in meshes])
        return cls(points, np.concatenate([mesh.normals for mesh in meshes]))

    def __call__(self, points_mm: NDArray[np.float64]) -> tuple[Values, NDArray[np.float64]]:
        """Distances, negative inside, and the direction away from the surface; (N, 3) points."""
        far, index = self._tree.query(points_mm, k=_NEAREST)
        weight = 1.0 / (far + 0.05) ** 2
        weight /= weight.sum(axis=1, keepdims=True)
        apart = points_mm[:, None] - self._points[index]
        normals = self._normals[index]
        distance = np.einsum("nk,nki,nki->n", weight, apart, normals)
        away = np.einsum("nk,nki->ni", weight, normals)
        away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
        side = np.where(distance < 0, -1.0, 1.0)
        is_far = far[:, 0] > 3.0
        return np.where(is_far, side * far[:, 0], distance), away


def depth_near(
    points_mm: NDArray[np.float64], normals: NDArray[np.float64], at: Coords, reach_mm: float
) -> tuple[NDArray[np.intp], Values, NDArray[np.intp]]:
    """Which of the points at (3, N) lie within reach of a surface's vertices; how far above the
    plane of the nearest one they are; which one that is."""
    far, index = cKDTree(points_mm).query(at.T, distance_upper_bound=reach_mm)
    close = np.flatnonzero(np.isfinite(far))
    nearest = index[close]
    apart = at[:, close].T - points_mm[nearest]
    return close, np.einsum("ij,ij->i", apart, normals[nearest]), nearest


class GridField:
    """A field known on a grid, made smooth between its points by cubic splines."""

    def __init__(self, values: NDArray[np.floating], low: Vec3, spacing_mm: float) -> None:
        self._coefficients = spline_filter(values.astype(np.float64), order=3)
        self._low, self._spacing_mm = np.array(low)[:, None], spacing_mm

    def __call__(self, coords: Coords) -> Values:
        at = (coords - self._low) / self._spacing_mm
        found = map_coordinates(self._coefficients, at, order=3, prefilter=False, mode="nearest")
        return np.asarray(found, coords.dtype)
