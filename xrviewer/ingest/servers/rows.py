"""What a server lists: studies and series, without names."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from xrviewer.errors import UsageError

MOST = 200
"""Studies that are listed; who needs more has asked too broadly."""
_DATES = re.compile(r"(\d{8})?-?(\d{8})?", re.ASCII)


class Query(msgspec.Struct, frozen=True):
    """What to look for; empty fields match all."""

    patient: str = ""
    """The hospital's number of the patient."""
    dates: str = ""
    """YYYYMMDD, or two with a dash between, of which one may be absent."""
    modality: str = ""

    def __post_init__(self) -> None:
        if not _DATES.fullmatch(self.dates) or self.dates == "-":
            raise UsageError(f"--date is YYYYMMDD or YYYYMMDD-YYYYMMDD, not {self.dates!r}")

    def keys(self) -> dict[str, str]:
        """As both protocols want them."""
        fields = {
            "PatientID": self.patient,
            "StudyDate": self.dates,
            "ModalitiesInStudy": self.modality.upper(),
        }
        return {name: value for name, value in fields.items() if value}


class StudyRow(msgspec.Struct, frozen=True):
    """One study."""

    study: str
    date: str
    modalities: str
    description: str
    patient: str
    """The number, not the name: enough to choose by."""


class SeriesRow(msgspec.Struct, frozen=True):
    """One series of a study."""

    series: str
    number: int
    modality: str
    description: str
    images: int


STUDY_FIELDS = (
    "StudyInstanceUID",
    "StudyDate",
    "ModalitiesInStudy",
    "StudyDescription",
    "PatientID",
)
SERIES_FIELDS = (
    "SeriesInstanceUID",
    "SeriesNumber",
    "Modality",
    "SeriesDescription",
    "NumberOfSeriesRelatedInstances",
)


def study_row(found: Mapping[str, str]) -> StudyRow:
    """From STUDY_FIELDS."""
    return StudyRow(*(found.get(name, "") for name in STUDY_FIELDS))


def series_row(found: Mapping[str, str]) -> SeriesRow:
    """From SERIES_FIELDS."""
    uid, number, modality, description, images = (found.get(n, "") for n in SERIES_FIELDS)
    return SeriesRow(uid, _count(number), modality, description, _count(images))


def _count(text: str) -> int:
    return int(text) if text.strip().isdecimal() else 0
