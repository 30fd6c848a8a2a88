"""DICOM beside a case: what holds it together stays together, and what tells a person goes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    generate_uid,
)

from tests.ingest.dicom_maker import write_series
from xrviewer.errors import InputError
from xrviewer.ingest.dicom.keeping import Kept, keep_dicom


def kept(files: list[Path], folder: Path, day: int = 0) -> list[Dataset]:
    keep_dicom(Kept(tuple(files), "case-12ab", "t1", day), folder, lambda part, text: None)
    return [dcmread(path) for path in sorted((folder / "dicom" / "t1").iterdir())]


def test_references_between_files_still_meet(tmp_path: Path) -> None:
    uids = [generate_uid() for _ in range(8)]
    item = Dataset()
    item.ReferencedSOPInstanceUID = uids[3]
    files = write_series(
        tmp_path / "s", SOPInstanceUID=lambda k: uids[k], ReferencedImageSequence=[item]
    )
    found = kept(files, tmp_path)
    assert len({one.SOPInstanceUID for one in found}) == 8
    assert len({one.SeriesInstanceUID for one in found}) == 1
    assert {one.SOPInstanceUID for one in found} & set(uids) == set()
    for one in found:
        assert one.ReferencedImageSequence[0].ReferencedSOPInstanceUID == found[3].SOPInstanceUID
        assert one.file_meta.MediaStorageSOPInstanceUID == one.SOPInstanceUID
        assert one.SOPClassUID == "1.2.840.10008.5.1.4.1.1.4"


def test_the_person_is_the_case_and_dates_keep_their_distance(tmp_path: Path) -> None:
    (one, *_) = kept(write_series(tmp_path / "s", PatientAge="070Y"), tmp_path, day=40)
    assert (one.PatientID, str(one.PatientName), one.StudyDate) == (
        "case-12ab",
        "case-12ab",
        "19000210",
    )
    assert one.PatientIdentityRemoved == "YES"
    assert one.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
    assert not one.get("PatientBirthDate") and "PatientAge" not in one


def test_known_words_stay_and_others_do_not(tmp_path: Path) -> None:
    files = write_series(
        tmp_path / "s",
        SeriesDescription="Sag DESS knee Dr. Miller",
        ImageType=["ORIGINAL", "PRIMARY", "MILLER"],
        BodyPartExamined="KNEE",
        ImageComments="Miller",
    )
    (one, *_) = kept(files, tmp_path)
    assert one.SeriesDescription == "sag dess knee"
    assert one.BodyPartExamined == "KNEE"
    assert "ImageType" not in one and "ImageComments" not in one


def test_pixels_and_places_are_the_same(tmp_path: Path) -> None:
    files = write_series(tmp_path / "s")
    for path, one in zip(files, kept(files, tmp_path), strict=True):
        before = dcmread(path)
        assert one.PixelData == before.PixelData
        for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "Rows"):
            assert one[name].value == before[name].value


def test_a_deflated_file_is_kept_so_that_it_can_be_searched(tmp_path: Path) -> None:
    files = write_series(tmp_path / "s", count=2)
    for path in files:
        stored = dcmread(path)
        stored.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
        stored.save_as(path)
    (one, _) = kept(files, tmp_path)
    assert one.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert one.pixel_array.shape == (10, 12)


def test_writing_over_the_picture_goes(tmp_path: Path) -> None:
    files = write_series(tmp_path / "s", count=2)
    for path in files:
        stored = dcmread(path)
        stored.add_new(0x60003000, "OW", b"Miller")
        stored.add_new(0x60004000, "LT", "Miller")
        stored.preamble = b"Miller" + bytes(122)
        stored.save_as(path)
    kept(files, tmp_path)
    for path in (tmp_path / "dicom").rglob("*.dcm"):
        assert b"Miller" not in path.read_bytes()


def test_what_is_no_dicom_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(b"DICM" * 50)
    with pytest.raises(InputError, match="cannot be de-identified"):
        kept([tmp_path / "a.dcm"], tmp_path)


def test_packed_pixels_of_a_scanner_stay_packed(test_data: Path, tmp_path: Path) -> None:
    files = sorted((test_data / "knee_mri_dess_dicom").glob("*.dcm"))[:2]
    for path, one in zip(files, kept(files, tmp_path), strict=True):
        assert one.file_meta.TransferSyntaxUID == JPEG2000Lossless
        np.testing.assert_array_equal(one.pixel_array, dcmread(path).pixel_array)
