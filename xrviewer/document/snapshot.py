"""The document at one instant, as a frozen value for whoever draws or measures it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import frozen
from xrviewer.document.comparison import (
    COMPARISON_FIELDS,
    DATE,
    NO_COMPARISON,
    Comparison,
    DateFit,
    comparison_of,
    with_date_written,
)
from xrviewer.document.measurements import MEASUREMENT, Measurement, with_written
from xrviewer.document.planes import CUT, SLICE, Cut, Slice, cut_fields, slice_fields
from xrviewer.document.registers import OPENING_STAMP, Register, Value, Write
from xrviewer.spatial.transforms import IDENTITY_ROTATION, PartPlace, Placement, Vec3
from xrviewer.values import changed

LAYER, MAP, PRESET = "layer", "map", "preset"
MODEL_PLACEMENT: Register = ("model", "model", "placement")
MODEL_EXPLODE: Register = ("model", "model", "explode")
SESSION_TIMEPOINT: Register = ("session", "session", "timepoint")
SESSION_TOOL: Register = ("session", "session", "tool")
SESSION_MAP: Register = ("session", "session", "map")
SESSION_CROSSHAIR: Register = ("session", "session", "crosshair")
SESSION_ISOLATED: Register = ("session", "session", "isolated")
SESSION_GHOSTED: Register = ("session", "session", "ghosted")
SESSION_PEELED: Register = ("session", "session", "peeled")

PLACE_DTYPE = np.dtype([("position_mm", "f8", 3), ("rotation_xyzw", "f8", 4)])
LAYER_DTYPE = np.dtype(
    [("is_visible", "?"), ("opacity", "f4"), ("color", "f4", 3), ("place", PLACE_DTYPE)],
    align=True,
)
"""What is drawn of a layer; the colour is sRGB, 0 to 1; the place is case_from_part."""


@dataclass(frozen=True, slots=True)
class MapLook:
    """How a map is coloured."""

    range: tuple[float, float] | None = None
    """The values of the two ends; None for the map's own preset."""
    steps: int = 0
    """Bands of one colour each; 0 is smooth."""
    isolines: bool = False
    """Lines at round values."""


