"""DICOM that may stay beside a case: numbers and pixels, and no word that could be a name.

First all goes that is not known to be harmless, as everywhere in an import; what is left goes
through the basic profile of PS3.15, which knows of numbers, dates and UIDs that tell who it is.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pydicom
from dicomanonymizer import simpledicomanonymizer as profile
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from xrviewer.errors import InputError
from xrviewer.ingest.dicom.header import BROKEN, one_line
from xrviewer.ingest.words import known_words

FOLDER = "dicom"
"""Beside the manifest; in it a folder a date."""
_EDITION = "dicomfields_2024b"
_DAY_ONE = date(1900, 1, 1)
"""Of the first scan: later ones keep their distance."""
_NUMBERS = frozenset("US SS UL SL UV SV FL FD DS IS AT".split())
_PIXELS = frozenset({"PixelData", "FloatPixelData", "DoubleFloatPixelData"})
_DRAWN_OVER = (range(0x5000, 0x5100), range(0x6000, 0x6100))
"""Groups of curves and overlays, in which there is writing."""
_NAMES = frozenset({"SeriesDescription", "ProtocolName", "SegmentLabel", "ROIName"})
"""Of these the known words stay."""
_TERMS: Mapping[str, str] = {
    "Modality": "MR CT PT NM US XA CR DX MG OT SEG RTSTRUCT",
    "ImageType": "ORIGINAL DERIVED PRIMARY SECONDARY AXIAL LOCALIZER OTHER M P R I SE FFE IR "
    "PHASE MAGNITUDE NORM DIS2D DIS3D MPR MIP WATER FAT IN_PHASE OUT_PHASE NONE VOLUME CONE_BEAM "
    "ADC TRACEW MIXED REFORMATTED RESAMPLED",
    "FrameType": "ORIGINAL DERIVED PRIMARY SECONDARY M P R I PHASE MAGNITUDE NONE VOLUME MIXED",
    "PhotometricInterpretation": "MONOCHROME1 MONOCHROME2",
    "SegmentationType": "BINARY FRACTIONAL LABELMAP",
    "SegmentationFractionalType": "PROBABILITY OCCUPANCY",
    "ContourGeometricType": "POINT CLOSED_PLANAR CLOSEDPLANAR_XOR OPEN_PLANAR",
    "Laterality": "L R B U",
    "ImageLaterality": "L R B U",
    "BodyPartExamined": "KNEE HEAD BRAIN SKULL NECK CHEST ABDOMEN PELVIS HIP SHOULDER ELBOW "
    "WRIST HAND ANKLE FOOT LEG THIGH SPINE CSPINE TSPINE LSPINE HEART BREAST ARM JAW",
    "PatientPosition": "HFS HFP HFDR HFDL FFS FFP FFDR FFDL",
    "BurnedInAnnotation": "YES NO",
    "LossyImageCompression": "00 01",
    "Units": "BQML CNTS GML HU",
    "RescaleType": "HU US",
}
"""Of these the values that the standard or makers define stay; any other could be a name."""
_STANDARD = "1.2.840.10008."

Tell = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be written, and under whose name."""

    files: tuple[Path, ...]
    case_id: str
    timepoint: str
    day: int


def keep_dicom(kept: Kept, folder: Path, tell: Tell) -> None:
    """Writes copies of the files under numbers. Raises InputError for one that cannot be."""
    target = folder / FOLDER / kept.timepoint
    target.mkdir(parents=True)
    try:
        for number, path in enumerate(kept.files, 1):
            _cleaned(path, kept).save_as(target / f"{number:05}.dcm", enforce_file_format=True)
            tell(number / len(kept.files), "de-identifying the DICOM files")
    finally:
        profile.dictionary.clear()  # which leads from the new UIDs back to the old


