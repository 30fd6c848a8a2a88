"""Slices as plain draw data: which rectangle of the room shows which plane of which volume."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.scan import scan_values
from xrviewer.case.surfaces import frozen
from xrviewer.case.volume import Volume
from xrviewer.document.planes import GRAY, Cut, Filter, Mode, Outlines, Projection, Slice
from xrviewer.scene.cuts import Face
from xrviewer.scene.mapping import color_table
from xrviewer.spatial.planes import Plane, dot, plus, scaled
from xrviewer.spatial.transforms import Vec3

BAR_SHARE = 0.03
"""Of the frame's side: how wide its bars are."""
ASIDE_SHARE = 0.12
"""Of half the width: the gap between the frame and its screen."""
MAX_SAMPLES = 256
"""Across a slab."""
MAX_SLICES, MAX_VOLUMES, MAX_TABLES = 64, 8, 8
"""Rectangles, scans and colour tables at a time; as shaders/lib/volume.glsl has room for."""

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
    ]
)
"""A rectangle as shaders/lib/volume.glsl reads it: case millimetres, and voxels of the two volumes.
Nothing of it is of the room: whoever walks or carries the model changes none.

middle: w is the first volume's number; across: w is the second's, or -1; window: of each volume the
stored number that is black, and the brightness of each one more; look: the two colour tables,
samples across the slab, the projection; cross: the crosshair's place from -1 to 1, whether there is
one, whether the filter is cubic; blend: the second volume's share, and which structures are
outlined; case_across, case_along and case_over: dotted with a point of the case, where on the plane
it lies from -1 to 1, and how many millimetres over it.
"""


Quad = tuple[Vec3, Vec3, Vec3]
"""Middle, half across, half along; case millimetres."""


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
    frames: tuple[tuple[str, Quad], ...] = ()
    """What is gripped: the slice's id, and the rectangle within its bars."""
    left_out: tuple[str, ...] = ()
    """Slices for which there was no room."""

    @property
    def has_outlines(self) -> bool:
        return bool(self.rows["blend"][:, 1].any())


NO_ROWS: NDArray[Any] = frozen(np.zeros(0, SLICE_DTYPE))
NO_SLICES = ShownSlices()


@dataclass(slots=True)
class _Numbered:
    """Things in the order in which they are first met, no more than there is room for."""

    most: int
    found: list[Any] = field(default_factory=list)

    def number(self, thing: Any) -> int | None:
        for i, known in enumerate(self.found):
            if known is thing or known == thing:
                return i
        if len(self.found) == self.most:
            return None
        self.found.append(thing)
        return len(self.found) - 1


def shown_slices(
    slices: Mapping[str, Slice],
    volumes: tuple[Volume, ...],
    crosshair_mm: Vec3 | None = None,
    caps: Sequence[tuple[Face, Cut]] = (),
) -> ShownSlices:
    """volumes: of the date that is shown; a slice of one that it lacks is not there.
    caps: the faces of the cuts, which show a scan as well."""
    by_id = {volume.id: volume for volume in volumes}
    used, tables = _Numbered(MAX_VOLUMES), _Numbered(MAX_TABLES)
    rows: list[NDArray[Any]] = []
    frames: list[tuple[str, Quad]] = []
    left_out: list[str] = []
    for id, slice in slices.items():
        first = by_id.get(slice.volume)
        if not slice.is_visible or first is None:
            continue
        fusion = slice.fusion
        second = by_id.get(fusion.volume) if fusion else None
        numbers = _numbers(slice, (first, second), used, tables)
        if numbers is None or len(rows) + 2 > MAX_SLICES - len(caps):
            left_out.append(id)
            continue
        made, quads = _slice_rows(slice, first, second, numbers, crosshair_mm)
        rows += made
        frames += [(id, quad) for quad in quads if slice.mode is not Mode.PAINTED]
    for face, cut in caps:
        rows.append(_cap(face, cut, by_id, used, tables))
    if not rows:
        return NO_SLICES
    found, colors = tuple(used.found), tuple(tables.found)
    # As plain floats: numpy compares records field by field, each time.
    joined = np.concatenate([row.view(np.float32) for row in rows]).view(SLICE_DTYPE)
    return ShownSlices(joined, len(caps), found, colors, tuple(frames), tuple(left_out))


