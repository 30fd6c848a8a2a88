"""Whose each place is, of many labels that were blurred: every place has one owner.

The labels are asked in turn, and each takes the places where it has more than all that come after
it together. So the first has a surface as smooth as if it were alone, and what lies on it ends at
that surface. First comes what is straight where three meet: a bone under the rim of a cartilage,
what is around two halves of one ball. If the largest share won, a bone would grow a ridge of 0.4 of
the blur along every rim, and a ball have a groove along every seam.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xrviewer.compiled import Place, compiled
from xrviewer.ingest.shares import Index, Share

_THIN = 0.45
"""Level of a share: thicker labels lose little, and borders that move make up for it."""
_SOME = 0.01
"""Of a place."""
_OFF = np.float32(-1)
"""Taken off."""
_SLICES = 24
"""Of a map, along two of its axes, in which is looked where three meet."""

Floats = NDArray[np.float32]
Places = NDArray[np.int64]
Names = NDArray[np.int32]
Owners = NDArray[np.unsignedinteger]


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Of all labels, in the order that they are asked in. Names are places in that order."""

    ranked: tuple[Share | None, ...]
    """None is what is around all labels: 1 less all shares."""
    values: Floats
    """Of all of them, one box behind the other."""
    boxes: Places
    """As of a slab."""
    first: Index
    shape: Index
    """Of the places that hold them all; nothing is in the outermost."""

    @classmethod
    def of(cls, shares: Sequence[Share], order: Sequence[int]) -> Shares:
        low = np.min([share.first for share in shares], axis=0)
        high = np.max([np.add(s.first, s.values.shape) for s in shares], axis=0)
        i, j, k = (int(n) for n in low)
        size = tuple(int(n) for n in high - low)
        every = tuple(shares[number] if number >= 0 else None for number in order)
        values = np.concatenate([share.values.ravel() for share in every if share])
        nothing = np.zeros(3, np.int64)
        firsts = [np.subtract(share.first, low) if share else nothing for share in every]
        boxes = _boxes(firsts, [share.values.shape if share else nothing for share in every])
        return cls(every, values, boxes, (i, j, k), (size[0], size[1], size[2]))

    @property
    def around(self) -> int:
        """The name of what is around all labels."""
        return self.ranked.index(None)


def ranked(
    shares: Sequence[Share], labels: NDArray[np.generic], names: Names, size: NDArray[np.int64]
) -> list[int]:
    """The order to ask in: numbers of shares, and -1 for what is around them.

    names: of each label of the map, the number of its share, or -1; size: voxels to a place.
    """
    total, count = np.zeros(len(shares) + 1), np.zeros(len(shares) + 1)
    low = np.min([share.first for share in shares], axis=0).clip(0) * size
    high = np.max([np.add(s.first, s.values.shape) for s in shares], axis=0) * size
    voxels, found = _meetings(labels[tuple(map(slice, low, high))], names)
    points = (voxels + low - (size - 1) / 2) / size
    rest = np.ones(len(points), np.float32)
    for number in np.unique(found[found >= 0]):
        has = (found == number).any(axis=1)
        values = _at(points[has], shares[number])
        rest[has] -= values
        total[number], count[number] = values.sum(), len(values)
    is_there = (found == -1).any(axis=1)
    total[-1], count[-1] = rest[is_there].sum(), is_there.sum()
    straight = total / np.maximum(count, 1)
    order = np.argsort(-straight, kind="stable")
    return [int(number) if number < len(shares) else -1 for number in order]


