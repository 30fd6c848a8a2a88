"""Folders of odd and broken files: each ends in the right case, or in one clear line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xrviewer.caseio.check import check_path
from xrviewer.caseio.info import case_info
from xrviewer.caseio.loose import open_path
from xrviewer.cli import app
from xrviewer.errors import XrviewerError

FAULTS, VARIETY = "dicom_faults_derived", "dicom_variety"
CASES = {
    f"{FAULTS}/clean": "(64, 64, 24)",
    f"{FAULTS}/duplicate_position": "1 at a place that another slice has: left out",
    f"{FAULTS}/shuffled_instance_numbers": "(64, 64, 24)",
    f"{VARIETY}/dcmqi/23x38x3/image": "(23, 38, 3)",
    f"{VARIETY}/dcmqi/23x38x3/multiframe": "(23, 38, 3)",
    f"{VARIETY}/dcmqi/23x38x3/nrrd": "(23, 38, 3)",
    f"{VARIETY}/dcmqi/23x38x3/seg": "1 parts",
    f"{VARIETY}/dcmqi/ct-3slice": "(512, 512, 3)",
    f"{VARIETY}/rt_utils/mock_data": "states another frame of reference",
    f"{VARIETY}/rt_utils/oriented_data": "(100, 50, 3)",
}
"""What becomes a case, and something that is said or in it."""
REFUSED = {
    f"{FAULTS}/missing_one_slice": "lacks 1 slice, 44.0 mm from the first; --allow-gaps",
    f"{FAULTS}/truncated_and_junk": "lacks 1 slice, 28.0 mm from the first; --allow-gaps ... "
    "007.dcm: is cut short: 7354 bytes are missing; copy it again",
    f"{FAULTS}/two_series_one_folder": "holds 2 series: 1 (MR, echo 6.312 ms, 24 slices), 2",
    f"{VARIETY}/dcmqi": "more than one patient",
    f"{VARIETY}/dcmqi/23x38x3": "holds 2 series",
    f"{VARIETY}/dicomdir": "lacks 161 slices, 1.2 ... is that the whole series? --allow",
    f"{VARIETY}/dicomdir/DICOMDIR": "lacks 161 slices",
    f"{VARIETY}/dicomdir/77654033": "lacks 161 slices",
    f"{VARIETY}/dicomdir/77654033/CR1": "only: 1 Computed Radiography Image",
    f"{VARIETY}/dicomdir/77654033/CR2": "only: 1 Computed Radiography Image",
    f"{VARIETY}/dicomdir/77654033/CR3": "only: 1 Computed Radiography Image",
    f"{VARIETY}/dicomdir/77654033/CT2": "lacks 161 slices",
    f"{VARIETY}/highdicom": "more than one patient",
    f"{VARIETY}/pydicom_charset": "more than one patient",
    f"{VARIETY}/pydicom_data": "more than one patient",
    f"{VARIETY}/pydicom_wheel": "more than one patient",
    f"{VARIETY}/rt_utils": "holds 2 series",
    f"{VARIETY}/highdicom/sr_document.dcm": "only: 1 Comprehensive 3D SR; give the folder",
    f"{VARIETY}/pydicom_data/HTJ2K_08_RGB.dcm": "only: 1 Secondary Capture Image",
    f"{VARIETY}/pydicom_data/liver_rle.dcm": "1 bits allocated; save it again without",
    f"{VARIETY}/pydicom_wheel/MR_truncated.dcm": "is cut short: 50 bytes",
    f"{VARIETY}/pydicom_wheel/liver_1frame.dcm": "1 frames, of which 3 say where they lie",
    f"{VARIETY}/pydicom_wheel/no_meta.dcm": "holds nothing to import",
    f"{VARIETY}/pydicom_wheel/rtplan.dcm": "only: 1 RT Plan",
    f"{VARIETY}/pydicom_wheel/rtdose.dcm": "only: 1 RT Dose",
}


def bring(source: Path, out: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["import", str(source), "--out", str(out), *more])


@pytest.mark.parametrize(("name", "says"), CASES.items())
def test_what_becomes_a_case(test_data: Path, tmp_path: Path, name: str, says: str) -> None:
    done = bring(test_data / name, tmp_path / "case")
    assert done.exit_code == 0, done.exception
    assert check_path(tmp_path / "case") == ()
    case = open_path(tmp_path / "case")
    shapes = " ".join(str(v.voxels.shape) for v in case.timepoints[0].volumes) or "()"
    assert says in f"{done.output} {shapes} {len(case_info(case).parts)} parts"


@pytest.mark.parametrize(("name", "says"), REFUSED.items())
def test_what_is_refused(test_data: Path, tmp_path: Path, name: str, says: str) -> None:
    refused = bring(test_data / name, tmp_path / "case")
    assert isinstance(refused.exception, XrviewerError), refused.exception
    assert all(part in str(refused.exception) for part in says.split(" ... "))
    assert list(tmp_path.iterdir()) == []


def test_no_folder_was_forgotten(test_data: Path) -> None:
    """A table that lacks one says nothing about it."""
    folders = {p for base in (FAULTS, VARIETY) for p in (test_data / base).rglob("*") if p.is_dir()}
    assert {str(p.relative_to(test_data)) for p in folders} <= {*CASES, *REFUSED}


def single_files(test_data: Path) -> Iterator[Path]:
    files = sorted((test_data / VARIETY).rglob("*"))
    yield from (path for path in files if path.is_file() and path.suffix != ".md")


def test_every_file_alone_is_a_case_or_one_line(test_data: Path, tmp_path: Path) -> None:
    """Whatever is in it: no traceback, nothing half-written, and no line of many."""
    whole = 0
    for number, path in enumerate(single_files(test_data)):
        out = tmp_path / str(number)
        done = bring(path, out)
        if done.exit_code == 0:
            assert check_path(out) == (), path
            whole += 1
            continue
        assert isinstance(done.exception, XrviewerError), (path, done.exception)
        text = str(done.exception)
        assert "\n" not in text and len(text) < len(str(path)) + 200, text
        assert not out.exists()
    assert whole >= 10


def test_filling_gaps_says_so(test_data: Path, tmp_path: Path) -> None:
    done = bring(test_data / FAULTS / "missing_one_slice", tmp_path / "case", "--allow-gaps")
    assert done.exit_code == 0 and "filled in between their neighbours" in done.output
    (volume,) = open_path(tmp_path / "case").timepoints[0].volumes
    assert volume.voxels.shape == (64, 64, 24)
    assert volume.filled_slices == (11,)
