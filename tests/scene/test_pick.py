"""The first visible surface along a ray, against every triangle tried in float64."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.shapes import Mesh, nothing, sphere, square, surfaces_of
from xrviewer.case.surfaces import Surfaces
from xrviewer.scene.pick import Picker
from xrviewer.spatial.rays import Hit, Ray

RAYS = 3000
TOUCH_MM = 2e-3
"""Embree works in float32: 24 bits of a few hundred millimetres."""
EDGE = 1e-4
"""This near to a triangle's edge, in barycentric shares, either neighbour may answer."""


def ray(origin: NDArray[np.float64], direction: NDArray[np.float64]) -> Ray:
    unit = direction / np.linalg.norm(direction)
    return Ray(tuple(map(float, origin)), tuple(map(float, unit)))


def rays(count: int = RAYS) -> list[Ray]:
    """From all around and from within, towards anywhere near the middle."""
    random = np.random.default_rng(7)
    origins = random.uniform(-300, 300, (count, 3))
    targets = random.normal(0, 50, (count, 3))
    return [ray(o, t - o) for o, t in zip(origins, targets, strict=True)]


def corners_of(surfaces: Surfaces) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
    """(M, 3, 3) of all triangles, and the part of each."""
    soups, parts = [np.zeros((0, 3, 3))], [np.zeros(0, int)]
    for i in range(len(surfaces.parts)):
        points, triangles = surfaces.part(i)
        soups.append(points[triangles].astype(np.float64))
        parts.append(np.full(len(triangles), i))
    return np.concatenate(soups), np.concatenate(parts)


