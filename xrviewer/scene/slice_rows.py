"""One slice as numbers for the shader: where its rectangle lies, and how the scan is read on it."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.scan import scan_values
from xrviewer.case.surfaces import frozen
from xrviewer.case.volume import Volume
from xrviewer.document.planes import (
    Filter,
    Mode,
    Outlines,
    Projection,
    Slice,
    Window,
    bend_along,
    curved_half_mm,
    screen_shift_mm,
)
from xrviewer.spatial.planes import Plane, dot, plus, scaled
from xrviewer.spatial.transforms import Vec3

MAX_SAMPLES = 256
"""Across a slab."""
SLICE_DTYPE = np.dtype(
    [
        ("middle", "f4", 4),
        ("across", "f4", 4),
        ("along", "f4", 4),
        ("voxel_middle", "f4", (2, 4)),
        ("voxel_across", "f4", (2, 4)),
        ("voxel_along", "f4", (2, 4)),
        ("voxel_step", "f4", (2, 4)),
        ("window", "f4", 4),
        ("look", "f4", 4),
        ("cross", "f4", 4),
        ("blend", "f4", 4),
        ("case_across", "f4", 4),
        ("case_along", "f4", 4),
        ("case_over", "f4", 4),
        ("curve", "f4", 4),
    ]
)
"""A rectangle as shaders/lib/volume.glsl reads it: case millimetres, and voxels of the two volumes.
Nothing of it is of the room: whoever walks or carries the model changes none.

middle: w is the first volume's number; across: w is the second's, or -1; along: w is how far to
the patient's left it is shown, after all cuts; window: of each volume
the stored number that is black, and the brightness of each one more; look: the two colour tables,
samples across the slab, the projection; cross: the crosshair's place from -1 to 1, whether there
is one, whether the filter is cubic; blend: the second volume's share, which structures are
outlined, the millimetres of a step across, and 1 with a frame, 2 with one that is in a hand, below
0 where nothing is within the frame; case_across, case_along and case_over: dotted with
a point of the case, where on the plane it lies from -1 to 1, and how many millimetres over it;
curve: of a curved slice the number of its first bend, how many they are, its turn, and half its
width in millimetres.
"""


def _byte_at(name: str) -> int:
    """Of a field, in the row."""
    fields: Any = SLICE_DTYPE.fields
    return int(fields[name][1])


ROW_BYTES = SLICE_DTYPE.itemsize
_LAID_TO, _CROSS_AT, _OF_CASE_AT = map(_byte_at, ("window", "cross", "case_across"))
_LAST_AT = ROW_BYTES - 4
_LAID, _CROSS, _OF_CASE, _LAST = (struct.Struct(f"{n}f") for n in (_LAID_TO // 4, 3, 12, 1))

BEND_DTYPE = np.dtype([("at", "f4", 4), ("side", "f4", 4), ("up", "f4", 4)])
"""A point of a curved slice's line and its frame there; case millimetres."""


NO_BENDS: NDArray[Any] = frozen(np.zeros(0, BEND_DTYPE))

Quad = tuple[Vec3, Vec3, Vec3]
"""Middle, half across, half along; case millimetres."""


Numbers = tuple[int, int, int, int]
"""Of the two volumes, the second -1 where there is none, and of their colour tables."""


def half_size_mm(plane: Plane, volume: Volume) -> tuple[float, float]:
    """Across and along: as much as the whole volume covers, seen along the normal."""
    edges = _edges(volume)
    return _half_mm(edges, plane.across), _half_mm(edges, plane.along)


def _half_mm(edges: tuple[Vec3, Vec3, Vec3], direction: Vec3) -> float:
    a, b, c = edges
    return (abs(dot(a, direction)) + abs(dot(b, direction)) + abs(dot(c, direction))) / 2


@lru_cache(maxsize=64)
def _edges(volume: Volume) -> tuple[Vec3, Vec3, Vec3]:
    """The three edges of the volume's box; case frame."""
    columns = (volume.case_from_voxel[:3, :3] * volume.voxels.shape[:3]).T.tolist()
    (a, b, c), (d, e, f), (g, h, i) = columns
    return (a, b, c), (d, e, f), (g, h, i)


@lru_cache(maxsize=64)
def _voxel_from_case(volume: Volume) -> tuple[tuple[float, ...], ...]:
    """Rows of the inverse. Plain numbers: a plane in the hand is laid anew in each frame, and for
    three numbers numpy takes ten times as long."""
    return tuple(map(tuple, np.linalg.inv(volume.case_from_voxel)[:3].tolist()))


