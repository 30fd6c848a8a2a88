"""Where an edge of the grid goes from one owner to another, and how the border lies there."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.contour import strides_of
from xrviewer.ingest.regions import THIRD, Floats, Names, Owners, Places, Regions, advantage

_NEAREST = 0.01
"""Of an edge. On a grid point itself, a point would flatten the triangles around it."""


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
    points: Floats
    slopes: Floats
    """Away from what owns the lower end."""

    def along(self, axis: int) -> tuple[int, Places]:
        first, end = self.firsts[axis : axis + 2]
        return first, self.places[first:end]


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """What is 0 on the border, as a sum: a constant, and so much of some labels' shares."""

    constants: Floats
    """(2, N): at both ends."""
    rows: tuple[NDArray[np.int64], ...]
    """By name: the crossings that have the name's share in their sum."""
    weights: tuple[Floats, ...]


def crossings(regions: Regions) -> Crossings:
    """Of every axis."""
    shape, flat = regions.names.shape, regions.names.reshape(-1)
    strides = strides_of(shape)
    along = [_crossed(regions.names, axis) for axis in range(3)]
    counts = [len(places) for places in along]
    places = np.concatenate(along)
    stride = np.repeat(strides, counts)
    below, above = (flat[at].astype(np.int32) for at in (places, places + stride))
    terms = _terms(regions, places, stride, below, above)
    index = np.stack(np.unravel_index(places, shape), axis=1)
    axis = np.repeat(np.arange(3), counts)
    sums = _sums(regions, terms, index, axis)
    part = _part(sums[:2])
    points = index.astype(np.float32)
    points[np.arange(len(points)), axis] += part
    slopes = np.ascontiguousarray((sums[2:5] + part * (sums[5:8] - sums[2:5])).T)
    ends = np.cumsum([0, *counts])
    firsts = (0, int(ends[1]), int(ends[2]), int(ends[3]))
    return Crossings(places, firsts, below, above, sums[:2], points, slopes)


def _crossed(names: Owners, axis: int) -> Places:
    is_crossed = np.zeros(names.shape, np.bool_)
    low = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
    high = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
    np.not_equal(names[low], names[high], out=is_crossed[low])
    return np.flatnonzero(is_crossed)


def _terms(regions: Regions, places: Places, stride: Places, below: Names, above: Names) -> _Terms:
    """below - above - split * third = 0; what is around all labels is 1 less all shares."""
    ends = np.stack([places, places + stride])
    third, shares = _thirds(regions, ends, below, above)
    split = regions.threes.split(below, above, third)
    split[(shares == 0).all(axis=0)] = 0
    # One of the three is around all labels: its share is what the others leave.
    of_around = np.select(
        [below == 0, above == 0, (third == 0) & (split != 0)],
        [np.float32(1), np.float32(-1), -split],
        np.float32(0),
    )
    names = np.concatenate([below, above, third])
    weights = np.concatenate([1 - of_around, -1 - of_around, -split - of_around])
    rows = np.tile(np.arange(len(places)), 3)
    used = np.flatnonzero((names > 0) & (weights != 0))
    used = used[np.argsort(names[used], kind="stable")]
    firsts = np.searchsorted(names[used], np.arange(1, len(regions.shares) + 2))
    parts = [used[a:b] for a, b in pairwise(firsts)]
    return _Terms(
        of_around + advantage(regions.advantages, below, above, shares),
        tuple(rows[part] for part in parts),
        tuple(weights[part].astype(np.float32) for part in parts),
    )


def _thirds(regions: Regions, ends: Places, below: Names, above: Names) -> tuple[Names, Floats]:
    """Who has most of what the two owners leave, and how much at both ends; 0 where that does not
    count."""
    threes = regions.threes
    third = np.zeros(len(below), np.int32)
    most = np.full(len(below), THIRD, np.float32)
    shares = np.zeros((2, len(below)), np.float32)
    if not len(threes.places):
        return third, shares
    at = np.searchsorted(threes.places, ends).clip(0, len(threes.places) - 1)
    found = [np.flatnonzero(threes.places[own] == end) for own, end in zip(at, ends, strict=True)]
    for own, rows in zip(at, found, strict=True):
        for n in range(3):
            name, share = threes.names[own[rows], n], threes.shares[own[rows], n]
            is_third = (name != below[rows]) & (name != above[rows]) & (share > most[rows])
            third[rows[is_third]], most[rows[is_third]] = name[is_third], share[is_third]
    for end, (own, rows) in enumerate(zip(at, found, strict=True)):
        rows = rows[most[rows] > THIRD]
        is_it = threes.names[own[rows]] == third[rows, None]
        shares[end, rows] = (threes.shares[own[rows]] * is_it).sum(axis=1)
    return third, shares


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


def _sums(regions: Regions, terms: _Terms, index: Places, axis: Places) -> Floats:
    """(8, N): leads at both ends, and how they fall there along each axis."""
    sums = np.zeros((8, len(index)), np.float32)
    sums[:2] += terms.constants

    def sampled(name: int) -> Floats:
        rows = terms.rows[name]
        return terms.weights[name] * _samples(regions, name, index[rows], axis[rows])

    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        for rows, values in zip(terms.rows, pool.map(sampled, range(len(terms.rows))), strict=True):
            sums[:, rows] += values
    return sums


def _samples(regions: Regions, name: int, index: Places, axis: Places) -> Floats:
    """(8, N): a label's share at both ends of edges, and how it falls there along each axis."""
    share = regions.shares[name]
    strides = np.array(strides_of(share.values.shape))
    flat = share.values.reshape(-1)
    low = (index - np.subtract(share.first, regions.first)) @ strides
    found = np.empty((8, len(index)), np.float32)
    for end, at in enumerate((low, low + strides[axis])):
        flat.take(at, mode="clip", out=found[end])
        for other, stride in enumerate(strides):
            # A third share may end beside the edge; beyond its box there is nothing of it.
            near = flat.take(at - stride, mode="clip")
            near -= flat.take(at + stride, mode="clip")
            found[2 + 3 * end + other] = near
    return found
