"""What the intents on slices and cuts write, and when they are refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from cmap import Colormap

from xrviewer.document import plane_intents as it
from xrviewer.document.known import Assignments, Known, must_be_known
from xrviewer.document.planes import (
    CutShape,
    Filter,
    Fusion,
    Mode,
    Outlines,
    Projection,
    Slice,
    Window,
    cut_register,
    fusion_value,
    plane_value,
    shape_value,
    slice_register,
)
from xrviewer.document.registers import Register, Value, is_text
from xrviewer.document.snapshot import SESSION_CROSSHAIR, Snapshot
from xrviewer.errors import DocumentError
from xrviewer.spatial.planes import Plane, dot
from xrviewer.spatial.transforms import Vec3, normalized

MAX_PLANE_DISTANCE_MM = 100_000.0
MAX_SLAB_MM = 200.0
MIN_WINDOW = 1e-6
LEAST_CURVE, MAX_CURVE = 3, 256
UNIT_TOLERANCE = 1e-3


def _add_slice(intent: it.AddSlice, known: Known, snapshot: Snapshot) -> Assignments:
    must_be_known("volume", intent.volume, known.volumes)
    return new_slice(_new(intent.slice, "slice"), intent.volume, intent.plane, Mode(intent.mode))


def new_slice(id: str, volume: str, plane: Plane, mode: Mode) -> Assignments:
    plain = Slice()
    values: dict[str, Value] = {
        "volume": volume,
        "plane": _plane(plane),
        "mode": str(mode),
        "slab": (plain.slab_mm, str(plain.projection)),
        "window": None,
        "colors": plain.colors,
        "filter": str(plain.filter),
        "fusion": None,
        "outlines": str(plain.outlines),
        "curve_mm": (),
        "turn_rad": 0.0,
        "is_visible": True,
        "is_there": True,
    }
    return {slice_register(id, field): value for field, value in values.items()}


def _add_curved_slice(intent: it.AddCurvedSlice, known: Known, snapshot: Snapshot) -> Assignments:
    count = len(intent.curve_mm)
    if not LEAST_CURVE <= count <= MAX_CURVE:
        raise DocumentError(f"a curve has {LEAST_CURVE} to {MAX_CURVE} points, not {count}")
    points = tuple(_near(point, "a curve") for point in intent.curve_mm)
    if any(math.dist(a, b) < 1e-6 for a, b in pairwise(points)):
        raise DocumentError("two points of a curve are one: leave one out")
    flat = it.AddSlice(intent.slice, intent.volume, intent.plane, Mode.FRAME)
    curve = {slice_register(intent.slice, "curve_mm"): points}
    return _add_slice(flat, known, snapshot) | curve


def _turn_slice(intent: it.TurnSlice, known: Known, snapshot: Snapshot) -> Assignments:
    register, turn_rad = _slice(intent.slice, "turn_rad", snapshot), float(intent.turn_rad)
    if not math.isfinite(turn_rad):
        raise DocumentError(f"a slice is turned by an angle, not by {turn_rad}")
    return {register: math.remainder(turn_rad, math.tau)}


def _place_slice(intent: it.PlaceSlice, known: Known, snapshot: Snapshot) -> Assignments:
    return {_slice(intent.slice, "plane", snapshot): _plane(intent.plane)}


def _set_slice_volume(intent: it.SetSliceVolume, known: Known, snapshot: Snapshot) -> Assignments:
    """Another volume has other values: the window is the data's again."""
    must_be_known("volume", intent.volume, known.volumes)
    window = _slice(intent.slice, "window", snapshot)
    return {_slice(intent.slice, "volume", snapshot): intent.volume, window: None}


def _set_slice_mode(intent: it.SetSliceMode, known: Known, snapshot: Snapshot) -> Assignments:
    return {_slice(intent.slice, "mode", snapshot): str(Mode(intent.mode))}


