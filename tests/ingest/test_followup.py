"""A second date: of the same person, on the right day, beside the first."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import numpy as np
from typer.testing import CliRunner, Result

from tests.ingest.dicom_maker import write_series
from xrviewer.caseio.check import check_path
from xrviewer.caseio.loose import open_path
from xrviewer.cli import app


def bring(source: Path, out: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["import", str(source), "--out", str(out), *more])


def first(tmp_path: Path) -> Path:
    write_series(tmp_path / "one", StudyDate="20200229")
    assert bring(tmp_path / "one", tmp_path / "case").exit_code == 0
    return tmp_path / "case"


def test_the_interval_of_the_dates_is_kept(tmp_path: Path) -> None:
    case = first(tmp_path)
    write_series(tmp_path / "two", StudyDate="20210301")
    done = bring(tmp_path / "two", case, "--timepoint", "12 months")
    assert done.exit_code == 0, done.output
    assert check_path(case) == ()
    one, two = open_path(case).timepoints
    assert (one.name, one.day, two.name, two.day) == ("Baseline", 0, "12 months", 366)
    assert np.array_equal(one.volumes[0].voxels, two.volumes[0].voxels)


def test_another_patient_is_refused(tmp_path: Path) -> None:
    case = first(tmp_path)
    before = (case / "case.json").read_bytes()
    write_series(tmp_path / "two", StudyDate="20210301", PatientID="4712")
    refused = bring(tmp_path / "two", case, "--timepoint", "12 months")
    assert "another patient" in str(refused.exception)
    assert (case / "case.json").read_bytes() == before
    taken = bring(tmp_path / "two", case, "--timepoint", "12 months", "--accept-mismatch")
    assert taken.exit_code == 0 and "differs" in taken.output


def test_an_older_scan_does_not_come_second(tmp_path: Path) -> None:
    case = first(tmp_path)
    write_series(tmp_path / "two", StudyDate="20200201")
    refused = bring(tmp_path / "two", case, "--timepoint", "before")
    assert "older than the first" in str(refused.exception)


def test_a_case_from_elsewhere_needs_its_day(tmp_path: Path, own_ledger: Path) -> None:
    case = first(tmp_path)
    shutil.rmtree(own_ledger / "ledger")
    write_series(tmp_path / "two", StudyDate="20210301")
    refused = bring(tmp_path / "two", case, "--timepoint", "later")
    assert "give --day N" in str(refused.exception)
    done = bring(tmp_path / "two", case, "--timepoint", "later", "--day", "90")
    assert done.exit_code == 0 and "make sure of it" in done.output
    assert [t.day for t in open_path(case).timepoints] == [0, 90]


def test_what_is_remembered_names_nobody(tmp_path: Path, own_ledger: Path) -> None:
    first(tmp_path)
    (entry,) = (own_ledger / "ledger").iterdir()
    assert b"4711" not in entry.read_bytes() and b"Doe" not in entry.read_bytes()
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
