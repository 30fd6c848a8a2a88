"""TotalSegmentator's part played by a small program that finds what is bright."""

from __future__ import annotations

import stat
import sys
import textwrap
from pathlib import Path

import pytest
from pydicom.uid import CTImageStorage
from typer.testing import CliRunner

from tests.ingest.dicom_maker import write_series
from xrviewer.caseio.loose import open_path
from xrviewer.cli import app
from xrviewer.errors import InputError, UsageError

STAND_IN = """
    import argparse, sys
    import nibabel, numpy
    words = argparse.ArgumentParser()
    words.add_argument("-i"); words.add_argument("-o"); words.add_argument("--task")
    words.add_argument("--ml", action="store_true")
    said = words.parse_args()
    print("\\r 50%|#####     | 1/2", end="", flush=True)
    scan = nibabel.load(said.i)
    values = numpy.asarray(scan.dataobj)
    bright = numpy.where(values > numpy.median(values), 1, 5).astype("uint8")
    assert said.ml
    nibabel.save(nibabel.Nifti1Image(bright, scan.affine), said.o)
    print("\\r100%|##########| 2/2", said.task)
"""
FAILS = """
    import sys
    print("CUDA is out of memory")
    sys.exit(3)
"""


def install(folder: Path, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    path = folder / "TotalSegmentator"
    path.write_text(f"#!{sys.executable}\n{textwrap.dedent(program)}")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(folder))


def run(folder: Path, **changes: object) -> BaseException | None:
    write_series(folder / "s", **changes)
    words = ["import", str(folder / "s"), "--auto-segment", "--out", str(folder / "case")]
    return CliRunner().invoke(app, words).exception


@pytest.mark.parametrize(
    ("modality", "names"), [("CT", {"spleen", "liver"}), ("MR", {"spleen", "liver"})]
)
def test_its_labels_become_surfaces_with_its_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modality: str, names: set[str]
) -> None:
    install(tmp_path / "bin", STAND_IN, monkeypatch)
    kind = {"SOPClassUID": CTImageStorage} if modality == "CT" else {}
    assert run(tmp_path, Modality=modality, **kind) is None
    case = open_path(tmp_path / "case")
    assert {layer.id for layer in case.layers} == names
    assert len(case.timepoints[0].surfaces.triangles) > 100


def test_absent_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    error = run(tmp_path)
    assert isinstance(error, UsageError)
    assert "pip install TotalSegmentator" in str(error)
    assert not (tmp_path / "case").exists()


def test_its_failure_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "bin", FAILS, monkeypatch)
    error = run(tmp_path)
    assert isinstance(error, InputError)
    assert "ended with 3: CUDA is out of memory" in str(error)


def test_a_scan_of_no_known_kind_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "bin", STAND_IN, monkeypatch)
    error = run(tmp_path, Modality="OT")
    assert isinstance(error, UsageError) and "CT or MR" in str(error)
