"""Disks that fill, targets that cannot be written, sources that go away, names that attack."""

from __future__ import annotations

import os
import resource
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage, generate_uid
from typer.testing import CliRunner, Result

from tests.ingest.dicom_maker import write_series
from xrviewer.caseio.check import check_path
from xrviewer.caseio.loose import open_path
from xrviewer.cli import app, main
from xrviewer.commands.bring import FollowUp, bring
from xrviewer.errors import InputError, XrviewerError
from xrviewer.ingest.pipeline import Wanted


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["import", *map(str, arguments)])


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """As a user sees it: what is on stderr, after exit 1."""
    sys.argv = ["xrviewer", "import", *map(str, arguments)]
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "internal error" not in said
    return said


@contextmanager
def limited_files(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills(tmp_path: Path) -> None:
    """By a limit on the size of files: the kernel stops the write in the middle, as a disk does."""
    write_series(tmp_path / "s")
    with limited_files(1000):
        failed = run(tmp_path / "s", "--out", tmp_path / "case")
    assert isinstance(failed.exception, XrviewerError)
    assert "cannot be written: File too large" in str(failed.exception)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s"]


def test_a_disk_that_fills_leaves_the_case_that_was_there(tmp_path: Path) -> None:
    write_series(tmp_path / "s")
    out = tmp_path / "case"
    assert run(tmp_path / "s", "--out", out).exit_code == 0
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    write_series(tmp_path / "later", StudyDate="20210301")
    with limited_files(1000):
        assert run(tmp_path / "later", "--out", out, "--timepoint", "later").exit_code != 0
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["case", "later", "s"]


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="no /sys, which not even root can write to")
def test_a_target_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    write_series(tmp_path / "s")
    assert "/sys/" in told(capsys, tmp_path / "s", "--out", "/sys/case")
    (tmp_path / "file").write_text("x")
    told(capsys, tmp_path / "s", "--out", tmp_path / "file" / "case")
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("when", ["reading headers", "reading the scan"])
def test_a_source_that_goes_away(tmp_path: Path, when: str) -> None:
    write_series(tmp_path / "s")

    def pull_the_plug(_: float, text: str) -> None:
        if text == when:
            shutil.rmtree(tmp_path / "s", ignore_errors=True)

    with pytest.raises(InputError):
        bring(Wanted((tmp_path / "s",)), tmp_path / "case", FollowUp(False), pull_the_plug)
    assert list(tmp_path.iterdir()) == []


HOSTILE = [
    b"-rf",
    b"a\nb\rc",
    b"\x1b[31mred",
    b"\xff\xfe",
    b"'; rm -rf *",
    b"x" * 250,
    b"%s{}$(id)",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_attack_are_only_names(tmp_path: Path, name: bytes) -> None:
    (file, *_) = write_series(tmp_path / "s")
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    (tmp_path / "s").rename(folder)
    (folder / file.name).rename(folder / os.fsdecode(name))
    done = run(folder, "--out", tmp_path / "case", "--json")
    assert done.exit_code == 0, done.exception
    assert check_path(tmp_path / "case") == ()
    written = b"".join(p.read_bytes() for p in (tmp_path / "case").rglob("*") if p.is_file())
    assert name not in written


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_with_them_is_one_plain_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: bytes,
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name + b".nii"))
    path.write_bytes(b"no volume")
    assert told(capsys, path, "--out", tmp_path / "case").strip().isprintable()


def test_links_are_not_followed(tmp_path: Path) -> None:
    write_series(tmp_path / "elsewhere")
    write_series(tmp_path / "s")
    (tmp_path / "s" / "loop").symlink_to(tmp_path / "s")
    (tmp_path / "s" / "other").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "s" / "pipe")
    assert run(tmp_path / "s", "--out", tmp_path / "case").exit_code == 0


def write_directory(folder: Path, listed: list[list[str]]) -> Path:
    """A DICOMDIR that lists those files."""
    made = Dataset()
    made.FileSetID = "DISC"
    made.DirectoryRecordSequence = [Dataset() for _ in listed]
    for record, words in zip(made.DirectoryRecordSequence, listed, strict=True):
        record.DirectoryRecordType = "IMAGE" if words else "PATIENT"
        if words:
            record.ReferencedFileID = words
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.save_as(folder / "DICOMDIR", enforce_file_format=True)
    return folder / "DICOMDIR"


@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")
def test_a_dicomdir_reaches_no_further_than_its_disc(tmp_path: Path) -> None:
    outside = write_series(tmp_path / "outside", SeriesInstanceUID="1.2.3")
    directory = disc(tmp_path / "disc", [["..", "outside", p.name] for p in outside])
    done = run(directory, "--out", tmp_path / "case")
    assert done.exit_code == 0, done.exception
    assert len(open_path(tmp_path / "case").timepoints[0].volumes) == 1


def disc(folder: Path, extra: list[list[str]]) -> Path:
    """With a series on it that its DICOMDIR lists."""
    paths = write_series(folder / "IMAGES")
    for n, path in enumerate(paths):
        path.rename(path.with_name(f"IM{n}"))
    return write_directory(folder, [[], *(["IMAGES", f"IM{n}"] for n in range(8)), *extra])


def test_a_dicomdir_stands_for_what_it_lists(tmp_path: Path) -> None:
    directory = disc(tmp_path / "disc", [["IMAGES", "IM99"]])
    for n, source in enumerate((directory, directory.parent)):
        done = run(source, "--out", tmp_path / f"case {n}")
        assert done.exit_code == 0, done.exception
        assert "the DICOMDIR lists 1 files that are not there" in done.output
        (volume,) = open_path(tmp_path / f"case {n}").timepoints[0].volumes
        assert volume.voxels.shape == (12, 10, 8)


def test_a_broken_dicomdir_is_one_line(tmp_path: Path) -> None:
    directory = disc(tmp_path / "disc", [])
    stored = dcmread(directory)
    del stored.DirectoryRecordSequence
    stored.save_as(directory)
    failed = run(directory, "--out", tmp_path / "case")
    assert isinstance(failed.exception, XrviewerError)
    assert "is no readable DICOMDIR" in str(failed.exception)
