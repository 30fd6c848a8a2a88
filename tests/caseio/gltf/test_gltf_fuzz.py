"""Damaged files: whatever is in them, they are read or refused, soon and in one line."""

import json
import random
from pathlib import Path
from typing import Any

import DracoPy
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.caseio.gltf.gltf_builder import TETRA_POINTS, TETRA_TRIANGLES, Builder, glb_bytes
from xrviewer.caseio.gltf import read_gltf
from xrviewer.errors import GltfError

FUZZ = settings(
    max_examples=250,
    derandomize=True,
    deadline=2000,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def seed() -> tuple[dict[str, Any], bytes]:
    """A file that uses much of the format."""
    built = Builder()
    normals = built.accessor([[0, 0, 1]] * 4)
    colors = built.accessor([[0, 255, 0, 9]] * 4, "u1", normalized=True)
    heat = built.accessor([1, 2, 3, 4], extras={"undefined": 2})
    primitive = built.primitive(
        TETRA_POINTS, TETRA_TRIANGLES, NORMAL=normals, COLOR_0=colors, _HEAT=heat
    )
    primitive["targets"] = [{"POSITION": built.accessor(TETRA_POINTS)}]
    at = {"bufferView": built.view(np.array([1], "<u2").tobytes()), "componentType": 5123}
    values = {"bufferView": built.view(bytes(12))}
    sparse = built.accessor(TETRA_POINTS, sparse={"count": 1, "indices": at, "values": values})
    strip = {"attributes": {"POSITION": sparse}, "mode": 5, "material": 0}
    built.json["materials"] = [{"pbrMetallicRoughness": {"baseColorFactor": [1, 0, 0, 1]}}]
    root = built.node(name="root", translation=[0, 1, 2], rotation=[0, 0, 0, 1])
    built.node(root, mesh=built.mesh(primitive, strip, weights=[0.5]), name="a", scale=[1, -1, 1])
    built.tetra("b", root, extras={"layer": "b"})
    built.json["buffers"] = [{"byteLength": len(built.binary)}]
    return json.loads(built.document()), bytes(built.binary)


DOCUMENT, BINARY = seed()
GOOD = glb_bytes(json.dumps(DOCUMENT).encode(), BINARY)


def survives(path: Path) -> bool:
    """Whether it was read; any error but GltfError fails the test."""
    try:
        parts = read_gltf(path)
    except GltfError as error:
        assert "\n" not in str(error)
        return False
    surfaces = parts.surfaces
    assert np.isfinite(surfaces.positions_mm).all() and np.isfinite(surfaces.normals).all()
    for index in range(len(surfaces.parts)):
        points, triangles = surfaces.part(index)
        assert triangles.max(initial=0) < max(len(points), 1)
    return True


def test_the_seed_itself_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    path.write_bytes(GOOD)
    assert survives(path)
    assert read_gltf(path).faults == ()


@FUZZ
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=6))
def test_changed_bytes(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for at, value in changes:
        data[at] = value
    path = tmp_path / "a.glb"
    path.write_bytes(data)
    survives(path)


ODD: list[Any] = [0, 1, -1, 3, 255, 2**31, 2**32, 2**63, 2**64, 1e300, 0.5, None, True, "", "x"]
ODD += [[], {}, [0], [1e308] * 16, [0] * 16, {"POSITION": 0}, 5120, 5123, 5125, "VEC3", "MAT4"]


def mutate(value: Any, source: random.Random) -> Any:
    """One field anywhere replaced, removed or doubled."""
    place = value
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return value
        key = source.choice(keys)
        inner = place[key]
        if isinstance(inner, (dict, list)) and inner and source.random() < 0.8:
            place = inner
            continue
        how = source.random()
        if how < 0.15:
            del place[key]
        elif how < 0.25 and isinstance(place, list):
            place.append(inner)
        else:
            place[key] = source.choice(ODD)
        return value


@FUZZ
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_changed_fields(tmp_path: Path, number: int, changes: int) -> None:
    document = json.loads(json.dumps(DOCUMENT))
    source = random.Random(number)
    for _ in range(changes):
        document = mutate(document, source)
    path = tmp_path / "a.glb"
    path.write_bytes(glb_bytes(json.dumps(document).encode(), BINARY))
    survives(path)


@FUZZ
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=5))
def test_changed_draco_bytes(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    packed = bytearray(DracoPy.encode(TETRA_POINTS, TETRA_TRIANGLES))
    for at, value in changes:
        packed[at % len(packed)] = value
    built = Builder()
    accessor = {"componentType": 5126, "count": 4, "type": "VEC3"}
    extension = {"bufferView": built.view(bytes(packed)), "attributes": {"POSITION": 0}}
    attributes = {"POSITION": built.add_accessor(accessor)}
    extensions = {"KHR_draco_mesh_compression": extension}
    built.node(mesh=built.mesh({"attributes": attributes, "extensions": extensions}))
    survives(built.glb(tmp_path / "a.glb"))


@FUZZ
@given(st.binary(max_size=200))
def test_noise(tmp_path: Path, noise: bytes) -> None:
    path = tmp_path / "a.glb"
    for data in (noise, glb_bytes(noise), GOOD[:20] + noise + GOOD[20 + len(noise) :]):
        path.write_bytes(data)
        survives(path)
