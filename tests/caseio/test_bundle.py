"""A case in one file: whole, the same bytes each time, and silent about who made it."""

from __future__ import annotations

import errno
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.caseio.caseio_samples import small_case
from tests.caseio.test_folder import same_surfaces
from xrviewer.case.model import Case
from xrviewer.caseio import bundle, cache
from xrviewer.caseio.bundle import write_bundle
from xrviewer.caseio.check import check_path
from xrviewer.caseio.folder import load_case, save_case
from xrviewer.caseio.loose import open_path
from xrviewer.caseio.packed import extent
from xrviewer.errors import CaseError, InputError


def test_a_bundle_is_the_case_of_the_folder(tmp_path: Path) -> None:
    save_case(small_case(), tmp_path / "knee")
    folder = load_case(tmp_path / "knee")
    size = write_bundle(folder, tmp_path / "a.zip")
    assert size == (tmp_path / "a.zip").stat().st_size
    same_case(open_path(tmp_path / "a.zip"), folder)
    assert check_path(tmp_path / "a.zip") == ()


def same_case(ours: Case, theirs: Case) -> None:
    for one, other in zip(ours.timepoints, theirs.timepoints, strict=True):
        same_surfaces(one.surfaces, other.surfaces)
        for scan, scan_there in zip(one.volumes, other.volumes, strict=True):
            np.testing.assert_array_equal(scan.voxels, scan_there.voxels)
            np.testing.assert_array_equal(scan.case_from_voxel, scan_there.case_from_voxel)
    for name in ("id", "title", "layers", "groups", "maps", "tour", "provenance", "faults"):
        assert getattr(ours, name) == getattr(theirs, name)


def test_only_what_a_case_needs_goes_in_stored_timeless_and_aligned(tmp_path: Path) -> None:
    save_case(small_case(), tmp_path / "knee")
    (tmp_path / "knee" / "sessions").mkdir()
    (tmp_path / "knee" / "sessions" / "today.jsonl").write_text("somebody")
    write_bundle(load_case(tmp_path / "knee"), tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        entries = archive.infolist()
        assert archive.testzip() is None
    assert [entry.filename for entry in entries] == [
        f"knee/{name}"
        for name in ("case.json", "t0/anatomy.glb", "t0/dess.nii", "t0/t2.nii", "t1/anatomy.glb")
    ]
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    places = [extent(tmp_path / "a.zip" / entry.filename) for entry in entries]
    assert all(place is not None and place.first % 64 == 0 for place in places)


def test_the_same_case_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        write_bundle(small_case(), tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("from /mnt/somebody/scans", "a path"),
        (r"from C:\scans", "a path"),
        (r"from \\server\scans", "a path"),
        ("ask a.b@clinic.example", "an e-mail"),
        ("scanned 2024-03-09", "a calendar date"),
        ("scanned 20240309", "a calendar date"),
    ],
)
def test_a_text_that_tells_of_somebody_is_refused(tmp_path: Path, text: str, what: str) -> None:
    case = replace(small_case(), provenance=("made for a test", text))
    with pytest.raises(CaseError, match=rf"provenance\[1\] of case.json holds {what}"):
        write_bundle(case, tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_this_computer_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle.socket, "gethostname", lambda: "station-nine")
    with pytest.raises(CaseError, match=r"title of case.json holds this computer's"):
        write_bundle(small_case("Knee at Station-Nine"), tmp_path / "a.zip")


@pytest.mark.parametrize("text", ["version 2024.11.3", "1/2 of it", "10.1002/mrm.20240309", "t1/a"])
def test_a_text_that_tells_of_nobody_is_not(tmp_path: Path, text: str) -> None:
    write_bundle(replace(small_case(), provenance=(text,)), tmp_path / "a.zip")


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.zip").write_bytes(b"before")

    def full(*_: Any) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(bundle, "_padding", full)
    with pytest.raises(InputError, match="No space left"):
        write_bundle(small_case(), tmp_path / "a.zip")
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]
    assert (tmp_path / "a.zip").read_bytes() == b"before"


def test_looking_into_a_zip_leaves_nothing_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the surfaces that a folder's would be kept ready as."""
    monkeypatch.setenv("XRVIEWER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "SMALLEST_BYTES", 1)
    write_bundle(small_case(), tmp_path / "a.zip")
    save_case(small_case(), tmp_path / "a")
    before = sorted(tmp_path.rglob("*.zip")), (tmp_path / "a.zip").read_bytes()
    assert open_path(tmp_path / "a.zip").id == "knee"
    assert not list((tmp_path / "cache").rglob("*.xrpack"))
    assert (sorted(tmp_path.rglob("*.zip")), (tmp_path / "a.zip").read_bytes()) == before
    open_path(tmp_path / "a")
    assert list((tmp_path / "cache").rglob("*.xrpack"))


def test_a_zip_is_not_written_into(tmp_path: Path) -> None:
    write_bundle(small_case(), tmp_path / "a.zip")
    with pytest.raises(CaseError, match="unpack it"):
        save_case(small_case(), tmp_path / "a.zip" / "knee")
