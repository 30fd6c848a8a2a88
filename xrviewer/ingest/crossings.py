"""Where an edge of the grid goes from one owner to another, and how the border lies there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from xrviewer.analysis.contour import strides_of
from xrviewer.compiled import compiled
from xrviewer.ingest.regions import Floats, Names, Owners, Places, Shares, slab_of

_NEAREST = np.float32(0.01)
"""Of an edge. On a grid point itself, a point would flatten the triangles around it."""
_NOTHING = np.float32(1e-9)
_AT_ONCE = 1 << 19
"""Places to a slab, of which two are laid beside each other."""


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """One point on each edge whose ends have different owners, axis by axis."""

    places: Places
    """Flat, of the lower end; rising within each axis."""
    below: Names
    """The owner of the lower end."""
    above: Names
    """Of the upper one."""
    leads: Floats
    """(N, 2): what owns the lower end over what owns the upper, at both ends."""
    around: Floats
    """How much belongs to no label there."""
    points: Floats
    slopes: Floats
    """Away from what owns the lower end."""
    firsts: tuple[int, int, int, int]
    """Of each axis, and the end of all."""

    def along(self, axis: int) -> tuple[int, Places]:
        first, end = self.firsts[axis : axis + 2]
        return first, self.places[first:end]


_Part = tuple[Places, Names, Names, Floats, Floats, Floats, Floats]
"""Of one axis and one slab: as in Crossings."""


def crossed(shares: Shares) -> tuple[Owners, Crossings]:
    """Every place's owner, and where owners meet; some planes at a time, so that little is held."""
    planes = max(1, _AT_ONCE // (shares.shape[1] * shares.shape[2]))
    starts = range(0, shares.shape[0], planes)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 2)) as pool:
        made = list(pool.map(lambda start: _of_slab(shares, start, planes), starts))
    owners = np.concatenate([own for own, _ in made])
    parts = [parts[axis] for axis in range(3) for _, parts in made]
    x, y, z = (sum(len(parts[axis][0]) for _, parts in made) for axis in range(3))
    places, below, above, *rest = (np.concatenate(own) for own in zip(*parts, strict=True))
    leads, around, points, slopes = rest
    firsts = 0, x, x + y, x + y + z
    return owners, Crossings(places, below, above, leads, around, points, slopes, firsts)


def between_ends(found: Crossings, more: Floats) -> Floats:
    """The points, where what owns the lower ends leads by so much more."""
    moved = found.points.copy()
    for axis in range(3):
        own = slice(*found.firsts[axis : axis + 2])
        _move(axis, found.leads[own], more[own], moved[own])
    return moved


@compiled
def _move(axis: int, leads: Floats, more: Floats, points: Floats) -> None:
    for row in range(len(points)):
        part = _part(leads[row, 0] + more[row], leads[row, 1] + more[row])
        points[row, axis] = np.floor(points[row, axis]) + part


@compiled
def _part(low: np.float32, high: np.float32) -> np.float32:
    """Of an edge, up to where neither leads."""
    over, under = max(low, np.float32(0)), max(-high, np.float32(0))
    part = over / max(over + under, _NOTHING)
    return min(max(part, _NEAREST), np.float32(1) - _NEAREST)


def _of_slab(shares: Shares, start: int, planes: int) -> tuple[Owners, Sequence[_Part]]:
    """With a plane before and two after, for edges that go on and for slopes."""
    low, high = max(start - 1, 0), min(start + planes + 2, shares.shape[0])
    slab = slab_of(shares, low, high)
    own = slice(start - low, min(start - low + planes, len(slab.owners)))
    made = [
        _along(axis, at, low, slab.owners, slab.around, slab.leads, slab.boxes)
        for axis, at in enumerate(_changes(slab.owners, own))
    ]
    return slab.owners[own], made


def _changes(owners: Owners, planes: slice) -> list[Places]:
    """Edges that begin in some planes, along each axis. Flat: where a row goes on into the next,
    all is outermost, and has one owner."""
    flat, strides = owners.reshape(-1), strides_of(owners.shape)
    start = planes.start * strides[0]
    stops = [min(planes.stop * strides[0], len(flat) - stride) for stride in strides]
    return [
        np.flatnonzero(flat[start:stop] != flat[start + stride : stop + stride]) + start
        for stop, stride in zip(stops, strides, strict=True)
    ]


@compiled
def _along(
    axis: int, at: Places, plane: int, owners: Owners, around: Floats, leads: Floats, boxes: Places
) -> _Part:
    """Of edges; plane: of the slab, among those of all."""
    count, rows, columns = len(at), owners.shape[1], owners.shape[2]
    below, above = np.empty(count, np.int32), np.empty(count, np.int32)
    ends, rest = np.empty((count, 2), np.float32), np.empty(count, np.float32)
    points, slopes = np.empty((count, 3), np.float32), np.empty((count, 3), np.float32)
    step_x, step_y, step_z = axis == 0, axis == 1, axis == 2
    places = np.empty(count, np.int64)
    for n in range(count):
        places[n] = at[n] + plane * rows * columns
        i, j, k = at[n] // columns // rows, at[n] // columns % rows, at[n] % columns
        beyond = i + step_x, j + step_y, k + step_z
        below[n], above[n] = owners[i, j, k], owners[beyond]
        rest[n] = (around[i, j, k] + around[beyond]) * np.float32(0.5)
        name = min(below[n], above[n])
        first, end = boxes[name, 0], boxes[name + 1, 0] - 1
        strides = boxes[name, 5] * boxes[name, 6], boxes[name, 6], 1
        low = first + (i - boxes[name, 1]) * strides[0] + (j - boxes[name, 2]) * strides[1]
        low += k - boxes[name, 3]
        high = low + strides[axis]
        sign = np.float32(1 if below[n] < above[n] else -1)
        ends[n, 0], ends[n, 1] = sign * leads[low], sign * leads[high]
        part = _part(ends[n, 0], ends[n, 1])
        for other in range(3):
            near = _fall(leads, low, strides[other], first, end)
            far = _fall(leads, high, strides[other], first, end)
            slopes[n, other] = sign * (near + part * (far - near))
        points[n, 0], points[n, 1], points[n, 2] = plane + i, j, k
        points[n, axis] += part
    return places, below, above, ends, rest, points, slopes


@compiled
def _fall(leads: Floats, at: int, stride: int, first: int, last: int) -> np.float32:
    """How much a lead falls along an axis. A place beside the box has any value of it."""
    fall: np.float32 = leads[max(at - stride, first)] - leads[min(at + stride, last)]
    return fall
