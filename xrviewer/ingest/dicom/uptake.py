"""PET voxels to standardised uptake: by body weight, where the files say all that takes.

SUV is the activity in a place over what would be there were the dose spread evenly through the
body: Bq/ml times the weight in grams over the dose in Bq, as it was when the scan began.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pydicom
from pydicom.dataset import Dataset

from xrviewer.errors import InputError
from xrviewer.ingest.dicom.header import BROKEN, one_line
from xrviewer.ingest.dicom.series import Stack

SUV, ACTIVITY = "SUV bw (g/ml)", "Bq/ml"
_TAGS = """
Units DecayCorrection CorrectedImage PatientWeight SeriesDate SeriesTime AcquisitionDate
AcquisitionTime RadiopharmaceuticalInformationSequence
""".split()
_PHILIPS_SUV = 0x70531000
_LONGEST = timedelta(days=1)
"""From the injection to the scan."""


@dataclass(frozen=True, slots=True)
class Uptake:
    """What a value times the factor is in."""

    factor: float
    unit: str
    notes: tuple[str, ...]


def uptake(stack: Stack) -> Uptake | None:
    """None for what is no PET. Where something is wanting, what is stored stays as it is."""
    if stack.first.modality != "PT":
        return None
    read = [_read(path) for path in sorted({frame.path for frame in stack.frames})]
    units = str(read[0].get("Units", "")).upper()
    try:
        return Uptake(_factor(read, units), SUV, ())
    except ValueError as error:
        unit = ACTIVITY if units == "BQML" else units.lower()
        shown = unit or "no stated unit"
        return Uptake(1.0, unit, (f"{stack.label}: {error}: values stay in {shown}, not SUV",))


def _read(path: Path) -> Dataset:
    tags: list[Any] = [*_TAGS, _PHILIPS_SUV]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pydicom.dcmread(path, stop_before_pixels=True, force=True, specific_tags=tags)
    except BROKEN as error:
        raise InputError(path, f"is no readable DICOM: {one_line(error)}") from None


def _factor(read: list[Dataset], units: str) -> float:
    """Raises ValueError, in words, for what is wanting."""
    first = read[0]
    if units == "GML":
        return 1.0
    if units == "CNTS" and _PHILIPS_SUV in first:
        return _positive(first[_PHILIPS_SUV].value, "Philips' factor")
    if units != "BQML":
        raise ValueError(f"its unit is {units[:8]!r}" if units else "no unit is stated")
    corrected = first.get("CorrectedImage") or ()
    if not {"ATTN", "DECY"} <= set(corrected):
        raise ValueError("not corrected for attenuation and decay")
    weight_g = 1000 * _positive(first.get("PatientWeight"), "the body weight")
    return weight_g / _dose_bq(first, read)


def _dose_bq(first: Dataset, read: Iterable[Dataset]) -> float:
    """What is left of it at the time that the scan was corrected to."""
    doses = first.get("RadiopharmaceuticalInformationSequence") or [Dataset()]
    given_bq = _positive(doses[0].get("RadionuclideTotalDose"), "the dose")
    corrected = first.get("DecayCorrection")
    if corrected == "ADMIN":
        return given_bq
    if corrected != "START":
        raise ValueError("not said to what time its decay is corrected")
    half_life_s = _positive(doses[0].get("RadionuclideHalfLife"), "the half-life")
    start = _moment(first, "Series")
    if start > min(_moment(one, "Acquisition") for one in read):
        # Of a series that was worked on later it is the time of that work.
        raise ValueError("the series begins after its slices were scanned")
    passed = start - _injected(doses[0], start)
    if not timedelta(0) <= passed <= _LONGEST:
        raise ValueError("the dose was given after the scan, or days before")
    return float(given_bq * 0.5 ** (passed.total_seconds() / half_life_s))


def _injected(dose: Dataset, start: datetime) -> datetime:
    """The full date where there is one; the time alone is of the day of the scan."""
    stated = str(dose.get("RadiopharmaceuticalStartDateTime") or "")
    if len(stated) >= 14:
        return datetime.combine(_day(stated[:8]), _clock(stated[8:]))
    at = _clock(str(dose.get("RadiopharmaceuticalStartTime") or ""))
    injected = datetime.combine(start.date(), at)
    return injected - timedelta(days=1) if injected > start else injected


def _moment(found: Dataset, kind: str) -> datetime:
    day, clock = (str(found.get(f"{kind}{what}") or "") for what in ("Date", "Time"))
    return datetime.combine(_day(day), _clock(clock))


def _day(text: str) -> date:
    if len(text) != 8 or not text.isdecimal():
        raise ValueError("a date is not stated")
    return datetime.strptime(text, "%Y%m%d").date()


def _clock(text: str) -> time:
    """HHMMSS with or without a fraction."""
    if len(text) < 6 or not text[:6].isdecimal():
        raise ValueError("a time is not stated")
    return datetime.strptime(text[:6], "%H%M%S").time()


def _positive(value: Any, what: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = 0.0
    if not 0 < number < 1e15:
        raise ValueError(f"{what} is not stated")
    return number
