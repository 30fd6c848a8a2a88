"""The edges of structures on a plane: on a ball they are a circle, on a box a rectangle."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.shapes import box, nothing, sphere, surfaces_of
from xrviewer.analysis.outline import nearest_edge, outline_of
from xrviewer.spatial.planes import Plane, anatomical, oblique

BALL_MM, RADIUS_MM = np.array((5.0, -8.0, 12.0)), 30.0


@pytest.mark.parametrize("normal", [(0.0, 0.0, 1.0), (1.0, 2.0, -0.5), (0.0, -1.0, 0.001)])
@pytest.mark.parametrize("over_mm", [0.0, 0.37, 21.0])
def test_a_ball_is_cut_in_a_circle(normal: tuple[float, float, float], over_mm: float) -> None:
    surfaces = surfaces_of({"ball": sphere((5, -8, 12), RADIUS_MM, 96)})
    x, y, z = BALL_MM.tolist()
    plane = oblique((x, y, z), normal).shifted(over_mm)
    segments = outline_of(surfaces, 0, plane)
    ends = segments.reshape(-1, 3)
    np.testing.assert_allclose((ends - plane.point_mm) @ plane.normal, 0, atol=1e-4)
    radius = math.sqrt(RADIUS_MM**2 - over_mm**2)
    np.testing.assert_allclose(np.linalg.norm(ends - plane.point_mm, axis=1), radius, atol=0.03)
    length = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1).sum()
    assert length == pytest.approx(2 * math.pi * radius, rel=2e-3)


def test_the_nearest_edge_of_the_wanted_parts() -> None:
    meshes = {"one": box((0, 0, 0), (10, 10, 10)), "two": box((14, 0, 0), (3, 3, 3))}
    surfaces = surfaces_of({**meshes, "none": nothing()})
    plane = anatomical("axial", (0.0, 0.0, 1.0))
    both, first = {0, 1, 2}.__contains__, {0, 2}.__contains__
    at = (10.7, 1.0, 1.0)
    assert nearest_edge(surfaces, both, plane, at, 2.0) == pytest.approx((11.0, 1.0, 1.0))
    assert nearest_edge(surfaces, first, plane, at, 2.0) == pytest.approx((10.0, 1.0, 1.0))
    assert nearest_edge(surfaces, first, plane, at, 0.6) is None
    assert nearest_edge(surfaces, set().__contains__, plane, at, 2.0) is None


def test_a_plane_that_passes_by_has_no_edge() -> None:
    surfaces = surfaces_of({"one": box((0, 0, 0), (10, 10, 10)), "none": nothing()})
    plane: Plane = anatomical("axial", (0.0, 0.0, 10.5))
    assert len(outline_of(surfaces, 0, plane)) == len(outline_of(surfaces, 1, plane)) == 0
    assert nearest_edge(surfaces, {0, 1}.__contains__, plane, (10.0, 0.0, 10.5), 2.0) is None
