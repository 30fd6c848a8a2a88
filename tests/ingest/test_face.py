"""A head by formula: warned of where its face is in the scan, and only there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.ingest.dicom.test_scans import scans
from tests.ingest.dicom_maker import write_series
from xrviewer.case.volume import Volume
from xrviewer.caseio.nifti import write_nifti
from xrviewer.ingest.face import shows_face
from xrviewer.ingest.scans import file_scans

SPACING_MM = (3.0, 3.0, 5.0)
HEAD_MM = (75.0, 96.0, 115.0)
BRAIN_MM = (70.0, 85.0, 65.0)
Box = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
AROUND: Box = ((-110, 110), (-125, 125), (-130, 130))


def ball(half_mm: tuple[float, float, float], box: Box = AROUND, unit: str = "") -> Volume:
    """Soft tissue in air, about the middle of the patient; noise in both."""
    axes = [np.arange(low, high, step) for (low, high), step in zip(box, SPACING_MM, strict=True)]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    is_in = (x / half_mm[0]) ** 2 + (y / half_mm[1]) ** 2 + (z / half_mm[2]) ** 2 < 1
    noise = np.random.default_rng(4).normal(0, 10, is_in.shape)
    values = np.where(is_in, 40, -1000) if unit == "HU" else np.where(is_in, 600, 20)
    case_from_voxel = np.diag([*SPACING_MM, 1.0])
    case_from_voxel[:3, 3] = [low for low, _ in box]
    voxels = np.asfortranarray((values + noise).astype(np.int16))
    return Volume("mr", "MR", "CT" if unit else "MR", voxels, case_from_voxel, unit=unit)


@pytest.mark.parametrize("unit", ["", "HU"])
def test_a_head_with_its_skin_shows_a_face(unit: str) -> None:
    head = ball(HEAD_MM, unit=unit)
    assert shows_face(head, is_head=True) and shows_face(head, is_head=False)


@pytest.mark.parametrize(
    ("box", "what"),
    [
        (((-110, 110), (-125, 125), (40, 70)), "a few slices of it"),
        (((-110, 110), (-60, 125), (-130, 130)), "cut off before the brow"),
        (((-40, 40), (-90, 90), (-30, 30)), "all within the skull"),
    ],
)
def test_a_head_whose_face_is_not_in_the_scan_shows_none(box: Box, what: str) -> None:
    head = ball(HEAD_MM, box)
    assert not shows_face(head, is_head=True), what
    assert not shows_face(head, is_head=False), what


@pytest.mark.parametrize(
    "half_mm", [BRAIN_MM, (55.0, 65.0, 400.0), (180.0, 130.0, 400.0), (20.0, 20.0, 20.0)]
)
def test_a_brain_a_knee_a_belly_and_a_small_thing_are_no_heads(
    half_mm: tuple[float, float, float],
) -> None:
    around: Box = ((-200, 200), (-150, 150), (-100, 100))
    assert not shows_face(ball(half_mm, around), is_head=False)


def test_it_is_told_of_files_and_of_series_that_say_nothing(tmp_path: Path) -> None:
    write_nifti(tmp_path / "t1.nii", ball(HEAD_MM))
    _, notes = file_scans([tmp_path / "t1.nii"], [])
    assert any("T1 shows a head: a face can be made" in note for note in notes)
    write_series(tmp_path / "s", BodyPartExamined="HEAD")  # some millimetres of it
    assert scans(tmp_path / "s")[1] == []
