"""Shapes with known answers, and cases made of them. Case frame, millimetres."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xrviewer.case.model import Case, Color, Layer, MapInfo, Timepoint
from xrviewer.case.surfaces import ScalarMap, Surfaces, pack_parts

Mesh = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint32]]
"""Points, normals, triangles."""
Vec3 = tuple[float, float, float]


def sphere(center_mm: Vec3 = (0, 0, 0), radius_mm: float = 30, rings: int = 48) -> Mesh:
    """Vertices lie on the sphere; triangles turn outwards."""
    polar = np.linspace(0, np.pi, rings + 1)
    around = np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False)
    p, a = (v.ravel() for v in np.meshgrid(polar, around, indexing="ij"))
    normals = np.stack([np.sin(p) * np.cos(a), np.sin(p) * np.sin(a), np.cos(p)], axis=1)
    points = np.asarray(center_mm) + radius_mm * normals
    i, j = (v.ravel() for v in np.meshgrid(range(rings), range(2 * rings), indexing="ij"))
    right = (j + 1) % (2 * rings)
    here, beside = i * 2 * rings + j, i * 2 * rings + right
    below, across = here + 2 * rings, beside + 2 * rings
    triangles = np.concatenate(
        [np.stack([here, below, across], axis=1), np.stack([here, across, beside], axis=1)]
    )
    return points.astype(np.float32), normals.astype(np.float32), triangles.astype(np.uint32)


def square(center_mm: Vec3 = (0, 0, 0), half_mm: float = 30) -> Mesh:
    """Upright and flat, facing the viewer: towards -y of the case, +z of the room."""
    corners = np.array([(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)], np.float64)
    points = np.asarray(center_mm) + half_mm * corners
    normals = np.tile(np.array([0, -1, 0], np.float32), (4, 1))
    return points.astype(np.float32), normals, np.array([[0, 1, 2], [0, 2, 3]], np.uint32)


def box(center_mm: Vec3 = (0, 0, 0), half_mm: Vec3 = (30, 20, 10)) -> Mesh:
    """Six faces with corners of their own, turned outwards."""
    points, normals, triangles = [], [], []
    for axis in range(3):
        for side in (-1, 1):
            out = np.zeros(3)
            out[axis] = side
            u, v = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3] * side
            first = len(points)
            points += [out + a * u + b * v for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            normals += [out] * 4
            triangles += [(first, first + 1, first + 2), (first, first + 2, first + 3)]
    placed = np.asarray(center_mm) + np.array(points) * half_mm
    return (
        placed.astype(np.float32),
        np.array(normals, np.float32),
        np.array(triangles, np.uint32),
    )


def nothing() -> Mesh:
    """A structure that this date does not have."""
    return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32), np.zeros((0, 3), np.uint32)


def surfaces_of(meshes: Mapping[str, Mesh]) -> Surfaces:
    return pack_parts([(name, *mesh) for name, mesh in meshes.items()])


@dataclass(frozen=True, slots=True)
class Look:
    """What a layer looks like."""

    color: str = "#c08060"
    opacity: float = 1.0
    role: str = "other"


def case_of(
    meshes: Mapping[str, Mesh], looks: Mapping[str, Look] | None = None, dates: int = 1
) -> Case:
    """A layer a mesh; every further date has the same surfaces in an object of its own."""
    found = looks or {}
    layers = []
    for name in meshes:
        look = found.get(name, Look())
        color = Color.from_hex(look.color)
        layers.append(Layer(name, name.title(), color, opacity=look.opacity, role=look.role))
    timepoints = (
        Timepoint(f"t{i}", f"Date {i}", 100 * i, surfaces_of(meshes)) for i in range(dates)
    )
    return Case("shapes", "Shapes", tuple(layers), tuple(timepoints))


def mapped(case: Case, info: MapInfo, values: Callable[[NDArray[np.float32]], ArrayLike]) -> Case:
    """The case with a map that is a function of the points, at every date."""
    timepoints = []
    for timepoint in case.timepoints:
        surfaces = timepoint.surfaces
        found = np.asarray(values(surfaces.positions_mm), np.float32)
        maps = MappingProxyType({info.id: ScalarMap(info.id, found)})
        timepoints.append(replace(timepoint, surfaces=replace(surfaces, maps=maps)))
    return replace(case, timepoints=tuple(timepoints), maps=(info,))
