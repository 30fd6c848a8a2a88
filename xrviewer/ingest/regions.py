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
from numpy.typing import NDArray

from xrviewer.ingest.shares import Index, Share

_THIN = 0.45
"""Level of a share: thicker labels lose little, and borders that move make up for it."""
_SOME = 0.01
"""Of a place."""
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
        return cls(every, (i, j, k), (size[0], size[1], size[2]))

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
class Lead:
    """How far one is ahead of all that come after it; above 0 the place is its."""

    values: Floats
    at: tuple[slice, ...]
    """Of the slab."""


@dataclass(frozen=True, slots=True, eq=False)
class Slab:
    """Some planes of all places: their owners, and by how much they own them."""

    start: int
    owners: Owners
    leads: tuple[Lead | None, ...]
    """By name; none where it is not in the slab, and of the last."""
    around: Floats


def slab_of(shares: Shares, start: int, stop: int) -> Slab:
    """Places between two planes."""
    first = (shares.first[0] + start, *shares.first[1:])
    return _slab_within(shares, first, (stop - start, *shares.shape[1:]))


def _slab_within(shares: Shares, first: Sequence[int], shape: tuple[int, ...]) -> Slab:
    boxes = [_box(share, first, shape) for share in shares.ranked]
    around = np.ones(shape, np.float32)
    for box in boxes:
        if box is not None:
            around[box[0]] -= box[1]
    boxes[shares.around] = (slice(None),) * 3, around
    last = len(boxes) - 1
    owners = np.full(shape, last, np.uint8 if last < 256 else np.uint16)
    after = np.zeros(shape, np.float32)
    leads: list[Lead | None] = [None] * len(boxes)
    # From the last to the first, so that who is asked earlier takes what the later ones had.
    for name in range(last, -1, -1):
        if (box := boxes[name]) is None:
            continue
        at, values = box
        if name < last:
            lead = values - after[at]
            _favour(lead, shares, name, around, boxes)
            # Names fall, so the least is the newest: in a tenth of the time of copyto's mask.
            taken = (lead <= 0).view(np.uint8).astype(owners.dtype, copy=False)
            taken *= np.iinfo(owners.dtype).max
            taken |= owners.dtype.type(name)
            np.minimum(owners[at], taken, out=owners[at])
            leads[name] = Lead(lead, at)
        if name:
            after[at] += values
    return Slab(first[0] - shares.first[0], owners, tuple(leads), around)


def settled(shares: Shares) -> Shares:
    """With other advantages for thin labels. Alone a sheet loses on both its faces what its
    advantage gives back; on a bone it loses nothing there, and would grow by a tenth."""
    for name, share in enumerate(shares.ranked[: shares.around]):
        if share is None or not 0 < share.level < _THIN:
            continue
        slab = _slab_within(shares, share.first, share.values.shape)
        lead = slab.leads[name]
        if lead is not None:
            own = replace(share, level=share.level_with(_more(slab, lead, name, share)))
            ranked = (*shares.ranked[:name], own, *shares.ranked[name + 1 :])
            shares = replace(shares, ranked=ranked)
    return shares


def _more(slab: Slab, lead: Lead, name: int, share: Share) -> float:
    """How much more of what is around a label needs, to have as many places as alone."""
    around = slab.around[lead.at]
    wanted = np.count_nonzero(share.values > share.level)
    surely = np.count_nonzero((slab.owners[lead.at] == name) & (around <= _SOME))
    is_free = (slab.owners[lead.at] >= name) & (around > _SOME)
    needed = -lead.values[is_free] / around[is_free]
    at = int(np.clip(wanted - surely, 0, len(needed) - 1))
    return float(np.partition(needed, at)[at]) if len(needed) else 0.0


Box = tuple[tuple[slice, ...], Floats]


def _favour(
    lead: Floats, shares: Shares, name: int, around: Floats, boxes: Sequence[Box | None]
) -> None:
    """Labels over what is around them, as much as keeps their volumes. Between two labels there is
    none: what one won the other would lose."""
    share, box = shares.ranked[name], boxes[name]
    if share is not None and box is not None and name < shares.around:
        lead += np.float32(share.advantage) * around[box[0]]
    if share is None:
        for later, other in zip(shares.ranked[name + 1 :], boxes[name + 1 :], strict=True):
            if later is not None and other is not None:
                lead[other[0]] -= np.float32(later.advantage) * other[1]


def _box(share: Share | None, first: Sequence[int], shape: Sequence[int]) -> Box | None:
    """Where a share lies in a slab, and its values there."""
    if share is None:
        return None
    at = np.subtract(share.first, first)
    low = np.maximum(at, 0)
    high = np.minimum(at + share.values.shape, shape)
    if (low >= high).any():
        return None
    here = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    own = tuple(slice(a, b) for a, b in zip(low - at, high - at, strict=True))
    return here, share.values[own]
