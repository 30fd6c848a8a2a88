"""What the keyboard asks for. The table is the documentation: `xrviewer open --help` prints it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xrviewer.case.presets import presets
from xrviewer.document.intents import (
    EndGhosts,
    EndIsolation,
    Explode,
    GhostRest,
    Intent,
    Isolate,
    Peel,
    PlaceModel,
    PutAllBack,
    Redo,
    SelectTool,
    SetLayerOpacity,
    SetLayerVisible,
    ShowAll,
    ShowIsolines,
    ShowMap,
    ShowPreset,
    ShowTimepoint,
    Undo,
    Unpeel,
)
from xrviewer.document.opening import OPENING_TOOL
from xrviewer.document.plane_intents import RemoveCut
from xrviewer.document.rules import MAX_EXPLODE
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction import dates, home, slicing
from xrviewer.interaction.measure_kinds import next_tool, toggled_tool
from xrviewer.interaction.world import Extent, World
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.rays import Hit
from xrviewer.spatial.transforms import apply
from xrviewer.spatial.views import View
from xrviewer.words import mark

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


def _isolate(asked: Asked) -> list[Intent]:
    """Of one that stands alone already, or beside all of them, back."""
    if asked.snapshot.isolated is not None:
        return [EndIsolation()]
    return [Isolate((asked.pointed,))] if asked.pointed else []


def _ghost_rest(asked: Asked) -> list[Intent]:
    if asked.snapshot.ghosted is not None:
        return [EndGhosts()]
    return [GhostRest((asked.pointed,))] if asked.pointed else []


def _next_preset(asked: Asked) -> list[Intent]:
    """After the one whose layers are what is seen; the saved looks come last."""
    ready, snapshot = presets(asked.world.case), asked.snapshot
    seen = {layer for layer, row in snapshot.layer_rows.items() if _is_seen(snapshot, row)}
    shown = {preset.id: set(preset.layers) for preset in ready}
    for name, looks in snapshot.presets.items():
        shown[name] = {look.layer for look in looks if look.is_visible}
    ring = list(shown)
    at = next((i for i, preset in enumerate(ring) if shown[preset] == seen), -1)
    return [ShowPreset(ring[(at + 1) % len(ring)])]


def _is_seen(snapshot: Snapshot, row: int) -> bool:
    return bool(snapshot.layers["is_visible"][row])


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


def _isolines(asked: Asked) -> list[Intent]:
    shown = asked.snapshot.map
    if shown is None:
        return []
    return [ShowIsolines(shown, not asked.snapshot.map_look(shown).isolines)]


def show_lowest(asked: Asked) -> list[Intent]:
    """The thinnest spot of a thickness: turned to the eyes, and near; what may stand before it is
    seen through."""
    head, spot = home.head_of(asked.views), asked.world.lowest_spot(asked.snapshot)
    if head is None or spot is None:
        return []
    place = home.showing(asked.snapshot.model, spot.point_mm, spot.normal, head)
    kept = asked.world.with_inner(asked.world.layer_of(spot.part, asked.snapshot))
    layers = asked.snapshot.layers
    others = np.ones(len(layers), np.bool_)
    others[[asked.snapshot.layer_rows[id] for id in kept]] = False
    in_the_way = layers["is_visible"] & (layers["opacity"] > GHOST_OPACITY) & others
    return [PlaceModel(place), *([GhostRest(kept)] if in_the_way.any() else [])]


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


def _tool(name: str) -> Callable[[Asked], list[Intent]]:
    """Chosen, and at the second press given up again."""

    def choose(asked: Asked) -> list[Intent]:
        return [SelectTool(OPENING_TOOL if asked.snapshot.tool == name else name)]

    return choose


def _next_slice(asked: Asked) -> list[Intent]:
    return slicing.next_slice(asked.snapshot, asked.world)


def _step(asked: Asked, steps: int) -> list[Intent]:
    return slicing.stepped(asked.snapshot, asked.world, steps)


def _cut(asked: Asked) -> list[Intent]:
    if asked.snapshot.cuts:
        return [RemoveCut(id) for id in asked.snapshot.cuts]
    return slicing.cut_here(asked.snapshot)


def _toggle_measuring(asked: Asked) -> list[Intent]:
    return [SelectTool(toggled_tool(asked.snapshot.tool))]


def _next_measure(asked: Asked) -> list[Intent]:
    return [SelectTool(next_tool(asked.snapshot.tool))]


def _extent(asked: Asked) -> Extent:
    return asked.world.extent(asked.snapshot)


@dataclass(frozen=True, slots=True)
class Key:
    says: str
    act: Callable[[Asked], list[Intent]]


KEYS = {
    "h": Key(mark("hide the structure under the pointer"), _hide),
    "i": Key(mark("show only the structure under the pointer, and all again"), _isolate),
    "g": Key(mark("make it a ghost, or solid again"), _ghost),
    "shift+g": Key(mark("make ghosts of all but it, and solid again"), _ghost_rest),
    "p": Key(mark("take the outermost layer off"), lambda _: [Peel()]),
    "shift+p": Key(mark("put the layer back that was taken off last"), lambda _: [Unpeel()]),
    "l": Key(mark("the next choice of structures: bones, cartilage, saved ones"), _next_preset),
    "a": Key(mark("show every structure"), lambda _: [ShowAll()]),
    "t": Key(mark("go to the next date"), _next_timepoint),
    "o": Key(
        mark("another date too: beside, over, by turns, beyond a plane, as colours; then alone"),
        lambda asked: dates.next_way(asked.world.case, asked.snapshot),
    ),
    "shift+o": Key(
        mark("the plane between two dates in the hand; again for structures"), _tool("swipe")
    ),
    "ctrl+o": Key(mark("the second date in the hand; again for structures"), _tool("nudge")),
    "m": Key(mark("colour by the next map of numbers; after the last, plain again"), _next_map),
    "shift+m": Key(mark("lines of equal value on the map, or none"), _isolines),
    "n": Key(mark("the lowest value of the map, the thinnest spot, before the eyes"), show_lowest),
    "x": Key(mark("add a slice: axial, coronal, sagittal; after these, none"), _next_slice),
    ".": Key(
        mark("step the slice towards you by one acquired slice"), lambda asked: _step(asked, 1)
    ),
    ",": Key(mark("step it away from you"), lambda asked: _step(asked, -1)),
    "c": Key(mark("cut here: open what lies before the slice; again to close"), _cut),
    "k": Key(mark("slices in the hand: move, point out; again for structures"), _tool("slice")),
    "w": Key(mark("set the window of the slice by hand; again for structures"), _tool("window")),
    "shift+c": Key(mark("the cut in the hand; again for structures"), _tool("cut")),
    "r": Key(mark("put the model back: upright, life size"), _reset),
    "1": Key(mark("life size"), _life_size),
    "2": Key(mark("as large as the room takes"), fill_room),
    "s": Key(mark("stand at the point under the pointer"), stand_inside),
    "b": Key(mark("put every structure back"), lambda _: [PutAllBack()]),
    "e": Key(mark("spread the structures"), lambda asked: _spread(asked, EXPLODE_STEP)),
    "shift+e": Key(mark("bring them together"), lambda asked: _spread(asked, -EXPLODE_STEP)),
    "d": Key(mark("measure a distance by clicks, or no longer"), _toggle_measuring),
    "shift+d": Key(
        mark("measure something else: path, angle, diameter, area, note ..."), _next_measure
    ),
    "enter": Key(mark("end the path, circle, plane or area"), lambda _: []),  # interaction.measure
    "delete": Key(mark("take back the measurement whose end is pointed at"), lambda _: []),
    "tab": Key(mark("show or hide the panels"), lambda _: []),  # tool state: interaction.board
    "v": Key(mark("take a still"), lambda _: []),  # commands.capturing
    "shift+v": Key(mark("start a film, or end it"), lambda _: []),
    "ctrl+z": Key(mark("undo"), lambda _: [Undo()]),
    "ctrl+y": Key(mark("redo"), lambda _: [Redo()]),
    "ctrl+shift+z": Key(mark("redo"), lambda _: [Redo()]),
}
