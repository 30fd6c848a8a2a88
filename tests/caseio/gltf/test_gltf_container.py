"""Where the bytes come from, and files that are not what they say."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.caseio.gltf.gltf_builder import TETRA_POINTS, Builder, chunk, glb_bytes, in_case_mm
from xrviewer.caseio.gltf import read_gltf
from xrviewer.errors import GltfError


def tetra() -> Builder:
    built = Builder()
    built.tetra()
    built.json["buffers"] = [{"byteLength": len(built.binary)}]
    return built


def points_of(path: Path) -> Any:
    return read_gltf(path).surfaces.positions_mm


EXPECTED = in_case_mm(TETRA_POINTS).astype(np.float32)


def test_a_data_uri_holds_the_buffer(tmp_path: Path) -> None:
    np.testing.assert_array_equal(points_of(tetra().gltf(tmp_path / "a.gltf")), EXPECTED)


@pytest.mark.parametrize(
    ("uri", "file"), [("my%20data.bin", "my data.bin"), ("sub/%C3%A9.bin", "sub/é.bin")]
)
def test_a_file_beside_holds_the_buffer(tmp_path: Path, uri: str, file: str) -> None:
    built = tetra()
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_bytes(built.binary)
    np.testing.assert_array_equal(points_of(built.gltf(tmp_path / "a.gltf", uri)), EXPECTED)


@pytest.mark.parametrize(
    "uri",
    [
        "../secret.bin",
        "sub/../../secret.bin",
        "%2e%2e/secret.bin",
        "%2E%2E%2Fsecret.bin",
        "..\\secret.bin",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "file:///etc/passwd",
        "http://example.org/a.bin",
        "HTTPS://example.org/a.bin",
        "C:/a.bin",
        "\\\\server\\a.bin",
        "a%00.bin",
        "link.bin",
        "absent.bin",
        ".",
        "",
        "x" * 5000,
        "data:nothing",
        "data:;base64,@@@",
        "data:;base64,AAAA",
    ],
)
def test_nothing_outside_the_folder_is_read(tmp_path: Path, uri: str) -> None:
    built = tetra()
    folder = tmp_path / "case"
    (folder / "sub").mkdir(parents=True)
    secret = tmp_path / "secret.bin"
    secret.write_bytes(built.binary)
    (folder / "link.bin").symlink_to(secret)
    path = built.gltf(folder / "a.gltf", uri or "empty")
    if not uri:
        path.write_text(path.read_text().replace('"empty"', '""'))
    with pytest.raises(GltfError, match="nothing can be used") as caught:
        read_gltf(path)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_padding_marks_and_unknown_chunks_are_ignored(tmp_path: Path) -> None:
    built = tetra()
    path = tmp_path / "a.glb"
    text = b"\xef\xbb\xbf" + built.document()
    chunks = [(b"JSON", text + bytes(-len(text) % 4)), (b"BIN\0", bytes(built.binary))]
    body = b"".join(chunk(*c) for c in [*chunks, (b"MINE", b"1234")])
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body + b"after the end")
    np.testing.assert_array_equal(points_of(path), EXPECTED)


def test_a_chunk_at_an_odd_offset_is_read(tmp_path: Path) -> None:
    built = tetra()
    text = built.document()
    text += b" " * (1 - len(text) % 4)
    text += b" " * (-len(text) % 4 + 1)
    body = chunk(b"JSON", text) + chunk(b"BIN\0", bytes(built.binary))
    path = tmp_path / "a.glb"
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body)
    np.testing.assert_array_equal(points_of(path), EXPECTED)


def good_glb() -> bytes:
    built = tetra()
    return glb_bytes(built.document(), bytes(built.binary))


def header(data: bytes, magic: bytes = b"glTF", version: int = 2, length: int = 0) -> bytes:
    return struct.pack("<4sII", magic, version, length or len(data)) + data[12:]


GOOD = good_glb()
BROKEN_BYTES = {
    "empty": (b"", "not glTF"),
    "other magic": (header(GOOD, b"glTG"), "not glTF"),
    "version 1": (header(GOOD, version=1), "version 1"),
    "longer than the file": (header(GOOD, length=len(GOOD) + 4), "cut short"),
    "cut in the header": (GOOD[:11], "cut short"),
    "cut in the JSON": (GOOD[:60], "cut short"),
    "length cuts a chunk": (header(GOOD, length=len(GOOD) - 8), "chunk of"),
    "length cuts a chunk header": (header(GOOD, length=16), "chunk header"),
    "no chunk": (header(GOOD, length=12), "JSON chunk"),
    "binary first": (header(GOOD[:12] + chunk(b"BIN\0", b"1234")), "JSON chunk"),
    "huge chunk": (GOOD[:12] + struct.pack("<I", 2**32 - 1) + GOOD[16:], "chunk of"),
    "no JSON": (glb_bytes(b"nonsense"), "not glTF 2.0"),
    "half of the JSON": (glb_bytes(b'{"asset":{"vers'), "not glTF 2.0"),
    "a list": (glb_bytes(b"[]"), "not glTF 2.0"),
    "no asset": (glb_bytes(b"{}"), "asset"),
    "not UTF-8": (glb_bytes(b'{"asset":{"version":"\xff\xfe"}}'), "not glTF 2.0"),
    "half a surrogate": (glb_bytes(b'{"asset":{"version":"2.0","x":"\\ud800"}}'), "not glTF 2.0"),
    "deep": (glb_bytes(b'{"asset":' * 100_000), "not glTF 2.0"),
    "deep elsewhere": (glb_bytes(b'{"x":' + b"[" * 200_000), "not glTF 2.0"),
    "large numbers": (glb_bytes(b'{"asset":{"version":"2.0"},"scene":1e999}'), "not glTF 2.0"),
    "version 1 inside": (glb_bytes(b'{"asset":{"version":"1.0"}}'), "version '1.0'"),
    "no version": (glb_bytes(b'{"asset":{"version":""}}'), "version ''"),
}


@pytest.mark.parametrize("case", BROKEN_BYTES.values(), ids=BROKEN_BYTES.keys())
def test_a_broken_container_is_refused_in_one_line(tmp_path: Path, case: Any) -> None:
    data, reason = case
    path = tmp_path / "a.glb"
    path.write_bytes(data)
    with pytest.raises(GltfError, match=reason) as caught:
        read_gltf(path)
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)


def test_every_cut_of_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    for length in range(len(GOOD)):
        path.write_bytes(GOOD[:length])
        with pytest.raises(GltfError):
            read_gltf(path)


def test_a_folder_or_absent_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.glb"):
        with pytest.raises(GltfError, match="cannot be opened"):
            read_gltf(path)


def test_an_unknown_required_extension_is_named(tmp_path: Path) -> None:
    built = tetra()
    built.json["extensionsRequired"] = ["KHR_texture_transform", "KHR_materials_unlit"]
    np.testing.assert_array_equal(points_of(built.glb(tmp_path / "a.glb")), EXPECTED)
    built.json["extensionsRequired"] = ["EXT_mesh_gpu_instancing"]
    with pytest.raises(GltfError, match="requires the extension EXT_mesh_gpu_instancing"):
        read_gltf(built.glb(tmp_path / "a.glb"))


def test_a_newer_minor_version_is_read_and_named(tmp_path: Path) -> None:
    built = tetra()
    built.json["asset"] = {"version": "2.1", "minVersion": "2.1"}
    parts = read_gltf(built.glb(tmp_path / "a.glb"))
    assert parts.names == ("tetra",)
    assert parts.faults == ("it asks for a reader of glTF '2.1' and was read as 2.0",)


def test_a_document_too_large_to_decode_is_refused_first(tmp_path: Path) -> None:
    path = tmp_path / "a.gltf"
    nodes = b",".join([b"{}"] * 4_000_000)
    path.write_bytes(b'{"asset":{"version":"2.0"},"nodes":[' + nodes + b"]}")
    with pytest.raises(GltfError, match="too large"):
        read_gltf(path)


@pytest.mark.parametrize("count", [10**7, 10**9, 2**31, 2**62])
def test_zeros_without_bytes_cannot_exhaust_memory(tmp_path: Path, count: int) -> None:
    built = tetra()
    for _ in range(20):
        empty = built.add_accessor({"componentType": 5126, "type": "VEC3", "count": count})
        built.node(mesh=built.mesh({"attributes": {"POSITION": empty}}))
    with pytest.raises(GltfError, match="over 600 MB"):
        read_gltf(built.glb(tmp_path / "a.glb"))


def test_a_mesh_shown_too_often_is_refused(tmp_path: Path) -> None:
    built = Builder()
    points = np.zeros((100_000, 3), np.float32)
    mesh = built.mesh(built.primitive(points, [0, 1, 2]))
    for _ in range(1000):
        built.node(mesh=mesh)
    with pytest.raises(GltfError, match="over 600 MB"):
        read_gltf(built.glb(tmp_path / "a.glb"))


def test_a_long_chain_of_nodes_is_walked(tmp_path: Path) -> None:
    built = tetra()
    parent = 0
    for _ in range(20_000):
        parent = built.node(parent, translation=[0, 0, 0.001])
    built.tetra("deep", parent)
    del built.json["buffers"]
    parts = read_gltf(built.glb(tmp_path / "a.glb"))
    np.testing.assert_allclose(parts.surfaces.parts["min_mm"][1], [0, -23000, 0], atol=0.5)


def test_json_is_read_whatever_the_suffix(tmp_path: Path) -> None:
    built = tetra()
    path = tmp_path / "a.gltf"
    path.write_bytes(GOOD)
    np.testing.assert_array_equal(points_of(path), EXPECTED)
    path = built.gltf(tmp_path / "b.json")
    path.write_bytes(b"\xef\xbb\xbf\r\n " + path.read_bytes() + b"\n")
    np.testing.assert_array_equal(points_of(path), EXPECTED)
    assert json.loads(built.document())["asset"] == {"version": "2.0"}
