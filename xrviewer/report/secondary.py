"""A still as DICOM Secondary Capture: it belongs to the case's own study, and names no person."""

from __future__ import annotations

import io
from datetime import datetime

import highdicom as hd
import numpy as np
from highdicom.sc import SCImage
from numpy.typing import NDArray
from pydicom.uid import ExplicitVRLittleEndian
from pydicom.valuerep import DA, TM

from xrviewer import __version__
from xrviewer.case.model import Case
from xrviewer.report.structured import uid_of
from xrviewer.scene.legend import NOT_DIAGNOSTIC

_SERIES = 9002
"""After whatever a scanner numbers."""
_LONGEST_DESCRIPTION = 64
"""Of DICOM's long strings."""


def as_secondary_capture(
    case: Case, picture: NDArray[np.uint8], now: datetime, description: str
) -> bytes:
    """A whole DICOM file of (height, width, 3). The warning is in the pixels and in the header."""
    image = SCImage(
        np.ascontiguousarray(picture),
        photometric_interpretation=hd.PhotometricInterpretationValues.RGB,
        bits_allocated=8,
        coordinate_system=hd.CoordinateSystemNames.PATIENT,
        study_instance_uid=uid_of(case, "study"),
        series_instance_uid=uid_of(case, "stills"),
        series_number=_SERIES,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="xrviewer",
        patient_id=case.id[:_LONGEST_DESCRIPTION],
        patient_name="Anonymous^",
        patient_orientation=("L", "F"),
        transfer_syntax_uid=ExplicitVRLittleEndian,
    )
    # A view of a model has no rows along the body, and nothing is burnt in that names a person.
    image.SpecificCharacterSet, image.Laterality = "ISO_IR 192", ""
    image.add_new("PatientOrientation", "CS", None)
    image.BurnedInAnnotation = "NO"
    image.SoftwareVersions = __version__
    image.SeriesDescription = NOT_DIAGNOSTIC
    image.ImageComments = description[:_LONGEST_DESCRIPTION]
    image.ConversionType = "WSD"  # made at a workstation
    image.PatientIdentityRemoved, image.DeidentificationMethod = "YES", "names and places left out"
    image.ContentDate, image.ContentTime = DA(now.date()), TM(now.time())
    written = io.BytesIO()
    image.save_as(written, enforce_file_format=True)
    return written.getvalue()
