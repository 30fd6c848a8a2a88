"""What the keyboard asks for. The table is the documentation: `xrviewer open --help` prints it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xrviewer.document.intents import (
    Explode,
    Intent,
    PlaceModel,
    PutAllBack,
    Redo,
    SetLayerOpacity,
    SetLayersVisible,
    SetLayerVisible,
    ShowMap,
    ShowTimepoint,
    Undo,
)
from xrviewer.document.plane_intents import RemoveCut
from xrviewer.document.rules import MAX_EXPLODE
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction import home, slicing
from xrviewer.interaction.world import Extent, World
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.rays import Hit
from xrviewer.spatial.transforms import apply
from xrviewer.spatial.views import View

GHOST_OPACITY = 0.25
EXPLODE_STEP = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a key may look at."""

    snapshot: Snapshot
    world: World
    hit: Hit | None
    """Where the pointer meets the model."""
    views: tuple[View, ...] = ()

    @property
    def pointed(self) -> str | None:
        """The layer under the pointer."""
        return self.world.layer_of(self.hit.part, self.snapshot) if self.hit else None


def intents_of_keys(keys: frozenset[str], asked: Asked) -> list[Intent]:
    wanted = [KEYS[key].act(asked) for key in sorted(keys) if key in KEYS]
    return [intent for intents in wanted for intent in intents]


def _hide(asked: Asked) -> list[Intent]:
    return [SetLayerVisible(asked.pointed, False)] if asked.pointed else []


def _show_all(asked: Asked) -> list[Intent]:
    return [SetLayersVisible(_layers(asked), True)]


def _isolate(asked: Asked) -> list[Intent]:
    others = tuple(layer for layer in _layers(asked) if layer != asked.pointed)
    return [SetLayersVisible(others, False)] if asked.pointed else []


def _ghost(asked: Asked) -> list[Intent]:
    if asked.pointed is None:
        return []
    row = asked.snapshot.layers[asked.snapshot.layer_rows[asked.pointed]]
    is_ghost = float(row["opacity"]) < 1.0
    return [SetLayerOpacity(asked.pointed, 1.0 if is_ghost else GHOST_OPACITY)]


def _next_timepoint(asked: Asked) -> list[Intent]:
    ids = [timepoint.id for timepoint in asked.world.case.timepoints]
    following = ids[(ids.index(asked.snapshot.timepoint) + 1) % len(ids)]
    return [ShowTimepoint(following)]


def _next_map(asked: Asked) -> list[Intent]:
    """After the last one the surfaces have their own colours again."""
    timepoint = next(t for t in asked.world.case.timepoints if t.id == asked.snapshot.timepoint)
    here = [info.id for info in asked.world.case.maps if info.id in timepoint.surfaces.maps]
    ring: list[str | None] = [None, *here]
    at = ring.index(asked.snapshot.map) if asked.snapshot.map in ring else 0
    following = ring[(at + 1) % len(ring)]
    return [] if following == asked.snapshot.map else [ShowMap(following)]


def _reset(asked: Asked) -> list[Intent]:
    """Not before the eye, which circles the model here."""
    return [PlaceModel(home.before_viewer(_extent(asked), None, False))]


def _life_size(asked: Asked) -> list[Intent]:
    return [PlaceModel(home.at_life_size(_extent(asked), asked.snapshot.model))]


def fill_room(asked: Asked) -> list[Intent]:
    return [PlaceModel(home.filling_room(_extent(asked), asked.snapshot.model))]


def stand_inside(asked: Asked) -> list[Intent]:
    head, hit, model = home.head_of(asked.views), asked.hit, asked.snapshot.model
    if head is None or hit is None:
        return []
    x, y, z = apply(model.matrix() @ MODEL_FROM_CASE, hit.point_mm).tolist()
    return [PlaceModel(home.around_viewer(model, (x, y, z), head))]


def _spread(asked: Asked, by: float) -> list[Intent]:
    amount = round(asked.snapshot.explode + by, 6)
    return [Explode(min(max(amount, 0.0), MAX_EXPLODE))]


def _next_slice(asked: Asked) -> list[Intent]:
    return slicing.next_slice(asked.snapshot, asked.world)


def _step(asked: Asked, steps: int) -> list[Intent]:
    return slicing.stepped(asked.snapshot, asked.world, steps)


def _cut(asked: Asked) -> list[Intent]:
    if asked.snapshot.cuts:
        return [RemoveCut(id) for id in asked.snapshot.cuts]
    return slicing.cut_here(asked.snapshot)


def _extent(asked: Asked) -> Extent:
    return asked.world.extent(asked.snapshot)


def _layers(asked: Asked) -> tuple[str, ...]:
    return tuple(layer.id for layer in asked.world.case.layers)


@dataclass(frozen=True, slots=True)
class Key:
    says: str
    act: Callable[[Asked], list[Intent]]


KEYS = {
    "h": Key("hide the structure under the pointer", _hide),
    "i": Key("show only the structure under the pointer", _isolate),
    "g": Key("make it a ghost, or solid again", _ghost),
    "a": Key("show every structure", _show_all),
    "t": Key("go to the next date", _next_timepoint),
    "m": Key("colour by the next map of numbers; after the last, plain again", _next_map),
    "x": Key("add a slice: axial, coronal, sagittal; after these, none", _next_slice),
    ".": Key("step the slice towards you by one acquired slice", lambda asked: _step(asked, 1)),
    ",": Key("step it away from you", lambda asked: _step(asked, -1)),
    "c": Key("cut here: open what lies before the slice; again to close", _cut),
    "r": Key("put the model back: upright, life size", _reset),
    "1": Key("life size", _life_size),
    "2": Key("as large as the room takes", fill_room),
    "s": Key("stand at the point under the pointer", stand_inside),
    "b": Key("put every structure back", lambda _: [PutAllBack()]),
    "e": Key("spread the structures", lambda asked: _spread(asked, EXPLODE_STEP)),
    "shift+e": Key("bring them together", lambda asked: _spread(asked, -EXPLODE_STEP)),
    "ctrl+z": Key("undo", lambda _: [Undo()]),
    "ctrl+y": Key("redo", lambda _: [Redo()]),
    "ctrl+shift+z": Key("redo", lambda _: [Redo()]),
}
