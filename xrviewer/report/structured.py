"""Measurements as a DICOM structured report: TID 1500, Comprehensive 3D SR.

It names no person: the patient's fields are empty or the case's own random id. Points lie in the
case's frame of reference, which has a UID of its own, the same in every file made of the case.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable
from datetime import datetime

import highdicom as hd
import numpy as np
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import MRImageStorage
from pydicom.valuerep import DA, TM

from xrviewer import __version__
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.model import Case
from xrviewer.case.quantity import Unit
from xrviewer.document.measurements import Measurement
from xrviewer.errors import MeasureError

_NAMES = {
    Kind.DISTANCE: codes.DCM.Distance,
    Kind.POLYLINE: codes.DCM.PathLength,
    Kind.SURFACE: codes.DCM.PathLength,
    Kind.ANGLE: codes.SCT.Angle,
    Kind.PLANE_ANGLE: codes.SCT.Angle,
    Kind.DIAMETER: codes.SCT.Diameter,
    Kind.GAP: codes.DCM.Distance,
    Kind.AREA: codes.SCT.Area,
    Kind.VOLUME: codes.SCT.Volume,
}
_UNITS = {
    Unit.MM: codes.UCUM.Millimeter,
    Unit.DEGREE: codes.UCUM.Degree,
    Unit.MM2: codes.UCUM.SquareMillimeter,
    Unit.ML: Code("ml", "UCUM", "milliliter"),
}
_MANUFACTURER = "xrviewer"


def as_structured_report(case: Case, measurements: Iterable[Measurement], now: datetime) -> bytes:
    """A whole DICOM file. Notes have no number and stay out; raises MeasureError without one."""
    names = {timepoint.id: timepoint.name for timepoint in case.timepoints}
    groups = [
        _group(m, m.measured, case, names)
        for m in measurements
        if m.is_there and m.measured is not None and m.measured.quantity is not None
    ]
    if not groups:
        raise MeasureError("there is no measurement to report: measure something first")
    report = hd.sr.MeasurementReport(
        hd.sr.ObservationContext(
            observer_device_context=hd.sr.ObserverContext(
                codes.DCM.Device,
                hd.sr.DeviceObserverIdentifyingAttributes(
                    uid_of(case, "viewer"), name=_MANUFACTURER, model_name=__version__
                ),
            )
        ),
        codes.SCT.ImagingProcedure,
        groups,
        title=codes.DCM.ImagingMeasurementReport,
    )
    return _file(_document(case, report, now))


def uid_of(case: Case, what: str) -> str:
    """The same for the same case and thing, and nothing can be told from it."""
    return f"2.25.{uuid.uuid5(_SPACE, f'{case.id}/{what}').int}"


_SPACE = uuid.UUID("5f3ac3e2-5d51-4f6e-9a5f-63a52d3b3a17")


def _group(
    measurement: Measurement, measured: Measured, case: Case, names: dict[str, str]
) -> hd.sr.MeasurementsAndQualitativeEvaluations:
    quantity = measured.quantity
    assert quantity is not None
    uncertainty = quantity.uncertainty
    properties = None
    if uncertainty is not None:
        properties = hd.sr.MeasurementProperties(
            upper_measurement_uncertainty=uncertainty, lower_measurement_uncertainty=uncertainty
        )
    number = hd.sr.Measurement(
        _NAMES[measured.kind],
        quantity.value,
        _UNITS[quantity.unit],
        properties=properties,
        referenced_coordinates=[_coordinates(measured, case)],
    )
    return hd.sr.MeasurementsAndQualitativeEvaluations(
        hd.sr.TrackingIdentifier(uid_of(case, measurement.id), measurement.name),
        time_point_context=hd.sr.TimePointContext(names.get(measured.timepoint, "?")),
        measurements=[number],
    )


def _coordinates(measured: Measured, case: Case) -> hd.sr.CoordinatesForMeasurement3D:
    line = measured.line_mm if measured.kind is Kind.SURFACE else measured.points_mm
    points = np.array(line, np.float64)
    graphic = hd.sr.GraphicTypeValues3D.MULTIPOINT
    if measured.kind in _LINES and len(points) > 1:
        graphic = hd.sr.GraphicTypeValues3D.POLYLINE
    elif len(points) == 1:
        graphic = hd.sr.GraphicTypeValues3D.POINT
    return hd.sr.CoordinatesForMeasurement3D(graphic, points, uid_of(case, "frame"))


_LINES = (Kind.DISTANCE, Kind.POLYLINE, Kind.SURFACE, Kind.GAP, Kind.ANGLE)


def _document(case: Case, report: hd.sr.MeasurementReport, now: datetime) -> Dataset:
    document = hd.sr.Comprehensive3DSR(
        [_scan(case)],
        report[0],
        series_instance_uid=uid_of(case, "measurements"),
        series_number=1,
        sop_instance_uid=str(hd.UID()),
        instance_number=1,
        manufacturer=_MANUFACTURER,
        is_complete=True,
        record_evidence=False,
    )
    # The scan itself is not sent along, and nothing here may point at what nobody can find.
    if "CurrentRequestedProcedureEvidenceSequence" in document:
        del document.CurrentRequestedProcedureEvidenceSequence
    document.ContentDate, document.ContentTime = DA(now.date()), TM(now.time())
    document.PatientIdentityRemoved = "YES"
    document.DeidentificationMethod = "xrviewer case: only whitelisted fields are kept"
    return document


def _scan(case: Case) -> Dataset:
    """What highdicom takes the study's fields from: nobody's."""
    scan = Dataset()
    scan.SOPClassUID, scan.SOPInstanceUID = MRImageStorage, uid_of(case, "scan")
    scan.StudyInstanceUID = uid_of(case, "study")
    scan.SeriesInstanceUID = uid_of(case, "series")
    scan.PatientID, scan.PatientName = case.id, "Anonymous^"
    scan.SpecificCharacterSet = "ISO_IR 192"
    for empty in ("PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID"):
        setattr(scan, empty, "")
    scan.StudyDate, scan.StudyTime, scan.ReferringPhysicianName = "", "", ""
    return scan


def _file(document: Dataset) -> bytes:
    out = io.BytesIO()
    document.save_as(out, enforce_file_format=True)
    return out.getvalue()
