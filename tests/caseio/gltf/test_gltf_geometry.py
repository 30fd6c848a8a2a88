"""Strips, fans, morph targets and the compressed kinds."""

from pathlib import Path
from typing import Any

import DracoPy
import numpy as np
import pytest

from tests.caseio.gltf.gltf_builder import TETRA_POINTS, TETRA_TRIANGLES, Builder, in_case_mm
from xrviewer.case.surfaces import Surfaces
from xrviewer.caseio.gltf import read_gltf
from xrviewer.errors import GltfError

SIX = np.arange(18).reshape(6, 3)


def read(built: Builder, folder: Path) -> Surfaces:
    return read_gltf(built.glb(folder / "a.glb")).surfaces


@pytest.mark.parametrize(
    ("mode", "indices", "expected"),
    [
        (5, [0, 1, 2, 3, 4], [[0, 1, 2], [1, 3, 2], [2, 3, 4]]),
        (5, [0, 1, 2, 2, 3, 3, 4, 5], [[0, 1, 2], [3, 5, 4]]),
        (5, [0, 1], []),
        (6, [0, 1, 2, 3, 4], [[1, 2, 0], [2, 3, 0], [3, 4, 0]]),
        (6, [], []),
        (4, [0, 1, 2, 3, 4], [[0, 1, 2]]),
    ],
)
def test_strips_and_fans_as_the_specification_winds_them(
    tmp_path: Path, mode: int, indices: list[int], expected: list[list[int]]
) -> None:
    built = Builder()
    primitive = built.primitive(SIX) | {"mode": mode}
    primitive["indices"] = built.accessor(indices, "u2")
    built.node(mesh=built.mesh(primitive))
    np.testing.assert_array_equal(read(built, tmp_path).triangles.tolist(), expected)


def test_a_strip_without_indices(tmp_path: Path) -> None:
    built = Builder()
    built.node(mesh=built.mesh(built.primitive(SIX[:4]) | {"mode": 5}))
    assert read(built, tmp_path).triangles.tolist() == [[0, 1, 2], [1, 3, 2]]


@pytest.mark.parametrize(
    ("mesh_weights", "node_weights", "used"),
    [([0.5, 0], None, (0.5, 0)), ([1, 1], [0, 0.25], (0, 0.25)), (None, None, (0, 0))],
)
def test_morph_targets_at_their_default_weights(
    tmp_path: Path, mesh_weights: Any, node_weights: Any, used: tuple[float, float]
) -> None:
    first, second = np.full((4, 3), [0, 0, 10.0]), TETRA_POINTS * 3
    built = Builder()
    primitive = built.primitive(TETRA_POINTS, TETRA_TRIANGLES)
    primitive["targets"] = [{"POSITION": built.accessor(t)} for t in (first, second)]
    mesh = built.mesh(primitive, **({"weights": mesh_weights} if mesh_weights else {}))
    built.node(mesh=mesh, **({"weights": node_weights} if node_weights else {}))
    expected = in_case_mm(TETRA_POINTS + used[0] * first + used[1] * second)
    np.testing.assert_allclose(read(built, tmp_path).positions_mm, expected, rtol=1e-6)


def test_a_morph_target_of_another_size_is_named(tmp_path: Path) -> None:
    built = Builder()
    primitive = built.primitive(TETRA_POINTS, TETRA_TRIANGLES)
    primitive["targets"] = [{"POSITION": built.accessor([[0, 0, 1]])}]
    built.node(mesh=built.mesh(primitive, weights=[1]))
    with pytest.raises(GltfError, match="morph target has 1 elements for 4"):
        read(built, tmp_path)


def draco_sphere(count: int = 300) -> tuple[Any, Any, bytes]:
    rng = np.random.default_rng(1)
    points = rng.normal(size=(count, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    triangles = np.arange(count, dtype=np.uint32).reshape(-1, 3)
    packed = DracoPy.encode(
        points.astype(np.float32), triangles, quantization_bits=16, preserve_order=True
    )
    return points, triangles, packed


def with_draco(built: Builder, count: int, packed: bytes) -> None:
    view = built.view(packed)
    accessor = {"componentType": 5126, "count": count, "type": "VEC3"}
    extension = {"bufferView": view, "attributes": {"POSITION": 0}}
    built.json["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    built.node(
        name="packed",
        mesh=built.mesh(
            {
                "attributes": {"POSITION": built.add_accessor(accessor)},
                "extensions": {"KHR_draco_mesh_compression": extension},
            }
        ),
    )


def test_draco_gives_points_within_its_quantization(tmp_path: Path) -> None:
    points, triangles, packed = draco_sphere()
    built = Builder()
    with_draco(built, len(points), packed)
    surfaces = read(built, tmp_path)
    wanted = np.sort(in_case_mm(points)[triangles].reshape(-1, 3), axis=0)
    found = np.sort(surfaces.positions_mm[surfaces.triangles].reshape(-1, 3), axis=0)
    # 16 bits over a range of 2 m: steps of 0.03 mm.
    np.testing.assert_allclose(found, wanted, atol=0.031)


@pytest.mark.parametrize("damage", [slice(0, 0), slice(0, 40), slice(5, None)])
def test_damaged_draco_is_named(tmp_path: Path, damage: slice) -> None:
    _, _, packed = draco_sphere()
    built = Builder()
    built.tetra("good")
    with_draco(built, 300, packed[damage])
    parts = read_gltf(built.glb(tmp_path / "a.glb"))
    assert parts.names == ("good",)
    assert parts.faults == ("packed: Draco data is damaged",)


def test_draco_of_another_size_is_named(tmp_path: Path) -> None:
    built = Builder()
    built.tetra("good")
    with_draco(built, 299, draco_sphere()[2])
    assert "vertices, not 299" in read_gltf(built.glb(tmp_path / "a.glb")).faults[0]
