"""case.json, schema 1: what it may hold, and every fault of one that breaks it.

Only the fields named here can exist, so nothing that tells who the person is can slip in as an
extra field. msgspec stops at the first fault; the walk below asks it about each leaf instead, so
that someone who writes a manifest by hand is told everything at once.
"""

from __future__ import annotations

import math
import typing
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from xrviewer.case.tour import Side

MANIFEST_NAME = "case.json"
MANIFEST_LIMIT_BYTES = 16 << 20
"""A manifest of 990 parts is 0.4 MB; more than this is not one."""
OTHER_FOLDERS = frozenset({"sessions", "captures", "dicom"})
"""What lies beside the timepoints' folders and outlives a new version of the case."""

# (?![\s\S]) is the end of the text in Python and in ECMAScript; $ would let a newline pass.
_END = r"(?![\s\S])"
_NO_CONTROL = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*" + _END

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}" + _END)]
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=_NO_CONTROL)]
Text = Annotated[str, Meta(max_length=1000, pattern=_NO_CONTROL)]
Hex = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}" + _END)]
Unit = Annotated[float, Meta(ge=0, le=1)]
Day = Annotated[int, Meta(ge=0, le=100_000)]
Size = Annotated[float, Meta(ge=0)]


class _Strict(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """A JSON object with exactly these fields."""


class GroupEntry(_Strict, frozen=True):
    id: Id
    name: Line
    plain: Text = ""
    parent: Id | None = None


class LayerEntry(_Strict, frozen=True):
    id: Id
    name: Line
    color: Hex
    plain: Text = ""
    sentence: Text = ""
    group: Id | None = None
    opacity: Unit = 1.0
    role: Id = "other"


class VolumeEntry(_Strict, frozen=True):
    id: Id
    name: Line
    modality: Line
    file: Line
    window: tuple[float, Size] | None = None
    """Centre and width, in values."""
    echo_ms: Annotated[float, Meta(gt=0)] | None = None
    """When the echo was taken, of a magnetic resonance scan."""
    unit: Annotated[str, Meta(max_length=32, pattern=_NO_CONTROL)] = ""
    filled_slices: tuple[Annotated[int, Meta(ge=0)], ...] = ()
    """By number from 0: those that were not scanned, but put between their neighbours."""


class TimepointEntry(_Strict, frozen=True):
    id: Id
    name: Line
    day: Day
    anatomy: Line
    """The GLB, relative to the manifest."""
    volumes: tuple[VolumeEntry, ...] = ()


class MapEntry(_Strict, frozen=True):
    id: Id
    name: Line
    unit: Annotated[str, Meta(max_length=32, pattern=_NO_CONTROL)]
    definition: Text
    method: Text
    error: Size | None = None


class TourEntry(_Strict, frozen=True):
    """A step of a tour."""

    sentence: Annotated[str, Meta(min_length=1, max_length=1000, pattern=_NO_CONTROL)]
    view: Side = "front"
    """The side of the patient that faces the viewer."""
    layers: tuple[Id, ...] = ()
    """Seen in this step; none means all of them."""


class Manifest(_Strict, frozen=True):
    schema: Literal[1]
    id: Id
    title: Line
    layers: tuple[LayerEntry, ...]
    timepoints: Annotated[tuple[TimepointEntry, ...], Meta(min_length=1)]
    groups: tuple[GroupEntry, ...] = ()
    maps: tuple[MapEntry, ...] = ()
    tour: tuple[TourEntry, ...] = ()
    provenance: tuple[Text, ...] = ()


def parse_manifest(data: bytes) -> tuple[Manifest | None, tuple[str, ...]]:
    """The manifest, or every fault of it: "layers[3].color: ..." - one of the two is empty."""
    if len(data) > MANIFEST_LIMIT_BYTES:
        return None, (f"is {len(data)} bytes; a manifest has at most {MANIFEST_LIMIT_BYTES}",)
    try:
        raw = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return None, (f"is not JSON: {error}",)
    faults = tuple(_type_faults(Manifest, raw, ""))
    if faults:
        return None, faults
    manifest = msgspec.convert(raw, Manifest)
    faults = tuple(meaning_faults(manifest))
    return (None, faults) if faults else (manifest, ())


def encode_manifest(manifest: Manifest) -> bytes:
    """Readable JSON; the same manifest always gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def manifest_schema() -> dict[str, Any]:
    """The JSON Schema that case.schema.json beside this file is a copy of."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "xrviewer case manifest, schema 1",
        **msgspec.json.schema(Manifest),
    }
    return msgspec.json.decode(msgspec.json.encode(schema), type=dict[str, Any])


def _type_faults(kind: Any, value: object, path: str) -> Iterator[str]:
    """Faults of type, range and form, leaf by leaf."""
    base = typing.get_args(kind)[0] if typing.get_origin(kind) is Annotated else kind
    args = typing.get_args(base)
    if isinstance(base, type) and issubclass(base, msgspec.Struct):
        yield from _object_faults(base, value, path)
    elif isinstance(value, list) and len(args) == 2 and args[1] is Ellipsis:
        yield from _leaf_faults(kind, [], path) if not value else ()
        for i, item in enumerate(value):
            yield from _type_faults(args[0], item, f"{path}[{i}]")
    else:
        yield from _leaf_faults(kind, value, path)


