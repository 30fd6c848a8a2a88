"""What can be asked of slices and cuts. Their ids are chosen by who adds them: `free_id`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from xrviewer.document.planes import CutShape, Filter, Fusion, Mode, Outlines, Projection, Window
from xrviewer.spatial.planes import Plane
from xrviewer.spatial.transforms import Vec3


@dataclass(frozen=True, slots=True)
class AddSlice:
    """A slice through a volume; one that was removed may be added again under its id."""

    slice: str
    volume: str
    plane: Plane
    mode: Mode = Mode.BOTH


@dataclass(frozen=True, slots=True)
class AddCurvedSlice:
    """Straightened along a line of the case."""

    slice: str
    volume: str
    plane: Plane
    """Where its screen stands."""
    curve_mm: tuple[Vec3, ...]


@dataclass(frozen=True, slots=True)
class TurnSlice:
    """Of a curved slice: about its line."""

    slice: str
    turn_rad: float


@dataclass(frozen=True, slots=True)
class PlaceSlice:
    slice: str
    plane: Plane


@dataclass(frozen=True, slots=True)
class SetSliceVolume:
    slice: str
    volume: str


@dataclass(frozen=True, slots=True)
class SetSliceMode:
    slice: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class SetSliceSlab:
    """0 mm is the plane itself."""

    slice: str
    thickness_mm: float
    projection: Projection = Projection.MEAN


@dataclass(frozen=True, slots=True)
class SetSliceWindow:
    """Centre and width in the volume's values; None for what the data says."""

    slice: str
    window: Window | None


@dataclass(frozen=True, slots=True)
class SetSliceColors:
    slice: str
    colors: str


@dataclass(frozen=True, slots=True)
class SetSliceFilter:
    slice: str
    filter: Filter


@dataclass(frozen=True, slots=True)
class SetSliceFusion:
    """Lays a second volume over the first; None takes it off."""

    slice: str
    fusion: Fusion | None


@dataclass(frozen=True, slots=True)
class SetSliceOutlines:
    slice: str
    outlines: Outlines


@dataclass(frozen=True, slots=True)
class SetSliceVisible:
    slice: str
    is_visible: bool


@dataclass(frozen=True, slots=True)
class RemoveSlice:
    slice: str


@dataclass(frozen=True, slots=True)
class PointOut:
    """The crosshair of all slices: every slice but one is moved through the point. None ends it."""

    point_mm: Vec3 | None
    kept: str | None = None
    """The slice that was pointed at."""


@dataclass(frozen=True, slots=True)
class AddCut:
    cut: str
    shape: CutShape
    volume: str | None = None
    """The scan that its faces show."""
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class PlaceCut:
    cut: str
    shape: CutShape


@dataclass(frozen=True, slots=True)
class SetCutExempt:
    """The layers that the cut leaves whole."""

    cut: str
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetCutVisible:
    cut: str
    is_visible: bool


@dataclass(frozen=True, slots=True)
class RemoveCut:
    cut: str


PlaneIntent = (
    AddSlice
    | AddCurvedSlice
    | TurnSlice
    | PlaceSlice
    | SetSliceVolume
    | SetSliceMode
    | SetSliceSlab
    | SetSliceWindow
    | SetSliceColors
    | SetSliceFilter
    | SetSliceFusion
    | SetSliceOutlines
    | SetSliceVisible
    | RemoveSlice
    | PointOut
    | AddCut
    | PlaceCut
    | SetCutExempt
    | SetCutVisible
    | RemoveCut
)


def free_id(word: str, taken: Collection[str]) -> str:
    """slice1, slice2, ...: the first that nobody has."""
    number = 1
    while f"{word}{number}" in taken:
        number += 1
    return f"{word}{number}"