def _set_slice_slab(intent: it.SetSliceSlab, known: Known, snapshot: Snapshot) -> Assignments:
    register, thickness_mm = _slice(intent.slice, "slab", snapshot), float(intent.thickness_mm)
    if not 0.0 <= thickness_mm <= MAX_SLAB_MM:
        raise DocumentError(f"a slab is 0 to {MAX_SLAB_MM:g} mm thick, not {thickness_mm:g}")
    return {register: (thickness_mm, str(Projection(intent.projection)))}


def _set_slice_window(intent: it.SetSliceWindow, known: Known, snapshot: Snapshot) -> Assignments:
    return {_slice(intent.slice, "window", snapshot): _window(intent.window)}


def _set_slice_colors(intent: it.SetSliceColors, known: Known, snapshot: Snapshot) -> Assignments:
    return {_slice(intent.slice, "colors", snapshot): _colors(intent.colors)}


def _set_slice_filter(intent: it.SetSliceFilter, known: Known, snapshot: Snapshot) -> Assignments:
    return {_slice(intent.slice, "filter", snapshot): str(Filter(intent.filter))}


def _set_slice_fusion(intent: it.SetSliceFusion, known: Known, snapshot: Snapshot) -> Assignments:
    register, fusion = _slice(intent.slice, "fusion", snapshot), intent.fusion
    if fusion is None:
        return {register: None}
    must_be_known("volume", fusion.volume, known.volumes)
    if not 0.0 <= fusion.share <= 1.0:
        raise DocumentError(f"a blend is from 0 (the first) to 1 (the second), not {fusion.share}")
    window, colors = _window(fusion.window), _colors(fusion.colors)
    return {register: fusion_value(Fusion(fusion.volume, float(fusion.share), window, colors))}


def _set_slice_outlines(
    intent: it.SetSliceOutlines, known: Known, snapshot: Snapshot
) -> Assignments:
    return {_slice(intent.slice, "outlines", snapshot): str(Outlines(intent.outlines))}


def _set_slice_visible(intent: it.SetSliceVisible, known: Known, snapshot: Snapshot) -> Assignments:
    return {_slice(intent.slice, "is_visible", snapshot): bool(intent.is_visible)}


def _remove_slice(intent: it.RemoveSlice, known: Known, snapshot: Snapshot) -> Assignments:
    return {_slice(intent.slice, "is_there", snapshot): False}


def _point_out(intent: it.PointOut, known: Known, snapshot: Snapshot) -> Assignments:
    if intent.point_mm is None:
        return {SESSION_CROSSHAIR: None}
    point = _near(intent.point_mm, "the crosshair")
    writes: Assignments = {SESSION_CROSSHAIR: point}
    for id, slice in snapshot.slices.items():
        if id != intent.kept and not slice.curve_mm:
            writes[slice_register(id, "plane")] = plane_value(slice.plane.through(point))
    return writes


def _add_cut(intent: it.AddCut, known: Known, snapshot: Snapshot) -> Assignments:
    if intent.volume is not None:
        must_be_known("volume", intent.volume, known.volumes)
    id = _new(intent.cut, "cut")
    values: dict[str, Value] = {
        "shape": _shape(intent.shape),
        "exempt": (),
        "volume": intent.volume,
        "window": _window(intent.window),
        "is_visible": True,
        "is_there": True,
    }
    return {cut_register(id, field): value for field, value in values.items()}


def _place_cut(intent: it.PlaceCut, known: Known, snapshot: Snapshot) -> Assignments:
    return {_cut(intent.cut, "shape", snapshot): _shape(intent.shape)}


def _set_cut_exempt(intent: it.SetCutExempt, known: Known, snapshot: Snapshot) -> Assignments:
    for layer in intent.layers:
        must_be_known("layer", layer, known.layers)
    return {_cut(intent.cut, "exempt", snapshot): tuple(intent.layers)}


def _set_cut_visible(intent: it.SetCutVisible, known: Known, snapshot: Snapshot) -> Assignments:
    return {_cut(intent.cut, "is_visible", snapshot): bool(intent.is_visible)}


def _remove_cut(intent: it.RemoveCut, known: Known, snapshot: Snapshot) -> Assignments:
    return {_cut(intent.cut, "is_there", snapshot): False}


