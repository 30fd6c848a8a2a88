"""Structures as files, read back by other libraries."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import lib3mf
import nibabel
import numpy as np
import pytest
import trimesh
from highdicom.seg import segread
from typer.testing import CliRunner

from tests.shapes import Look, case_of, sphere, square
from xrviewer.case.model import Case
from xrviewer.case.volume import Volume
from xrviewer.caseio.check import check_path
from xrviewer.caseio.folder import save_case
from xrviewer.caseio.loose import open_path
from xrviewer.cli import app
from xrviewer.document import intents as it
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.spatial.transforms import PartPlace

RUN = CliRunner()
BALL_MM3 = 4 / 3 * np.pi * 30**3


def two_balls() -> Case:
    case = case_of(
        {"ball": sphere(), "small": sphere((50, 0, 0), 10)},
        {"ball": Look("#c08060", 0.5), "small": Look("#3f6fb5")},
    )
    grid = np.diag([0.8, 0.8, 1.5, 1.0])
    grid[:3, 3] = (-40, -40, -40)
    turn = np.eye(4)
    turn[:3, :3] = [[0.96, -0.28, 0], [0.28, 0.96, 0], [0, 0, 1]]
    scan = Volume("scan", "Scan", "MR", np.zeros((130, 110, 56), np.int16, order="F"), turn @ grid)
    date = case.timepoints[0]
    return replace(case, timepoints=(replace(date, volumes=(scan,)),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_case(two_balls(), tmp_path / "balls")
    return tmp_path / "balls"


def export(folder: Path, out: Path, *more: object) -> str:
    done = RUN.invoke(app, ["export", str(folder), "--out", str(out), *map(str, more)])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("suffix", [".stl", ".ply"])
def test_millimetres_and_all_that_is_shown(folder: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"balls{suffix}"
    assert "2 structures in" in export(folder, out)
    mesh = trimesh.load_mesh(out)
    assert mesh.volume == pytest.approx(BALL_MM3 * 28 / 27, rel=0.01)
    np.testing.assert_allclose(mesh.bounds, [[-30, -30, -30], [60, 30, 30]], atol=1e-3)


def test_ply_has_colours_parts_and_normals(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "balls.ply"
    export(folder, out)
    mesh = trimesh.load_mesh(out, process=False)
    is_small = mesh.vertices[:, 0] > 35
    assert {tuple(c) for c in mesh.visual.vertex_colors[is_small]} == {(0x3F, 0x6F, 0xB5, 255)}
    assert {tuple(c) for c in mesh.visual.vertex_colors[~is_small]} == {(0xC0, 0x80, 0x60, 128)}
    raw = mesh.metadata["_ply_raw"]["vertex"]["data"]
    np.testing.assert_array_equal(raw["part"].ravel(), is_small)
    assert out.read_bytes().count(b"comment part") == 2


def test_3mf_is_strictly_valid_with_an_object_each(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "balls.3mf"
    export(folder, out)
    wrapper = lib3mf.get_wrapper()
    model = wrapper.CreateModel()
    reader = model.QueryReader("3mf")
    reader.SetStrictModeActive(True)
    reader.ReadFromFile(str(out))
    assert reader.GetWarningCount() == 0
    assert model.GetUnit() == lib3mf.ModelUnit.MilliMeter
    objects, found = model.GetMeshObjects(), {}
    while objects.MoveNext():
        mesh = objects.GetCurrentMeshObject()
        found[mesh.GetName()] = mesh.GetOutbox().MaxCoordinate[0]
        assert mesh.IsManifoldAndOriented()
    assert found == pytest.approx({"Ball": 30.0, "Small": 60.0}, abs=1e-3)
    export(folder, again := tmp_path / "again.3mf")
    assert again.read_bytes() == out.read_bytes()


def test_glb_opens_here_again_as_it_was_shown(folder: Path, tmp_path: Path) -> None:
    session = tmp_path / "s.jsonl"
    with Journal(session) as journal:
        document = Document(open_path(folder), journal=journal)
        document.apply(it.SetLayerColor("small", "#123456"))
        document.apply(it.SetLayerVisible("ball", False))
        document.apply(it.PlacePart("small", PartPlace((0.0, 5.0, 0.0))))
    before = session.read_bytes()
    out = tmp_path / "small.glb"
    assert "1 structure in" in export(folder, out, "--session", session)
    assert session.read_bytes() == before
    assert not check_path(out)
    found = open_path(out)
    (layer,) = found.layers
    assert layer.color.hex() == "#123456"
    low, high = found.timepoints[0].surfaces.bounds_mm()
    np.testing.assert_allclose(low, [40, -5, -10], atol=0.01)
    np.testing.assert_allclose(high, [60, 15, 10], atol=0.01)


def test_labels_lie_in_the_scan_and_come_back_through_import(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.nii"
    assert "2 labels in" in export(folder, out)
    image = nibabel.load(out)
    voxels = np.asarray(image.dataobj)
    edge = abs(np.linalg.det(image.affine[:3, :3]))
    assert (voxels == 1).sum() * edge == pytest.approx(BALL_MM3, rel=0.01)
    middle = image.affine @ [*np.argwhere(voxels == 2).mean(axis=0), 1]
    np.testing.assert_allclose(middle[:3], [-50, 0, 0], atol=0.1)  # RAS
    names = json.loads((tmp_path / "labels.labels.json").read_text())
    assert names == {"1": {"id": "ball", "name": "Ball"}, "2": {"id": "small", "name": "Small"}}
    words = ["import", str(out), "--segmentation", str(out), "--labels"]
    words += [str(tmp_path / "labels.labels.json"), "--out", str(tmp_path / "back")]
    done = RUN.invoke(app, words)
    assert done.exit_code == 0, done.output
    assert [layer.id for layer in open_path(tmp_path / "back").layers] == ["ball", "small"]


def test_labels_as_a_dicom_segmentation_are_those_of_the_nifti(
    folder: Path, tmp_path: Path
) -> None:
    export(folder, tmp_path / "labels.nii")
    assert "2 labels in" in export(folder, tmp_path / "labels.seg.dcm")
    block = segread(tmp_path / "labels.seg.dcm").get_volume(combine_segments=True)
    voxels = np.asarray(nibabel.load(tmp_path / "labels.nii").dataobj)
    there = np.flatnonzero(voxels.any(axis=(0, 1)))
    same = voxels[:, :, there[0] : there[-1] + 1].transpose(2, 1, 0)
    downwards = block.affine[2, 0] < 0  # the reader may count slices from the other end
    np.testing.assert_array_equal(block.array[:: -1 if downwards else 1], same)


def test_what_a_printer_would_refuse_is_said(tmp_path: Path) -> None:
    shell = sphere(radius_mm=20)
    points, normals, triangles = sphere(radius_mm=19.6)
    inner = (points, -normals, triangles[:, ::-1] + len(shell[0]))
    hollow = tuple(np.concatenate(pair) for pair in zip(shell, inner, strict=True))
    save_case(
        case_of({"sheet": square(), "hollow": hollow, "sound": sphere((90, 0, 0))}), tmp_path / "c"
    )
    said = export(tmp_path / "c", tmp_path / "c.stl")
    assert "sheet: is open" in said and "hollow: is in 2 pieces, is thinner than 0.8 mm" in said
    assert "sound" not in said


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--out", "{t}/a.obj"), "name a file that ends in .stl"),
        (("--out", "{t}/a.stl", "--only", "bal"), "did you mean 'ball'"),
        (("--out", "{t}/a.stl", "--hide", "ball,small"), "nothing is shown"),
        (("--out", "{t}/a.csv"), "name it with --session"),
        (("--out", "{t}/no/a.stl"), "there is no folder"),
    ],
)
def test_wrong_wishes(folder: Path, tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    done = RUN.invoke(app, ["export", str(folder), *(w.format(t=tmp_path) for w in words)])
    assert done.exit_code != 0 and reason in str(done.exception)
    assert not list(tmp_path.glob("a.*"))
