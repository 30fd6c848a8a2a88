"""Each way glTF may lay numbers out, against numbers known beforehand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.caseio.gltf.gltf_builder import TETRA_POINTS, TETRA_TRIANGLES, Builder, in_case_mm
from xrviewer.case.surfaces import Surfaces
from xrviewer.caseio.gltf import read_gltf
from xrviewer.errors import GltfError

EXPECTED = in_case_mm(TETRA_POINTS)


def read(built: Builder, folder: Path) -> Surfaces:
    return read_gltf(built.glb(folder / "a.glb")).surfaces


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4"])
def test_indices_of_every_width(tmp_path: Path, dtype: str) -> None:
    built = Builder()
    primitive = built.primitive(TETRA_POINTS)
    primitive["indices"] = built.accessor(TETRA_TRIANGLES.reshape(-1), dtype)
    built.node(mesh=built.mesh(primitive))
    np.testing.assert_array_equal(read(built, tmp_path).triangles, TETRA_TRIANGLES)


def test_vertices_without_indices_are_triangles_in_order(tmp_path: Path) -> None:
    built = Builder()
    built.node(mesh=built.mesh(built.primitive(np.arange(24).reshape(8, 3))))
    np.testing.assert_array_equal(read(built, tmp_path).triangles, [[0, 1, 2], [3, 4, 5]])


def test_interleaved_attributes(tmp_path: Path) -> None:
    normals = TETRA_POINTS / np.maximum(np.linalg.norm(TETRA_POINTS, axis=1, keepdims=True), 1)
    normals[0] = (0, 0, 1)
    heat = np.array([[1], [2], [3], [4]])
    rows = np.column_stack([TETRA_POINTS, normals, heat]).astype("<f4")
    built = Builder()
    view = built.view(rows.tobytes(), byteStride=28)
    attributes = {
        name: built.add_accessor(
            {"bufferView": view, "byteOffset": at, "componentType": 5126, "count": 4, "type": kind}
        )
        for name, at, kind in [
            ("POSITION", 0, "VEC3"),
            ("NORMAL", 12, "VEC3"),
            ("_HEAT", 24, "SCALAR"),
        ]
    }
    indices = built.accessor(TETRA_TRIANGLES.reshape(-1), "u2")
    built.node(mesh=built.mesh({"attributes": attributes, "indices": indices}))
    surfaces = read(built, tmp_path)
    np.testing.assert_allclose(surfaces.positions_mm, EXPECTED)
    np.testing.assert_allclose(surfaces.normals, in_case_mm(normals) / 1000, atol=1e-6)
    np.testing.assert_array_equal(surfaces.maps["heat"].values, [1, 2, 3, 4])


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2"])
@pytest.mark.parametrize("is_normalized", [True, False])
def test_quantized_positions(tmp_path: Path, dtype: str, is_normalized: bool) -> None:
    stored = (TETRA_POINTS * 30).astype(np.dtype("<" + dtype))
    limit = np.iinfo(stored.dtype).max if is_normalized else 1
    built = Builder()
    attributes = {"POSITION": built.accessor(stored, dtype, normalized=is_normalized)}
    indices = built.accessor(TETRA_TRIANGLES.reshape(-1), "u2")
    built.node(
        mesh=built.mesh({"attributes": attributes, "indices": indices}),
        scale=[limit / 30] * 3,
    )
    built.json["extensionsRequired"] = ["KHR_mesh_quantization"]
    np.testing.assert_allclose(read(built, tmp_path).positions_mm, EXPECTED, rtol=1e-5)


def test_the_lowest_signed_integer_is_minus_one(tmp_path: Path) -> None:
    built = Builder()
    lowest = built.accessor([[-128, -127, 127], [0, 0, 0], [0, 64, 0]], "i1", normalized=True)
    built.node(mesh=built.mesh({"attributes": {"POSITION": lowest}}))
    expected = in_case_mm([[-1, -1, 1], [0, 0, 0], [0, 64 / 127, 0]])
    np.testing.assert_allclose(read(built, tmp_path).positions_mm, expected, rtol=1e-6)


@pytest.mark.parametrize("has_base", [True, False])
def test_sparse_positions(tmp_path: Path, has_base: bool) -> None:
    built = Builder()
    indices = built.view(np.array([1, 3], "<u2").tobytes())
    values = built.view(np.array([[7, 0, 0], [0, 0, 9]], "<f4").tobytes())
    sparse = {
        "count": 2,
        "indices": {"bufferView": indices, "componentType": 5123},
        "values": {"bufferView": values},
    }
    number = built.accessor(TETRA_POINTS, sparse=sparse)
    expected = TETRA_POINTS.copy()
    if not has_base:
        del built.json["accessors"][number]["bufferView"]
        expected[:] = 0
    expected[1], expected[3] = (7, 0, 0), (0, 0, 9)
    mesh = {
        "attributes": {"POSITION": number},
        "indices": built.accessor(TETRA_TRIANGLES.reshape(-1), "u1"),
    }
    built.node(mesh=built.mesh(mesh))
    np.testing.assert_array_equal(read(built, tmp_path).positions_mm, in_case_mm(expected))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda s: s.update(count=5), "cannot be read"),
        (lambda s: s["indices"].update(componentType=5126), "cannot be read"),
        (lambda s: s["indices"].update(bufferView=99), "99 does not exist"),
        (lambda s: s["values"].update(byteOffset=20), "too short"),
        (lambda s: s["indices"].update(byteOffset=2), "too short"),
        (lambda s: s["indices"].update(componentType=5125), "too short"),
        (lambda s: s["indices"].update(componentType=5121, byteOffset=4), "too short"),
    ],
)
def test_a_broken_sparse_accessor_is_named(tmp_path: Path, spoil: Any, reason: str) -> None:
    built = Builder()
    sparse: Any = {
        "count": 2,
        "indices": {
            "bufferView": built.view(np.array([1, 3], "<u2").tobytes()),
            "componentType": 5123,
        },
        "values": {"bufferView": built.view(bytes(24))},
    }
    spoil(sparse)
    number = built.accessor(TETRA_POINTS, sparse=sparse)
    built.node(mesh=built.mesh({"attributes": {"POSITION": number}}))
    with pytest.raises(GltfError, match=reason):
        read(built, tmp_path)


def test_a_sparse_index_past_the_end_is_named(tmp_path: Path) -> None:
    built = Builder()
    at = {"bufferView": built.view(np.array([4], "<u4").tobytes()), "componentType": 5125}
    sparse = {"count": 1, "indices": at, "values": {"bufferView": built.view(bytes(12))}}
    number = built.accessor(TETRA_POINTS, sparse=sparse)
    built.node(mesh=built.mesh({"attributes": {"POSITION": number}}))
    with pytest.raises(GltfError, match="index is out of range"):
        read(built, tmp_path)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"byteStride": 4}, "too short"),
        ({"byteLength": 47}, "too short"),
        ({"byteLength": 2**40}, "past the end"),
        ({"byteOffset": 2**40}, "past the end"),
        ({"byteStride": 2**40}, "too short"),
        ({"buffer": 3}, "buffer 3 does not exist"),
    ],
)
def test_a_buffer_view_that_lies_is_refused(
    tmp_path: Path, changed: dict[str, int], reason: str
) -> None:
    built = Builder()
    built.tetra()
    built.json["bufferViews"][0].update(changed)
    with pytest.raises(GltfError, match=reason):
        read(built, tmp_path)


def test_neighbours_in_the_file_are_not_copied(tmp_path: Path) -> None:
    """Two parts back to back under a root in millimetres: one view of the file."""
    built = Builder()
    view = built.view(np.concatenate([TETRA_POINTS, TETRA_POINTS + 1]).astype("<f4").tobytes())
    root = built.node(matrix=[0.001, 0, 0, 0, 0, 0, -0.001, 0, 0, 0.001, 0, 0, 0, 0, 0, 1])
    common = {"bufferView": view, "componentType": 5126, "count": 4, "type": "VEC3"}
    for offset in (0, 48):
        positions = built.add_accessor({**common, "byteOffset": offset})
        triangles = built.accessor(TETRA_TRIANGLES.reshape(-1), "u4")
        mesh = {"attributes": {"POSITION": positions}, "indices": triangles}
        built.node(root, mesh=built.mesh(mesh))
    surfaces = read(built, tmp_path)
    np.testing.assert_array_equal(surfaces.positions_mm[4:], TETRA_POINTS + 1)
    assert not surfaces.positions_mm.flags.owndata and surfaces.positions_mm.base is not None
