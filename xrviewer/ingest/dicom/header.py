"""One DICOM file's header, reduced to what places its frames in the patient."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pydicom
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from xrviewer.errors import InputError
from xrviewer.ingest.dicom.plain import Fields, plain_fields
from xrviewer.ingest.identity import Person
from xrviewer.ingest.words import known_words

MODALITIES = frozenset("MR CT PT NM US XA CR DX MG OT SEG RTSTRUCT".split())
SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"
LABEL_MAP_SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.7"
STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"
_ULTRASOUND = "1.2.840.10008.5.1.4.1.1.6"
_ULTRASOUND_FRAMES = "1.2.840.10008.5.1.4.1.1.3"
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_CONE_BEAM = ("1.2.840.10008.5.1.4.1.1.13.1.1", "1.2.840.10008.5.1.4.1.1.13.1.2")
"""3-D angiography and craniofacial."""
_CONE_BEAM_WORDS = re.compile(r"\bCBCT|\bCONE.?BEAM", re.ASCII | re.IGNORECASE)
_TAGS = """
SOPClassUID SOPInstanceUID SeriesInstanceUID StudyInstanceUID FrameOfReferenceUID Modality
SeriesNumber SeriesDescription ProtocolName ImageType InstanceNumber AcquisitionNumber StudyDate
PatientID PatientName PatientBirthDate Laterality ImageLaterality BodyPartExamined
BurnedInAnnotation Rows Columns BitsAllocated BitsStored PixelRepresentation
NumberOfFrames SamplesPerPixel PixelSpacing
ImagePositionPatient ImageOrientationPatient EchoTime EchoNumbers DiffusionBValue
TemporalPositionIdentifier WindowCenter WindowWidth RescaleSlope RescaleIntercept
SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence
ReferencedFrameOfReferenceSequence
""".split()
_SIEMENS_B_VALUE = 0x0019100C
_LITTLE = (ImplicitVRLittleEndian, ExplicitVRLittleEndian)
_WANTED = [*(tag_for_keyword(name) or 0 for name in _TAGS), _SIEMENS_B_VALUE]
_NESTED = [name for name in _TAGS if name.endswith("Sequence")]
_NOT_PLAIN = frozenset({*(tag_for_keyword(name) or 0 for name in _NESTED), _SIEMENS_B_VALUE})
_PLAIN = frozenset(_WANTED) - _NOT_PLAIN
# What pydicom lets out when a file is broken.
BROKEN = (
    InvalidDicomError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
)

Triple = tuple[float, float, float]
Found = Dataset | Fields
_EMPTY = Fields("", 0, {})


@dataclass(frozen=True, slots=True)
class Frame:
    """One slice: which frame of which file, and where it lies. Millimetres, LPS."""

    path: Path
    index: int
    number: int
    """InstanceNumber, or the frame's place in its file."""
    position_mm: Triple
    along_row: Triple
    """Unit, towards growing columns."""
    along_column: Triple
    spacing_mm: tuple[float, float]
    """Between columns, between rows."""
    echo_ms: float | None
    b_value: float | None
    moment: int
    acquisition: int
    kind: tuple[str, ...]
    """ImageType from its third value on: magnitude, phase, water, fat."""
    scaling: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Raw:
    """Pixels that lie in the file as they are: no decoder is needed."""

    offset: int
    dtype: str


@dataclass(frozen=True, slots=True)
class Header:
    """A file that holds an image; nothing in it tells who the person is, but for `person`."""

    path: Path
    sop_class: str
    sop_uid: str = field(repr=False)
    series_uid: str = field(repr=False)
    space_uid: str = field(repr=False)
    modality: str
    series_number: int
    words: tuple[str, ...]
    person: Person
    date: date | None = field(repr=False)
    side: str
    body_part: str
    is_localizer: bool
    has_burned_in: bool
    is_cone_beam: bool
    rows: int
    columns: int
    samples: int
    window: tuple[float, float] | None
    frames: tuple[Frame, ...]
    raw: Raw | None


