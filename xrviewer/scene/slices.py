"""Slices as plain draw data: which rectangle of the room shows which plane of which volume."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import frozen
from xrviewer.case.volume import Volume
from xrviewer.document.planes import (
    GRAY,
    Cut,
    Mode,
    Slice,
)
from xrviewer.scene.cuts import Face
from xrviewer.scene.mapping import color_table
from xrviewer.scene.slice_rows import (
    NO_BENDS,
    ROW_BYTES,
    SLICE_DTYPE,
    MadeOf,
    Numbers,
    Quad,
    bends_of,
    cap_row,
    lay,
    rectangle,
    slice_rows,
)
from xrviewer.spatial.transforms import Vec3
from xrviewer.values import changed

MAX_SLICES, MAX_VOLUMES, MAX_TABLES, MAX_BENDS = 64, 8, 8, 1024
"""Rectangles, scans, colour tables and bends at a time; as shaders/lib/volume.glsl has room for."""


class Coarse(NamedTuple):
    """A scan that the graphics card has no room for as it is."""

    volume: Volume
    factors: tuple[int, int, int]
    """So many of its voxels are shown as one."""


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
    bends: NDArray[Any] = field(default_factory=lambda: NO_BENDS)
    """BEND_DTYPE, of all curved slices."""
    left_out: tuple[str, ...] = ()
    """Slices for which there was no room."""
    of: Mapping[str, tuple[int, MadeOf]] = field(default_factory=dict)
    """Of each slice its first row, and what they came from."""

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
    held: str | None = None,
) -> ShownSlices:
    """volumes: of the date that is shown; a slice of one that it lacks is not there.
    caps: the faces of the cuts, which show a scan as well. held: the slice that is in a hand."""
    by_id = {volume.id: volume for volume in volumes}
    used, tables, made = _Numbered(MAX_VOLUMES), _Numbered(MAX_TABLES), _Made()
    for id, slice in slices.items():
        first = by_id.get(slice.volume)
        if not slice.is_visible or first is None:
            continue
        second = by_id.get(slice.fusion.volume) if slice.fusion else None
        numbers, bends = _numbers(slice, (first, second), used, tables), bends_of(slice.curve_mm)
        if numbers is None or not made.has_room(len(bends), len(caps)):
            made.left_out.append(id)
            continue
        made.add(id, MadeOf(slice, first, second, numbers, crosshair_mm, id == held), bends)
    for face, cut in caps:
        made.rows.append(_cap(face, cut, by_id, used, tables))
    if not made.rows:
        return NO_SLICES
    return ShownSlices(
        np.concatenate(made.rows).view(SLICE_DTYPE)[:, 0],
        len(caps),
        tuple(used.found),
        tuple(tables.found),
        tuple(made.frames),
        made.bends,
        tuple(made.left_out),
        made.of,
    )


def moved(shown: ShownSlices, id: str, slice: Slice) -> ShownSlices | None:
    """The same with one slice elsewhere: what a hand that moves a plane asks for in each frame.
    None where more than its plane is another, or where it is not shown."""
    known = shown.of.get(id)
    if known is None or _but_plane(known[1].slice) != _but_plane(slice):
        return None
    first, before = known
    of = changed(before, slice=slice)
    row_bytes = bytearray(shown.rows.tobytes())
    quads = lay(row_bytes, first * ROW_BYTES, of)
    frames = [frame for frame in shown.frames if frame[0] != id]
    if slice.mode is not Mode.PAINTED:
        frames += [(id, quad) for quad in quads]
    rows: NDArray[Any] = np.frombuffer(row_bytes, SLICE_DTYPE)
    return changed(shown, rows=rows, frames=tuple(frames), of={**shown.of, id: (first, of)})


_but_plane = attrgetter(*(field.name for field in fields(Slice) if field.name != "plane"))


@dataclass(slots=True)
class _Made:
    """What has come of the slices so far."""

    rows: list[NDArray[np.float32]] = field(default_factory=list)
    count: int = 0
    frames: list[tuple[str, Quad]] = field(default_factory=list)
    bends: NDArray[Any] = field(default_factory=lambda: NO_BENDS)
    left_out: list[str] = field(default_factory=list)
    of: dict[str, tuple[int, MadeOf]] = field(default_factory=dict)

    def has_room(self, bends: int, caps: int) -> bool:
        return self.count + 2 + caps <= MAX_SLICES and len(self.bends) + bends <= MAX_BENDS

    def add(self, id: str, of: MadeOf, bends: NDArray[Any]) -> None:
        rows, quads = slice_rows(of)
        if len(bends):
            rows.view(SLICE_DTYPE)["curve"][..., 0] = len(self.bends)
            self.bends = np.concatenate([self.bends, bends])
        self.rows.append(rows)
        self.of[id] = self.count, of
        self.count += len(rows)
        if of.slice.mode is not Mode.PAINTED:
            self.frames += [(id, quad) for quad in quads]


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


def _cap(
    face: Face, cut: Cut, volumes: Mapping[str, Volume], used: _Numbered, tables: _Numbered
) -> NDArray[np.float32]:
    """Plain where there is no scan, or no room for one more."""
    volume = volumes.get(cut.volume or "")
    number = None if volume is None else used.number(volume)
    scan = volume if number is not None else None
    numbers = -1 if number is None else number, tables.number(GRAY) or 0
    return cap_row(rectangle(face.plane, face.half_mm), scan, cut.window, numbers)


def table_colors(name: str) -> NDArray[np.uint8]:
    """(256, 3) sRGB."""
    return color_table(name, 0)
