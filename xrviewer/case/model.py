"""What a case is made of. Everything here is immutable once made."""

from __future__ import annotations

from dataclasses import dataclass, field

from xrviewer.case.surfaces import Surfaces
from xrviewer.case.tour import TourStep
from xrviewer.case.volume import Volume


@dataclass(frozen=True, slots=True)
class Color:
    """sRGB, 0 to 1."""

    red: float
    green: float
    blue: float

    @classmethod
    def from_hex(cls, text: str) -> Color:
        """From "#e8dcc4"; raises ValueError for anything else."""
        if len(text) != 7 or text[0] != "#":
            raise ValueError(f"a colour is written #rrggbb, not {text!r}")
        red, green, blue = (int(text[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return cls(red, green, blue)

    def hex(self) -> str:
        return "#" + "".join(f"{round(v * 255):02x}" for v in (self.red, self.green, self.blue))


@dataclass(frozen=True, slots=True)
class Group:
    """A branch of the layer tree: bones, cartilage, the left leg."""

    id: str
    name: str
    plain: str = ""
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """A leaf of the layer tree: one named structure, one part a timepoint."""

    id: str
    name: str
    """As a clinician says it: lateral meniscus."""
    color: Color
    plain: str = ""
    """As a patient says it: outer shock absorber."""
    sentence: str = ""
    """What it does, for a patient."""
    group: str | None = None
    opacity: float = 1.0
    role: str = "other"
    """Tissue: bone, cartilage, meniscus, ligament, muscle, artery, vein, nerve, skin, ..."""


@dataclass(frozen=True, slots=True)
class MapInfo:
    """What a scalar map means. A number is never shown without it."""

    id: str
    name: str
    unit: str
    definition: str
    method: str
    error: float | None = None
    """Stated error in the map's unit; None when it is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Timepoint:
    """The anatomy and the scans of one date, in the case frame."""

    id: str
    name: str
    day: int
    """Days since the first scan."""
    surfaces: Surfaces
    volumes: tuple[Volume, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One person's joint, organ or body. Carries no identifier of the person."""

    id: str
    title: str
    layers: tuple[Layer, ...]
    timepoints: tuple[Timepoint, ...]
    groups: tuple[Group, ...] = ()
    maps: tuple[MapInfo, ...] = ()
    tour: tuple[TourStep, ...] = ()
    provenance: tuple[str, ...] = ()
    """How it was made, a line a step, with versions."""
    faults: tuple[str, ...] = field(default=())
    """What could not be read, by name; the rest is here."""
