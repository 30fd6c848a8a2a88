import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from xrviewer.caseio import meshes
from xrviewer.caseio.meshes import Mesh, read_gifti, read_meshes
from xrviewer.errors import InputError

SPHERE = trimesh.creation.icosphere(subdivisions=3, radius=20.0)


def export(path: Path) -> Path:
    SPHERE.export(path)
    return path


def area_mm2(mesh: Mesh) -> float:
    a, b, c = (mesh.points_mm[mesh.triangles[:, i]].astype(float) for i in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


@pytest.mark.parametrize("suffix", ["stl", "ply", "obj", "off", "STL"])
def test_a_sphere_is_a_smooth_sphere_in_every_format(tmp_path: Path, suffix: str) -> None:
    (mesh,) = read_meshes(export(tmp_path / f"ball.{suffix}"))
    assert mesh.name == "ball" and len(mesh.triangles) == len(SPHERE.faces)
    assert len(mesh.points_mm) == len(SPHERE.vertices)  # also in an STL, which repeats them
    assert area_mm2(mesh) == pytest.approx(4 * np.pi * 20**2, rel=0.01)
    outward = mesh.points_mm / 20.0
    assert float((mesh.normals * outward).sum(axis=1).min()) > 0.999
    assert (mesh.points_mm.dtype, mesh.normals.dtype, mesh.triangles.dtype) == (
        *(np.float32, np.float32, np.uint32),
    )


def test_colors_of_a_ply(tmp_path: Path) -> None:
    ball = SPHERE.copy()
    ball.visual.vertex_colors = np.tile([200, 100, 50, 255], (len(ball.vertices), 1))
    ball.export(tmp_path / "ball.ply")
    (mesh,) = read_meshes(tmp_path / "ball.ply")
    assert mesh.colors is not None and mesh.colors.dtype == np.uint8
    np.testing.assert_array_equal(mesh.colors, np.tile([200, 100, 50, 255], (642, 1)))


def test_an_obj_opens_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.mtl"
    secret.write_text("newmtl x\nmap_Kd http://127.0.0.1:9/x.png\n")
    obj = tmp_path / "a.obj"
    obj.write_text(
        "mtllib secret.mtl\nmtllib ../../etc/passwd\nusemtl x\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"
    )
    opened: list[str] = []
    original = Path.read_bytes

    def watched(path: Path) -> bytes:
        opened.append(path.name)
        return original(path)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a resolver was asked")

    monkeypatch.setattr(Path, "read_bytes", watched)
    monkeypatch.setattr(trimesh.resolvers.FilePathResolver, "get", refuse)
    monkeypatch.setattr(trimesh.resolvers.WebResolver, "get", refuse)
    assert len(read_meshes(obj)) == 1 and opened == ["a.obj"]


TRIANGLE = "v 0 0 0\nv 1 0 0\nv 0 1 0\n"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.stl", b"", "no readable triangles"),
        ("a.stl", bytes(84), "no readable triangles"),
        ("a.stl", bytes(80) + struct.pack("<I", 10**9) + bytes(50), "no readable triangles"),
        (
            "a.stl",
            b"solid x\nfacet normal 0 0 1\nouter loop\nvertex 1 2\n",
            "no readable triangles",
        ),
        ("a.ply", b"not a ply", "PLY"),
        ("a.ply", b"ply\nformat ascii 1.0\nelement vertex 99999999999\nend_header\n", "PLY"),
        ("a.obj", b"v 0 0 0\nv 1 0 0\n", "2 points and no triangles"),
        ("a.obj", f"{TRIANGLE}f 1 2 9\n".encode(), "OBJ"),
        ("a.obj", b"v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "1 vertices that are NaN"),
        ("a.obj", b"v 0 0 inf\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "NaN or infinite"),
        ("a.off", b"OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 7\n", "face index outside"),
        ("a.off", b"OFF\n3 1 0\n0 0 0\n", "OFF"),
        ("a.off", b"\xff\xfe\x00", "OFF"),
    ],
)
def test_bad_meshes_are_one_line(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=why) as caught:
        read_meshes(tmp_path / name)
    assert "\n" not in str(caught.value) and len(caught.value.reason) < 200


def test_huge_files_are_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "huge.stl").open("wb") as file:
        file.truncate((2 << 30) + 1)
    with pytest.raises(InputError, match=r"is 2.0 GiB; a mesh file has at most 2"):
        read_meshes(tmp_path / "huge.stl")


def test_flat_triangles_get_a_finite_normal(tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_text("v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n")
    (mesh,) = read_meshes(tmp_path / "a.obj")
    np.testing.assert_array_equal(mesh.normals, np.tile([0, 0, 1], (3, 1)))


def gifti(points: NDArray[np.float32], triangles: NDArray[np.int32]) -> bytes:
    image = nib.gifti.GiftiImage(
        darrays=[
            nib.gifti.GiftiDataArray(points, "NIFTI_INTENT_POINTSET"),
            nib.gifti.GiftiDataArray(triangles, "NIFTI_INTENT_TRIANGLE"),
        ]
    )
    return image.to_bytes()  # type: ignore[no-any-return]


@pytest.mark.parametrize(("name", "pack"), [("a.gii", bytes), ("a.gii.gz", gzip.compress)])
def test_gifti_is_turned_from_ras_to_lps(
    tmp_path: Path, name: str, pack: Callable[[bytes], bytes]
) -> None:
    points = (np.asarray(SPHERE.vertices) + np.array([5, 6, 7])).astype(np.float32)
    (tmp_path / name).write_bytes(pack(gifti(points, SPHERE.faces.astype(np.int32))))
    (mesh,), notes = read_gifti(tmp_path / name)
    assert mesh.name == "a" and notes == ()
    np.testing.assert_allclose(mesh.points_mm, points * (-1, -1, 1), atol=1e-5)
    outward = (mesh.points_mm - np.array((-5, -6, 7))) / 20
    assert float((mesh.normals * outward).sum(axis=1).min()) > 0.999


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "GIFTI"),
        (b"<GIFTI", "GIFTI"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><GIFTI/>', "entities"),
        (b'<GIFTI><DataArray Encoding="ExternalFileBinary"/></GIFTI>', "another file"),
    ],
)
def test_bad_gifti_is_one_line(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "a.gii").write_bytes(content)
    with pytest.raises(InputError, match=why) as caught:
        read_gifti(tmp_path / "a.gii")
    assert "\n" not in str(caught.value)


def test_gifti_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meshes, "GIFTI_LIMIT_BYTES", 1 << 20)
    (tmp_path / "a.gii.gz").write_bytes(gzip.compress(bytes(5 << 20)))
    with pytest.raises(InputError, match="over 1 MiB"):
        read_gifti(tmp_path / "a.gii.gz")


@given(data=st.data())
@settings(derandomize=True, max_examples=400, deadline=None)
def test_mutated_meshes_load_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    small = trimesh.creation.box()
    kind = data.draw(st.sampled_from(["stl", "stl_ascii", "ply", "obj", "off"]))
    exported = small.export(file_type=kind)
    content = bytearray(exported if isinstance(exported, bytes) else exported.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / f"fuzz.{kind.removesuffix('_ascii')}"
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        found = read_meshes(path)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert all(np.isfinite(m.points_mm).all() and len(m.triangles) for m in found)
