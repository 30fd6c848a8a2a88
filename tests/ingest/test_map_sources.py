"""Numbers that come with a mesh become maps: VTK arrays and glTF attributes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.analysis.phantoms import shell_mesh
from xrviewer.case.mesh import Mesh
from xrviewer.case.model import Color, Layer
from xrviewer.case.surfaces import pack_parts
from xrviewer.caseio.check import check_path
from xrviewer.caseio.folder import load_case, save_case
from xrviewer.caseio.gltf import write_glb
from xrviewer.errors import InputError
from xrviewer.ingest.pipeline import Wanted, make_case
from xrviewer.ingest.vtk import read_vtk

BALL, _ = shell_mesh(20.0, 1.0, detail=4)
THICKNESS = 2 + BALL.points_mm[:, 2] / 20
LABELS = np.where(BALL.points_mm[:, 2] > -10, 1, 0)


def write_vtk(file: Path, mesh: Mesh, arrays: str) -> Path:
    points = "\n".join(" ".join(f"{v:.6f}" for v in p) for p in mesh.points_mm)
    faces = "\n".join("3 " + " ".join(map(str, t)) for t in mesh.triangles)
    head = "# vtk DataFile Version 3.0\nJane Doe\nASCII\nDATASET POLYDATA\n"
    count = len(mesh.triangles)
    text = f"{head}POINTS {len(mesh.points_mm)} double\n{points}\nPOLYGONS {count} {4 * count}\n"
    file.write_text(f"{text}{faces}\n{arrays}")
    return file


def scalars(name: str, values: NDArray[np.float64]) -> str:
    rows = "\n".join(f"{v:.5f}" for v in values)
    return f"SCALARS {name} float\nLOOKUP_TABLE default\n{rows}\n"


def field(name: str, values: NDArray[np.float64], width: int = 1) -> str:
    rows = " ".join(f"{v:.5f}" for v in values)
    return f"{name} {width} {len(values) // width} double\n{rows}\nMETADATA\nINFORMATION 0\n\n"


def both() -> str:
    normals = "NORMALS Normals float\n" + " ".join(f"{v:.4f}" for v in BALL.normals.ravel())
    count = len(BALL.points_mm)
    return (
        f"CELL_DATA {len(BALL.triangles)}\nPOINT_DATA {count}\n"
        + scalars("thickness%20(mm)", np.where(LABELS, THICKNESS, 0))
        + f"{normals}\nFIELD FieldData 3\n"
        + field("labels", LABELS.astype(float))
        + field("jane%20doe", THICKNESS * 2)
        + field("rgb", np.repeat(THICKNESS, 3), 3)
    )


def test_arrays_of_a_vtk_file_are_read(tmp_path: Path) -> None:
    found = read_vtk(write_vtk(tmp_path / "femur.vtk", BALL, both()))
    assert set(found.arrays) == {"thickness (mm)", "labels", "jane doe"}
    np.testing.assert_allclose(found.arrays["jane doe"], 2 * THICKNESS, atol=1e-4)
    np.testing.assert_array_equal(found.arrays["labels"], LABELS)


def test_they_become_maps_and_names_of_people_do_not(tmp_path: Path) -> None:
    file = write_vtk(tmp_path / "femur.vtk", BALL, both())
    case = make_case(Wanted((file,), units="mm"), lambda *_: None).case
    assert [info.id for info in case.maps] == ["thickness_mm", "labels", "values"]
    assert case.maps[0].unit == "mm" and case.maps[0].error is None
    save_case(case, tmp_path / "knee")
    assert not check_path(tmp_path / "knee")
    back = load_case(tmp_path / "knee").timepoints[0].surfaces
    values = back.maps["thickness_mm"].values
    # 0 where a label says that there is no cartilage is no full loss.
    np.testing.assert_array_equal(np.isnan(values), LABELS == 0)
    np.testing.assert_allclose(values[LABELS > 0], THICKNESS[LABELS > 0], atol=1e-4)
    assert b"jane" not in (tmp_path / "knee" / "case.json").read_bytes().lower()


def test_attributes_of_a_gltf_come_too_and_stay_where_it_is_made_coarser(tmp_path: Path) -> None:
    part = ("femur", BALL.points_mm.astype("f4"), BALL.normals.astype("f4"), BALL.triangles)
    surfaces = pack_parts([part], {"curvature": THICKNESS.astype(np.float32)})
    file = tmp_path / "femur.glb"
    write_glb(file, surfaces, [Layer("femur", "Femur", Color(1, 1, 1))])
    for most in (len(BALL.triangles), len(BALL.triangles) // 3):
        case = make_case(Wanted((file,), triangles=most), lambda *_: None).case
        (info,) = case.maps
        assert info.id == "curvature" and "imported" in info.name
        found = case.timepoints[0].surfaces
        assert len(found.triangles) <= most
        truth = 2 + found.positions_mm[:, 2] / 20
        np.testing.assert_allclose(found.maps["curvature"].values, truth, atol=0.1)


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        (f"POINT_DATA 7\n{scalars('a', np.arange(7.0))}", "numbers for 7 points"),
        (f"POINT_DATA {len(THICKNESS)}\nFIELD F 1\n{field('a', np.arange(5.0))}", "has 5 numbers"),
        (f"POINT_DATA {len(THICKNESS)}\n{scalars('a', np.arange(9.0))}", "breaks off after 9 of"),
    ],
)
def test_maps_of_the_wrong_length_are_refused(tmp_path: Path, arrays: str, reason: str) -> None:
    file = write_vtk(tmp_path / "femur.vtk", BALL, arrays)
    with pytest.raises(InputError, match=f"no readable VTK surface: .*{reason}"):
        read_vtk(file)
