"""Fields to triangles: marching cubes, then every vertex moved onto the surface itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates
from scipy.sparse import csr_matrix
from skimage.measure import marching_cubes

from xrviewer.case.mesh import Mesh
from xrviewer.demos.implicit import Coords, Field, gradient_of, value_and_slope
from xrviewer.spatial.transforms import Vec3

_RELAX_ROUNDS = 3
_NEWTON_STEPS = 2


def grid_points(
    low: Vec3, high: Vec3, spacing_mm: float, dtype: Any = np.float64
) -> tuple[Coords, tuple[int, int, int]]:
    """(3, N) points of a grid from low, z fastest, and its shape."""
    axes = [np.arange(low[i], high[i] + spacing_mm, spacing_mm, dtype=dtype) for i in range(3)]
    shape = (len(axes[0]), len(axes[1]), len(axes[2]))
    return np.stack([c.ravel() for c in np.meshgrid(*axes, indexing="ij")]), shape


def sample(field: Field, low: Vec3, high: Vec3, spacing_mm: float) -> NDArray[np.float32]:
    """The field on a grid from low; a plane of x at a time, so that memory stays small."""
    x, y, z = (
        np.arange(low[i], high[i] + spacing_mm, spacing_mm, dtype=np.float32) for i in range(3)
    )
    plane = np.stack([c.ravel() for c in np.meshgrid(np.float32(0), y, z, indexing="ij")])
    values = np.empty((len(x), len(y), len(z)), np.float32)
    chunk = 16
    for first in range(0, len(x), chunk):
        xs = x[first : first + chunk]
        coords = np.tile(plane, len(xs))
        coords[0] = np.repeat(xs, plane.shape[1])
        values[first : first + chunk] = field(coords).reshape(len(xs), len(y), len(z))
    return values


def sample_near(
    field: Field, low: Vec3, high: Vec3, spacing_mm: float, band_mm: float
) -> NDArray[np.float32]:
    """As sample, but exact only within band_mm of the surface; elsewhere from a grid twice as wide.

    Most of a bone's box is far from its surface: a third of the time.
    """
    wide = sample(field, low, high, 2 * spacing_mm)
    coords, shape = grid_points(low, high, spacing_mm, np.float32)
    at = (coords - np.array(low, np.float32)[:, None]) / np.float32(2 * spacing_mm)
    values = map_coordinates(wide, at, np.float32, order=1, mode="nearest")
    close = np.flatnonzero(np.abs(values) < band_mm)
    values[close] = field(np.ascontiguousarray(coords[:, close]))
    return np.asarray(values.reshape(shape))


def polygonise(
    field: Field,
    low: Vec3,
    high: Vec3,
    spacing_mm: float,
    values: NDArray[np.float32] | None = None,
) -> Mesh:
    """The zero level between low and high, which must lie outside it on every side.

    Pass values when the field is sampled there already.
    """
    if values is None:
        values = sample(field, low, high, spacing_mm)
    points, faces, _, _ = marching_cubes(
        values, 0.0, spacing=(spacing_mm,) * 3, gradient_direction="descent"
    )
    triangles = faces.astype(np.uint32)
    return refine(field, points.astype(np.float64) + low, triangles, spacing_mm)


def refine(
    field: Field, points: NDArray[np.float64], triangles: NDArray[np.uint32], spacing_mm: float
) -> Mesh:
    """Evens the triangles out along the surface, then puts each vertex exactly on it.

    Marching cubes leaves slivers and a trace of its grid; the surface's own gradient removes both.
    """
    average = _neighbour_average(len(points), triangles)
    points, normals = _step(field, points, spacing_mm)
    points, normals = _step(field, points, spacing_mm)
    for _ in range(_RELAX_ROUNDS):
        pull = average @ points - points
        pull -= normals * np.einsum("ij,ij->i", pull, normals)[:, None]
        points, normals = _step(field, points + 0.6 * pull, spacing_mm)
    return settle(field, points, triangles, spacing_mm)


def settle(
    field: Field, points: NDArray[np.float64], triangles: NDArray[np.uint32], spacing_mm: float
) -> Mesh:
    """Every vertex exactly on the zero level, with the field's own normal."""
    for _ in range(_NEWTON_STEPS):
        points, _ = _step(field, points, spacing_mm)
    gradient = gradient_of(field, np.ascontiguousarray(points.T))
    return Mesh(points, (gradient / np.linalg.norm(gradient, axis=0)).T, triangles)


def _step(
    field: Field, points: NDArray[np.float64], longest_mm: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One Newton step towards the zero level, and the unit normals it went along."""
    coords = np.ascontiguousarray(points.T)
    value, gradient = value_and_slope(field, coords)
    squared = np.maximum(np.einsum("ij,ij->j", gradient, gradient), 1e-6)
    length = np.sqrt(squared)
    move = np.clip(value / length, -longest_mm, longest_mm) / length * gradient
    return (coords - move).T, (gradient / length).T


def face_normals(points: NDArray[np.float64], triangles: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Unit normals at vertices, the triangles around weighted by area."""
    a, b, c = (points[triangles[:, i]] for i in range(3))
    cross = np.cross(b - a, c - a)
    total = np.zeros_like(points)
    for column in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(triangles[:, column], cross[:, axis], len(points))
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1), 1e-12)[:, None])


def _neighbour_average(count: int, triangles: NDArray[np.uint32]) -> csr_matrix:
    a, b, c = triangles.T
    rows, columns = np.concatenate([a, b, c, b, c, a]), np.concatenate([b, c, a, a, b, c])
    links = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    links.data[:] = 1.0
    scale = 1.0 / np.maximum(np.asarray(links.sum(axis=1)).ravel(), 1.0)
    return csr_matrix(links.multiply(scale[:, None]))
