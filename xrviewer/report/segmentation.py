"""A label map as a DICOM Segmentation object of the case's own study: it names no person."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import highdicom as hd
import numpy as np
from highdicom.seg import SegmentAlgorithmTypeValues, SegmentationTypeValues, SegmentDescription
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage
from pydicom.valuerep import DA, TM

from xrviewer import __version__
from xrviewer.case.model import Case, Color
from xrviewer.errors import UsageError
from xrviewer.report.structured import uid_of
from xrviewer.report.tissue_codes import category_and_type

_SERIES = 9003
_LONGEST = 64
"""Of DICOM's long strings."""
_SQUARE = 1e-4
"""Cosine between axes that is still a right angle; NIfTI keeps its axes in float32."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a number of the map stands for."""

    number: int
    name: str
    color: Color


def as_segmentation(
    case: Case,
    labels: NDArray[np.uint16],
    case_from_voxel: NDArray[np.float64],
    named: Sequence[Labelled],
    now: datetime,
) -> bytes:
    """A whole DICOM file of the (I, J, K) labels, a binary segment each. The numbers are counted
    anew from 1. Raises UsageError for a grid that the format cannot state."""
    _check_square(case_from_voxel)
    numbers = np.zeros(int(labels.max()) + 1, np.uint8 if len(named) < 256 else np.uint16)
    for new, label in enumerate(named, 1):
        numbers[label.number] = new
    # highdicom counts slices, rows, columns.
    affine = np.asarray(case_from_voxel[:, [2, 1, 0, 3]], np.float64)
    block = hd.Volume(
        np.ascontiguousarray(numbers[labels].transpose(2, 1, 0)),
        affine,
        hd.CoordinateSystemNames.PATIENT,
        frame_of_reference_uid=uid_of(case, "frame"),
    )
    made = hd.seg.Segmentation(
        [_scan(case, block)],
        block,
        SegmentationTypeValues.BINARY,
        [_described(new, label, case) for new, label in enumerate(named, 1)],
        series_instance_uid=uid_of(case, "labels"),
        series_number=_SERIES,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="xrviewer",
        manufacturer_model_name="xrviewer",
        software_versions=__version__,
        device_serial_number="0",
        content_label="LABELS",
        content_description="Structures of a case. Not for diagnostic use",
        transfer_syntax_uid=ExplicitVRLittleEndian,
    )
    return _file(made, now)


def _check_square(case_from_voxel: NDArray[np.float64]) -> None:
    axes = case_from_voxel[:3, :3] / np.linalg.norm(case_from_voxel[:3, :3], axis=0)
    if np.abs(axes.T @ axes - np.eye(3)).max() > _SQUARE:
        raise UsageError("the scan's axes lean: DICOM SEG cannot state that; write a .nii instead")


def _described(number: int, label: Labelled, case: Case) -> SegmentDescription:
    rgb = (np.array([label.color.red, label.color.green, label.color.blue]) * 255).round()
    return SegmentDescription(
        number,
        label.name[:_LONGEST],
        *category_and_type(label.name),
        SegmentAlgorithmTypeValues.MANUAL,
        tracking_uid=uid_of(case, f"label {label.name}"),
        tracking_id=label.name[:_LONGEST],
        display_color=hd.color.CIELabColor.from_rgb(*(int(v) for v in rgb)),
    )


def _scan(case: Case, block: hd.Volume) -> Dataset:
    """What highdicom takes the study's and the grid's fields from: nobody's."""
    scan = Dataset()
    scan.SOPClassUID, scan.SOPInstanceUID = MRImageStorage, uid_of(case, "scan")
    scan.StudyInstanceUID = uid_of(case, "study")
    scan.SeriesInstanceUID = uid_of(case, "series")
    scan.FrameOfReferenceUID = uid_of(case, "frame")
    scan.PatientID, scan.PatientName = case.id[:_LONGEST], "Anonymous^"
    scan.SpecificCharacterSet = "ISO_IR 192"
    for empty in ("PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID"):
        setattr(scan, empty, "")
    scan.StudyDate, scan.StudyTime, scan.ReferringPhysicianName = "", "", ""
    scan.Rows, scan.Columns = block.spatial_shape[1:]
    scan.ImageOrientationPatient = list(block.get_plane_orientation()[0].ImageOrientationPatient)
    scan.ImagePositionPatient = list(block.get_plane_position(0)[0].ImagePositionPatient)
    scan.PixelSpacing = list(block.pixel_spacing)
    scan.SliceThickness = block.spacing_between_slices
    return scan


def _file(made: hd.seg.Segmentation, now: datetime) -> bytes:
    # The scan itself is not sent along, and nothing here may point at what nobody can find.
    for pointing in ("ReferencedSeriesSequence", "SourceImageSequence"):
        if pointing in made:
            delattr(made, pointing)
    for group in (*made.SharedFunctionalGroupsSequence, *made.PerFrameFunctionalGroupsSequence):
        if "DerivationImageSequence" in group:
            del group.DerivationImageSequence
    made.SeriesDescription = "Labels, not for diagnostic use"
    made.PatientIdentityRemoved = "YES"
    made.DeidentificationMethod = "xrviewer case: only whitelisted fields are kept"
    made.ContentDate, made.ContentTime = DA(now.date()), TM(now.time())
    written = io.BytesIO()
    made.save_as(written, enforce_file_format=True)
    return written.getvalue()
