"""What is written is valid, comes back unchanged, and opens elsewhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pygltflib
import pytest
import trimesh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from xrviewer.case.model import Color, Group, Layer
from xrviewer.case.surfaces import Surfaces, frozen, pack_parts
from xrviewer.caseio.gltf import read_gltf, write_glb
from xrviewer.errors import GltfError

Report = Callable[[Path], dict[str, Any]]

GROUPS = (
    Group("leg", "Left leg"),
    Group("bones", "Bones", parent="leg"),
    Group("unused", "Unused"),
)
LAYERS = (
    Layer("femur", "Femur", Color.from_hex("#e8dcc0"), group="bones"),
    Layer("cartilage", "Femoral cartilage", Color(0.2, 0.6, 0.9), group="leg", opacity=0.4),
    Layer("empty", "Nothing here", Color(0, 0, 0)),
    Layer("skin", "皮膚 ⚕", Color(1, 1, 1)),
    Layer("elsewhere", "Of another date", Color(1, 0, 0)),
)


def sphere(level: int, radius_mm: float, shift_mm: float) -> tuple[Any, Any, Any]:
    made = trimesh.creation.icosphere(level, radius_mm)
    normals = made.vertices / np.linalg.norm(made.vertices, axis=1, keepdims=True)
    points = (made.vertices + shift_mm).astype(np.float32)
    return points, normals.astype(np.float32), made.faces.astype(np.uint32)


def sample(has_colors: bool = True) -> Surfaces:
    none = np.zeros((0, 3))
    meshes = [
        ("femur", *sphere(3, 40, 10)),
        ("cartilage", *sphere(2, 41, 10)),
        ("empty", none.astype("f4"), none.astype("f4"), none.astype("u4")),
        ("skin", *sphere(1, 80, -3)),
    ]
    count = sum(len(m[1]) for m in meshes)
    rng = np.random.default_rng(3)
    thickness = rng.uniform(0, 4, count).astype(np.float32)
    thickness[: len(meshes[0][1])] = np.nan
    thickness[-10:] = np.nan
    change = rng.normal(size=count).astype(np.float32)
    colors = rng.integers(0, 256, (count, 4), dtype=np.uint8) if has_colors else None
    return pack_parts(meshes, {"thickness_mm": thickness, "change_mm": change}, colors)


def assert_same(found: Surfaces, wanted: Surfaces) -> None:
    assert found.part_ids == wanted.part_ids
    for name in ("parts", "positions_mm", "normals", "triangles"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name), name)
    assert sorted(found.maps) == sorted(wanted.maps)
    for name, scalar_map in wanted.maps.items():
        np.testing.assert_array_equal(found.maps[name].values, scalar_map.values, name)
    assert (found.colors is None) == (wanted.colors is None)
    if wanted.colors is not None and found.colors is not None:
        np.testing.assert_array_equal(found.colors, wanted.colors)


@pytest.mark.parametrize("has_colors", [True, False])
def test_the_validator_has_nothing_to_say(
    tmp_path: Path, khronos_report: Report, has_colors: bool
) -> None:
    path = tmp_path / "a.glb"
    write_glb(path, sample(has_colors), LAYERS, GROUPS)
    issues = khronos_report(path)
    assert (issues["numErrors"], issues["numWarnings"], issues["messages"]) == (0, 0, [])


def test_everything_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    wanted = sample()
    write_glb(path, wanted, LAYERS, GROUPS)
    parts = read_gltf(path)
    assert_same(parts.surfaces, wanted)
    assert parts.names == ("Femur", "Femoral cartilage", "Nothing here", "皮膚 ⚕")
    assert parts.groups == ("Bones", "Left leg", None, None)
    assert parts.opacities == (1.0, 0.4, 1.0, 1.0)
    assert [c and c.hex() for c in parts.colors] == ["#e8dcc0", "#3399e6", None, "#ffffff"]
    assert parts.faults == ()


def test_arrays_of_our_own_files_are_views_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    write_glb(path, sample(), LAYERS, GROUPS)
    surfaces = read_gltf(path).surfaces
    for array in (surfaces.positions_mm, surfaces.normals, surfaces.triangles):
        assert not array.flags.owndata


def test_the_same_case_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.glb", "b.glb"):
        write_glb(tmp_path / name, sample(), LAYERS, GROUPS)
    assert (tmp_path / "a.glb").read_bytes() == (tmp_path / "b.glb").read_bytes()
    again = read_gltf(tmp_path / "a.glb").surfaces
    write_glb(tmp_path / "c.glb", again, LAYERS, GROUPS)
    assert (tmp_path / "a.glb").read_bytes() == (tmp_path / "c.glb").read_bytes()


def test_other_viewers_see_it_at_life_size(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    write_glb(path, sample(has_colors=False), LAYERS, GROUPS)
    seen = trimesh.load(path)
    # The skin is the largest: a ball of 80 mm about (-3, -3, -3) mm; y up, anterior to +z.
    np.testing.assert_allclose(seen.bounds.mean(axis=0), (-0.003, -0.003, 0.003), atol=1e-4)
    assert len(seen.geometry) == 3
    document = pygltflib.GLTF2().load(str(path))
    accessor = document.accessors[document.meshes[0].primitives[0].attributes.POSITION]
    low, high = sample().parts["min_mm"][0], sample().parts["max_mm"][0]
    assert (accessor.min, accessor.max) == (low.tolist(), high.tolist())
    assert [m.alphaMode for m in document.materials] == ["OPAQUE", "BLEND", "OPAQUE"]


def test_an_undefined_value_is_finite_in_the_file_and_declared(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    write_glb(path, sample(), LAYERS)
    document = pygltflib.GLTF2().load(str(path))
    marks: list[Any] = [a.extras.get("undefined") for a in document.accessors]
    assert marks.count(float(np.finfo(np.float32).min)) == 1
    assert not hasattr(document.meshes[0].primitives[0].attributes, "_THICKNESS_MM")
    assert hasattr(document.meshes[1].primitives[0].attributes, "_THICKNESS_MM")


def test_normals_that_are_not_unit_are_made_so(tmp_path: Path, khronos_report: Report) -> None:
    points, normals, triangles = sphere(2, 30, 0)
    bent = normals * np.float32(3)
    bent[5], bent[6] = 0, np.nan
    path = tmp_path / "a.glb"
    write_glb(path, pack_parts([("femur", points, bent, triangles)]), LAYERS)
    assert khronos_report(path)["messages"] == []
    assert np.abs(read_gltf(path).surfaces.normals - normals).max() < 0.05


def test_a_case_without_parts_is_valid(tmp_path: Path, khronos_report: Report) -> None:
    path = tmp_path / "a.glb"
    write_glb(path, pack_parts([]), LAYERS, GROUPS)
    issues = khronos_report(path)
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0)
    assert read_gltf(path).surfaces.part_ids == ()


def test_groups_in_a_ring_do_not_swallow_their_layers(tmp_path: Path) -> None:
    ring = (Group("bones", "Bones", parent="leg"), Group("leg", "Leg", parent="bones"))
    write_glb(tmp_path / "a.glb", sample(), LAYERS, ring)
    parts = read_gltf(tmp_path / "a.glb")
    assert len(parts.names) == 4 and parts.groups == (None,) * 4


def test_what_cannot_be_written_is_refused_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    with pytest.raises(GltfError, match="'femur' has no layer"):
        write_glb(path, sample(), LAYERS[1:])
    points, normals, triangles = sphere(1, 1, 0)
    points[3, 1] = np.inf
    with pytest.raises(GltfError, match="not a finite point"):
        write_glb(path, pack_parts([("femur", points, normals, triangles)]), LAYERS)
    assert not path.exists()


finite = st.floats(-1e6, 1e6, width=32)


@st.composite
def surfaces(draw: st.DrawFn) -> Surfaces:
    """Any few parts, with any values in their maps."""
    meshes = []
    for name in draw(st.lists(st.sampled_from([x.id for x in LAYERS]), max_size=4, unique=True)):
        count = draw(st.integers(3, 8))
        points = np.array(draw(_rows(count, 3)), np.float32).reshape(-1, 3)
        corners = draw(st.lists(st.integers(0, count - 1), min_size=3, max_size=3))
        normals = np.tile(np.array([0, 0, 1], np.float32), (count, 1))
        meshes.append((name, points, normals, np.array([corners], np.uint32)))
    total = sum(len(m[1]) for m in meshes)
    values: NDArray[np.float32] = np.array(
        draw(st.lists(finite | st.just(np.nan), min_size=total, max_size=total)), np.float32
    )
    maps = {"depth_mm": frozen(values)} if np.isfinite(values).any() else {}
    return pack_parts(meshes, maps)


def _rows(count: int, width: int) -> st.SearchStrategy[list[float]]:
    return st.lists(finite, min_size=count * width, max_size=count * width)


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(surfaces())
def test_any_surfaces_come_back(tmp_path: Path, wanted: Surfaces) -> None:
    path = tmp_path / "any.glb"
    write_glb(path, wanted, LAYERS, GROUPS)
    assert_same(read_gltf(path).surfaces, wanted)


def test_a_file_may_be_written_over_while_its_arrays_are_in_use(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    wanted = sample()
    write_glb(path, wanted, LAYERS, GROUPS)
    held = read_gltf(path).surfaces
    write_glb(path, pack_parts([("femur", *sphere(1, 1, 0))]), LAYERS)
    assert_same(held, wanted)
    write_glb(path, held, LAYERS, GROUPS)
    assert_same(read_gltf(path).surfaces, wanted)
