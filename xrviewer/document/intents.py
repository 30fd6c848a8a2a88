"""What can be asked of the document. Imperatives; they know nothing but their data.

A gesture is one intent, made at its release. A new intent is a dataclass here, a rule in
`rules.py` and, for a new register, a line in `snapshot.py`. Measurements, slices and cuts have
theirs in `measurement_intents`, `measurement_rules`, `plane_intents` and `plane_rules`; so has a
second date, in `comparison_intents` and `comparison_rules`.
"""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.document.comparison_intents import ComparisonIntent, KeepAdjusted, KeepFits
from xrviewer.document.measurement_intents import MeasurementIntent
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
class SetLayersOpacity:
    """Many layers in one undo step."""

    layers: tuple[str, ...]
    opacity: float


@dataclass(frozen=True, slots=True)
class ShowAll:
    """Every layer, as clear or solid as it is."""


@dataclass(frozen=True, slots=True)
class ResetLayers:
    """Every layer as the case shows it at first: seen, its own colour and opacity."""


@dataclass(frozen=True, slots=True)
class Isolate:
    """These layers alone; what was seen before is remembered until EndIsolation."""

    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndIsolation:
    """What was seen before the first Isolate; nothing where nothing is isolated."""


@dataclass(frozen=True, slots=True)
class GhostRest:
    """All but these layers become ghosts; how solid they were is remembered until EndGhosts."""

    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndGhosts:
    """What GhostRest made ghosts of is as it was; nothing where there is none."""


@dataclass(frozen=True, slots=True)
class Peel:
    """Takes off the outermost stratum that is seen (case.strata); the last one stays."""


@dataclass(frozen=True, slots=True)
class Unpeel:
    """Puts back what the last Peel took off; nothing where nothing is off."""


@dataclass(frozen=True, slots=True)
class ShowPreset:
    """A look the user has saved by this name, else a choice of case.presets by its id."""

    preset: str


@dataclass(frozen=True, slots=True)
class SavePreset:
    """What is seen, and how, under a name of the user's; the same name is written over."""

    name: str


@dataclass(frozen=True, slots=True)
class RemovePreset:
    """A look the user has saved."""

    name: str


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
class ShowIsolines:
    """Lines on the surfaces where a map has round values."""

    map: str
    is_shown: bool


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
    | SetLayersOpacity
    | ShowAll
    | ResetLayers
    | Isolate
    | EndIsolation
    | GhostRest
    | EndGhosts
    | Peel
    | Unpeel
    | ShowPreset
    | SavePreset
    | RemovePreset
    | PlaceModel
    | PlacePart
    | PutAllBack
    | Explode
    | ShowTimepoint
    | ShowMap
    | SetMapRange
    | SetMapSteps
    | ShowIsolines
    | SelectTool
    | Undo
    | Redo
    | MeasurementIntent
    | PlaneIntent
    | ComparisonIntent
)
NOT_UNDONE: frozenset[str] = frozenset(
    {SelectTool.__name__, KeepFits.__name__, KeepAdjusted.__name__}
)