Numbers = tuple[int, int, int, int]
"""Of the two volumes, the second -1 where there is none, and of their colour tables."""


def _numbers(
    slice: Slice,
    volumes: tuple[Volume, Volume | None],
    used: _Numbered,
    tables: _Numbered,
) -> Numbers | None:
    """None where there is no room for it."""
    one, colors = used.number(volumes[0]), tables.number(slice.colors)
    two, over = -1, 0
    if volumes[1] is not None and slice.fusion is not None:
        second, table = used.number(volumes[1]), tables.number(slice.fusion.colors)
        if second is None or table is None:
            return None
        two, over = second, table
    return None if one is None or colors is None else (one, two, colors, over)


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
    middle, across, along = _rectangle(slice.plane, half_mm)
    if slice.mode is not Mode.FRAME:
        yield middle, across, along
    if slice.mode is not Mode.PAINTED:
        yield plus(middle, scaled(across, 2 + ASIDE_SHARE + 4 * BAR_SHARE)), across, along


def _rectangle(plane: Plane, half_mm: tuple[float, float]) -> Quad:
    return plane.point_mm, scaled(plane.across, half_mm[0]), scaled(plane.along, half_mm[1])


@lru_cache(maxsize=64)
def _slice_rows(
    slice: Slice, first: Volume, second: Volume | None, numbers: Numbers, crosshair_mm: Vec3 | None
) -> tuple[tuple[NDArray[Any], ...], tuple[Quad, ...]]:
    """Of its place and its screen. Remembered: of several slices only one is in the hand."""
    fusion = slice.fusion
    half_mm = half_size_mm(slice.plane, first)
    samples, step_mm = _slab(slice.slab_mm, _least_spacing_mm(first))
    windows, share = [*_brightness(first, slice.window), 0.0, 0.0], 0.0
    if second is not None and fusion is not None:
        windows[2:] = _brightness(second, fusion.window)
        share = fusion.share
    row = _Row(
        numbers[:2],
        _laid((first, second), slice.plane, half_mm, step_mm),
        windows,
        (*numbers[2:], samples, _PROJECTIONS[slice.projection]),
        (*_cross(slice.plane, half_mm, crosshair_mm), slice.filter is Filter.CUBIC),
        (share, _OUTLINES[slice.outlines], 0, 0),
        _of_case(slice.plane, half_mm),
    )
    quads = tuple(_quads(slice, half_mm))
    return tuple(row.of(quad) for quad in quads), quads


@lru_cache(maxsize=64)
def _least_spacing_mm(volume: Volume) -> float:
    return min(volume.spacing_mm)


def _cap(
    face: Face, cut: Cut, volumes: Mapping[str, Volume], used: _Numbered, tables: _Numbered
) -> NDArray[Any]:
    """Plain where there is no scan, or no room for one more."""
    volume = volumes.get(cut.volume or "")
    number = None if volume is None else used.number(volume)
    volume = volume if number is not None else None
    windows = (0.0, 0.0) if volume is None else _brightness(volume, cut.window)
    row = _Row(
        (-1 if number is None else number, -1),
        _laid((volume, None), face.plane, face.half_mm, 0.0),
        [*windows, 0.0, 0.0],
        (tables.number(GRAY) or 0, 0, 1, 0),
    )
    return row.of(_rectangle(face.plane, face.half_mm))


_NONE4 = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Row:
    """In the order of SLICE_DTYPE, as plain numbers: to fill records field by field took longer
    than all the rest."""

    numbers: Sequence[int]
    laid: Sequence[float]
    window: Sequence[float]
    look: Sequence[float]
    cross: Sequence[float] = _NONE4
    blend: Sequence[float] = _NONE4
    of_case: Sequence[float] = _NONE4 * 3

    def of(self, quad: Quad) -> NDArray[Any]:
        middle, across, along = quad
        first, second = self.numbers
        place = (*middle, first, *across, second, *along, 0.0)
        look = (*self.window, *self.look, *self.cross, *self.blend)
        return np.array((*place, *self.laid, *look, *self.of_case), np.float32).view(SLICE_DTYPE)


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


def _laid(
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
