"""The quick walk through a header against pydicom's reading of the same file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.ingest.dicom_maker import plane, save
from xrviewer.ingest.dicom import header as headers
from xrviewer.ingest.dicom.header import read_header
from xrviewer.ingest.dicom.plain import plain_fields


def is_plain(path: Path) -> bool:
    return plain_fields(path, headers._PLAIN, headers._NOT_PLAIN) is not None


def check_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = read_header(path)
    with monkeypatch.context() as patch:
        patch.setattr(headers, "plain_fields", lambda *_: None)
        assert quick == read_header(path)


def nested(depth: int, is_open: bool) -> Sequence:
    """Sequences in sequences, with the tags that are wanted inside, where they do not count."""
    item = Dataset()
    item.Modality, item.EchoTime = "CT", 99.0
    if depth:
        item.ReferencedImageSequence = nested(depth - 1, is_open)
        item["ReferencedImageSequence"].is_undefined_length = is_open
    item.is_undefined_length_sequence_item = is_open
    return Sequence([item, item])


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("is_implicit", [False, True])
def test_the_same_with_sequences_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_open: bool, is_implicit: bool
) -> None:
    made = plane(3)
    made.EchoTime, made.RescaleSlope = 10.5, 2
    made.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    made.ReferencedStudySequence = nested(3, is_open)
    made["ReferencedStudySequence"].is_undefined_length = is_open
    path = save(made, tmp_path / "a.dcm")
    if is_implicit:
        made.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
        made.save_as(path, enforce_file_format=True)
    assert is_plain(path)
    check_same(path, monkeypatch)
    assert read_header(path).modality == "MR"
    assert read_header(path).frames[0].echo_ms == 10.5


@pytest.mark.parametrize(
    "change",
    [
        {"SpecificCharacterSet": "ISO_IR 100", "PatientName": "Müller^Jörg"},
        {"SpecificCharacterSet": ["", "ISO 2022 IR 87"], "PatientName": "Yamada^太郎"},
        {"SharedFunctionalGroupsSequence": Sequence([Dataset()])},
    ],
)
def test_what_is_odd_is_left_to_pydicom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    made = plane(0)
    for name, value in change.items():
        setattr(made, name, value)
    path = save(made, tmp_path / "a.dcm")
    assert not is_plain(path)
    check_same(path, monkeypatch)


def test_big_endian_is_left_to_pydicom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = plane(0)
    path = save(made, tmp_path / "a.dcm")
    made.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    made["PixelData"].VR = "OW"
    made.save_as(path, enforce_file_format=True)
    assert not is_plain(path)
    check_same(path, monkeypatch)


@pytest.mark.parametrize("length", [100, 140, 300, 500, 700])
def test_a_cut_header_is_not_plain(tmp_path: Path, length: int) -> None:
    path = save(plane(0), tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes()[:length])
    assert not is_plain(path)
