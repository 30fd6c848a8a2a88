"""Closed or open, however a file writes its corners."""

from __future__ import annotations

import numpy as np

from tests.shapes import Mesh, case_of, sphere, square
from xrviewer.analysis.closed import closed_parts


def torn(mesh: Mesh) -> Mesh:
    """Every triangle with corners of its own, as files with flat shading have them."""
    points, normals, triangles = mesh
    flat = triangles.ravel()
    return points[flat], normals[flat], np.arange(len(flat), dtype=np.uint32).reshape(-1, 3)


def half(mesh: Mesh) -> Mesh:
    points, normals, triangles = mesh
    is_up = (points[triangles][:, :, 2] >= -1e-4).all(axis=1)
    return points, normals, np.ascontiguousarray(triangles[is_up])


def without(mesh: Mesh, at: int) -> Mesh:
    """One triangle; they begin at a pole."""
    points, normals, triangles = mesh
    return points, normals, np.ascontiguousarray(np.delete(triangles, at, axis=0))


def turned(mesh: Mesh) -> Mesh:
    points, normals, triangles = mesh
    return points, -normals, np.ascontiguousarray(triangles[:, ::-1])


def one_flipped(mesh: Mesh) -> Mesh:
    points, normals, triangles = mesh
    triangles = triangles.copy()
    triangles[len(triangles) // 4] = triangles[len(triangles) // 4][::-1]
    return points, normals, triangles


def joined(a: Mesh, b: Mesh) -> Mesh:
    triangles = np.concatenate([a[2], b[2] + np.uint32(len(a[0]))])
    return np.concatenate([a[0], b[0]]), np.concatenate([a[1], b[1]]), triangles


def tube(rings: int = 24) -> Mesh:
    """Open at both ends, which look like each other."""
    points, normals, triangles = sphere(rings=rings)
    is_wall = (np.abs(points[triangles][:, :, 2]) < 20).all(axis=1)
    return points, normals, np.ascontiguousarray(triangles[is_wall])


def test_what_is_closed_and_what_is_not() -> None:
    fine, ball = sphere(rings=200), sphere((1234.5, -77.7, 0.05))
    shapes: dict[str, tuple[Mesh, bool]] = {
        "ball": (ball, True),
        "torn ball": (torn(ball), True),
        "shell": (joined(ball, turned(sphere((1234.5, -77.7, 0.05), 20))), True),
        "inside out": (turned(ball), True),
        "half": (half(sphere()), False),
        "torn half": (torn(half(sphere())), False),
        "tube": (tube(), False),
        "sheet": (square(), False),
        "one triangle gone": (without(sphere(rings=12), 144), False),
        "a crack": (without(fine, 100), True),
        "one triangle the wrong way": (one_flipped(sphere(rings=12)), False),
    }
    case = case_of({name: mesh for name, (mesh, _) in shapes.items()})
    found = closed_parts(case.timepoints[0].surfaces)
    assert dict(zip(shapes, found.tolist(), strict=True)) == {
        name: is_closed for name, (_, is_closed) in shapes.items()
    }


def test_two_parts_that_touch_do_not_close_each_other() -> None:
    points, normals, triangles = half(sphere())
    below = points * (1, 1, -1), normals * (1, 1, -1), triangles[:, ::-1]
    case = case_of({"up": (points, normals, triangles), "down": below})  # type: ignore[dict-item]
    assert closed_parts(case.timepoints[0].surfaces).tolist() == [False, False]


def test_no_part_and_no_triangle() -> None:
    nothing = np.zeros((0, 3), np.float32)
    empty = nothing, nothing, np.zeros((0, 3), np.uint32)
    case = case_of({"none": empty})
    assert closed_parts(case.timepoints[0].surfaces).tolist() == [False]
