"""What can be asked of two dates at once."""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.document.comparison import KeptFit, Together
from xrviewer.spatial.planes import Plane
from xrviewer.spatial.transforms import PartPlace


@dataclass(frozen=True, slots=True)
class CompareWith:
    """Another date beside the shown one; None ends it."""

    timepoint: str | None


@dataclass(frozen=True, slots=True)
class SeeTogether:
    """In which way both are seen."""

    together: Together


@dataclass(frozen=True, slots=True)
class SetBlend:
    """0 the shown date alone, 1 the other alone."""

    blend: float


@dataclass(frozen=True, slots=True)
class PlaceSwipe:
    """Where the plane of a swipe lies; case frame."""

    plane: Plane


@dataclass(frozen=True, slots=True)
class NudgeDate:
    """A date by hand on top of its fit, whole: the last word is a person's."""

    timepoint: str
    nudge: PartPlace


@dataclass(frozen=True, slots=True)
class KeepFits:
    """What a registration found, for the record. No undo step: nobody did it."""

    timepoint: str
    fits: tuple[KeptFit, ...]


@dataclass(frozen=True, slots=True)
class KeepAdjusted:
    """How far apart a date lies where a person moved it, for the record. No undo step."""

    timepoint: str
    nudge: PartPlace
    """With which it was found."""
    residual_mm: float


ComparisonIntent = (
    CompareWith | SeeTogether | SetBlend | PlaceSwipe | NudgeDate | KeepFits | KeepAdjusted
)
