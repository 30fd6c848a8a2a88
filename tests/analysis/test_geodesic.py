"""Ways over surfaces whose geodesics are known."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from scipy.special import ellipe

from xrviewer.analysis.geodesic import SurfaceWays
from xrviewer.case.mesh import Mesh
from xrviewer.errors import MeasureError


def on_ball(rng: np.random.Generator, radius: float) -> np.ndarray:
    direction = rng.normal(size=3)
    return radius * direction / np.linalg.norm(direction)


@pytest.mark.parametrize("detail", [3, 5])
def test_great_circles(detail: int) -> None:
    ball = trimesh.creation.icosphere(detail, 25.0)
    ways = SurfaceWays(Mesh.of(ball.vertices, ball.faces))
    rng = np.random.default_rng(2)
    for _ in range(25):
        a, b = on_ball(rng, 25), on_ball(rng, 25)
        truth = 25 * np.arccos(np.clip(a @ b / 625, -1, 1))
        assert ways.between(a, b).length_mm == pytest.approx(truth, rel=0.01)


def test_on_a_torus_along_its_inner_circle_and_over_its_tube() -> None:
    ring = trimesh.creation.torus(20, 6, major_sections=160, minor_sections=64)
    ways = SurfaceWays(Mesh.of(ring.vertices, ring.faces))
    inner = ways.between([14, 0, 0], [14 * np.cos(1.0), 14 * np.sin(1.0), 0])
    assert inner.length_mm == pytest.approx(14.0, rel=0.01)
    over = ways.between([14, 0, 0], [26, 0, 0])
    assert over.length_mm == pytest.approx(6 * np.pi, rel=0.01)


def test_round_the_corner_of_a_box() -> None:
    box = trimesh.creation.box((20, 20, 20))
    ways = SurfaceWays(Mesh.of(box.vertices, box.faces))
    way = ways.between([10, 1, -4], [3, 10, 5])
    assert way.length_mm == pytest.approx(np.hypot(9 + 7, 9), rel=1e-6)
    assert np.allclose(np.abs(way.points_mm).max(axis=1), 10)


def test_within_one_triangle_and_from_a_corner() -> None:
    box = trimesh.creation.box((20, 20, 20))
    ways = SurfaceWays(Mesh.of(box.vertices, box.faces))
    assert ways.between([10, -9, -4], [10, -9, -5]).length_mm == pytest.approx(1)
    assert ways.between([10, 10, 10], [10, 2, 4]).length_mm == pytest.approx(10)


def test_an_end_on_an_edge_stays_there() -> None:
    box = trimesh.creation.box((20, 20, 20))
    ways = SurfaceWays(Mesh.of(box.vertices, box.faces))
    way = ways.between([10, 10, -3], [10, -10, 2])
    assert way.length_mm == pytest.approx(np.hypot(20, 5), abs=0.01)
    np.testing.assert_allclose(way.points_mm[[0, -1]], [(10, 10, -3), (10, -10, 2)], atol=0.01)


def test_files_that_repeat_every_corner() -> None:
    ball = trimesh.creation.icosphere(4, 25.0)
    loose = ball.vertices[ball.faces].reshape(-1, 3)
    ways = SurfaceWays(Mesh.of(loose, np.arange(len(loose)).reshape(-1, 3)))
    assert ways.between([25, 0, 0], [0, 25, 0]).length_mm == pytest.approx(12.5 * np.pi, rel=0.01)


def test_round_the_rim_of_a_thin_sheet_that_a_coarse_surface_follows() -> None:
    sheet = trimesh.creation.icosphere(6, 1.0)
    sheet.apply_scale((20, 20, 0.2))
    ways = SurfaceWays(Mesh.of(sheet.vertices, sheet.faces))
    assert ways._coarse is not None
    half = 20 * ellipe(1 - 0.01**2)  # of the ellipse from pole to rim
    for turn in np.linspace(0.1, 3.0, 4):
        start = [8 * np.cos(turn), 8 * np.sin(turn), 1]
        assert ways.between([0, 0, 1], start).length_mm == pytest.approx(8, rel=0.01)
        start[2] = -1
        assert ways.between([0, 0, 1], start).length_mm == pytest.approx(2 * half - 8, rel=0.01)


def test_along_a_tube_too_thin_for_a_coarse_surface() -> None:
    turns, heights = np.meshgrid(np.arange(24) * np.pi / 12, np.arange(500) * 0.1)
    points = np.stack([0.3 * np.cos(turns), 0.3 * np.sin(turns), heights], axis=-1).reshape(-1, 3)
    here = np.arange(499 * 24)
    beside = here // 24 * 24 + (here + 1) % 24
    lower = np.stack([here, beside, here + 24], axis=1)
    upper = np.stack([beside, beside + 24, here + 24], axis=1)
    ways = SurfaceWays(Mesh.of(points, np.concatenate([lower, upper])))
    rng = np.random.default_rng(5)
    for height, turn in zip(rng.uniform(5, 45, 8), rng.uniform(0, np.pi, 8), strict=True):
        end = [0.3 * np.cos(turn), 0.3 * np.sin(turn), height]
        truth = np.hypot(height - 2, 0.3 * turn)
        assert ways.between([0.3, 0, 2], end).length_mm == pytest.approx(truth, rel=0.01)


@pytest.mark.parametrize("detail", [3, 5])
def test_no_way_between_pieces(detail: int) -> None:
    balls = [trimesh.creation.icosphere(detail, 10.0) for _ in range(2)]
    balls[1].apply_translation([30, 0, 0])
    both = trimesh.util.concatenate(balls)
    ways = SurfaceWays(Mesh.of(both.vertices, both.faces))
    with pytest.raises(MeasureError, match="separate pieces"):
        ways.between([0, 0, 10], [30, 0, 10])
