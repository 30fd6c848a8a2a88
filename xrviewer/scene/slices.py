"""Slices as plain draw data: which rectangle of the room shows which plane of which volume."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.scan import scan_values
from xrviewer.case.surfaces import frozen
from xrviewer.case.volume import Volume
from xrviewer.document.planes import GRAY, Cut, Filter, Mode, Projection, Slice
from xrviewer.scene.cuts import Face
from xrviewer.scene.mapping import color_table
from xrviewer.scene.marks import NO_MARKS, Marks, strokes
from xrviewer.spatial.planes import Plane, dot, plus, scaled
from xrviewer.spatial.transforms import Matrix, Vec3

BAR_SHARE = 0.03
"""Of the frame's side: how wide its bars are."""
ASIDE_SHARE = 0.12
"""Of half the width: the gap between the frame and its screen."""
MAX_SAMPLES = 256
"""Across a slab."""
BAR_COLOR: Vec3 = (0.30, 0.33, 0.36)
HELD_COLOR: Vec3 = (0.102, 0.434, 0.578)

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
    ]
)
"""A rectangle as shaders/lib/volume.glsl reads it: room metres, and voxels of the two volumes.

middle: w is the first volume's number; across: w is the second's, or -1; window: of each volume the
stored number that is black, and the brightness of each one more; look: the two colour tables,
samples across the slab, the projection; cross: the crosshair's place from -1 to 1, whether there is
one, whether the filter is cubic; blend: the second volume's share.
"""


@dataclass(frozen=True, slots=True, eq=False)
class ShownSlices:
    """All slices of a frame."""

    rows: NDArray[Any] = field(default_factory=lambda: NO_ROWS)
    """The slices, then the faces of the cuts."""
    caps: int = 0
    """How many of the rows are faces of cuts."""
    volumes: tuple[Volume, ...] = ()
    """What the rows' numbers name."""
    tables: tuple[str, ...] = ()
    """Colour maps by name, as the rows number them."""
    frames: Marks = NO_MARKS


NO_ROWS: NDArray[Any] = frozen(np.zeros(0, SLICE_DTYPE))
NO_SLICES = ShownSlices()


@dataclass(slots=True)
class _Numbered:
    """Things in the order in which they are first met."""

    found: list[Any] = field(default_factory=list)

    def number(self, thing: Any) -> int:
        for i, known in enumerate(self.found):
            if known is thing or known == thing:
                return i
        self.found.append(thing)
        return len(self.found) - 1


def shown_slices(
    slices: Mapping[str, Slice],
    volumes: tuple[Volume, ...],
    room_from_case: Matrix,
    crosshair_mm: Vec3 | None = None,
    held: Collection[str] = (),
    caps: Sequence[tuple[Face, Cut]] = (),
) -> ShownSlices:
    """volumes: of the date that is shown; a slice of one that it lacks is not there.
    held: the slices that are in a hand. caps: the faces of the cuts, which show a scan as well."""
    by_id = {volume.id: volume for volume in volumes}
    used, tables = _Numbered(), _Numbered()
    rows: list[NDArray[Any]] = []
    frames = NO_MARKS
    for id, slice in slices.items():
        if not slice.is_visible or slice.volume not in by_id:
            continue
        row = _row(slice, by_id, used, tables, crosshair_mm)
        half_mm = half_size_mm(slice.plane, by_id[slice.volume])
        for quad in _quads(slice, half_mm, room_from_case):
            row["middle"][0, :3], row["across"][0, :3], row["along"][0, :3] = quad
            rows.append(row.copy())
            if slice.mode is not Mode.PAINTED:
                frames += _frame(*quad, HELD_COLOR if id in held else BAR_COLOR)
    for face, cut in caps:
        rows.append(_cap(face, cut, by_id, used, tables, room_from_case))
    if not rows:
        return NO_SLICES
    found, colors = tuple(used.found), tuple(tables.found)
    return ShownSlices(np.concatenate(rows), len(caps), found, colors, frames)


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
def _voxel_from_case(volume: Volume) -> Matrix:
    inverse: Matrix = np.linalg.inv(volume.case_from_voxel).astype(np.float64)
    return frozen(inverse)