def rectangle(plane: Plane, half_mm: tuple[float, float]) -> Quad:
    return plane.point_mm, scaled(plane.across, half_mm[0]), scaled(plane.along, half_mm[1])


def rows_of(slice: Slice) -> int:
    """Its place, and its screen."""
    return 1 if slice.curve_mm or slice.mode is Mode.PAINTED else 2


def _quads(slice: Slice, half_mm: tuple[float, float]) -> tuple[Quad, ...]:
    """In its place, and beside it."""
    place = rectangle(slice.plane, half_mm)
    if rows_of(slice) == 1:
        return (place,)
    return place, (plus(place[0], screen_shift_mm(slice.plane, half_mm[0])), *place[1:])


@dataclass(frozen=True, slots=True, eq=False)
class MadeOf:
    """All that a slice's rows come from."""

    slice: Slice
    first: Volume
    second: Volume | None
    numbers: Numbers
    crosshair_mm: Vec3 | None
    is_held: bool = False


def slice_rows(of: MadeOf) -> tuple[NDArray[np.float32], tuple[Quad, ...]]:
    """Of its place and its screen, a row each: the numbers of a SLICE_DTYPE."""
    slice, fusion = of.slice, of.slice.fusion
    is_curved = bool(slice.curve_mm)
    samples, step_mm = _slab(slice.slab_mm, _least_spacing_mm(of.first))
    windows, share = [*brightness(of.first, slice.window), 0.0, 0.0], 0.0
    if of.second is not None and fusion is not None:
        windows[2:] = brightness(of.second, fusion.window)
        share = fusion.share
    first, second, *tables = of.numbers
    outlined = 0 if is_curved else _OUTLINES[slice.outlines]
    rows: NDArray[Any] = np.zeros(rows_of(slice), SLICE_DTYPE)
    rows["middle"][:, 3], rows["across"][:, 3] = first, second
    rows["window"] = windows
    rows["look"] = (*tables, samples, _PROJECTIONS[slice.projection])
    rows["cross"][:, 3] = slice.filter is Filter.CUBIC
    rows["blend"][:, :3] = share, outlined, step_mm
    rows["blend"][:, 3] = 0 if slice.mode is Mode.PAINTED else 1 + of.is_held
    if slice.mode is Mode.FRAME and not is_curved:  # its place is marked, and shows nothing
        rows["blend"][0, 1], rows["blend"][0, 3] = 0, -rows["blend"][0, 3]
    rows["curve"][:, 1:3] = len(slice.curve_mm), slice.turn_rad
    row_bytes = bytearray(rows.tobytes())
    quads = lay(row_bytes, 0, of)
    return np.frombuffer(row_bytes, np.float32).reshape(len(rows), -1), quads


def lay(rows: bytearray, at: int, of: MadeOf) -> tuple[Quad, ...]:
    """Writes what the plane says into rows that are as they are otherwise, from that byte on. In
    plain numbers: of a plane in the hand this is done in each frame, and for a few numpy takes ten
    times as long."""
    slice, plane = of.slice, of.slice.plane
    half_mm = curved_half_mm(slice) if slice.curve_mm else half_size_mm(plane, of.first)
    quads = _quads(slice, half_mm)
    first, second = of.numbers[:2]
    step_mm = _slab(slice.slab_mm, _least_spacing_mm(of.first))[1]
    voxels = _laid((of.first, of.second), quads[0], scaled(plane.normal, step_mm))
    cross = _cross(plane, half_mm, None if slice.curve_mm else of.crosshair_mm)
    of_case = _of_case(plane, half_mm)
    for middle, across, along in quads:
        _LAID.pack_into(rows, at, *middle, first, *across, second, *along, 0.0, *voxels)
        _CROSS.pack_into(rows, at + _CROSS_AT, *cross)
        _OF_CASE.pack_into(rows, at + _OF_CASE_AT, *of_case)
        _LAST.pack_into(rows, at + _LAST_AT, half_mm[0])
        at += ROW_BYTES
    return quads


@lru_cache(maxsize=16)
def bends_of(curve_mm: tuple[Vec3, ...]) -> NDArray[Any]:
    if not curve_mm:
        return NO_BENDS
    bend = bend_along(curve_mm)
    made: NDArray[Any] = np.zeros(len(curve_mm), BEND_DTYPE)
    made["at"][:, :3], made["side"][:, :3], made["up"][:, :3] = bend.points, bend.side, bend.up
    return frozen(made)