def _meetings(labels: NDArray[np.generic], names: Names) -> tuple[Floats, Names]:
    """Corners of voxels, in some slices, about which three or four differ; and who those are."""
    corners, rings = [], []
    for axis in (0, 1):
        step = max(1, labels.shape[axis] // _SLICES)
        for at in range(step // 2, labels.shape[axis], step):
            plane = labels[at] if axis == 0 else np.ascontiguousarray(labels[:, at])
            across, down = plane[:, 1:] != plane[:, :-1], plane[1:] != plane[:-1]
            changes = across[:-1].view(np.uint8) + across[1:].view(np.uint8)
            changes += down[:, :-1].view(np.uint8)
            changes += down[:, 1:].view(np.uint8)
            i, j = np.divmod(np.flatnonzero(changes >= 3), changes.shape[1])
            flat, start, row = plane.ravel(), i * plane.shape[1] + j, plane.shape[1]
            rings.append(flat.take(start[:, None] + (0, row, row + 1, 1)))
            along = np.full(len(i), at)
            ends = (along, i + 0.5, j + 0.5) if axis == 0 else (i + 0.5, along, j + 0.5)
            corners.append(np.stack(ends, axis=1))
    found = names.take(np.concatenate(rings))
    is_new = np.diff(np.sort(found, axis=1), axis=1, prepend=-2) != 0
    three = is_new.sum(axis=1) >= 3
    return np.concatenate(corners)[three], found[three]


def _at(points: Floats, share: Share) -> Floats:
    """Between the eight places about each point; beyond the outermost, where 0 is, it is 0 too."""
    found = np.zeros(len(points), np.float32)
    below = np.floor(points).astype(np.int64)
    above_part = (points - below).T
    parts = 1 - above_part, above_part
    ends = [
        [(at + step - first).clip(0, n - 1) for step in (0, 1)]
        for at, first, n in zip(below.T, share.first, share.values.shape, strict=True)
    ]
    for i, j, k in product((0, 1), repeat=3):
        weight = parts[i][0] * parts[j][1] * parts[k][2]
        found += weight * share.values[ends[0][i], ends[1][j], ends[2][k]]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Slab:
    """Some planes of all places: their owners, and by how much they own them."""

    start: int
    owners: Owners
    leads: Floats
    """How far each name is ahead of all that come after it, in its box; above 0 the place is its.
    One box behind the other."""
    boxes: Places
    """(names + 1, 7): where the leads of each begin, its lowest place, its shape. The last row is
    where they end."""
    around: Floats

    def lead(self, name: int) -> tuple[tuple[slice, ...], Floats]:
        """Where it lies, and it."""
        first, *box = self.boxes[name].tolist()
        values = self.leads[first : self.boxes[name + 1, 0]].reshape(box[3:])
        return tuple(slice(a, a + n) for a, n in zip(box[:3], box[3:], strict=True)), values


def slab_of(shares: Shares, start: int, stop: int) -> Slab:
    """Places between two planes."""
    return _slab_within(shares, np.array([start, 0, 0]), (stop - start, *shares.shape[1:]))


def _slab_within(shares: Shares, low: Places, shape: Sequence[int]) -> Slab:
    of = shares.boxes[:-1]
    first, end = of[:, 1:4].clip(low, low + shape), (of[:, 1:4] + of[:, 4:]).clip(low, low + shape)
    first[shares.around], end[shares.around] = low, low + shape
    boxes = _boxes(first - low, end - first)
    # Of each name's values: where the slab's first place has its, and steps along two axes.
    steps = np.stack([of[:, 5] * of[:, 6], of[:, 6], np.ones(len(of), np.int64)], axis=1)
    sources = np.column_stack([of[:, 0] + ((low - of[:, 1:4]) * steps).sum(axis=1), steps])
    leads, around = np.empty(boxes[-1, 0], np.float32), np.ones(shape, np.float32)
    owners: Owners = np.empty(shape, np.uint8 if len(of) < 256 else np.uint16)
    favour = np.array([share.advantage if share else -1 for share in shares.ranked], np.float32)
    _settle(shares.values, sources, shares.around, favour, boxes, leads, around, owners)
    return Slab(int(low[0]), owners, leads, boxes, around)


def _boxes(low: ArrayLike, shapes: ArrayLike) -> Places:
    sizes = np.asarray(shapes)
    boxes = np.zeros((len(sizes) + 1, 7), np.int64)
    boxes[1:, 0] = np.cumsum(sizes.prod(axis=1))
    boxes[:-1, 1:4], boxes[:-1, 4:] = low, sizes
    return boxes


@compiled
def _settle(
    values: Floats,
    sources: Places,
    name_around: int,
    favour: Floats,
    boxes: Places,
    leads: Floats,
    around: Floats,
    owners: Owners,
) -> None:
    """Row by row, so that what is added up stays in the processor's cache."""
    names, columns = len(favour), owners.shape[2]
    rest, here = around.reshape(-1), np.empty(names, np.int64)
    after, extra = np.empty(columns, np.float32), np.empty(columns, np.float32)
    best = np.empty(columns, np.int32)  # as wide as a lead: four times as fast as bytes beside it
    for i in range(owners.shape[0]):
        count = _in_plane(boxes, i, here)
        for j in range(owners.shape[1]):
            row = Place((i * owners.shape[1] + j) * columns)
            for k in range(columns):
                after[k], extra[k], best[k] = 0, 0, names - 1
            for name in here[:count]:
                _, first, width = _row(boxes, name, i, j)
                if width and name != name_around:
                    own = _source(sources, name, i, j, first)
                    _add(values, own, _OFF, rest, row + first, width)
                    if name > name_around:
                        _add(values, own, favour[name], extra, first, width)
            # From the last to the first, so that who is asked earlier takes what the later had.
            for n in range(count, 0, -1):
                name = here[n - 1]
                at, first, width = _row(boxes, name, i, j)
                if name == name_around:
                    _ask(name, width, rest, row, _OFF, extra, first, after, best, first, leads, at)
                elif width:
                    own = _source(sources, name, i, j, first)
                    by, more = favour[name] if name < name_around else np.float32(0), row + first
                    _ask(name, width, values, own, by, rest, more, after, best, first, leads, at)
            for k in range(columns):
                owners[i, j, k] = best[k]


@compiled
def _in_plane(boxes: Places, i: int, here: Places) -> int:
    """Names whose box lies in a plane, and how many."""
    count = 0
    for name in range(len(here)):
        if 0 <= i - boxes[name, 1] < boxes[name, 4]:
            here[count] = name
            count += 1
    return count


@compiled
def _row(boxes: Places, name: int, i: int, j: int) -> tuple[Place, Place, Place]:
    """Of a box in one row: where its leads are, its first place, how many it has."""
    x, y = i - boxes[name, 1], j - boxes[name, 2]
    rows, columns = boxes[name, 5], boxes[name, 6]
    if x < 0 or x >= boxes[name, 4] or y < 0 or y >= rows:
        return Place(0), Place(0), Place(0)
    at = boxes[name, 0] + (x * rows + y) * columns
    return Place(at), Place(boxes[name, 3]), Place(columns)


@compiled
def _source(sources: Places, name: int, i: int, j: int, first: Place) -> Place:
    return Place(sources[name, 0] + i * sources[name, 1] + j * sources[name, 2]) + first


@compiled
def _add(
    own: Floats, at: Place, weight: np.float32, total: Floats, into: Place, count: Place
) -> None:
    for n in range(count):
        total[into + n] += weight * own[at + n]


@compiled
def _ask(
    name: int,
    width: Place,
    own: Floats,
    own_at: Place,
    by: np.float32,
    extra: Floats,
    extra_at: Place,
    after: Floats,
    best: Names,
    first: Place,
    leads: Floats,
    at: Place,
) -> None:
    """By how much a name is ahead in a row; where it is, the place is its."""
    new = np.int32(name)
    for k in range(width):
        ahead = own[own_at + k] - after[first + k] + by * extra[extra_at + k]
        leads[at + k] = ahead
        best[first + k] = new if ahead > np.float32(0) else best[first + k]
        after[first + k] += own[own_at + k]


def settled(shares: Shares) -> Shares:
    """With other advantages for thin labels. Alone a sheet loses on both its faces what its
    advantage gives back; on a bone it loses nothing there, and would grow by a tenth."""
    for name, share in enumerate(shares.ranked[: shares.around]):
        if share is None or not 0 < share.level < _THIN:
            continue
        low = np.subtract(share.first, shares.first)
        slab = _slab_within(shares, low, share.values.shape)
        own = replace(share, level=share.level_with(_more(slab, name, share)))
        ranked = (*shares.ranked[:name], own, *shares.ranked[name + 1 :])
        shares = replace(shares, ranked=ranked)
    return shares


def _more(slab: Slab, name: int, share: Share) -> float:
    """How much more of what is around a label needs, to have as many places as alone."""
    box, lead = slab.lead(name)
    around, owners = slab.around[box], slab.owners[box]
    wanted = np.count_nonzero(share.values > share.level)
    surely = np.count_nonzero((owners == name) & (around <= _SOME))
    is_free = (owners >= name) & (around > _SOME)
    needed = -lead[is_free] / around[is_free]
    at = int(np.clip(wanted - surely, 0, len(needed) - 1))
    return float(np.partition(needed, at)[at]) if len(needed) else 0.0
