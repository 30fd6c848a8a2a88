"""Rays against parts that were moved, spread and hidden: as if the tree had been built there."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from xrviewer.case.model import Case, Color, Layer, Timepoint
from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.document.arrangement import Arrangement, arrangement
from xrviewer.document.document import Document
from xrviewer.document.intents import Explode, PlacePart
from xrviewer.scene.pick import Picker
from xrviewer.spatial.rays import Ray
from xrviewer.spatial.transforms import PartPlace, axis_rotation

CENTERS = [(x * 30.0, y * 30.0, z * 30.0) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (0, 1)]


def balls(centers: list[tuple[float, float, float]]) -> Surfaces:
    meshes = []
    for i, center in enumerate(centers):
        ball = trimesh.creation.icosphere(2, 18.0)  # they overlap their neighbours' boxes
        points = (ball.vertices * (1, 1, 0.8) + center).astype(np.float32)
        normals = ball.vertex_normals.astype(np.float32)
        meshes.append((f"p{i}", points, normals, ball.faces.astype(np.uint32)))
    return pack_parts(meshes)


SURFACES = balls(CENTERS)
NAMES = SURFACES.part_ids
PICKER = Picker(SURFACES)
places = st.builds(
    PartPlace,
    st.tuples(*[st.floats(-60, 60)] * 3),
    st.floats(-3, 3).map(lambda angle: axis_rotation((1, 2, 3), angle)),
)


def arranged(moved: dict[int, PartPlace], explode: float) -> Arrangement:
    layers = tuple(Layer(name, name, Color(1, 1, 1)) for name in NAMES)
    document = Document(Case("c", "C", layers, (Timepoint("t0", "t0", 0, SURFACES),)))
    document.apply(Explode(explode))
    for part, place in moved.items():
        document.apply(PlacePart(NAMES[part], place))
    return arrangement(document.snapshot, SURFACES, np.arange(len(NAMES)))


def rebuilt(at: Arrangement) -> Picker:
    """The second method: the tree made anew of the parts where they lie."""
    meshes = []
    for i, name in enumerate(NAMES):
        points, triangles = SURFACES.part(i)
        there = points @ at.turns[i].T + at.shifts_mm[i]
        meshes.append((name, there.astype(np.float32), there.astype(np.float32), triangles))
    return Picker(pack_parts(meshes))


def ray_to(origin: np.ndarray, target: np.ndarray) -> Ray:
    direction = (target - origin) / np.linalg.norm(target - origin)
    return Ray(tuple(origin.tolist()), tuple(direction.tolist()))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.dictionaries(st.integers(0, len(NAMES) - 1), places, max_size=6),
    st.sampled_from([0.0, 0.5, 2.0]),
    st.sets(st.integers(0, len(NAMES) - 1), max_size=8),
    st.integers(0, 2**31),
)
def test_as_if_built_there(
    moved: dict[int, PartPlace], explode: float, hidden: set[int], seed: int
) -> None:
    at = arranged(moved, explode)
    anew, random = rebuilt(at), np.random.default_rng(seed)
    is_visible = np.array([i not in hidden for i in range(len(NAMES))])
    for _ in range(20):
        origin = random.normal(size=3) * 200
        ray = ray_to(origin, random.uniform(-60, 60, 3))
        found, wanted = PICKER.pick(ray, is_visible, at), anew.pick(ray, is_visible)
        assert (found is None) == (wanted is None)
        if found is not None and wanted is not None:
            assert found.distance_mm == pytest.approx(wanted.distance_mm, abs=1e-2)
            np.testing.assert_allclose(found.point_mm, wanted.point_mm, atol=1e-2)
            if found.part == wanted.part:
                np.testing.assert_allclose(found.normal, wanted.normal, atol=1e-3)


def test_what_is_hidden_is_passed_and_nothing_is_nothing() -> None:
    down = Ray((0.0, 0.0, 500.0), (0.0, 0.0, -1.0))
    everything = np.ones(len(NAMES), bool)
    first = PICKER.pick(down, everything)
    assert first is not None and CENTERS[first.part] == (0.0, 0.0, 30.0)
    assert first.distance_mm == pytest.approx(500 - 30 - 18 * 0.8, abs=0.1)
    everything[first.part] = False
    second = PICKER.pick(down, everything)
    assert second is not None and CENTERS[second.part] == (0.0, 0.0, 0.0)
    assert PICKER.pick(down, np.zeros(len(NAMES), bool)) is None
    assert Picker(pack_parts([])).pick(down, np.zeros(0, bool)) is None
