"""Labels as DICOM SEG: voxel for voxel what went in, judged by others' readers and by our own."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

from tests.shapes import case_of, sphere
from xrviewer.case.model import Color
from xrviewer.errors import UsageError
from xrviewer.ingest.dicom.header import read_header
from xrviewer.ingest.dicom.seg import read_seg
from xrviewer.report.segmentation import Labelled, as_segmentation

NAMED = (
    Labelled(1, "Ball", Color(0.5, 0.25, 0.125)),
    Labelled(4, "Knochen, größer", Color(0.1, 0.2, 0.9)),
)
NOW = datetime(2001, 2, 3, 4, 5, 6)


def grid(mirrored: bool = False) -> NDArray[np.float64]:
    turn = np.array([[0.96, -0.28, 0], [0.28, 0.96, 0], [0, 0, -1 if mirrored else 1]])
    placed = np.eye(4)
    placed[:3, :3], placed[:3, 3] = turn * (0.5, 0.75, 2.0), (-40, 12.5, 7)
    return placed


def labels() -> NDArray[np.uint16]:
    """Noise, so that no axis can be mistaken for another; two slices are empty."""
    found = np.random.default_rng(7).choice(np.array([0, 1, 4], np.uint16), (13, 11, 6))
    found[:, :, 2] = found[:, :, 5] = 0
    return np.asfortranarray(found)


def written(case_from_voxel: NDArray[np.float64]) -> bytes:
    return as_segmentation(case_of({"ball": sphere()}), labels(), case_from_voxel, NAMED, NOW)


@pytest.mark.parametrize("mirrored", [False, True])
def test_each_voxel_lies_where_it_lay(mirrored: bool) -> None:
    block = hd.seg.segread(io.BytesIO(written(grid(mirrored)))).get_volume(combine_segments=True)
    assert block.array.sum() > 0
    for found in np.argwhere(block.array):
        place = block.affine @ [*found, 1]
        own = np.linalg.inv(grid(mirrored)) @ place
        np.testing.assert_allclose(own, np.rint(own), atol=1e-4)
        i, j, k = np.rint(own[:3]).astype(int)
        assert labels()[i, j, k] == (0, 1, 4)[block.array[tuple(found)]]
    assert (block.array > 0).sum() == (labels() > 0).sum()


def test_our_own_import_reads_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(written(grid()))
    header = read_header(tmp_path / "a.dcm")
    assert header is not None
    (read,) = read_seg(header)
    counted = np.array([0, 1, 0, 0, 2])[labels()]
    np.testing.assert_array_equal(read.labels, counted[:, :, :5])
    np.testing.assert_allclose(read.case_from_voxel, grid(), atol=1e-6)
    assert [read.segments[n].name for n in (1, 2)] == ["Ball", "Knochen, größer"]
    color = read.segments[1].color
    assert color is not None
    np.testing.assert_allclose((color.red, color.green, color.blue), (0.5, 0.25, 0.125), atol=0.02)


def test_segments_say_what_they_are_in_snomed_codes() -> None:
    known = {
        "Femur": ("91723000", "71341001"),
        "Left tibia": ("91723000", "12611008"),
        "Femoral cartilage": ("85756007", "309312004"),
        "Medial meniscus": ("85756007", "74135004"),
        "Anterior cruciate ligament": ("85756007", "52082005"),
        "Brain": ("91723000", "12738006"),
        "Liver": ("91723000", "10200004"),
        "Lesion 3": ("49755003", "52988006"),
        "Whatever": ("91723000", "91723000"),
    }
    named = [Labelled(n, name, Color(0.5, 0.5, 0.5)) for n, name in enumerate(known, 1)]
    block = np.zeros((10, 2, 2), np.uint16)
    block[1:, 0, 0] = np.arange(1, 10)
    data = as_segmentation(case_of({"ball": sphere()}), block, grid(), named, NOW)
    read = hd.seg.segread(io.BytesIO(data))
    for number, (category, kind) in enumerate(known.values(), 1):
        found = read.get_segment_description(number)
        assert found.segmented_property_category.value == category, found.segment_label
        assert found.segmented_property_type.value == kind, found.segment_label
        assert found.segmented_property_type.scheme_designator == "SCT"


def test_it_is_of_the_case_and_of_nobody() -> None:
    read = pydicom.dcmread(io.BytesIO(written(grid())))
    again = pydicom.dcmread(io.BytesIO(written(grid())))
    assert str(read.PatientName) == "Anonymous^" and read.PatientIdentityRemoved == "YES"
    assert not read.StudyDate and not read.PatientBirthDate
    assert read.StudyInstanceUID == again.StudyInstanceUID
    assert read.SOPInstanceUID != again.SOPInstanceUID
    text = str(read)
    assert "Derivation Image" not in text and "Referenced Series" not in text


def test_axes_that_lean_are_refused() -> None:
    leaning = grid()
    leaning[0, 2] += 0.3
    with pytest.raises(UsageError, match=r"axes lean.*\.nii"):
        written(leaning)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not installed")
def test_a_judge_of_dicom_finds_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(written(grid()))
    judged = subprocess.run(
        ["dciodvfy", str(tmp_path / "a.dcm")], capture_output=True, text=True, check=False
    )
    assert "Segmentation" in judged.stderr and "Error" not in judged.stderr, judged.stderr
