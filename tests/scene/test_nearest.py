"""The nearest visible surface against every triangle asked, at home, moved and hidden."""

from __future__ import annotations

import math

import numpy as np
import pytest
import trimesh
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.scene.test_pick_moved import NAMES, SURFACES, arranged, places
from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.document.arrangement import Arrangement
from xrviewer.scene.nearest import PIECE, NearestSurface
from xrviewer.scene.triangle import nearest_on_triangle
from xrviewer.spatial.transforms import PartPlace, axis_rotation

NEAREST = NearestSurface(SURFACES)
ALL = np.ones(len(NAMES), np.bool_)
points = st.tuples(*[st.floats(-150, 150)] * 3)
bounded = settings(max_examples=60, deadline=None, derandomize=True)


def surfaces_of(*meshes: trimesh.Trimesh) -> Surfaces:
    return pack_parts(
        [
            (f"p{i}", *(m.astype(np.float32) for m in (mesh.vertices, mesh.vertex_normals)), faces)
            for i, mesh in enumerate(meshes)
            for faces in (mesh.faces.astype(np.uint32),)
        ]
    )


def slow(surfaces: Surfaces, part: int, point: np.ndarray, at: Arrangement | None) -> float:
    """The second method: every triangle of the part where it lies, by its own regions."""
    corners, triangles = surfaces.part(part)
    there = corners.astype(np.float64)
    if at is not None:
        there = there @ at.turns[part].T + at.shifts_mm[part]
    a, b, c = (there[triangles[:, i]] for i in range(3))
    normal = np.cross(b - a, c - a)
    sides = [_to_segment(point, p, q) for p, q in ((a, b), (b, c), (c, a))]
    over = np.einsum("ij,ij->i", point - a, normal) / np.linalg.norm(normal, axis=1)
    is_inside = np.all(
        [
            np.einsum("ij,ij->i", np.cross(q - p, point - p), normal) >= 0
            for p, q in ((a, b), (b, c), (c, a))
        ],
        axis=0,
    )
    return float(np.minimum(np.where(is_inside, np.abs(over), math.inf), np.min(sides, 0)).min())


