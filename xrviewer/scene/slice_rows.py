"""One slice as numbers for the shader: where its rectangle lies, and how the scan is read on it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
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
    curved_half_mm,
    screen_shift_mm,
)
from xrviewer.spatial.bend import bend_of
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
outlined, and the millimetres of a step across; case_across, case_along and case_over: dotted with
a point of the case, where on the plane it lies from -1 to 1, and how many millimetres over it;
curve: of a curved slice the number of its first bend, how many they are, its turn, and half its
width in millimetres.
"""
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
    across, along = plane.across, plane.along
    return (
        sum(abs(dot(edge, across)) for edge in edges) / 2,
        sum(abs(dot(edge, along)) for edge in edges) / 2,
    )


@lru_cache(maxsize=64)
def _edges(volume: Volume) -> tuple[Vec3, ...]:
    """The three edges of the volume's box; case frame."""
    columns = (volume.case_from_voxel[:3, :3] * volume.voxels.shape[:3]).T.tolist()
    return tuple((x, y, z) for x, y, z in columns)


@lru_cache(maxsize=64)
def _voxel_from_case(volume: Volume) -> tuple[tuple[float, ...], ...]:
    """Rows of the inverse. Plain numbers: a plane in the hand is laid anew in each frame, and for
    three numbers numpy takes ten times as long."""
    return tuple(map(tuple, np.linalg.inv(volume.case_from_voxel)[:3].tolist()))


def _quads(slice: Slice, half_mm: tuple[float, float]) -> Iterator[Quad]:
    """In its place, and beside it."""
    middle, across, along = rectangle(slice.plane, half_mm)
    if slice.mode is not Mode.FRAME:
        yield middle, across, along
    if slice.mode is not Mode.PAINTED:
        yield plus(middle, screen_shift_mm(slice.plane, half_mm[0])), across, along


def rectangle(plane: Plane, half_mm: tuple[float, float]) -> Quad:
    return plane.point_mm, scaled(plane.across, half_mm[0]), scaled(plane.along, half_mm[1])


@lru_cache(maxsize=64)
def slice_rows(
    slice: Slice, first: Volume, second: Volume | None, numbers: Numbers, crosshair_mm: Vec3 | None
) -> tuple[tuple[NDArray[Any], ...], tuple[Quad, ...]]:
    """Of its place and its screen. Remembered: of several slices only one is in the hand."""
    fusion = slice.fusion
    is_curved = bool(slice.curve_mm)
    half_mm = curved_half_mm(slice) if is_curved else half_size_mm(slice.plane, first)
    samples, step_mm = _slab(slice.slab_mm, _least_spacing_mm(first))
    windows, share = [*brightness(first, slice.window), 0.0, 0.0], 0.0
    if second is not None and fusion is not None:
        windows[2:] = brightness(second, fusion.window)
        share = fusion.share
    row = Row(
        numbers[:2],
        laid((first, second), slice.plane, half_mm, step_mm),
        windows,
        (*numbers[2:], samples, _PROJECTIONS[slice.projection]),
        (
            *_cross(slice.plane, half_mm, None if is_curved else crosshair_mm),
            slice.filter is Filter.CUBIC,
        ),
        (share, 0 if is_curved else _OUTLINES[slice.outlines], step_mm, 0),
        _of_case(slice.plane, half_mm),
        (0.0, len(slice.curve_mm), slice.turn_rad, half_mm[0]),
    )
    quads = (rectangle(slice.plane, half_mm),) if is_curved else tuple(_quads(slice, half_mm))
    return tuple(row.of(quad) for quad in quads), quads


@lru_cache(maxsize=16)
def bends_of(curve_mm: tuple[Vec3, ...]) -> NDArray[Any]:
    """The first side is as near to the patient's left as the line lets it be."""
    if not curve_mm:
        return NO_BENDS
    bend = bend_of(np.array(curve_mm), (1.0, 0.0, 0.0))
    made: NDArray[Any] = np.zeros(len(curve_mm), BEND_DTYPE)
    made["at"][:, :3], made["side"][:, :3], made["up"][:, :3] = bend.points, bend.side, bend.up
    return frozen(made)


@lru_cache(maxsize=64)
def _least_spacing_mm(volume: Volume) -> float:
    return min(volume.spacing_mm)


_NONE4 = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Row:
    """In the order of SLICE_DTYPE, as plain numbers: to fill records field by field took longer
    than all the rest."""

    numbers: Sequence[int]
    laid: Sequence[float]
    window: Sequence[float]
    look: Sequence[float]
    cross: Sequence[float] = _NONE4
    blend: Sequence[float] = _NONE4
    of_case: Sequence[float] = _NONE4 * 3
    curve: Sequence[float] = _NONE4

    def of(self, quad: Quad) -> NDArray[Any]:
        middle, across, along = quad
        first, second = self.numbers
        place = (*middle, first, *across, second, *along, 0.0)
        look = (*self.window, *self.look, *self.cross, *self.blend)
        numbers = (*place, *self.laid, *look, *self.of_case, *self.curve)
        return np.array(numbers, np.float32).view(SLICE_DTYPE)


_OUTLINES = {Outlines.NONE: 0, Outlines.SHOWN: 1, Outlines.ALL: 2}
_PROJECTIONS = {Projection.MEAN: 0, Projection.MAX: 1, Projection.MIN: 2}


def _of_case(plane: Plane, half_mm: tuple[float, float]) -> list[float]:
    """case_across, case_along and case_over."""
    axes = (plane.across, half_mm[0]), (plane.along, half_mm[1]), (plane.normal, 1.0)
    found: list[float] = []
    for direction, size_mm in axes:
        of_case = scaled(direction, 1 / size_mm)
        found += (*of_case, -dot(of_case, plane.point_mm))
    return found


def laid(
    volumes: tuple[Volume | None, Volume | None],
    plane: Plane,
    half_mm: tuple[float, float],
    step_mm: float,
) -> list[float]:
    """In voxels of each, where the middle of the rectangle is and what its sides and depth are."""
    directions = (
        plane.point_mm,
        scaled(plane.across, half_mm[0]),
        scaled(plane.along, half_mm[1]),
        scaled(plane.normal, step_mm),
    )
    found: list[float] = []
    for w, direction in zip((1.0, 0.0, 0.0, 0.0), directions, strict=True):
        x, y, z = direction
        for volume in volumes:
            rows = () if volume is None else _voxel_from_case(volume)
            voxel = [r[0] * x + r[1] * y + r[2] * z + r[3] * w for r in rows] or _NONE4[:3]
            found += (*voxel, 0.0)
    return found


def _slab(thickness_mm: float, spacing_mm: float) -> tuple[int, float]:
    """How many samples across, half a voxel apart at most, and their distance."""
    if thickness_mm <= 0:
        return 1, 1.0
    samples = min(MAX_SAMPLES, math.ceil(thickness_mm / (spacing_mm / 2)) + 1)
    return samples, thickness_mm / (samples - 1)


def brightness(volume: Volume, window: tuple[float, float] | None) -> tuple[float, float]:
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
