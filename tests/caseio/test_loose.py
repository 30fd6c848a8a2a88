import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import nibabel as nib
import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.caseio.caseio_samples import small_case, surfaces
from xrviewer.case.catalogue import known, layer_for
from xrviewer.caseio.check import check_path
from xrviewer.caseio.folder import load_case, save_case
from xrviewer.caseio.gltf import write_glb
from xrviewer.caseio.info import case_info
from xrviewer.caseio.loose import open_path, part_id
from xrviewer.caseio.manifest import Id
from xrviewer.errors import InputError

Make = Callable[[Path], object]


def test_a_case_folder_its_parent_and_its_manifest_are_one(tmp_path: Path) -> None:
    save_case(small_case(), tmp_path / "all" / "knee")
    for path in ("all/knee", "all", "all/knee/case.json"):
        assert open_path(tmp_path / path).title == "Knee"
        assert check_path(tmp_path / path) == ()


def test_a_bare_glb_is_a_case_of_its_own(tmp_path: Path) -> None:
    case = small_case()
    write_glb(tmp_path / "Left Knee.glb", case.timepoints[0].surfaces, case.layers, case.groups)
    opened = open_path(tmp_path / "Left Knee.glb")
    assert (opened.id, opened.title, opened.faults) == ("left_knee", "Left Knee", ())
    assert opened.layers[1] == known("femur")
    assert opened.maps[0].unit == "mm" and "not stated" in opened.maps[0].method
    assert {layer.group for layer in opened.layers} == {"cartilage", "bones", None}
    assert {group.id for group in opened.groups} == {"cartilage", "bones"}
    save_case(opened, tmp_path / "saved")
    assert check_path(tmp_path / "saved") == ()


@pytest.mark.parametrize("suffix", ["stl", "ply", "obj", "off"])
def test_a_bare_mesh_says_what_was_assumed(tmp_path: Path, suffix: str) -> None:
    trimesh.creation.box((10, 20, 30)).export(tmp_path / f"patella.{suffix}")
    case = open_path(tmp_path / f"patella.{suffix}")
    assert case.layers == (known("patella"),)
    assert any("millimetres" in line and "LPS" in line for line in case.provenance)
    low, high = case.timepoints[0].surfaces.bounds_mm()
    np.testing.assert_allclose(high - low, (10, 20, 30))
    save_case(case, tmp_path / "saved")
    assert load_case(tmp_path / "saved").faults == ()


def test_one_file_of_several_parts(tmp_path: Path) -> None:
    one = b"facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\n"
    solid = b"solid %s\n" + one + b"endloop\nendfacet\nendsolid %s\n"
    names = (b"Femur", b"Tibia", b"Gr\xc3\xb6\xc3\x9fe")
    (tmp_path / "parts.stl").write_bytes(b"".join(solid % (name, name) for name in names))
    case = open_path(tmp_path / "parts.stl")
    assert [layer.id for layer in case.layers] == ["femur", "tibia", "groe"]
    assert case.layers[0] == known("femur") and len(case.timepoints[0].surfaces.parts) == 3


def test_a_bare_nifti_is_a_case_with_a_scan(tmp_path: Path) -> None:
    nib.save(nib.Nifti1Image(np.zeros((3, 4, 5, 2), np.int16), np.eye(4)), tmp_path / "T1.nii.gz")
    case = open_path(tmp_path / "T1.nii.gz")
    assert (case.id, case.title, case.layers) == ("t1", "T1", ())
    assert case.timepoints[0].volumes[0].voxels.shape == (3, 4, 5)
    assert case.faults == ("T1.nii.gz holds 2 volumes; the first is shown",)
    assert [fault.reason for fault in check_path(tmp_path / "T1.nii.gz")] == [*case.faults]


def dicom(path: Path) -> None:
    path.mkdir()
    (path / "IM0001").write_bytes(bytes(128) + b"DICM" + bytes(100))


