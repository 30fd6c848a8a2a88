"""How one date's bone lies in another's: a rigid fit of two surfaces, which says how well it fits.

Iterated nearest points with distances along the normal, so that surfaces may slide where they
agree. The farthest tenth is left out: osteophytes grow, and a scan cuts a shaft elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.facets import vertex_areas_mm2
from xrviewer.analysis.nearest import NearestPoint
from xrviewer.case.mesh import Mesh, Points
from xrviewer.errors import MeasureError
from xrviewer.spatial.transforms import Matrix, apply
from xrviewer.words import mark

KEPT_SHARE = 0.9
COARSE_POINTS, FINE_POINTS = 1500, 8000
_MOST_STEPS, _FIRST_STEPS = 60, 20
"""Of the last fit, and of each start: by then it is seen which of them leads home."""
_SETTLED_MM = 1e-5
_GOOD_START_MM = 0.2
"""A start that ends nearer than this needs no other. A patella the wrong way round ends at 0.7."""
MAX_RESIDUAL_MM = 1.0
MIN_OVERLAP = 0.7
_EXACT_MM = 0.1
"""Nothing that fits as well as this is a mirror image."""
_MIRRORED_SHARE = 0.6
"""A mirror image that fits so much better is the truth."""
_NEAR_MM = 2.0
"""Nearer than this a point counts as overlapping."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    fixed_from_moving: Matrix
    residual_mm: float
    """Root mean square of the kept distances."""
    p95_mm: float
    """Of all distances."""
    overlap: float
    """The share of the moving surface that lies near the fixed one."""
    is_by_hand: bool = False
    """A person moved it since it was fitted."""

    @property
    def is_good(self) -> bool:
        return self.residual_mm <= MAX_RESIDUAL_MM and self.overlap >= MIN_OVERLAP


def fitted(moving: Mesh, fixed: Mesh, name: str) -> Fit:
    """Raises MeasureError for a fit that nobody should look at."""
    fit = best_fit(moving, fixed)
    if fit.residual_mm > _EXACT_MM and _fits_mirrored(moving, fixed, fit):
        raise MeasureError(
            mark("{bone}: the two dates are of opposite sides of the body"), bone=name
        )
    if not fit.is_good:
        raise MeasureError(
            mark(
                "{bone}: the two dates do not fit ({size} mm off over {share} % of the surface); "
                "is it the same side of the same person?"
            ),
            bone=name,
            **off(fit),
        )
    return fit


def off(fit: Fit) -> dict[str, str]:
    """How a fit that is refused is told of."""
    return {"size": f"{fit.residual_mm:.1f}", "share": f"{100 * fit.overlap:.0f}"}


def _fits_mirrored(moving: Mesh, fixed: Mesh, fit: Fit) -> bool:
    mirrored = Mesh.of(moving.points_mm * (-1, 1, 1), moving.triangles[:, ::-1])
    return best_fit(mirrored, fixed).residual_mm < _MIRRORED_SHARE * fit.residual_mm


def best_fit(moving: Mesh, fixed: Mesh) -> Fit:
    """Of several starts: as it lies, then by the axes of both shapes."""
    if not len(moving.triangles) or not len(fixed.triangles):
        raise MeasureError(mark("there is no surface to fit at one of the dates"))
    target = _Target(fixed)
    points = _sampled(moving, COARSE_POINTS)
    best: tuple[float, Matrix] | None = None
    for start in _starts(points, _sampled(fixed, COARSE_POINTS)):
        matrix, error, _ = _iterated(points, target, start, _FIRST_STEPS)
        if best is None or error < best[0]:
            best = (error, matrix)
        if best[0] < _GOOD_START_MM:
            break
    assert best is not None
    fine = _sampled(moving, FINE_POINTS)
    matrix, error, distance = _iterated(fine, target, best[1])
    near = float((distance < _NEAR_MM).mean())
    return Fit(matrix, error, float(np.percentile(distance, 95)), near)


