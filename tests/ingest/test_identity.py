"""Who it is stays outside: words planted in every field of the sources are not in the case."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.datadict import DicomDictionary
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid
from typer.testing import CliRunner

from tests.ingest.dicom.test_contours import write_rtstruct
from tests.ingest.dicom_maker import ORIGIN_MM, ROTATION, SPACING_MM, write_seg, write_series
from xrviewer.caseio.check import check_path
from xrviewer.caseio.folder import load_case
from xrviewer.cli import app
from xrviewer.ingest.identity import Person, are_one

TEXT = frozenset({"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"})
DATES = {"DA": "19031207", "DT": "19031207134501", "TM": "134501.987"}
# What a file cannot be read without; all else is fair to be planted in.
NEEDED = frozenset(
    """SpecificCharacterSet PatientID PatientName PhotometricInterpretation SegmentationType
    BurnedInAnnotation""".split()
)


class Markers:
    """Words that occur nowhere else, one for each place."""

    def __init__(self) -> None:
        self._numbers = itertools.count(0x1000)
        self.planted: list[str] = []

    def next(self) -> str:
        self.planted.append(f"QZ{next(self._numbers):X}JK")
        return self.planted[-1]

    def uid(self) -> str:
        self.planted.append(str(generate_uid()))
        return self.planted[-1]


def plant(into: Dataset, markers: Markers) -> None:
    """In every text, date and UID element that DICOM knows, private ones and nested ones."""
    for tag, (vr, _, _, retired, keyword) in DicomDictionary.items():
        is_skipped = keyword in NEEDED or not keyword or retired or tag >> 16 in (0, 2, 4)
        if is_skipped or (keyword in into and vr != "LO"):
            continue
        if vr in TEXT:
            setattr(into, keyword, markers.next())
        elif vr in DATES:
            setattr(into, keyword, DATES[vr])
    into.PatientName = f"{markers.next()}^{markers.next()}"
    block = into.private_block(0x0011, markers.next(), create=True)
    block.add_new(0x01, "LO", markers.next())
    block.add_new(0x02, "UT", markers.next())
    inner = Dataset()
    inner.PatientName, inner.PatientAddress = markers.next(), markers.next()
    inner.ReferencedSOPInstanceUID = markers.uid()
    deeper = Dataset()
    deeper.OtherPatientIDs = markers.next()
    inner.OtherPatientIDsSequence = Sequence([deeper])
    into.ReferencedStudySequence = Sequence([inner])


def planted_dicom(folder: Path, markers: Markers) -> None:
    person = markers.next()
    paths = write_series(folder / markers.next())
    volume = np.zeros((12, 10, 8), bool)
    volume[2:9, 2:8, 1:7] = True
    names = {1: f"{markers.next()} liver {markers.next()}"}
    paths.append(write_seg(folder / f"{markers.next()}.dcm", {1: volume}, names=names))
    drawn = {f"{markers.next()} kidney {markers.next()}": outlines()}
    paths.append(write_rtstruct(folder / f"{markers.next()}.dcm", drawn))
    for path in paths:
        stored = dcmread(path)
        plant(stored, markers)
        stored.PatientID = person
        uids = (stored.SOPInstanceUID, stored.SeriesInstanceUID)
        markers.planted += [str(uid) for uid in uids]
        stored.save_as(path)


def outlines() -> list[NDArray[np.float64]]:
    """A box in the planes of the made series, 3 to 5 mm within it."""
    square = np.array([(1.0, 1.5), (4.5, 1.5), (4.5, 6.0), (1.0, 6.0)])
    depths = [SPACING_MM[2] * k for k in range(1, 7)]
    flat = [np.column_stack([square, np.full(4, depth)]) for depth in depths]
    return [outline @ ROTATION.T + ORIGIN_MM for outline in flat]


def planted_nifti(path: Path, markers: Markers) -> Path:
    image = nib.Nifti1Image(np.arange(240, dtype=np.int16).reshape(4, 6, 10), np.eye(4))
    image.header["descrip"] = markers.next()
    image.header["aux_file"] = markers.next()
    image.header["intent_name"] = markers.next()
    image.header["db_name"] = markers.next()
    image.header.extensions.append(nib.nifti1.Nifti1Extension(6, markers.next().encode()))
    nib.save(image, path)
    return path


def planted_nrrd(path: Path, markers: Markers) -> Path:
    labels = np.zeros((8, 10, 12), np.uint8)
    labels[2:7, 2:8, 2:6] = 1
    image = SimpleITK.GetImageFromArray(labels)
    image.SetSpacing(SPACING_MM)
    image.SetOrigin(ORIGIN_MM)
    image.SetDirection(ROTATION.ravel().tolist())
    for key in ("Segment0_Name", "Segment0_ID", "Segment0_Tags", "Segmentation_Name", "anything"):
        image.SetMetaData(key, markers.next())
    image.SetMetaData("Segment0_LabelValue", "1")
    SimpleITK.WriteImage(image, str(path))
    return path


def spellings(marker: str) -> Iterator[bytes]:
    for text in (marker, marker.lower(), marker.title()):
        yield text.encode()
        yield text.encode("utf-16-le")


def found_in(case: Path, markers: list[str]) -> list[str]:
    """Those that are in any byte or name of the case."""
    everything = b""
    for path in case.rglob("*"):
        everything += str(path.relative_to(case)).encode() + b"\0"
        if path.is_file():
            block = path.read_bytes()
            # Nothing in a case is packed, so that looking for bytes is looking at all of it.
            assert block[:2] != b"\x1f\x8b" and b"KHR_draco" not in block
            everything += block
    return [m for m in markers if any(spelling in everything for spelling in spellings(m))]


def test_nothing_that_was_planted_is_in_the_case(tmp_path: Path) -> None:
    markers = Markers()
    planted_dicom(tmp_path / "dicom", markers)
    nifti = planted_nifti(tmp_path / f"{markers.next()}.nii", markers)
    nrrd = planted_nrrd(tmp_path / f"{markers.next()}.seg.nrrd", markers)
    out = tmp_path / "case"
    sources = [str(p) for p in (tmp_path / "dicom", nifti, nrrd)]
    done = CliRunner().invoke(app, ["import", *sources, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert check_path(out) == ()
    assert len(markers.planted) > 10_000
    ids = {layer.id for layer in load_case(out).layers}
    assert ids == {"liver", "kidney", "label_1"}  # each of the segmentations was read
    assert found_in(out, [*markers.planted, *DATES.values()]) == []


def test_nothing_that_was_planted_is_in_dicom_that_is_kept(tmp_path: Path) -> None:
    """And what is kept is still the scan and its structures: it makes the same case again."""
    markers = Markers()
    planted_dicom(tmp_path / "dicom", markers)
    one, again = tmp_path / "case", tmp_path / "again"
    words = ["import", str(tmp_path / "dicom"), "--keep-dicom", "--out", str(one)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert check_path(one) == ()
    kept = sorted((one / "dicom" / "t0").iterdir())
    assert [path.name for path in kept] == [f"{n:05}.dcm" for n in range(1, 11)]
    assert found_in(one, [*markers.planted, *DATES.values()]) == []
    for path in kept:
        words_in = repr(dcmread(path))
        assert not [m for m in markers.planted if m in words_in]
    done = CliRunner().invoke(app, ["import", str(one / "dicom"), "--out", str(again)])
    assert done.exit_code == 0, done.exception
    before, after = load_case(one).timepoints[0], load_case(again).timepoints[0]
    np.testing.assert_array_equal(after.volumes[0].voxels, before.volumes[0].voxels)
    np.testing.assert_allclose(
        after.volumes[0].case_from_voxel, before.volumes[0].case_from_voxel, atol=1e-6
    )
    assert after.surfaces.part_ids == before.surfaces.part_ids == ("liver", "kidney")
    np.testing.assert_allclose(after.surfaces.positions_mm, before.surfaces.positions_mm, atol=1e-3)


def test_a_word_that_is_in_a_case_would_be_found(tmp_path: Path) -> None:
    """The search itself, on a case whose title holds one of the words."""
    write_series(tmp_path / "s")
    arguments = ["import", str(tmp_path / "s"), "--out", str(tmp_path / "case"), "--title"]
    assert CliRunner().invoke(app, [*arguments, "QZ1234JK"]).exit_code == 0
    assert found_in(tmp_path / "case", ["QZ1234JK", "QZ9999JK"]) == ["QZ1234JK"]


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (Person("1", "A", "1950"), Person("1", "B", "1950"), True),
        (Person("1", "A", "1950"), Person("2", "A", "1950"), False),
        (Person("1", "A", "1950"), Person("1", "A", "1951"), False),
        (Person("", "A", ""), Person("2", "A", "1951"), True),
    ],
)
def test_who_may_be_one_person(one: Person, two: Person, same: bool) -> None:
    assert are_one([one, two, one]) is same


def test_a_person_is_never_shown() -> None:
    assert repr(Person("4711", "Doe", "1950")) == "Person()"