def _cleaned(path: Path, kept: Kept) -> Dataset:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = pydicom.dcmread(path, force=True)
            syntax = str(found.file_meta.TransferSyntaxUID)
            found.remove_private_tags()
            _prune(found)
            for part in _datasets(found):
                profile.anonymize_dataset(part, base_rules_gen=_rules)
            for part in _datasets(found):
                _remap(part)
    except BROKEN as error:
        raise InputError(path, f"cannot be de-identified: {one_line(error)}") from None
    _sign(found, kept)
    is_packed = syntax == DeflatedExplicitVRLittleEndian  # in which nobody can look for a name
    return _with_meta(found, ExplicitVRLittleEndian if is_packed else syntax)


def _prune(dataset: Dataset) -> None:
    """Leaves what is known to be harmless, in nested sets too."""
    for element in list(dataset):
        if element.VR == "SQ" and element.keyword != "IconImageSequence":
            for item in element.value:
                item.remove_private_tags()
                _prune(item)
        elif element.keyword in _NAMES:
            element.value = " ".join(known_words(str(element.value)))[:64].strip()
        elif not _is_harmless(element):
            del dataset[element.tag]


def _is_harmless(element: DataElement) -> bool:
    if any(element.tag.group in groups for groups in _DRAWN_OVER):
        return False
    if element.VR in _NUMBERS:
        return all(isinstance(v, int | float) or _is_number(v) for v in _values(element))
    if element.VR == "CS":
        terms = _TERMS.get(element.keyword, "").split()
        return all(str(value) in terms for value in _values(element))
    return element.VR == "UI" or element.keyword in _PIXELS


def _values(element: DataElement) -> Sequence[Any]:
    if element.value is None or element.value == "":
        return ()
    return element.value if element.VM > 1 else (element.value,)


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def _datasets(dataset: Dataset) -> Iterator[Dataset]:
    """It, and all that are nested in it: the library looks at the outermost only."""
    yield dataset
    for element in list(dataset):
        if element.VR == "SQ":
            for item in element.value:
                yield from _datasets(item)


@cache
def _all_rules() -> dict[Any, Any]:
    names = {pydicom.datadict.tag_for_keyword(name) for name in _NAMES}
    found = profile.initialize_actions(_EDITION)
    # Known words are no names, and say which structure it is.
    return {tag: _once(act) for tag, act in found.items() if tag[0] << 16 | tag[1] not in names}


def _once(act: Callable[[Dataset, Any], None]) -> Callable[[Dataset, Any], None]:
    """Nested sets are gone through by themselves: a UID that is mapped twice meets no other."""

    def applied(dataset: Dataset, tag: Any) -> None:
        element = dataset.get(tag)
        if element is not None and (element.VR != "SQ" or act is profile.delete):
            act(dataset, tag)

    return applied


def _rules() -> dict[Any, Any]:
    return dict(_all_rules())


def _remap(dataset: Dataset) -> None:
    """UIDs that the profile does not name, in the same way as those that it does."""
    made = set(profile.dictionary.values())
    for element in dataset:
        if element.VR == "UI":
            new = [v if _is_ours(v, made) else profile.get_UID(v) for v in _values(element)]
            element.value = new if len(new) != 1 else new[0]


def _is_ours(uid: str, made: set[str]) -> bool:
    return not uid or uid in made or uid.startswith(_STANDARD)


def _sign(found: Dataset, kept: Kept) -> None:
    """Whose it is now, and what was done to it."""
    found.PatientID = found.PatientName = kept.case_id
    found.StudyDate = (_DAY_ONE + timedelta(days=kept.day)).strftime("%Y%m%d")
    found.PatientIdentityRemoved = "YES"
    found.LongitudinalTemporalInformationModified = "MODIFIED"
    found.DeidentificationMethod = "PS3.15 basic profile; other text removed"
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator = "113100", "DCM"
    code.CodeMeaning = "Basic Application Confidentiality Profile"
    found.DeidentificationMethodCodeSequence = [code]


def _with_meta(found: Dataset, syntax: str) -> Dataset:
    """A new head: the old one and the bytes before it may hold anything."""
    found.preamble = b"\0" * 128
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(syntax)
    meta.MediaStorageSOPClassUID = found.SOPClassUID
    meta.MediaStorageSOPInstanceUID = found.SOPInstanceUID
    found.file_meta = meta
    return found
