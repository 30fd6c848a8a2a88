"""Real and conformance files of the test data folder: read right, or refused in one line."""

import json
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xrviewer.case.model import Color, Group, Layer
from xrviewer.case.surfaces import Surfaces
from xrviewer.caseio.gltf import GltfParts, read_gltf, write_glb
from xrviewer.errors import GltfError

Report = Callable[[Path], dict[str, Any]]

CORPORA = (
    "gltf_validator",
    "gltf_tinygltf",
    "gltf_derived",
    "mesh_variety",
    "anatomy_body_515",
    "anatomy_bodyparts3d_bones",
)
MAX_SECONDS = 10.0
MAX_GROWTH_MB = 300
ALIKE = ("plain", "draco", "meshopt", "quantize", "unweld", "separate", "interleaved")


def files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".glb", ".gltf"))


def assert_sound(surfaces: Surfaces) -> None:
    count = surfaces.parts["vertex_count"].sum()
    assert surfaces.positions_mm.shape == surfaces.normals.shape == (count, 3)
    assert np.isfinite(surfaces.positions_mm).all()
    lengths = np.linalg.norm(surfaces.normals.astype(np.float64), axis=1)
    assert np.abs(lengths - 1).max(initial=0) < 1e-3
    assert len(set(surfaces.part_ids)) == len(surfaces.part_ids) == len(surfaces.parts)
    for index, row in enumerate(surfaces.parts):
        points, triangles = surfaces.part(index)
        assert triangles.max(initial=0) < max(len(points), 1)
        if len(points):
            np.testing.assert_array_equal(row["min_mm"], points.min(axis=0))
            np.testing.assert_array_equal(row["max_mm"], points.max(axis=0))


@pytest.mark.parametrize("name", CORPORA)
def test_every_file_is_read_or_refused_in_one_line(test_data: Path, name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = files(test_data / name)
    assert found
    for path in found:
        begin = time.perf_counter()
        try:
            parts = read_gltf(path)
        except GltfError as error:
            assert "\n" not in str(error) and str(path) in str(error)
        else:
            assert_sound(parts.surfaces)
            assert all("\n" not in fault for fault in parts.faults)
        assert time.perf_counter() - begin < MAX_SECONDS, path
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < MAX_GROWTH_MB * 1024


def test_what_the_validator_calls_valid_is_not_refused(test_data: Path) -> None:
    refused = {}
    for path in files(test_data / "gltf_validator"):
        report = json.loads(path.with_name(path.name + ".report.json").read_text())
        if report["issues"]["numErrors"] == 0:
            try:
                read_gltf(path)
            except GltfError as error:
                refused[path.name] = error.reason
    assert refused == {}


# What hurts a reader of geometry; other faults lie in textures, cameras, skins and animations.
FATAL = {
    "GLB_INVALID_MAGIC",
    "GLB_LENGTH_MISMATCH",
    "GLB_LENGTH_TOO_SMALL",
    "GLB_CHUNK_TOO_BIG",
    "GLB_UNEXPECTED_FIRST_CHUNK",
    "GLB_UNEXPECTED_END_OF_CHUNK_DATA",
    "INVALID_JSON",
    "UNKNOWN_ASSET_MAJOR_VERSION",
    "NODE_LOOP",
    "NODE_PARENT_OVERRIDE",
}


def test_what_breaks_the_structure_is_refused(test_data: Path) -> None:
    checked = 0
    for path in files(test_data / "gltf_validator"):
        report = json.loads(path.with_name(path.name + ".report.json").read_text())
        codes = {m["code"] for m in report["issues"]["messages"] if m["severity"] == 0}
        if codes & FATAL:
            checked += 1
            with pytest.raises(GltfError):
                read_gltf(path)
    assert checked > 5


def derived(test_data: Path, name: str) -> GltfParts:
    (path,) = [p for p in files(test_data / "gltf_derived") if f"patella_{name}" in p.name]
    return read_gltf(path)


def expected(test_data: Path) -> dict[str, Any]:
    path = test_data / "gltf_derived" / "left_patella_expected.json"
    made: dict[str, Any] = json.loads(path.read_text())
    return made


def bounds(surfaces: Surfaces) -> Any:
    return np.stack(surfaces.bounds_mm())


def in_case(scene_bounds: Any, scale: float) -> Any:
    """The expected bounds are the file's x, y, z; the case is (x, -z, y) in millimetres."""
    x, y, z = np.array(scene_bounds, np.float64).T
    return np.stack([x, np.sort(-z), y], axis=1) * scale


@pytest.mark.parametrize("name", ALIKE)
def test_one_part_in_seven_encodings(test_data: Path, name: str) -> None:
    parts, wanted = derived(test_data, name), expected(test_data)
    assert len(parts.surfaces.triangles) == wanted["triangles"]
    if name != "unweld":
        assert len(parts.surfaces.positions_mm) == wanted["vertices"]
    # The file's numbers are the part's millimetres, read as the metres glTF says they are:
    # 16-bit steps over 42 of them are 0.6 of our millimetres.
    step = 2.0 if name in ("draco", "meshopt", "quantize") else 0.2
    scene = in_case(wanted["bounds_scene"], 1000)
    np.testing.assert_allclose(bounds(parts.surfaces), scene, atol=step)


def test_the_handmade_variants(test_data: Path) -> None:
    wanted = expected(test_data)
    custom = derived(test_data, "interleaved")
    thickness = custom.surfaces.maps["thickness"].values
    assert thickness.min() == pytest.approx(wanted["thickness_min"], rel=1e-6)
    assert thickness.max() == pytest.approx(wanted["thickness_max"], rel=1e-6)
    sparse = derived(test_data, "sparse_position").surfaces
    np.testing.assert_allclose(bounds(sparse), in_case(wanted["sparse_bounds"], 1000), atol=0.1)
    shifted = np.add(wanted["bounds_scene"], (0, 0, 5))
    morphed = derived(test_data, "morph_matrix_metres").surfaces
    np.testing.assert_allclose(bounds(morphed), in_case(shifted, 1), atol=1e-3)
    shared = derived(test_data, "shared_mesh_mirrored").surfaces
    assert shared.part_ids == ("same_name", "same_name-2")
    rows = shared.parts
    np.testing.assert_array_equal(rows["min_mm"][1][0], -rows["max_mm"][0][0])


def test_the_whole_body(test_data: Path, tmp_path: Path, khronos_report: Report) -> None:
    parts = read_gltf(test_data / "anatomy_body_515" / "body_515_metres.glb")
    assert len(parts.names) == 515 and len(parts.surfaces.triangles) == 256_971
    groups = [parts.groups.count(g) for g in ("bones", "muscles", "other", "tendons")]
    assert groups == [235, 240, 36, 4]
    assert parts.faults == ()
    layers = [
        Layer(id_, name, color or Color(1, 1, 1), group=group)
        for id_, name, color, group in zip(
            parts.surfaces.part_ids, parts.names, parts.colors, parts.groups, strict=True
        )
    ]
    path = tmp_path / "body.glb"
    named = sorted({group for group in parts.groups if group})
    write_glb(path, parts.surfaces, layers, [Group(group, group) for group in named])
    assert khronos_report(path)["messages"] == []
    again = read_gltf(path)
    assert (again.names, again.groups, again.colors) == (parts.names, parts.groups, parts.colors)
    np.testing.assert_array_equal(again.surfaces.positions_mm, parts.surfaces.positions_mm)