def crossings(
    corners: NDArray[np.float64], one: Ray
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of Möller and Trumbore: distance along the ray (inf for none), and how far inside."""
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    direction, origin = np.array(one.direction), np.array(one.origin)
    p = np.cross(direction, ac)
    area = np.einsum("ij,ij->i", ab, p)
    area = np.where(area == 0, np.nan, area)  # edge-on, or no triangle at all: never hit
    s, q = origin - a, np.cross(origin - a, ab)
    u = np.einsum("ij,ij->i", s, p) / area
    v, t = q @ direction / area, np.einsum("ij,ij->i", ac, q) / area
    inside = np.min([u, v, 1 - u - v], axis=0)
    is_hit = (inside >= -EDGE) & (t > 0)
    return np.where(is_hit, t, np.inf), inside


def brute_force(
    corners: NDArray[np.float64], parts: NDArray[np.int_], visible: NDArray[np.bool_], one: Ray
) -> tuple[int | None, float, bool]:
    """Part and distance of the first visible one; whether an edge makes that doubtful."""
    distances, inside = crossings(corners, one)
    distances = np.where(visible[parts], distances, np.inf)
    first = float(distances.min(initial=np.inf))
    near = np.isfinite(distances) & (distances <= first + TOUCH_MM)
    is_doubtful = bool(np.any(np.abs(inside[np.isfinite(distances)]) < EDGE))
    if not np.isfinite(first):
        return None, first, is_doubtful
    return int(parts[near][0]), first, is_doubtful or len(set(parts[near])) > 1


def soup(seed: int = 3, count: int = 120) -> Mesh:
    """Triangles anywhere, with a few that have no area."""
    random = np.random.default_rng(seed)
    points = random.normal(0, 60, (3 * count, 3)).astype(np.float32)
    points[0:3] = points[0]
    points[5] = (points[3] + points[4]) / 2
    triangles = np.arange(3 * count, dtype=np.uint32).reshape(-1, 3)
    return points, np.zeros_like(points), triangles


SCENES = {
    "balls": surfaces_of({"a": sphere((-40, 0, 0), 35, 16), "b": sphere((30, 5, 8), 45, 20)}),
    "nested": surfaces_of({"out": sphere(radius_mm=90, rings=12), "in": sphere(radius_mm=50)}),
    "soup": surfaces_of({"gap": nothing(), "a": soup(3), "gap2": nothing(), "b": soup(4)}),
}


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("hidden", [(), (0, 1)], ids=["all shown", "the first hidden"])
def test_every_ray_meets_what_all_triangles_say(name: str, hidden: tuple[int, ...]) -> None:
    surfaces = SCENES[name]
    picker, (corners, parts) = Picker(surfaces), corners_of(surfaces)
    visible = np.ones(len(surfaces.parts), bool)
    visible[[i for i in hidden if i < len(visible) - 1]] = False
    compared = 0
    for one in rays(RAYS // 4):
        part, distance_mm, is_doubtful = brute_force(corners, parts, visible, one)
        if is_doubtful:
            continue
        hit = picker.pick(one, visible)
        compared += 1
        assert (hit.part if hit else None) == part
        if hit:
            assert hit.distance_mm == pytest.approx(distance_mm, abs=TOUCH_MM)
    assert compared > 0.9 * RAYS / 4


def test_the_point_and_the_normal_of_a_sphere() -> None:
    """Closed form: the faceted ball lies inside its sphere, at most by a facet's sagitta."""
    radius, rings = 80.0, 96
    sagitta_mm = radius * (1 - np.cos(np.pi / rings))
    picker = Picker(surfaces_of({"ball": sphere(radius_mm=radius, rings=rings)}))
    for one in rays(RAYS):
        origin, direction = np.array(one.origin), np.array(one.direction)
        b = origin @ direction
        inside_root = b * b - (origin @ origin - radius**2)
        from_outside = np.linalg.norm(origin) > radius + 1
        if not from_outside or inside_root < 20 * radius * sagitta_mm:
            continue
        hit = picker.pick(one, np.ones(1, bool))
        ahead = -b - np.sqrt(inside_root) > 0
        assert (hit is not None) == ahead
        if hit is not None:
            point = np.array(hit.point_mm)
            assert radius - 2 * sagitta_mm - TOUCH_MM <= np.linalg.norm(point) <= radius + TOUCH_MM
            np.testing.assert_allclose(point, origin + hit.distance_mm * direction, atol=1e-6)
            assert np.dot(hit.normal, point) / radius > 0.99


def first(picker: Picker, visible: list[bool], from_mm: float = -500.0) -> Hit | None:
    return picker.pick(Ray((1.0, from_mm, 2.0), (0.0, 1.0, 0.0)), np.array(visible))


def test_hidden_parts_are_passed() -> None:
    sheets = {f"sheet{i}": square((0, 10.0 * i, 0)) for i in range(5)}
    picker = Picker(surfaces_of(sheets))
    for i in range(5):
        hit = first(picker, [j >= i for j in range(5)])
        assert hit is not None and hit.part == i
        np.testing.assert_allclose(hit.point_mm, (1, 10 * i, 2), atol=TOUCH_MM)
        assert hit.distance_mm == pytest.approx(500 + 10 * i, abs=TOUCH_MM)
    assert first(picker, [False] * 5) is None


def test_a_hidden_part_is_passed_from_far_away_too() -> None:
    """A hand a metre before a model of a hundredth is a hundred metres away in the case."""
    picker = Picker(surfaces_of({"front": square((0, 0, 0)), "back": square((0, 1, 0))}))
    hit = first(picker, [False, True], from_mm=-100_000.0)
    assert hit is not None and hit.part == 1
    assert hit.distance_mm == pytest.approx(100_001, abs=0.05)


def test_what_lies_behind_is_not_hit() -> None:
    picker = Picker(surfaces_of({"sheet": square()}))
    assert first(picker, [True], from_mm=10.0) is None


def test_there_may_be_nothing_to_hit() -> None:
    for surfaces in (surfaces_of({}), surfaces_of({"a": nothing(), "b": nothing()})):
        assert first(Picker(surfaces), [True] * len(surfaces.parts)) is None


def test_parts_keep_their_numbers_among_empty_ones() -> None:
    meshes = {"a": nothing(), "b": square((0, 5, 0)), "c": nothing(), "d": square((0, 0, 0))}
    picker = Picker(surfaces_of(meshes))
    hits = [first(picker, [True] * 4), first(picker, [True, True, True, False])]
    assert [hit.part for hit in hits if hit] == [3, 1]


def test_triangles_without_area_are_no_obstacle() -> None:
    line = np.array([(-9, 0, 2), (1, 0, 2), (9, 0, 2)], np.float32)
    flat = (line, np.zeros_like(line), np.array([[0, 1, 2], [1, 1, 1]], np.uint32))
    picker = Picker(surfaces_of({"line": flat, "sheet": square((0, 7, 0))}))
    hit = first(picker, [True, True])
    assert hit is not None and hit.part == 1
    assert np.isfinite(hit.normal).all()
