"""Meshes as sources: shapes, units and names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh

from xrviewer.errors import InputError
from xrviewer.ingest.meshes import read_structures
from xrviewer.ingest.part import Part
from xrviewer.ingest.vtk import read_vtk

CORNERS = "0 0 0 10 0 0 10 20 0 0 20 0 0 0 30"
V4 = f"""# vtk DataFile Version 3.0
a title with a name in it
ASCII
DATASET POLYDATA
POINTS 5 float
{CORNERS}
POLYGONS 3 13
4 0 1 2 3
3 0 1 4
3 1 2 4
"""
V5 = f"""# vtk DataFile Version 5.1
vtk output
ASCII
DATASET POLYDATA
POINTS 5 double
{CORNERS}
METADATA
INFORMATION 0

POLYGONS 4 10
OFFSETS vtktypeint64
0 4 7 10
CONNECTIVITY vtktypeint64
0 1 2 3 0 1 4 1 2 4
"""
TRIANGLES = {(0, 1, 2), (0, 2, 3), (0, 1, 4), (1, 2, 4)}


def binary_v4() -> bytes:
    head = b"# vtk DataFile Version 3.0\nx\nBINARY\nDATASET POLYDATA\nPOINTS 5 float\n"
    points = np.array(CORNERS.split(), ">f4").tobytes()
    polygons = np.array([4, 0, 1, 2, 3, 3, 0, 1, 4, 3, 1, 2, 4], ">i4").tobytes()
    return head + points + b"\nPOLYGONS 3 13\n" + polygons + b"\n"


@pytest.mark.parametrize("data", [V4.encode(), V5.encode(), binary_v4()])
def test_vtk_of_each_kind(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.vtk").write_bytes(data)
    found = read_vtk(tmp_path / "a.vtk")
    points, triangles = found.points, found.triangles
    assert np.array_equal(points.ravel(), np.array(CORNERS.split(), float))
    assert {tuple(t) for t in triangles.tolist()} == TRIANGLES


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# vtk", "# VRML"),
        ("POLYDATA", "STRUCTURED_POINTS"),
        ("POLYGONS 3 13", "POLYGONS 3 13000000"),
        ("3 1 2 4", "3 1 2 9"),
        ("10 20 0", "10 nan 0"),
        ("POINTS 5", "POINTS -5"),
        ("POLYGONS", "NOTHING"),
    ],
)
def test_a_broken_vtk_is_one_line(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "a.vtk").write_text(V4.replace(old, new))
    with pytest.raises(InputError, match="is no readable VTK surface"):
        read_vtk(tmp_path / "a.vtk")


def box(folder: Path, name: str, size: float) -> Path:
    folder.mkdir(exist_ok=True)
    trimesh.creation.box((size, size, size)).export(folder / name)
    return folder / name


def size_mm(part: Part) -> float:
    return float(np.ptp(part.mesh.points_mm, axis=0).max())


@pytest.mark.parametrize("suffix", ["stl", "ply", "obj", "off", "glb"])
def test_every_format(tmp_path: Path, suffix: str) -> None:
    metres = 0.04 if suffix == "glb" else 40.0
    path = box(tmp_path, f"femur_Muster_Anna.{suffix}", metres)
    (part,), _ = read_structures([path], None)
    assert part.layer.id == "femur"
    assert size_mm(part) == pytest.approx(40.0)
    assert part.mesh.volume_mm3 == pytest.approx(40.0**3, rel=1e-5)


def test_units_are_guessed_by_size_and_told(tmp_path: Path) -> None:
    small, large = box(tmp_path, "tibia.stl", 0.06), box(tmp_path, "femur.stl", 60.0)
    (tibia, femur), notes = read_structures([small, large], None)
    assert size_mm(tibia) == pytest.approx(60.0, rel=1e-5) and size_mm(femur) == 60.0
    assert "taken to be in metres" in notes[0] and "taken to be in millimetres" in notes[1]


def test_stated_units_are_believed(tmp_path: Path) -> None:
    (part,), notes = read_structures([box(tmp_path, "implant.stl", 2.0)], "mm")
    assert size_mm(part) == 2.0 and notes == ()


def test_a_name_nobody_knows_is_not_kept(tmp_path: Path) -> None:
    (part,), _ = read_structures([box(tmp_path, "Muster_Anna_4711.ply", 30.0)], "mm")
    assert (part.layer.id, part.layer.name) == ("structure", "Structure")


def test_real_vtk(test_data: Path) -> None:
    folder = test_data / "knee_seg_dess_right" / "meshes"
    (tibia,), _ = read_structures([folder / "tibia_mesh.vtk"], None)
    assert tibia.layer.id == "tibia" and 9990 <= len(tibia.mesh.points_mm) <= 10000