class Apart:
    """How far apart two surfaces lie, asked again and again while one of them is moved by hand."""

    def __init__(self, moving: Mesh, fixed: Mesh, points: int = FINE_POINTS) -> None:
        self._points, self._nearest = _sampled(moving, points), NearestPoint(fixed)

    def at(self, fixed_from_moving: Matrix) -> Fit:
        distance = self._nearest.feet(apply(fixed_from_moving, self._points)).distance_mm
        kept = distance[distance <= np.quantile(distance, KEPT_SHARE)]
        residual = float(np.sqrt((kept**2).mean()))
        near = float((distance < _NEAR_MM).mean())
        return Fit(fixed_from_moving, residual, float(np.percentile(distance, 95)), near, True)


class _Target:
    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.nearest = NearestPoint(mesh)


def _iterated(
    points: Points, target: _Target, start: Matrix, most_steps: int = _MOST_STEPS
) -> tuple[Matrix, float, NDArray[np.float64]]:
    """The fit, what remains of the kept distances, and all distances before its last, small step:
    to look for them once more would take a quarter of the time."""
    matrix, error, feet = start, np.inf, None
    for _ in range(most_steps):
        moved = apply(matrix, points)
        feet = target.nearest.feet(moved)
        is_kept = feet.distance_mm <= np.quantile(feet.distance_mm, KEPT_SHARE)
        normals = feet.interpolated(target.mesh, target.mesh.normals)[is_kept]
        normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-12)[:, None]
        step = _step(moved[is_kept], feet.points_mm[is_kept], normals)
        matrix = step @ matrix
        last, error = error, float(np.sqrt((feet.distance_mm[is_kept] ** 2).mean()))
        if abs(last - error) < _SETTLED_MM and np.linalg.norm(step[:3, 3]) < 100 * _SETTLED_MM:
            break
    assert feet is not None
    return matrix, error, feet.distance_mm


def _step(points: Points, feet: Points, normals: Points) -> Matrix:
    """The small rigid motion that brings points nearest to the planes through their feet."""
    middle = points.mean(axis=0)
    rows = np.concatenate([np.cross(points - middle, normals), normals], axis=1)
    off = np.einsum("ij,ij->i", feet - points, normals)
    # A ball may turn, a rod may slide: what nothing holds does not move.
    normal_matrix = rows.T @ rows + 1e-6 * np.trace(rows.T @ rows) * np.eye(6)
    solution = np.linalg.solve(normal_matrix, rows.T @ off)
    turn = _rotation(solution[:3])
    matrix = np.eye(4)
    matrix[:3, :3] = turn
    matrix[:3, 3] = middle - turn @ middle + solution[3:]
    return matrix


def _rotation(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    angle = float(np.linalg.norm(vector))
    if angle < 1e-15:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turned = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return np.asarray(turned, np.float64)


def _sampled(mesh: Mesh, count: int) -> Points:
    """Evenly over the surface, the same every time."""
    area = vertex_areas_mm2(mesh)
    share = np.cumsum(area) / area.sum()
    picked = np.searchsorted(share, (np.arange(count) + 0.5) / count)
    return np.asarray(mesh.points_mm[np.unique(np.minimum(picked, len(area) - 1))])


def _starts(moving: Points, fixed: Points) -> list[Matrix]:
    """As it lies; middles together; then principal axes together, each way round."""
    a, b = moving.mean(axis=0), fixed.mean(axis=0)
    together = np.eye(4)
    together[:3, 3] = b - a
    starts = [np.eye(4), together]
    axes_a, axes_b = _axes(moving), _axes(fixed)
    for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        flipped = axes_a * np.array([*signs, 1])[:, None]
        turn = axes_b.T @ flipped
        if np.linalg.det(turn) < 0:  # no mirror image: the other way round along the last axis
            turn = axes_b.T @ (flipped * np.array([1, 1, -1])[:, None])
        start = np.eye(4)
        start[:3, :3], start[:3, 3] = turn, b - turn @ a
        starts.append(start)
    return starts


def _axes(points: Points) -> NDArray[np.float64]:
    """The principal axes, a row each, the longest first."""
    return np.asarray(np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[2])
