"""What can be asked of the document about measurements."""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.case.measured import Lesion, Measured


@dataclass(frozen=True, slots=True)
class Measure:
    """Writes what was measured under an id: a new one, or one whose points were moved."""

    id: str
    measured: Measured
    name: str | None = None
    """None keeps the name it has; a new one is named after its kind."""
    lesion: Lesion | None = None
    """None keeps the part it plays."""


@dataclass(frozen=True, slots=True)
class Retract:
    """Takes measurements back; they stay in the record."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameMeasurement:
    """The same name at two dates makes a pair."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class NoteMeasurement:
    id: str
    note: str


@dataclass(frozen=True, slots=True)
class ColorMeasurement:
    """sRGB as #rrggbb; None for the plain colour."""

    id: str
    color_hex: str | None


@dataclass(frozen=True, slots=True)
class SetMeasurementVisible:
    id: str
    is_visible: bool


@dataclass(frozen=True, slots=True)
class MarkLesion:
    """Which part a diameter plays in the response criteria."""

    id: str
    lesion: Lesion


MeasurementIntent = (
    Measure
    | Retract
    | NameMeasurement
    | NoteMeasurement
    | ColorMeasurement
    | SetMeasurementVisible
    | MarkLesion
)