REFUSED: dict[str, tuple[str, Make | None, str]] = {
    "missing": ("nothing", None, "there is no such file or folder"),
    "missing glb": ("a.glb", None, "there is no such file or folder"),
    "empty folder": ("folder", lambda p: p.mkdir(), "is an empty folder"),
    "no case": ("folder", lambda p: (p.mkdir(), (p / "a.txt").touch()), "there is no case.json"),
    "dicom folder": ("folder", dicom, "holds DICOM: make a case of it with `xrviewer import`"),
    "dicom study": (
        "folder",
        lambda p: (p.mkdir(), dicom(p / "series")),
        "holds DICOM: make a case of it with `xrviewer import`",
    ),
    "dicom file": (
        "IM1",
        lambda p: p.write_bytes(bytes(128) + b"DICM"),
        "is DICOM: make a case of it with `xrviewer import`",
    ),
    "empty file": ("a.stl", lambda p: p.touch(), "is empty"),
    "minc": ("a.mnc", lambda p: p.write_bytes(b"x"), "is MINC.*mnc2nii"),
    "afni": ("a.BRIK", lambda p: p.write_bytes(b"x"), "is AFNI.*3dAFNItoNIFTI"),
    "tracts": ("a.trk", lambda p: p.write_bytes(b"x"), "streamlines"),
    "text": ("a.txt", lambda p: p.write_bytes(b"x"), "no kind that is read here"),
    "broken glb": ("a.glb", lambda p: p.write_bytes(b"x"), "a.glb"),
    "broken nii": ("a.nii", lambda p: p.write_bytes(b"x"), "is not NIfTI"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_opened_is_one_clear_line(tmp_path: Path, name: str) -> None:
    file, make, why = REFUSED[name]
    if make is not None:
        make(tmp_path / file)
    with pytest.raises(InputError, match=why) as caught:
        open_path(tmp_path / file)
    assert "\n" not in str(caught.value) and file in str(caught.value)
    assert [fault.reason for fault in check_path(tmp_path / file)] == [caught.value.reason]


def test_several_cases_in_one_folder_are_listed(tmp_path: Path) -> None:
    save_case(small_case(), tmp_path / "all" / "a")
    save_case(small_case(), tmp_path / "all" / "b")
    with pytest.raises(InputError, match="holds 2 cases; open one of them: a, b"):
        open_path(tmp_path / "all")


@given(st.text(max_size=80))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_every_name_gives_an_id_a_manifest_allows(name: str) -> None:
    assert msgspec.convert(part_id(name), Id) == part_id(name)
    assert part_id(part_id(name)) == part_id(name)


def test_names_in_other_scripts_stay_apart(tmp_path: Path) -> None:
    names = ("大腿骨", "脛骨", "Fémur", "Femur", "femur")
    case = small_case()
    layers = tuple(layer_for(f"p{i}", name) for i, name in enumerate(names))
    part_ids = [layer.id for layer in layers]
    write_glb(tmp_path / "a.glb", surfaces(*part_ids), layers, case.groups)
    data = (tmp_path / "a.glb").read_bytes()
    for i in range(len(names)):  # no layer ids: as any other program would have written it
        data = data.replace(f'"extras":{{"layer":"p{i}"}}'.encode(), b'"extras":{"lines":"p0"}')
    (tmp_path / "a.glb").write_bytes(data)
    opened = open_path(tmp_path / "a.glb")
    assert len({layer.id for layer in opened.layers}) == 5
    assert opened.layers[0].name == "大腿骨" and opened.layers[2].name in ("Fémur", "Femur")
    save_case(opened, tmp_path / "saved")
    assert check_path(tmp_path / "saved") == ()


def test_ugly_names_become_lines_that_can_be_saved(tmp_path: Path) -> None:
    case = small_case()
    names = ("two\nlines\u202e", "x" * 500, "\x07")
    layers = tuple(layer_for(f"p{i}", name) for i, name in enumerate(names))
    write_glb(tmp_path / "a.glb", surfaces("p0", "p1", "p2"), layers, case.groups)
    opened = open_path(tmp_path / "a.glb")
    assert [layer.name for layer in opened.layers] == ["two lines", "x" * 200, "unnamed"]
    save_case(opened, tmp_path / "saved")
    assert check_path(tmp_path / "saved") == ()


def test_opening_a_case_waits_for_no_mesh_library(tmp_path: Path) -> None:
    save_case(small_case(), tmp_path / "knee")
    code = (
        "import sys; from pathlib import Path; from xrviewer.caseio.loose import open_path\n"
        "open_path(Path(sys.argv[1])); print(sorted({'trimesh', 'scipy.spatial'} & {*sys.modules}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "knee")],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ran.stdout == "[]\n"


LOADED = {
    "mesh_variety": 25,
    "volume_variety": 4,
    "gltf_tinygltf": None,
    "gltf_derived": None,
    "brain_fsaverage5_left": 4,
}


@pytest.mark.parametrize("corpus", LOADED)
def test_every_real_file_loads_or_is_one_clear_line(test_data: Path, corpus: str) -> None:
    loaded = 0
    for path in sorted((test_data / corpus).rglob("*")):
        try:
            case = open_path(path)
        except InputError as error:
            assert "\n" not in str(error) and len(error.reason) < 300
            assert [fault.reason for fault in check_path(path)] == [error.reason]
        else:
            loaded += 1
            assert np.isfinite(case.timepoints[0].surfaces.positions_mm).all()
            assert case_info(case).fits["pc"]
    assert loaded == LOADED[corpus] or LOADED[corpus] is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2 << 20  # KiB


def test_real_cortex_lies_in_its_scan(test_data: Path) -> None:
    """The left half of the brain is on the left, and the template's voxels there are bright."""
    folder = test_data / "brain_fsaverage5_left"
    pial = open_path(folder / "pial_left.gii.gz").timepoints[0].surfaces.positions_mm
    assert pial[:, 0].mean() > 20  # LPS: +x is left
    scan = next(iter(folder.glob("mni*.nii.gz")))
    volume = open_path(scan).timepoints[0].volumes[0]
    voxel_from_case = np.linalg.inv(volume.case_from_voxel)
    inside = pial.mean(axis=0) @ voxel_from_case[:3, :3].T + voxel_from_case[:3, 3]
    i, j, k = np.rint(inside).astype(int)
    assert int(volume.voxels[i, j, k]) > 0
