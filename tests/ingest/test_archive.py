"""Zip files as sources, friendly and hostile."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.ingest.dicom_maker import write_series
from xrviewer.caseio.loose import open_path
from xrviewer.cli import app
from xrviewer.errors import InputError
from xrviewer.ingest.archive import unpacked


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return path


def test_a_zip_is_as_good_as_its_folder(tmp_path: Path) -> None:
    files = write_series(tmp_path / "s")
    entries = {f"Muster Anna/{p.name}": p.read_bytes() for p in files}
    archive = zipped(tmp_path / "a.zip", entries)
    done = CliRunner().invoke(app, ["import", str(archive), "--out", str(tmp_path / "case")])
    assert done.exit_code == 0, done.output
    assert open_path(tmp_path / "case").timepoints[0].volumes[0].voxels.shape == (12, 10, 8)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with unpacked([zipped(tmp_path / "a.zip", {"a.txt": b"x"}), tmp_path]) as (folder, other):
        assert [p.read_bytes() for p in folder.iterdir()] == [b"x"] and other == tmp_path
    assert not folder.exists()


@pytest.mark.parametrize(
    "name", ["../../escaped.nii", "/abs.nii", "C:\\x\\y.nii", "a\nb.nii", ".."]
)
def test_a_hostile_name_writes_nowhere_else(tmp_path: Path, name: str) -> None:
    archive = zipped(tmp_path / "a.zip", {name: b"x"})
    with unpacked([archive]) as (folder,):
        (file,) = folder.iterdir()
        assert file.resolve().is_relative_to(folder.resolve())
        assert file.name.startswith("000000 ") and file.read_bytes() == b"x"
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        ("Anna/femur.seg.nrrd", "000000 femur.seg.nrrd"),
        ("brain_t1_Muster.nii.gz", "000000 brain_t1.nii.gz"),
        ("I0001", "000000 "),
    ],
)
def test_the_ending_and_known_words_stay(tmp_path: Path, entry: str, kept: str) -> None:
    with unpacked([zipped(tmp_path / "a.zip", {entry: b"x"})]) as (folder,):
        assert [p.name for p in folder.iterdir()] == [kept]


def test_a_bomb_is_stopped(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {str(n): bytes(8 << 20) for n in range(4)})
    with pytest.raises(InputError, match="zip bomb"), unpacked([archive]):
        pass


def test_a_broken_zip_is_one_line(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"a": bytes(range(256)) * 40})
    data = bytearray(archive.read_bytes())
    data[40:80] = b"\xff" * 40
    archive.write_bytes(data)
    with pytest.raises(InputError, match="no zip file that can be unpacked"), unpacked([archive]):
        pass
