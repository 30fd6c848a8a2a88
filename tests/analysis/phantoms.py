"""Shapes whose thickness is known in closed form, as meshes and as label maps at knee voxels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import trimesh
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh
from xrviewer.spatial.transforms import apply

KNEE_MM = (0.365, 0.365, 0.7)
BONE, CARTILAGE = 5, 1
TILTED = np.array([0.4, 0.3, 0.866])
ALONG = np.cross(TILTED, (1.0, 0.0, 0.0)) / np.linalg.norm(np.cross(TILTED, (1.0, 0.0, 0.0)))

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """Voxel centres about the origin, off any symmetry."""

    points_mm: Array
    case_from_voxel: Array

    def labels(self, depth_mm: Array, thickness_mm: Array | float) -> NDArray[np.uint8]:
        """depth_mm: height over the bone's surface, negative within it."""
        layer = np.where((depth_mm >= 0) & (depth_mm < thickness_mm), CARTILAGE, 0)
        return np.where(depth_mm < 0, BONE, layer).astype(np.uint8)


def grid(half_mm: float, spacing_mm: tuple[float, float, float] = KNEE_MM) -> Grid:
    case_from_voxel = np.diag([*spacing_mm, 1.0])
    case_from_voxel[:3, 3] = -half_mm + np.array([0.31, 0.17, 0.43]) * spacing_mm
    counts = np.ceil(2 * half_mm / np.array(spacing_mm)).astype(int) + 1
    indices = np.stack(np.meshgrid(*map(np.arange, counts), indexing="ij"), axis=-1)
    return Grid(apply(case_from_voxel, indices), case_from_voxel)


def shell_mesh(inner_mm: float, thickness_mm: float, detail: int = 5) -> tuple[Mesh, Mesh]:
    """A ball, and the closed shell round it."""
    ball = trimesh.creation.icosphere(subdivisions=detail, radius=inner_mm)
    round_it = ball.vertices * (1 + thickness_mm / inner_mm)
    points = np.concatenate([round_it, ball.vertices])
    triangles = np.concatenate([ball.faces, ball.faces[:, ::-1] + len(round_it)])
    return Mesh.of(ball.vertices, ball.faces), Mesh.of(points, triangles)


def height_field(height_mm: Array, step_mm: float) -> Mesh:
    """An open surface over a square about the origin; triangles look up."""
    n = len(height_mm)
    x = (np.arange(n) - (n - 1) / 2) * step_mm
    points = np.stack([*np.meshgrid(x, x, indexing="ij"), height_mm], axis=-1).reshape(-1, 3)
    corner = (np.arange(n - 1)[:, None] * n + np.arange(n - 1)).ravel()
    lower = np.stack([corner, corner + n, corner + n + 1], axis=1)
    upper = np.stack([corner, corner + n + 1, corner + 1], axis=1)
    return Mesh.of(points, np.concatenate([lower, upper]))
