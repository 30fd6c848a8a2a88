"""Where an edge of the grid goes from one owner to another, and how the border lies there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from xrviewer.analysis.contour import strides_of
from xrviewer.ingest.regions import Floats, Lead, Names, Owners, Places, Shares, Slab, slab_of

_NEAREST = 0.01
"""Of an edge. On a grid point itself, a point would flatten the triangles around it."""
_AT_ONCE = 1 << 20
"""Places to a slab, of which two are laid beside each other."""


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """One point on each edge whose ends have different owners."""

    places: Places
    """Flat, of the lower end; rising within each axis."""
    firsts: tuple[int, int, int, int]
    """Of each axis, and the end of all."""
    below: Names
    """The owner of the lower end."""
    above: Names
    """Of the upper one."""
    leads: Floats
    """(2, N): what owns the lower end over what owns the upper, at both ends."""
    around: Floats
    """How much belongs to no label there."""
    points: Floats
    slopes: Floats
    """Away from what owns the lower end."""

    def along(self, axis: int) -> tuple[int, Places]:
        first, end = self.firsts[axis : axis + 2]
        return first, self.places[first:end]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Of one axis and one slab, as in Crossings."""

    places: Places
    below: Names
    above: Names
    sums: Floats
    """(8, N): leads at both ends, and how they fall there along each axis."""
    around: Floats


def crossed(shares: Shares) -> tuple[Owners, Crossings]:
    """Every place's owner, and where owners meet; some planes at a time, so that little is held."""
    planes = max(1, _AT_ONCE // (shares.shape[1] * shares.shape[2]))
    starts = range(0, shares.shape[0], planes)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 2)) as pool:
        made = list(pool.map(lambda start: _of_slab(shares, start, planes), starts))
    owners = np.concatenate([own for own, _ in made])
    parts = [parts[axis] for axis in range(3) for _, parts in made]
    ends = np.cumsum([0, *(sum(len(p[axis].places) for _, p in made) for axis in range(3))])
    places = np.concatenate([part.places for part in parts])
    sums = np.concatenate([part.sums for part in parts], axis=1)
    axis = np.repeat(np.arange(3), np.diff(ends))
    part = _part(sums[:2])
    points = np.stack(np.unravel_index(places, shares.shape), axis=1).astype(np.float32)
    points[np.arange(len(points)), axis] += part
    return owners, Crossings(
        places,
        (0, int(ends[1]), int(ends[2]), int(ends[3])),
        np.concatenate([part.below for part in parts]),
        np.concatenate([part.above for part in parts]),
        sums[:2],
        np.concatenate([part.around for part in parts]),
        points,
        np.ascontiguousarray((sums[2:5] + part * (sums[5:8] - sums[2:5])).T),
    )


def between_ends(found: Crossings, more: Floats) -> Floats:
    """The points, where what owns the lower ends leads by so much more."""
    moved = found.points.copy()
    for axis in range(3):
        own = slice(*found.firsts[axis : axis + 2])
        moved[own, axis] = np.floor(moved[own, axis]) + _part(found.leads[:, own] + more[own])
    return moved


def _part(leads: Floats) -> Floats:
    """Of the edge, up to where neither leads."""
    over, under = np.maximum(leads[0], 0), np.maximum(-leads[1], 0)
    part = over / np.maximum(over + under, np.float32(1e-9))
    return np.asarray(part.clip(_NEAREST, 1 - _NEAREST), np.float32)


def _of_slab(shares: Shares, start: int, planes: int) -> tuple[Owners, Sequence[_Part]]:
    """With a plane before and two after, for edges that go on and for slopes."""
    low, high = max(start - 1, 0), min(start + planes + 2, shares.shape[0])
    slab = slab_of(shares, low, high)
    own = slice(start - low, min(start - low + planes, len(slab.owners)))
    return slab.owners[own], [_along(slab, own, axis) for axis in range(3)]


def _along(slab: Slab, own: slice, axis: int) -> _Part:
    """Of edges that begin in some planes. Flat: where a row goes on into the next, all is
    outermost, and has one owner."""
    strides = strides_of(slab.owners.shape)
    stride = strides[axis]
    flat, around = slab.owners.reshape(-1), slab.around.reshape(-1)
    start, stop = own.start * strides[0], min(own.stop * strides[0], len(flat) - stride)
    at = np.flatnonzero(flat[start:stop] != flat[start + stride : stop + stride]) + start
    below, above = flat.take(at), flat.take(at + stride)
    sums = np.empty((8, len(at)), np.float32)
    earlier = np.minimum(below, above)
    order = np.argsort(earlier, kind="stable")
    ends = np.searchsorted(earlier[order], np.arange(len(slab.leads) + 1))
    for lead, a, b in zip(slab.leads, ends, ends[1:], strict=False):
        if lead is not None and a < b:
            rows = order[a:b]
            sums[:, rows] = _samples(lead, at.take(rows), strides, axis)
    sums *= np.where(above < below, np.float32(-1), np.float32(1))
    here = around.take(at)
    here += around.take(at + stride)
    here /= 2
    places = at + slab.start * strides[0]
    return _Part(places, below.astype(np.int32), above.astype(np.int32), sums, here)


def _samples(lead: Lead, at: Places, slab: tuple[int, int, int], axis: int) -> Floats:
    """At both ends of edges, and how much they fall there along each axis."""
    strides = strides_of(lead.values.shape)
    flat = lead.values.reshape(-1)
    i, rest = np.divmod(at, slab[0])
    j, k = np.divmod(rest, slab[1])
    first = [part.start or 0 for part in lead.at]
    low = (i - first[0]) * strides[0] + (j - first[1]) * strides[1] + (k - first[2])
    found = np.empty((8, len(at)), np.float32)
    ends = low, low + strides[axis]
    for own, here in zip(found, ends, strict=False):
        flat.take(here, mode="clip", out=own)
    for end, here in enumerate(ends):
        for other, stride in enumerate(strides):
            own = found[2 + 3 * end + other]
            # Along the edge itself one of the two beside an end is the other end.
            is_known = other == axis
            before = found[0] if is_known and end else flat.take(here - stride, mode="clip")
            after = found[1] if is_known and not end else flat.take(here + stride, mode="clip")
            np.subtract(before, after, out=own)
    return found
