"""What can be asked of the document. Imperatives; they know nothing but their data.

A gesture is one intent, made at its release. A new intent is a dataclass here, a rule in
`rules.py` and, for a new register, a line in `snapshot.py`. Slices and cuts have theirs in
`plane_intents` and `plane_rules`.
"""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.document.plane_intents import PlaneIntent
from xrviewer.spatial.transforms import PartPlace, Placement


@dataclass(frozen=True, slots=True)
class SetLayerVisible:
    layer: str
    is_visible: bool


@dataclass(frozen=True, slots=True)
class SetLayersVisible:
    """Many layers in one undo step: isolate, hide the group, show all."""

    layers: tuple[str, ...]
    is_visible: bool


@dataclass(frozen=True, slots=True)
class SetLayerOpacity:
    """0 clear, 1 solid."""

    layer: str
    opacity: float


@dataclass(frozen=True, slots=True)
class SetLayerColor:
    """sRGB as #rrggbb."""

    layer: str
    color_hex: str


@dataclass(frozen=True, slots=True)
class PlaceModel:
    """Where the model stands in the room, in metres; the scale is clamped to 0.01 to 100."""

    placement: Placement


@dataclass(frozen=True, slots=True)
class PlacePart:
    """Where a layer's part lies within the case, at every date."""

    layer: str
    place: PartPlace


@dataclass(frozen=True, slots=True)
class PutAllBack:
    """Every part home, none spread."""


@dataclass(frozen=True, slots=True)
class Explode:
    """How far the parts are spread from the centre; 0 not at all, 1 doubles their distance."""

    amount: float


@dataclass(frozen=True, slots=True)
class ShowTimepoint:
    timepoint: str


@dataclass(frozen=True, slots=True)
class ShowMap:
    """A map of numbers on the surfaces in place of their own colours; None takes it off."""

    map: str | None


@dataclass(frozen=True, slots=True)
class SetMapRange:
    """Which values the two ends of the colours stand for, in the map's unit."""

    map: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SetMapSteps:
    """So many even bands of one colour each; 0 is smooth."""

    map: str
    steps: int


@dataclass(frozen=True, slots=True)
class SelectTool:
    """Kept in the journal, but no undo step: undo takes back work, not the choice of a tool."""

    tool: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Takes back its author's last change; does nothing when there is none."""


@dataclass(frozen=True, slots=True)
class Redo:
    """Does again what its author's last undo took back."""


Intent = (
    SetLayerVisible
    | SetLayersVisible
    | SetLayerOpacity
    | SetLayerColor
    | PlaceModel
    | PlacePart
    | PutAllBack
    | Explode
    | ShowTimepoint
    | ShowMap
    | SetMapRange
    | SetMapSteps
    | SelectTool
    | Undo
    | Redo
    | PlaneIntent
)
NOT_UNDONE: frozenset[str] = frozenset({SelectTool.__name__})
