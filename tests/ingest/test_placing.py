"""What was drawn on another scan, or in other axes, is not laid over this one in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK
import trimesh
from pydicom import dcmread
from typer.testing import CliRunner, Result

from tests.ingest.dicom_maker import ORIGIN_MM, ROTATION, SPACING_MM, write_seg, write_series
from tests.ingest.test_import_command import write_labels
from xrviewer.cli import app
from xrviewer.errors import InputError

MIDDLE_MM = ORIGIN_MM + ROTATION @ (np.array([5.5, 4.5, 3.5]) * SPACING_MM)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["import", *map(str, arguments)])


def moved(path: Path, by_mm: tuple[float, float, float], flip: bool = False) -> Path:
    image = SimpleITK.ReadImage(str(path))
    origin = np.array(image.GetOrigin()) + by_mm
    if flip:
        turn = np.diag([-1.0, -1.0, 1.0])
        origin = turn @ origin
        image.SetDirection((turn @ np.array(image.GetDirection()).reshape(3, 3)).ravel().tolist())
    image.SetOrigin(origin.tolist())
    SimpleITK.WriteImage(image, str(path))
    return path


def test_one_of_another_scan_is_refused(tmp_path: Path) -> None:
    write_series(tmp_path / "s")
    labels = moved(write_labels(tmp_path / "labels.nrrd"), (0.0, 0.0, 300.0))
    out = tmp_path / "case"
    refused = run(tmp_path / "s", "--segmentation", labels, "--out", out)
    assert isinstance(refused.exception, InputError)
    assert "labels.nrrd: lies nowhere over the scan: it is 300 mm away" in str(refused.exception)
    assert not out.exists()


def test_one_in_other_axes_is_told_as_such(tmp_path: Path) -> None:
    write_series(tmp_path / "s")
    labels = moved(write_labels(tmp_path / "labels.nrrd"), (0.0, 0.0, 0.0), flip=True)
    refused = run(tmp_path / "s", "--segmentation", labels, "--out", tmp_path / "case")
    assert "is it in RAS, where LPS is read?" in str(refused.exception)


def test_one_that_sticks_out_is_told(tmp_path: Path) -> None:
    write_series(tmp_path / "s")
    labels = moved(write_labels(tmp_path / "labels.nrrd"), (2.0, 0.0, 6.0))
    done = run(tmp_path / "s", "--segmentation", labels, "--out", tmp_path / "case")
    assert done.exit_code == 0 and "of a segmentation lies outside the scan" in done.output


def test_alone_it_lies_over_nothing_and_is_fine(tmp_path: Path) -> None:
    labels = moved(write_labels(tmp_path / "labels.seg.nrrd"), (0.0, 0.0, 300.0))
    assert run(labels, "--out", tmp_path / "case").exit_code == 0


def test_another_frame_of_reference_is_told(tmp_path: Path) -> None:
    write_series(tmp_path / "s")
    mask = np.zeros((12, 10, 8), bool)
    mask[2:9, 2:8, 1:7] = True
    seg = write_seg(tmp_path / "s" / "seg.dcm", {1: mask})
    done = run(tmp_path / "s", "--out", tmp_path / "one")
    assert done.exit_code == 0 and "frame of reference" not in done.output  # it states none
    stored = dcmread(seg)
    stored.FrameOfReferenceUID = "1.2.3"
    stored.save_as(seg)
    done = run(tmp_path / "s", "--out", tmp_path / "two")
    assert done.exit_code == 0 and "states another frame of reference" in done.output


@pytest.mark.parametrize(
    ("center_mm", "says"),
    [
        ((0.0, 500.0, 0.0), "Femur: lies nowhere over the scan: it is"),
        (tuple(MIDDLE_MM * (-1, -1, 1)), "is it in RAS, where LPS is read?"),
    ],
)
def test_a_mesh_elsewhere_is_told(
    tmp_path: Path, center_mm: tuple[float, float, float], says: str
) -> None:
    write_series(tmp_path / "s")
    mesh = trimesh.creation.box((2.0, 2.0, 2.0))
    mesh.apply_translation(center_mm)
    mesh.export(tmp_path / "femur.stl")
    source = (tmp_path / "s", tmp_path / "femur.stl")
    done = run(*source, "--units", "mm", "--out", tmp_path / "case")
    assert done.exit_code == 0 and says in done.output, done.output