Quad = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Middle, half across, half along; room."""


def _quads(slice: Slice, half_mm: tuple[float, float], room_from_case: Matrix) -> Iterator[Quad]:
    """In its place, and beside it."""
    middle, across, along = _rectangle(slice.plane, half_mm, room_from_case)
    if slice.mode is not Mode.FRAME:
        yield middle, across, along
    if slice.mode is not Mode.PAINTED:
        yield middle + across * (2 + ASIDE_SHARE + 4 * BAR_SHARE), across, along


def _rectangle(plane: Plane, half_mm: tuple[float, float], room_from_case: Matrix) -> Quad:
    turn = room_from_case[:3, :3]
    across = turn @ np.array(plane.across) * half_mm[0]
    along = turn @ np.array(plane.along) * half_mm[1]
    return turn @ np.array(plane.point_mm) + room_from_case[:3, 3], across, along


def _frame(
    middle: NDArray[np.float64],
    across: NDArray[np.float64],
    along: NDArray[np.float64],
    color: Vec3,
) -> Marks:
    radius_m = BAR_SHARE * float(max(np.linalg.norm(across), np.linalg.norm(along)))
    out = 1 + radius_m / max(float(np.linalg.norm(across)), 1e-9)
    up = 1 + radius_m / max(float(np.linalg.norm(along)), 1e-9)
    corners = [middle + sx * out * across + sy * up * along for sx, sy in _CORNERS]
    return Marks(strokes=strokes(corners, corners[1:] + corners[:1], radius_m, color, True))


_CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def _row(
    slice: Slice,
    volumes: Mapping[str, Volume],
    used: _Numbered,
    tables: _Numbered,
    crosshair_mm: Vec3 | None,
) -> NDArray[Any]:
    """All but where in the room it is."""
    row: NDArray[Any] = np.zeros(1, SLICE_DTYPE)
    first, fusion = volumes[slice.volume], slice.fusion
    second = volumes.get(fusion.volume) if fusion else None
    half_mm = half_size_mm(slice.plane, first)
    samples, step_mm = _slab(slice.slab_mm, min(first.spacing_mm))
    row["middle"][0, 3] = used.number(first)
    row["across"][0, 3] = -1 if second is None else used.number(second)
    colors = [tables.number(slice.colors), 0]
    windows = [*_brightness(first, slice.window), 0.0, 0.0]
    _lay(row, 0, first, slice.plane, half_mm, step_mm)
    if second is not None and fusion is not None:
        colors[1] = tables.number(fusion.colors)
        windows[2:] = _brightness(second, fusion.window)
        _lay(row, 1, second, slice.plane, half_mm, step_mm)
        row["blend"][0, 0] = fusion.share
    row["window"][0] = windows
    row["look"][0] = (*colors, samples, _PROJECTIONS[slice.projection])
    row["cross"][0] = (*_cross(slice.plane, half_mm, crosshair_mm), slice.filter is Filter.CUBIC)
    return row


def _cap(
    face: Face,
    cut: Cut,
    volumes: Mapping[str, Volume],
    used: _Numbered,
    tables: _Numbered,
    room_from_case: Matrix,
) -> NDArray[Any]:
    row: NDArray[Any] = np.zeros(1, SLICE_DTYPE)
    volume = volumes.get(cut.volume or "")
    row["middle"][0, 3], row["across"][0, 3] = -1, -1
    row["look"][0] = (tables.number(GRAY), 0, 1, 0)
    if volume is not None:
        row["middle"][0, 3] = used.number(volume)
        row["window"][0, :2] = _brightness(volume, cut.window)
        _lay(row, 0, volume, face.plane, face.half_mm, 0.0)
    quad = _rectangle(face.plane, face.half_mm, room_from_case)
    row["middle"][0, :3], row["across"][0, :3], row["along"][0, :3] = quad
    return row


_PROJECTIONS = {Projection.MEAN: 0, Projection.MAX: 1, Projection.MIN: 2}


def _lay(
    row: NDArray[Any],
    which: int,
    volume: Volume,
    plane: Plane,
    half_mm: tuple[float, float],
    step_mm: float,
) -> None:
    """In voxels, where the middle of the rectangle is and what its sides and depth are."""
    voxel_from_case = _voxel_from_case(volume)
    turn = voxel_from_case[:3, :3]
    row["voxel_middle"][0, which, :3] = turn @ plane.point_mm + voxel_from_case[:3, 3]
    row["voxel_across"][0, which, :3] = turn @ scaled(plane.across, half_mm[0])
    row["voxel_along"][0, which, :3] = turn @ scaled(plane.along, half_mm[1])
    row["voxel_step"][0, which, :3] = turn @ scaled(plane.normal, step_mm)


def _slab(thickness_mm: float, spacing_mm: float) -> tuple[int, float]:
    """How many samples across, half a voxel apart at most, and their distance."""
    if thickness_mm <= 0:
        return 1, 0.0
    samples = min(MAX_SAMPLES, math.ceil(thickness_mm / (spacing_mm / 2)) + 1)
    return samples, thickness_mm / (samples - 1)


def _brightness(volume: Volume, window: tuple[float, float] | None) -> tuple[float, float]:
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


def table_colors(name: str) -> NDArray[np.uint8]:
    """(256, 3) sRGB."""
    return color_table(name, 0)
