"""Zips of other makers: read in place where they can be, one line where they cannot."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.caseio.caseio_samples import small_case
from xrviewer.caseio import packed
from xrviewer.caseio.bundle import write_bundle
from xrviewer.caseio.check import check_path
from xrviewer.caseio.folder import load_case, save_case
from xrviewer.caseio.loose import open_path
from xrviewer.errors import InputError


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    write_bundle(small_case(), tmp_path / "a.zip")
    return tmp_path / "a.zip"


def zipped(tmp_path: Path, how: int, prefix: str = "") -> Path:
    """As a file manager makes it."""
    save_case(small_case(), tmp_path / "knee")
    with zipfile.ZipFile(tmp_path / "by hand.zip", "w", how) as archive:
        for file in sorted((tmp_path / "knee").rglob("*")):
            archive.write(file, prefix + file.relative_to(tmp_path / "knee").as_posix())
        archive.writestr("__MACOSX/._case.json", b"\0\5\x16\7")
    return tmp_path / "by hand.zip"


def bases(array: np.ndarray) -> Iterator[object]:
    base: object = array
    while isinstance(base, np.ndarray):
        yield base
        base = base.base


def test_voxels_are_mapped_from_the_zip(bundle: Path) -> None:
    voxels = open_path(bundle).timepoints[0].volumes[0].voxels
    assert any(isinstance(base, np.memmap) for base in bases(voxels))
    assert voxels.flags.aligned and not voxels.flags.writeable


def test_nothing_is_unpacked_to_the_disk(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XRVIEWER_CACHE", "")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    open_path(bundle)
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("prefix", ["", "knee/", "my knee/of today/"])
def test_a_zip_made_by_hand_opens_too(tmp_path: Path, how: int, prefix: str) -> None:
    archive = zipped(tmp_path, how, prefix)
    case, folder = open_path(archive), load_case(tmp_path / "knee")
    assert (case.id, case.layers, case.faults) == (folder.id, folder.layers, ())
    scan, there = case.timepoints[0].volumes[0], folder.timepoints[0].volumes[0]
    np.testing.assert_array_equal(scan.voxels, there.voxels)
    assert scan.voxels.flags.aligned and check_path(archive) == ()


def refused(archive: Path, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        open_path(archive)
    assert "\n" not in str(caught.value) and archive.name in str(caught.value)
    assert check_path(archive)


def written(tmp_path: Path, *names: str) -> Path:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), b"{}")
    return tmp_path / "bad.zip"


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ((), "holds no case"),
        (("scan/0001.dcm",), "holds no case.*import"),
        (("a/case.json", "b/case.json"), "holds 2 cases"),
        (("case.json", "../../evil"), r"climbs out with '\.\.'"),
        (("case.json", "/etc/passwd"), "is absolute"),
        (("case.json", "a\\..\\b"), "backslash"),
        (("case.json", "C:/a"), "names a drive"),
        (("case.json", "con"), "names a device"),
    ],
)
def test_what_a_zip_may_not_hold(tmp_path: Path, names: tuple[str, ...], reason: str) -> None:
    refused(written(tmp_path, *names), reason)


def test_two_files_of_one_name(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        archive = written(tmp_path, "case.json", "case.json")
    refused(archive, "is there twice")


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "LIMIT_FILES", 2)
    refused(written(tmp_path, "case.json", "a", "b"), "holds 3 files")


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "UNPACK_LIMIT_BYTES", 100)
    refused(zipped(tmp_path, zipfile.ZIP_DEFLATED), r"is compressed and .*\(limit 0\)")


def test_an_encrypted_one(bundle: Path) -> None:
    data = bytearray(bundle.read_bytes())
    at = data.rindex(b"PK\1\2")
    struct.pack_into("<H", data, at + 8, 1)
    bundle.write_bytes(data)
    refused(bundle, "without a password")


def test_a_way_of_packing_that_is_not_read(tmp_path: Path) -> None:
    refused(zipped(tmp_path, zipfile.ZIP_LZMA), "without compression")


@pytest.mark.parametrize("kept", [0, 1, 21, 22, 500, -1, -200])
def test_one_that_is_cut_short(bundle: Path, kept: int) -> None:
    bundle.write_bytes(bundle.read_bytes()[:kept])
    refused(bundle, "no whole zip" if kept else "no whole zip|is empty")


def test_a_directory_that_lies_about_where_things_are(bundle: Path) -> None:
    data = bytearray(bundle.read_bytes())
    at = data.rindex(b"PK\1\2")
    struct.pack_into("<I", data, at + 42, 7)
    bundle.write_bytes(data)
    sees_it_first = hasattr(zipfile.ZipInfo(), "_end_offset")  # a newer Python
    refused(bundle, "Overlapped entries" if sees_it_first else "is not where its zip says")


def test_a_size_that_reaches_over_the_end(bundle: Path) -> None:
    data = bytearray(bundle.read_bytes())
    at = data.rindex(b"PK\1\2")
    struct.pack_into("<II", data, at + 20, 1 << 30, 1 << 30)
    bundle.write_bytes(data)
    refused(bundle, "is cut short")


def test_a_changed_manifest_is_noticed(bundle: Path) -> None:
    data = bundle.read_bytes()
    bundle.write_bytes(data.replace(b'"title": "Knee"', b'"title": "Hips"', 1))
    refused(bundle, "CRC")


def test_a_file_that_the_manifest_names_and_nobody_packed(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle) as whole, zipfile.ZipFile(tmp_path / "b.zip", "w") as less:
        for entry in whole.infolist():
            if not entry.filename.endswith("t2.nii"):
                less.writestr(entry, whole.read(entry))
    refused(tmp_path / "b.zip", "names t0/t2.nii, which is not there")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Its bytes are the name of its target, which is no manifest."""
    entry = zipfile.ZipInfo("case.json")
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    refused(tmp_path / "link.zip", "is not JSON")


def test_a_zip_that_was_made_anew_is_read_anew(bundle: Path) -> None:
    assert open_path(bundle).title == "Knee"
    write_bundle(small_case("Another knee"), bundle)
    assert open_path(bundle).title == "Another knee"