@lru_cache(maxsize=64)
def _least_spacing_mm(volume: Volume) -> float:
    return min(volume.spacing_mm)


_NONE4 = (0.0, 0.0, 0.0, 0.0)


def cap_row(
    quad: Quad, volume: Volume | None, window: Window | None, numbers: tuple[int, int]
) -> NDArray[np.float32]:
    """Of the face of a cut. numbers: of its scan, or -1, and of its colour table."""
    row: NDArray[Any] = np.zeros(1, SLICE_DTYPE)
    if volume is not None:
        row["window"][:, :2] = brightness(volume, window)
    row["look"] = (numbers[1], 0, 1, 0)
    flat = row.view(np.float32).reshape(1, -1)
    middle, across, along = quad
    laid = _laid((volume, None), quad, (0.0, 0.0, 0.0))
    flat[:, : _LAID_TO // 4] = (*middle, numbers[0], *across, -1.0, *along, 0.0, *laid)
    return flat


_OUTLINES = {Outlines.NONE: 0, Outlines.SHOWN: 1, Outlines.ALL: 2}
_PROJECTIONS = {Projection.MEAN: 0, Projection.MAX: 1, Projection.MIN: 2}


def _of_case(plane: Plane, half_mm: tuple[float, float]) -> tuple[float, ...]:
    """case_across, case_along and case_over."""
    (a, b, c), (d, e, f), (g, h, i) = plane.across, plane.along, plane.normal
    (x, y, z), per_across, per_along = plane.point_mm, 1 / half_mm[0], 1 / half_mm[1]
    return (
        a * per_across, b * per_across, c * per_across, -(a * x + b * y + c * z) * per_across,
        d * per_along, e * per_along, f * per_along, -(d * x + e * y + f * z) * per_along,
        g, h, i, -(g * x + h * y + i * z),
    )  # fmt: skip


def _laid(volumes: tuple[Volume | None, Volume | None], quad: Quad, step_mm: Vec3) -> list[float]:
    """In voxels of each, where the middle of the rectangle is and what its sides and depth are."""
    one, other = (_in_voxels(volume, quad, step_mm) for volume in volumes)
    return [*chain.from_iterable(chain.from_iterable(zip(one, other, strict=True)))]


def _in_voxels(volume: Volume | None, quad: Quad, step_mm: Vec3) -> Sequence[Sequence[float]]:
    """Of its middle and of the ways from there, each filled up with a 0."""
    if volume is None:
        return (_NONE4,) * 4
    (a, b, c, i), (d, e, f, j), (g, h, k, l) = _voxel_from_case(volume)  # noqa: E741
    (x, y, z), (m, n, o), (p, q, r), (s, t, u) = (*quad, step_mm)
    return (
        (a * x + b * y + c * z + i, d * x + e * y + f * z + j, g * x + h * y + k * z + l, 0.0),
        (a * m + b * n + c * o, d * m + e * n + f * o, g * m + h * n + k * o, 0.0),
        (a * p + b * q + c * r, d * p + e * q + f * r, g * p + h * q + k * r, 0.0),
        (a * s + b * t + c * u, d * s + e * t + f * u, g * s + h * t + k * u, 0.0),
    )


def _slab(thickness_mm: float, spacing_mm: float) -> tuple[int, float]:
    """How many samples across, half a voxel apart at most, and their distance."""
    if thickness_mm <= 0:
        return 1, 1.0
    samples = min(MAX_SAMPLES, math.ceil(thickness_mm / (spacing_mm / 2)) + 1)
    return samples, thickness_mm / (samples - 1)


def brightness(volume: Volume, window: Window | None) -> tuple[float, float]:
    """The stored number that is black, and how much brighter each one more is. Not as scale and
    bias: of large numbers in a narrow window those would cancel each other in float32."""
    centre, width = window or scan_values(volume).window
    return (centre - width / 2 - volume.intercept) / volume.slope, volume.slope / width


def _cross(
    plane: Plane, half_mm: tuple[float, float], crosshair_mm: Vec3 | None
) -> tuple[float, float, float]:
    if crosshair_mm is None:
        return 0.0, 0.0, 0.0
    off = plus(crosshair_mm, scaled(plane.point_mm, -1.0))
    return dot(off, plane.across) / half_mm[0], dot(off, plane.along) / half_mm[1], 1.0