def read_header(path: Path) -> Header:
    """Raises InputError for what is no readable DICOM object."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom tells of odd values; what matters is checked
            found, pixels_at = _read(path)
            _check_whole(path, found, path.stat().st_size - pixels_at)
            return _header(path, found, pixels_at)
    except BROKEN as error:
        raise InputError(path, f"is no readable DICOM: {one_line(error)}") from None


def _read(path: Path) -> tuple[Found, int]:
    """What is in the file before its pixels, and where their tag lies."""
    plain = plain_fields(path, _PLAIN, _NOT_PLAIN)
    if plain is not None:
        return plain, plain.pixels_at
    with path.open("rb") as file:
        found = pydicom.dcmread(file, stop_before_pixels=True, force=True, specific_tags=_WANTED)
        return found, file.tell()


def one_line(error: BaseException) -> str:
    """Of a list of what every library said, the last."""
    first, *others = str(error).strip().splitlines() or [""]
    said = others[-1].partition(": ")[2] if others and "plugins" in first else str(error)
    text = " ".join(said.split()) or type(error).__name__
    return text if len(text) <= 120 else text[:117] + "..."


def _syntax(found: Found) -> object:
    """None where the file has no header of its own."""
    if isinstance(found, Fields):
        return found.syntax
    return found.file_meta.get("TransferSyntaxUID") if "file_meta" in found.__dict__ else None


def _check_whole(path: Path, found: Found, left: int) -> None:
    """Told from the length alone where pixels are not packed: a cut slice is no slice."""
    if _syntax(found) not in (*_LITTLE, ExplicitVRBigEndian):
        return
    counts = ("Rows", "Columns", "SamplesPerPixel", "BitsAllocated")
    bits = math.prod(_integer(found, name) for name in counts)
    wanted = bits * max(_integer(found, "NumberOfFrames"), 1) // 8
    if left < wanted:
        raise InputError(path, f"is cut short: {wanted - left} bytes are missing; copy it again")


def _header(path: Path, found: Found, pixels_at: int) -> Header:
    sop_class = str(found.get("SOPClassUID", ""))
    if not sop_class:
        raise InputError(path, "is no DICOM object: it does not say of what class it is")
    modality = str(found.get("Modality", ""))
    return Header(
        path=path,
        sop_class=sop_class,
        sop_uid=str(found.get("SOPInstanceUID", "")),
        series_uid=str(found.get("SeriesInstanceUID", "")),
        space_uid=_space_uid(found),
        modality=modality if modality in MODALITIES else "OT",
        series_number=_integer(found, "SeriesNumber"),
        words=known_words(_text(found, "SeriesDescription") or _text(found, "ProtocolName")),
        person=_person(found),
        date=_date(_text(found, "StudyDate")),
        side=(_text(found, "ImageLaterality") or _text(found, "Laterality"))[:1].upper(),
        body_part=_text(found, "BodyPartExamined").upper(),
        is_localizer="LOCALIZER" in _image_type(found),
        has_burned_in=_has_burned_in(found, sop_class),
        is_cone_beam=_is_cone_beam(found, sop_class),
        rows=_integer(found, "Rows"),
        columns=_integer(found, "Columns"),
        samples=_integer(found, "SamplesPerPixel"),
        window=_window(found),
        frames=tuple(_frames(path, found)),
        raw=_raw(found, pixels_at),
    )


def _space_uid(found: Found) -> str:
    """A structure set tells it of what it was drawn on."""
    drawn_on = (found.get("ReferencedFrameOfReferenceSequence") or [found])[0]
    return str(drawn_on.get("FrameOfReferenceUID", ""))


def _raw(found: Found, pixels_at: int) -> Raw | None:
    """Only where every bit counts: overlays may hide in those that do not."""
    syntax, bits = _syntax(found), _integer(found, "BitsAllocated")
    is_plain = bits in (8, 16, 32) and bits == _integer(found, "BitsStored")
    if syntax not in _LITTLE or not is_plain or _integer(found, "SamplesPerPixel") != 1:
        return None
    kind = "i" if _integer(found, "PixelRepresentation") else "u"
    tag_bytes = 8 if syntax == ImplicitVRLittleEndian else 12
    return Raw(pixels_at + tag_bytes, f"<{kind}{bits // 8}")


def _person(found: Found) -> Person:
    names = ("PatientID", "PatientName", "PatientBirthDate")
    return Person(*(_text(found, name) for name in names))


def _has_burned_in(found: Found, sop_class: str) -> bool:
    risky = (_ULTRASOUND, _ULTRASOUND_FRAMES, _SECONDARY_CAPTURE)
    return _text(found, "BurnedInAnnotation").upper() == "YES" or sop_class.startswith(risky)


def _is_cone_beam(found: Found, sop_class: str) -> bool:
    """By its class, or as makers of planar imagers call what they store as plain CT."""
    said = (_text(found, "SeriesDescription"), _text(found, "ProtocolName"), *_image_type(found))
    is_said = any(_CONE_BEAM_WORDS.search(text) for text in said)
    return sop_class in _CONE_BEAM or (is_said and _text(found, "Modality") == "CT")


def _frames(path: Path, found: Found) -> Iterator[Frame]:
    """None for an object that does not say where it lies."""
    groups = found.get("PerFrameFunctionalGroupsSequence") or [_EMPTY]
    shared = (found.get("SharedFunctionalGroupsSequence") or [_EMPTY])[0]
    for index, group in enumerate(groups):
        sources = (group, shared)
        position = _numbers(_first(sources, "PlanePositionSequence", found), "ImagePositionPatient")
        axes = _numbers(
            _first(sources, "PlaneOrientationSequence", found), "ImageOrientationPatient"
        )
        measures = _first(sources, "PixelMeasuresSequence", found)
        spacing = _numbers(measures, "PixelSpacing")
        if len(position) == 3 and len(axes) == 6 and len(spacing) == 2 and min(spacing) > 0:
            yield _frame(path, index, found, sources, (position, axes, spacing))


def _frame(
    path: Path,
    index: int,
    found: Found,
    groups: tuple[Dataset, Dataset],
    place: tuple[list[float], list[float], list[float]],
) -> Frame:
    position, axes, spacing = place
    echo = _numbers(_first(groups, "MREchoSequence", _EMPTY), "EffectiveEchoTime")
    diffusion = _first(groups, "MRDiffusionSequence", found)
    content = _first(groups, "FrameContentSequence", _EMPTY)
    kinds = _first(groups, "MRImageFrameTypeSequence", _EMPTY)
    is_one = "PerFrameFunctionalGroupsSequence" not in found
    return Frame(
        path=path,
        index=index,
        number=_integer(found, "InstanceNumber") if is_one else index,
        position_mm=_triple(position),
        along_row=_unit(axes[:3]),
        along_column=_unit(axes[3:]),
        spacing_mm=(spacing[1], spacing[0]),
        echo_ms=next(iter(echo or _numbers(found, "EchoTime")), None),
        b_value=next(iter(_numbers(diffusion, "DiffusionBValue") or _siemens_b(found)), None),
        moment=_integer(content, "TemporalPositionIndex")
        or _integer(found, "TemporalPositionIdentifier"),
        acquisition=_integer(found, "AcquisitionNumber"),
        kind=tuple(str(v) for v in kinds.get("FrameType") or ())[2:] or _image_type(found)[2:],
        scaling=_scaling(_first(groups, "PixelValueTransformationSequence", found)),
    )


def _first(groups: tuple[Dataset, ...], name: str, otherwise: Found) -> Found:
    """The item of a functional group, per frame before shared."""
    for group in groups:
        items = group.get(name)
        if items:
            return items[0]  # type: ignore[no-any-return]
    return otherwise


def _siemens_b(found: Found) -> list[float]:
    element = found.get(_SIEMENS_B_VALUE)
    try:
        return [float(element.value)] if element is not None else []
    except (TypeError, ValueError):
        return []


def _scaling(found: Found) -> tuple[float, float]:
    slope, intercept = _numbers(found, "RescaleSlope"), _numbers(found, "RescaleIntercept")
    return (slope[0] if slope and slope[0] else 1.0, intercept[0] if intercept else 0.0)


def _window(found: Found) -> tuple[float, float] | None:
    center, width = _numbers(found, "WindowCenter"), _numbers(found, "WindowWidth")
    return (center[0], width[0]) if center and width and width[0] > 0 else None


def _image_type(found: Found) -> tuple[str, ...]:
    value = found.get("ImageType") or ()
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value)


def _text(found: Found, name: str) -> str:
    return str(found.get(name) or "").strip()


def _date(text: str) -> date | None:
    """From YYYYMMDD; what is no day of the calendar is none."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])) if len(text) == 8 else None
    except ValueError:
        return None


def _integer(found: Found, name: str) -> int:
    numbers = _numbers(found, name)
    return int(numbers[0]) if numbers else 0


def _numbers(found: Found, name: str) -> list[float]:
    """Finite numbers; none where the field is absent, empty or no number."""
    value: Any = found.get(name)
    if value is None or value == "":
        return []
    values = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else list(value)
    try:
        numbers = [float(v) for v in values]
    except (TypeError, ValueError):
        return []
    return numbers if all(map(math.isfinite, numbers)) else []


def _triple(values: list[float]) -> Triple:
    return (values[0], values[1], values[2])


def _unit(values: list[float]) -> Triple:
    length = math.hypot(*values)
    if not 0.5 < length < 2:
        raise ValueError(f"an axis of the image plane has the length {length:g}")
    x, y, z = (v / length for v in values)
    return (x, y, z)
