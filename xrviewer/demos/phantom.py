"""The phantom a site is qualified with: spheres of known size in water, in noise.

What `xrviewer qc --protocol phantom` measures is known here in closed form: volumes of
4/3 pi r^3, contrasts over the noise, spacing and coverage.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import trimesh
from numpy.typing import NDArray

from xrviewer.case.catalogue import layer_for
from xrviewer.case.model import Case, Timepoint
from xrviewer.case.surfaces import frozen, pack_parts
from xrviewer.case.volume import Volume

SPHERES = {
    "sphere_5": (5.0, (-24.0, -20.0, 0.0), 900),
    "sphere_8": (8.0, (22.0, -22.0, 4.0), 300),
    "sphere_10": (10.0, (-20.0, 20.0, -4.0), 300),
    "sphere_15": (15.0, (20.0, 16.0, 0.0), 900),
}
"""Radius and centre in mm, and the value inside."""
WATER, AIR, NOISE = 600, 20, 12
SHAPE = (110, 110, 80)
_SPACING_MM = 1.0
_RADIUS_MM = 48.0
"""Of the water's cylinder, which stands along the third axis."""

Vertices = NDArray[np.float32]


def make_phantom(progress: Callable[[float, str], None]) -> Case:
    """The same at every making."""
    progress(0.2, "scanning the phantom")
    volume = _scan()
    progress(0.8, "laying its surfaces")
    layers = tuple(layer_for(id, f"Sphere of {r:g} mm") for id, (r, _, _) in SPHERES.items())
    surfaces = pack_parts([(id, *_sphere(r, at)) for id, (r, at, _) in SPHERES.items()])
    progress(1.0, "done")
    return Case(
        id="phantom-demo",
        title="Phantom",
        layers=layers,
        timepoints=(Timepoint("t0", "Scan", 0, surfaces, (volume,)),),
        provenance=("A phantom made of formulas: spheres of known size in water.",),
    )


def _scan() -> Volume:
    case_from_voxel = np.diag([_SPACING_MM] * 3 + [1.0])
    case_from_voxel[:3, 3] = [-(n - 1) / 2 * _SPACING_MM for n in SHAPE]
    x, y, z = np.meshgrid(
        *[(np.arange(n) - (n - 1) / 2) * _SPACING_MM for n in SHAPE], indexing="ij", sparse=True
    )
    values = np.where(x * x + y * y <= _RADIUS_MM**2, WATER, AIR) + 0.0 * z
    for radius, (cx, cy, cz), value in SPHERES.values():
        values[(x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2 <= radius**2] = value
    values += np.random.default_rng(0).normal(0, NOISE, SHAPE)
    voxels = np.asfortranarray(np.clip(np.rint(values), 0, None), np.int16)
    return Volume("mr", "Phantom", "MR", frozen(voxels), frozen(case_from_voxel))


def _sphere(
    radius_mm: float, at_mm: tuple[float, float, float]
) -> tuple[Vertices, Vertices, NDArray[np.uint32]]:
    """A polyhedron inside a sphere is too small: it is grown to the sphere's volume."""
    ball = trimesh.creation.icosphere(4)
    grown = radius_mm * (4 / 3 * np.pi / ball.volume) ** (1 / 3)
    normals = np.asarray(ball.vertices, np.float32)
    return (
        (normals * grown + at_mm).astype(np.float32),
        normals,
        np.asarray(ball.faces, np.uint32),
    )