def _new(id: str, kind: str) -> str:
    if not is_text(id):
        raise DocumentError(f"a {kind} has a name, not {id!r}")
    return id


def _slice(id: str, field: str, snapshot: Snapshot) -> Register:
    must_be_known("slice", id, snapshot.slices, "session")
    return slice_register(id, field)


def _cut(id: str, field: str, snapshot: Snapshot) -> Register:
    must_be_known("cut", id, snapshot.cuts, "session")
    return cut_register(id, field)


def _plane(plane: Plane) -> Value:
    normal, across = _unit(plane.normal), _unit(plane.across)
    if abs(dot(normal, across)) > UNIT_TOLERANCE:
        raise DocumentError(f"across a plane lies in it, not {across} with the normal {normal}")
    return (_near(plane.point_mm, "a plane"), normal, across)


def _shape(shape: CutShape) -> Value:
    hx, hy, hz = (float(v) for v in shape.half_size_mm)
    if not (min(hx, hy, hz) > 0 and max(hx, hy, hz) <= MAX_PLANE_DISTANCE_MM):
        raise DocumentError(f"a box to cut with has a size, not {(hx, hy, hz)} mm")
    x, y, z, w = (float(v) for v in shape.rotation_xyzw)
    if not abs(math.hypot(x, y, z, w) - 1) <= UNIT_TOLERANCE:
        raise DocumentError(f"a rotation is a unit quaternion, not {(x, y, z, w)}")
    at = _near(shape.position_mm, "a cut")
    return shape_value(CutShape(shape.kind, at, normalized((x, y, z, w)), (hx, hy, hz)))


def _unit(direction: Vec3) -> Vec3:
    x, y, z = map(float, direction)
    length = math.hypot(x, y, z)
    if not abs(length - 1) <= UNIT_TOLERANCE:
        raise DocumentError(f"a direction has the length 1, not {(x, y, z)}")
    return (x / length, y / length, z / length)


def _near(point_mm: Vec3, what: str) -> Vec3:
    x, y, z = map(float, point_mm)
    if not math.hypot(x, y, z) <= MAX_PLANE_DISTANCE_MM:
        limit = f"{MAX_PLANE_DISTANCE_MM:g} mm"
        raise DocumentError(f"{what} lies within {limit} of the case's origin, not at {(x, y, z)}")
    return (x, y, z)


def _window(window: Window | None) -> Window | None:
    if window is None:
        return None
    centre, width = (float(v) for v in window)
    if not (math.isfinite(centre) and MIN_WINDOW <= width < math.inf):
        raise DocumentError(f"a window is a centre and a width over 0, not {centre:g}/{width:g}")
    return centre, width


def _colors(name: str) -> str:
    try:
        Colormap(name)
    except (ValueError, TypeError) as error:
        raise DocumentError(
            f"there is no colour map {name!r}; try gray, inferno or viridis"
        ) from error
    return name


PLANES: dict[type, Callable[[Any, Known, Snapshot], Assignments]] = {
    it.AddSlice: _add_slice,
    it.AddCurvedSlice: _add_curved_slice,
    it.TurnSlice: _turn_slice,
    it.PlaceSlice: _place_slice,
    it.SetSliceVolume: _set_slice_volume,
    it.SetSliceMode: _set_slice_mode,
    it.SetSliceSlab: _set_slice_slab,
    it.SetSliceWindow: _set_slice_window,
    it.SetSliceColors: _set_slice_colors,
    it.SetSliceFilter: _set_slice_filter,
    it.SetSliceFusion: _set_slice_fusion,
    it.SetSliceOutlines: _set_slice_outlines,
    it.SetSliceVisible: _set_slice_visible,
    it.RemoveSlice: _remove_slice,
    it.PointOut: _point_out,
    it.AddCut: _add_cut,
    it.PlaceCut: _place_cut,
    it.SetCutExempt: _set_cut_exempt,
    it.SetCutVisible: _set_cut_visible,
    it.RemoveCut: _remove_cut,
}
