"""What the keyboard asks for. The table is the documentation: `xrviewer open --help` prints it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xrviewer.case.model import Case
from xrviewer.document.intents import (
    Intent,
    PlaceModel,
    Redo,
    SetLayerOpacity,
    SetLayersVisible,
    SetLayerVisible,
    ShowMap,
    ShowTimepoint,
    Undo,
)
from xrviewer.document.opening import bounds_mm, placement_at_rest
from xrviewer.document.snapshot import Snapshot

GHOST_OPACITY = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a key may look at."""

    snapshot: Snapshot
    case: Case
    pointed: str | None
    """The layer under the pointer."""


def intents_of_keys(
    keys: frozenset[str], snapshot: Snapshot, case: Case, pointed: str | None
) -> list[Intent]:
    asked = Asked(snapshot, case, pointed)
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
    ids = [timepoint.id for timepoint in asked.case.timepoints]
    following = ids[(ids.index(asked.snapshot.timepoint) + 1) % len(ids)]
    return [ShowTimepoint(following)]


def _next_map(asked: Asked) -> list[Intent]:
    """After the last one the surfaces have their own colours again."""
    timepoint = next(t for t in asked.case.timepoints if t.id == asked.snapshot.timepoint)
    here = [info.id for info in asked.case.maps if info.id in timepoint.surfaces.maps]
    ring: list[str | None] = [None, *here]
    at = ring.index(asked.snapshot.map) if asked.snapshot.map in ring else 0
    following = ring[(at + 1) % len(ring)]
    return [] if following == asked.snapshot.map else [ShowMap(following)]


def _reset(asked: Asked) -> list[Intent]:
    return [PlaceModel(placement_at_rest(*bounds_mm(asked.case.timepoints[0])))]


def _layers(asked: Asked) -> tuple[str, ...]:
    return tuple(layer.id for layer in asked.case.layers)


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
    "r": Key("put the model back: upright, life size", _reset),
    "ctrl+z": Key("undo", lambda _: [Undo()]),
    "ctrl+y": Key("redo", lambda _: [Redo()]),
    "ctrl+shift+z": Key("redo", lambda _: [Redo()]),
}
