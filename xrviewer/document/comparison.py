"""Two dates at once: how they are seen together, and how each lies on the first one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from xrviewer.case.model import Timepoint
from xrviewer.document.registers import Register, Value
from xrviewer.spatial.planes import Plane
from xrviewer.spatial.transforms import Matrix, PartPlace

DATE = "date"
"""The collection: an item a date, how it lies on the first one."""
SESSION_COMPARED: Register = ("session", "session", "compared")
SESSION_TOGETHER: Register = ("session", "session", "together")
SESSION_BLEND: Register = ("session", "session", "blend")
SESSION_SWIPE: Register = ("session", "session", "swipe")


class Together(StrEnum):
    """How the other date is seen with the one that is shown."""

    SIDE = "side"
    """Beside it."""
    OVERLAY = "overlay"
    """Over it, as a shell."""
    FLICKER = "flicker"
    """In its place, by turns."""
    SWIPE = "swipe"
    """Beyond a plane."""
    DIFFERENCE = "difference"
    """As colours on it: how far apart their surfaces are."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is asked of the drawing."""

    other: str | None = None
    """The date that is compared with the shown one; None for none."""
    together: Together = Together.SIDE
    blend: float = 0.5
    """In an overlay: 0 the shown date alone, 1 the other alone."""
    swipe: Plane | None = None
    """The other date lies where its normal points; None through the middle."""


@dataclass(frozen=True, slots=True)
class KeptFit:
    """How one structure of a later date lies on the first date's."""

    layer: str
    """A bone; or nothing, for all of a date that was laid by its scan."""
    first_from_date: tuple[float, ...]
    """16 numbers, row by row; case millimetres."""
    residual_mm: float
    overlap: float


HOME = PartPlace()


@dataclass(frozen=True, slots=True)
class DateFit:
    """All fits of a date, and what a person has moved since."""

    fits: tuple[KeptFit, ...] = ()
    nudge: PartPlace = HOME
    """On top of the fits, of all of them alike."""
    adjusted: tuple[PartPlace, float] | None = None
    """A nudge, and how far apart the worst bone was with it, mm."""

    @property
    def is_by_hand(self) -> bool:
        return self.nudge != HOME

    @property
    def residual_mm(self) -> float | None:
        """Of the worst, as it lies now; None while nobody has looked since it was moved."""
        if not self.is_by_hand:
            return max((fit.residual_mm for fit in self.fits), default=0.0)
        known = self.adjusted
        return known[1] if known is not None and known[0] == self.nudge else None

    def by_layer(self) -> dict[str, Matrix]:
        """first_from_date of each that was fitted, as it lies now."""
        nudge = self.nudge.matrix()
        return {one.layer: nudge @ np.reshape(one.first_from_date, (4, 4)) for one in self.fits}


NO_COMPARISON = Comparison()


def date_register(date: str, field: str) -> Register:
    return (DATE, date, field)


def with_date_written(before: DateFit | None, field: str, value: Any) -> DateFit:
    """After one of its registers was written. What this version does not know is left alone."""
    held = before or DateFit()
    if field == "fits":
        return replace(held, fits=tuple(_fit(one) for one in value or ()))
    if field == "nudge":
        return replace(held, nudge=HOME if value is None else PartPlace(*value))
    if field == "adjusted" and value is not None:
        return replace(held, adjusted=(PartPlace(*value[0]), float(value[1])))
    return held


def _fit(value: Any) -> KeptFit:
    layer, matrix, residual, overlap = value
    return KeptFit(str(layer), tuple(map(float, matrix)), float(residual), float(overlap))


def fits_value(fits: tuple[KeptFit, ...]) -> Value:
    return tuple((f.layer, f.first_from_date, f.residual_mm, f.overlap) for f in fits)


def plane_value(plane: Plane) -> Value:
    return (plane.point_mm, plane.normal, plane.across)


def comparison_of(before: Comparison, field: str, value: Any) -> Comparison:
    """After one of its registers was written; a journal from before there was one has none."""
    match field:
        case "compared":
            return replace(before, other=None if value is None else str(value))
        case "together":
            return replace(before, together=Together(value or Together.SIDE))
        case "blend":
            return replace(before, blend=0.5 if value is None else float(value))
        case "swipe":
            return replace(before, swipe=None if value is None else Plane(*map(_vec3, value)))
    return before


def _vec3(value: Any) -> tuple[float, float, float]:
    x, y, z = value
    return (float(x), float(y), float(z))


def swipe_plane(asked: Comparison, shown: Timepoint) -> Plane:
    """Where it was put; before that, sagittal through the middle."""
    if asked.swipe is not None:
        return asked.swipe
    low, high = shown.surfaces.bounds_mm()
    x, y, z = ((low + high) / 2).tolist()
    return Plane((x, y, z), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


COMPARISON_FIELDS: Mapping[Register, str] = {
    register: register[2]
    for register in (SESSION_COMPARED, SESSION_TOGETHER, SESSION_BLEND, SESSION_SWIPE)
}