def _object_faults(kind: type[msgspec.Struct], value: object, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path or 'the manifest'}: expected an object, got {_shown(value)}"
        return
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = {f.name: f for f in msgspec.structs.fields(kind)}
    for name in value:
        if name not in fields:
            known = ", ".join(fields)
            yield f"{_join(path, name)}: unknown field; known here are {known}"
    for name, entry in fields.items():
        if name in value:
            yield from _type_faults(hints[name], value[name], _join(path, name))
        elif entry.required:
            yield f"{_join(path, name)}: is missing"


def _leaf_faults(kind: Any, value: object, path: str) -> Iterator[str]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        yield f"{path}: {_plain(str(error))}, got {_shown(value)}"


def _plain(message: str) -> str:
    """msgspec's words, less its own path and with our patterns said in words."""
    message = message.split(" - at `$")[0]
    if "matching regex" not in message:
        return message
    if "a-z0-9_-" in message:
        return "expected an id of at most 64 of a-z 0-9 _ -, starting with a letter or digit"
    if "a-fA-F" in message:
        return "expected a colour #rrggbb"
    return "expected text without control characters"


def _shown(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _join(path: str, name: object) -> str:
    shown = str(name) if str(name).isidentifier() and str(name).isascii() else _shown(name)
    return f"{path}.{shown}" if path else shown


def meaning_faults(manifest: Manifest) -> Iterator[str]:
    """Faults that take more than one field to see."""
    yield from _twice("groups", manifest.groups)
    yield from _twice("layers", manifest.layers)
    yield from _twice("timepoints", manifest.timepoints)
    yield from _twice("maps", manifest.maps)
    for i, timepoint in enumerate(manifest.timepoints):
        yield from _twice(f"timepoints[{i}].volumes", timepoint.volumes)
        if timepoint.id in OTHER_FOLDERS:
            yield f"timepoints[{i}].id: the folder {timepoint.id!r} is kept for something else"
    yield from _tree_faults(manifest)
    yield from _tour_faults(manifest)
    yield from _day_faults(manifest.timepoints)
    yield from _number_faults(manifest)


class _HasId(typing.Protocol):
    @property
    def id(self) -> str: ...


def _twice(path: str, entries: Sequence[_HasId]) -> Iterator[str]:
    first: dict[str, int] = {}
    for i, entry in enumerate(entries):
        if entry.id in first:
            yield f"{path}[{i}].id: {entry.id!r} is already {path}[{first[entry.id]}]"
        first.setdefault(entry.id, i)


def _tree_faults(manifest: Manifest) -> Iterator[str]:
    parents = {group.id: group.parent for group in manifest.groups}
    for i, layer in enumerate(manifest.layers):
        if layer.group is not None and layer.group not in parents:
            yield f"layers[{i}].group: there is no group {layer.group!r}"
    for i, group in enumerate(manifest.groups):
        if group.parent is not None and group.parent not in parents:
            yield f"groups[{i}].parent: there is no group {group.parent!r}"
        elif _is_own_ancestor(group.id, parents):
            yield f"groups[{i}].parent: {group.id!r} lies inside itself"


def _tour_faults(manifest: Manifest) -> Iterator[str]:
    known = {layer.id for layer in manifest.layers}
    for i, step in enumerate(manifest.tour):
        for k, layer in enumerate(step.layers):
            if layer not in known:
                yield f"tour[{i}].layers[{k}]: there is no layer {layer!r}"


def _is_own_ancestor(id: str, parents: dict[str, str | None]) -> bool:
    above = parents.get(id)
    for _ in parents:
        if above == id:
            return True
        above = parents.get(above) if above is not None else None
    return False


def _day_faults(timepoints: Sequence[TimepointEntry]) -> Iterator[str]:
    day = timepoints[0].day
    if day != 0:
        yield f"timepoints[0].day: days are counted from the first scan, so it is 0, not {day}"
    for i, timepoint in enumerate(timepoints[1:], 1):
        if timepoint.day < day:
            yield f"timepoints[{i}].day: {timepoint.day} comes before day {day} above it"
        day = timepoint.day


def _number_faults(manifest: Manifest) -> Iterator[str]:
    """JSON has no NaN, but 1e999 and a case made in memory do."""
    for i, timepoint in enumerate(manifest.timepoints):
        for k, volume in enumerate(timepoint.volumes):
            path = f"timepoints[{i}].volumes[{k}].window"
            if volume.window and not all(map(math.isfinite, volume.window)):
                yield f"{path}: centre and width must be finite, got {volume.window}"
            elif volume.window and volume.window[1] <= 0:
                yield f"{path}: the width must be above 0, got {volume.window[1]}"
    for i, info in enumerate(manifest.maps):
        if info.error is not None and not math.isfinite(info.error):
            yield f"maps[{i}].error: must be finite, got {info.error}"