def _to_segment(point: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    along = q - p
    share = np.einsum("ij,ij->i", point - p, along) / np.einsum("ij,ij->i", along, along)
    return np.linalg.norm(p + np.clip(share, 0, 1)[:, None] * along - point, axis=1)


@bounded
@given(
    points,
    st.dictionaries(st.integers(0, len(NAMES) - 1), places, max_size=6),
    st.sampled_from([0.0, 0.5, 2.0]),
    st.sets(st.integers(0, len(NAMES) - 1), max_size=len(NAMES)),
)
@example((0.0, 0.0, 0.0), {}, 0.0, {8}).via("a point as near to several of them")
@example(
    (0.0, -95.0, 0.0), {4: PartPlace((0.0, 0.0, 0.0), axis_rotation((1, 2, 3), 2.0))}, 0.0, set()
).via("a group that reaches nearer than its leaves")
def test_nothing_visible_is_nearer(
    point: tuple[float, float, float],
    moved: dict[int, PartPlace],
    explode: float,
    hidden: set[int],
) -> None:
    at, visible = arranged(moved, explode), ALL.copy()
    visible[list(hidden)] = False
    found = NEAREST.nearest(point, visible, at)
    if not visible.any():
        assert found is None
        return
    assert found is not None and visible[found.part]
    each = [slow(SURFACES, i, np.array(point), at) for i in np.flatnonzero(visible)]
    assert found.distance_mm == pytest.approx(min(each), abs=1e-4)
    assert math.dist(found.point_mm, point) == pytest.approx(found.distance_mm, abs=1e-6)
    on_it = slow(SURFACES, found.part, np.array(found.point_mm), at)
    assert on_it == pytest.approx(0, abs=1e-4)
    nearer = NEAREST.nearest(point, visible, at, within_mm=found.distance_mm * 0.99 - 1e-3)
    assert nearer is None
    again = NEAREST.nearest(point, visible, at, within_mm=found.distance_mm + 1e-6)
    assert again == found


def test_long_thin_and_empty_triangles() -> None:
    random = np.random.default_rng(3)
    soup = trimesh.Trimesh(
        random.normal(size=(3 * 500, 3)) * (80, 10, 0.5),
        np.arange(1500).reshape(-1, 3),
        process=False,
    )
    soup.faces[7] = (3, 3, 3)
    corners = soup.vertices.astype(np.float32)
    soup.vertices = corners
    surfaces = surfaces_of(soup)
    nearest = NearestSurface(surfaces)
    solid = np.delete(np.arange(500), 7)
    sound = pack_parts([("p", corners, corners, soup.faces[solid].astype(np.uint32))])
    for point in random.normal(size=(100, 3)) * (100, 30, 20):
        found = nearest.nearest(tuple(point.tolist()), np.ones(1, np.bool_))
        assert found is not None
        assert found.distance_mm == pytest.approx(slow(sound, 0, point, None), abs=1e-4)


@pytest.mark.parametrize("away_mm", [0.0, 1e-3, 5.0, 1e3, 1e6])
def test_a_ball_from_near_and_far(away_mm: float) -> None:
    """More triangles than a piece holds; the answer is a closed form."""
    ball = trimesh.creation.icosphere(5, 40.0)
    assert len(ball.faces) > 2 * PIECE
    corner = ball.vertices[1234].astype(np.float32).astype(np.float64)
    unit = corner / np.linalg.norm(corner)
    found = NearestSurface(surfaces_of(ball)).nearest(
        tuple((corner + unit * away_mm).tolist()), np.ones(1, np.bool_)
    )
    assert found is not None
    assert found.distance_mm == pytest.approx(away_mm, abs=1e-4, rel=1e-9)
    assert np.dot(found.normal, unit) > 0.99
    np.testing.assert_allclose(found.point_mm, corner, atol=0.01)


def test_nothing_there_is_nothing() -> None:
    empty = pack_parts(
        [
            (
                "p",
                np.zeros((0, 3), np.float32),
                np.zeros((0, 3), np.float32),
                np.zeros((0, 3), np.uint32),
            )
        ]
    )
    for surfaces in (pack_parts([]), empty):
        visible = np.ones(len(surfaces.parts), np.bool_)
        assert NearestSurface(surfaces).nearest((0.0, 0.0, 0.0), visible) is None


@pytest.mark.parametrize(
    ("point", "foot"),
    [
        ((1, 1, 5), (1, 1, 0)),
        ((-1, -2, 3), (0, 0, 0)),
        ((2, -1, 0), (2, 0, 0)),
        ((-3, 1, 1), (0, 1, 0)),
        ((9, -1, 2), (4, 0, 0)),
        ((3, 3, -1), (2, 2, 0)),
        ((0, 9, 0), (0, 4, 0)),
    ],
)
def test_every_region_of_a_triangle(
    point: tuple[float, float, float], foot: tuple[float, float, float]
) -> None:
    corners = ((0.0, 0.0, 0.0), (4.0, 0.0, 0.0), (0.0, 4.0, 0.0))
    for a, b, c in ((0, 1, 2), (1, 2, 0), (2, 1, 0)):
        asked = nearest_on_triangle(point, (corners[a], corners[b], corners[c]))
        assert asked == pytest.approx(foot)


def test_a_triangle_of_no_area_is_its_longest_side() -> None:
    line = ((0.0, 0.0, 0.0), (4.0, 0.0, 0.0), (2.0, 0.0, 0.0))
    assert nearest_on_triangle((3.0, 2.0, 0.0), line) == pytest.approx((3, 0, 0))
    dot = ((1.0, 1.0, 1.0),) * 3
    assert nearest_on_triangle((3.0, 2.0, 0.0), dot) == (1, 1, 1)