class LayerLook(NamedTuple):
    """One layer in a look that was saved."""

    layer: str
    is_visible: bool
    opacity: float
    color_hex: str


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """All that the session holds. Equal versions of one document are the same object."""

    version: int
    """Counts the changes since the session began."""
    model: Placement
    """room_from_model, at rest."""
    layers: NDArray[Any]
    """LAYER_DTYPE, read-only, a row a layer in the order of the case."""
    layer_rows: Mapping[str, int]
    """The row of each layer id, in that order."""
    timepoint: str
    tool: str
    explode: float = 0.0
    """How far the parts are spread from the centre."""
    map: str | None = None
    """The map that is shown in place of the surfaces' own colours."""
    map_looks: Mapping[str, MapLook] = field(default_factory=lambda: MappingProxyType({}))
    """By map id; one that is absent has the plain look."""
    all_slices: Mapping[str, Slice] = field(default_factory=lambda: MappingProxyType({}))
    """By id, removed ones too."""
    all_cuts: Mapping[str, Cut] = field(default_factory=lambda: MappingProxyType({}))
    crosshair_mm: Vec3 | None = None
    """What the slices point out together; case frame."""
    isolated: tuple[str, ...] | None = None
    """The layers that were seen before some were isolated; None when none are."""
    ghosted: tuple[tuple[str, float], ...] | None = None
    """The layers that were made ghosts of round others, and how solid they were before."""
    peeled: tuple[tuple[str, ...], ...] = ()
    """What was taken off, the outermost first."""
    presets: Mapping[str, tuple[LayerLook, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Looks that were saved, by name."""
    all_measurements: Mapping[str, Measurement] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """By id, in the order they were made; those that were taken back too."""

    comparison: Comparison = NO_COMPARISON
    """Another date that is seen with the shown one."""
    layer_cells: Mapping[Register, int] = field(default_factory=lambda: MappingProxyType({}))
    """Of registers that a thousand layers have: which row of which column they are."""
    dates: Mapping[str, DateFit] = field(default_factory=lambda: MappingProxyType({}))
    """How later dates lie on the first one, as far as that was looked for."""

    @property
    def measurements(self) -> dict[str, Measurement]:
        """Those that are there, hidden or not, of every date."""
        return {id: m for id, m in self.all_measurements.items() if m.is_there}

    def map_look(self, map: str) -> MapLook:
        return self.map_looks.get(map, MapLook())

    @property
    def slices(self) -> dict[str, Slice]:
        """Those that are there, hidden or not."""
        return {id: slice for id, slice in self.all_slices.items() if slice.is_there}

    @property
    def cuts(self) -> dict[str, Cut]:
        return {id: cut for id, cut in self.all_cuts.items() if cut.is_there}


def layer_register(layer: str, field: str) -> Register:
    return (LAYER, layer, field)


def map_register(map: str, field: str) -> Register:
    return (MAP, map, field)


def preset_register(name: str) -> Register:
    return (PRESET, name, "look")


def first_snapshot(opening: Mapping[Register, Value], layers: Iterable[str]) -> Snapshot:
    """Of a session in which nothing has been done yet."""
    rows = MappingProxyType({layer: row for row, layer in enumerate(layers)})
    unset: NDArray[Any] = np.zeros(len(rows), LAYER_DTYPE)
    unset["place"]["rotation_xyzw"] = IDENTITY_ROTATION  # older journals do not know of it
    cells = {
        layer_register(layer, column): number * len(rows) + row
        for number, column in enumerate(_COLUMNS)
        for layer, row in rows.items()
    }
    blank = Snapshot(0, _AT_ORIGIN, frozen(unset), rows, "", "", layer_cells=cells)
    writes = [Write(register, *OPENING_STAMP, value) for register, value in opening.items()]
    return replace(advance(blank, writes), version=0)


def advance(
    snapshot: Snapshot,
    writes: Iterable[Write],
    version: int | None = None,
    cells: NDArray[np.intp] | None = None,
) -> Snapshot:
    """The next snapshot, or one of another version. What this case or this version does not know
    is left alone. cells: of each write, where that is known already."""
    writes = writes if isinstance(writes, Sequence) else list(writes)
    layers, writes = _advance_layers(snapshot, writes, cells)
    fields: dict[str, Any] = {}
    touched: dict[str, dict[str, Any]] = {}
    for write in writes:
        collection, id, field = write.register
        row = snapshot.layer_rows.get(id) if collection == LAYER else None
        if row is not None and field in _LAYER_FIELDS:
            layers = layers if layers.flags.writeable else copied(layers)
            layers[field][row] = _LAYER_FIELDS[field](write.value)
        elif collection in _ITEMS:
            name, after = _ITEMS[collection]
            if name not in touched:
                # The proxy's own copy: a dict made of a proxy asks it for each of its items.
                touched[name] = getattr(snapshot, name).copy()
            touched[name][id] = after(touched[name].get(id), write)
            if not touched[name][id]:
                del touched[name][id]
        elif write.register in _FIELDS:
            name, read = _FIELDS[write.register]
            fields[name] = read(write.value)
        elif write.register in COMPARISON_FIELDS:
            held = fields.get("comparison", snapshot.comparison)
            fields["comparison"] = comparison_of(held, field, write.value)
    for name, items in touched.items():
        fields[name] = MappingProxyType(items)
    if layers is not snapshot.layers:
        fields["layers"] = frozen(layers)
    fields["version"] = snapshot.version + 1 if version is None else version
    return changed(snapshot, **fields)


def _advance_layers(
    snapshot: Snapshot, writes: Sequence[Write], cells: NDArray[np.intp] | None
) -> tuple[NDArray[Any], Sequence[Write]]:
    """A thousand layers at once, a column at a time; and the writes that are of no such layer."""
    if len(writes) <= _FEW or not len(snapshot.layers):
        return snapshot.layers, writes
    layers, count = copied(snapshot.layers), len(snapshot.layers)
    if cells is None:
        found = map(snapshot.layer_cells.get, map(_REGISTER, writes), repeat(-1))
        cells = np.fromiter(found, np.intp, len(writes))
    values = list(map(_VALUE, writes))
    for number, column in enumerate(_COLUMNS):
        at = np.flatnonzero(cells // count == number)
        if len(at):
            first, last = int(at[0]), int(at[-1])
            is_whole = last - first + 1 == len(at)  # mostly: a change writes one column
            mine = values[first : last + 1] if is_whole else [values[i] for i in at.tolist()]
            layers[column][cells[at] - number * count] = mine
    return layers, [writes[i] for i in np.flatnonzero(cells < 0).tolist()]


def copied(records: NDArray[Any]) -> NDArray[Any]:
    """As bytes: numpy copies records field by field, which takes six times as long."""
    return records.view(np.uint8).copy().view(records.dtype)


def placement_value(placement: Placement) -> Value:
    return (placement.position_m, placement.rotation_xyzw, placement.scale)


def place_value(place: PartPlace) -> Value:
    return (place.position_mm, place.rotation_xyzw)


def _place(value: Any) -> Any:
    position_mm, rotation_xyzw = value
    (x, y, z), (i, j, k, w) = position_mm, rotation_xyzw
    return ((x, y, z), (i, j, k, w))


def _placement(value: Any) -> Placement:
    position_m, rotation_xyzw, scale = value
    (x, y, z), (i, j, k, w) = position_m, rotation_xyzw
    return Placement((x, y, z), (i, j, k, w), scale)


def _range(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    low, high = value
    return float(low), float(high)


def _optional_point(value: Any) -> Vec3 | None:
    if value is None:
        return None
    x, y, z = value
    return (float(x), float(y), float(z))


def _map_look(before: MapLook | None, write: Write) -> MapLook | None:
    read = _MAP_FIELDS.get(write.field)
    return (
        before if read is None else replace(before or MapLook(), **{write.field: read(write.value)})
    )


def _slice(before: Slice | None, write: Write) -> Slice:
    return changed(before or Slice(), **slice_fields(write.field, write.value))


def _cut(before: Cut | None, write: Write) -> Cut:
    return changed(before or Cut(), **cut_fields(write.field, write.value))


def _measurement(before: Measurement | None, write: Write) -> Measurement:
    return with_written(before or Measurement(write.id), write.field, write.value)


def _looks(value: Any) -> tuple[LayerLook, ...]:
    """Nothing where it was removed."""
    return tuple(LayerLook(*look) for look in value or ())


def _ghosted(value: Any) -> tuple[tuple[str, float], ...] | None:
    return value if value is None or isinstance(value, tuple) else tuple(map(tuple, value))


def _optional_ids(value: Any) -> tuple[str, ...] | None:
    return value if value is None or isinstance(value, tuple) else tuple(map(str, value))


def _peeled(value: Any) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(str, ids)) for ids in value)


def _optional_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _rgb(value: Any) -> tuple[float, float, float]:
    rgb = int(value[1:], 16)
    return (rgb >> 16) / 255, (rgb >> 8 & 255) / 255, (rgb & 255) / 255


_AT_ORIGIN = Placement((0.0, 0.0, 0.0), IDENTITY_ROTATION, 1.0)
_LAYER_FIELDS: dict[str, Callable[[Any], Any]] = {
    "is_visible": bool,
    "opacity": float,
    "color": _rgb,
    "place": _place,
}
_COLUMNS = ("is_visible", "opacity")
"""Those whose value is written as it is."""
_REGISTER, _VALUE = attrgetter("register"), attrgetter("value")
_FEW = 16
_MAP_FIELDS: dict[str, Callable[[Any], Any]] = {"range": _range, "steps": int, "isolines": bool}
_ITEMS: dict[str, tuple[str, Callable[[Any, Write], Any]]] = {
    MAP: ("map_looks", _map_look),
    PRESET: ("presets", lambda _, write: _looks(write.value)),
    SLICE: ("all_slices", _slice),
    CUT: ("all_cuts", _cut),
    MEASUREMENT: ("all_measurements", _measurement),
    DATE: ("dates", lambda before, write: with_date_written(before, write.field, write.value)),
}
"""Collections that grow: the snapshot's mapping by id, and an item after one of its registers was
written. Nothing in an item's place takes it out."""
_FIELDS: dict[Register, tuple[str, Callable[[Any], Any]]] = {
    MODEL_PLACEMENT: ("model", _placement),
    MODEL_EXPLODE: ("explode", float),
    SESSION_TIMEPOINT: ("timepoint", str),
    SESSION_TOOL: ("tool", str),
    SESSION_MAP: ("map", _optional_text),
    SESSION_CROSSHAIR: ("crosshair_mm", _optional_point),
    SESSION_ISOLATED: ("isolated", _optional_ids),
    SESSION_GHOSTED: ("ghosted", _ghosted),
    SESSION_PEELED: ("peeled", _peeled),
}
