"""Whose each place is, of many labels that were blurred: every place has one owner.

Two neighbours meet where both have the same share. Where three meet it is not enough that the
largest share wins: a cartilage's rim and the air beside it have a quarter each where the bone under
both has a half, and a bone would grow a ridge of 0.4 of the blur along every rim. So each three
labels are asked what they share where their voxels meet, and that is where they meet in the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.ingest.shares import Index, Share

THIRD = 0.02
"""Share of a place from which on the third label there counts."""
_AT_ONCE = 1 << 22
"""Places."""
_NARROWEST, _WIDEST = 0.1, 0.48
"""Share of one of three where they meet. From a half on, which is a plane, two borders would run
along each other."""
_DRAWN = 1.45
"""Voxels that hold all three lie a little off where they meet, towards the narrow ones: the shares
there are nearer to a third by so much (1.34 to 1.6, wedges of known angles turned at random)."""
_DOUBT = 4.0
"""Places that say three labels are alike, to begin with."""

Floats = NDArray[np.float32]
Places = NDArray[np.int64]
Names = NDArray[np.int32]
Owners = NDArray[np.unsignedinteger]


@dataclass(frozen=True, slots=True, eq=False)
class Threes:
    """The three largest shares where a third counts, and what three have where they meet."""

    places: Places
    """Flat, rising."""
    names: Names
    """(N, 3), the largest first."""
    shares: Floats
    """(N, 3)."""
    known: Places
    """Codes of three names, rising."""
    meeting: Floats
    """(K, 3), in the order of the names."""
    count: int
    """Of names."""

    def split(self, a: Names, b: Names, c: Names) -> Floats:
        """How much more of c's share falls to a than to b between those two."""
        three = np.stack([a, b, c], axis=1)
        order = np.argsort(three, axis=1)
        code = _code(np.take_along_axis(three, order, axis=1), self.count)
        at = np.searchsorted(self.known, code).clip(0, max(len(self.known) - 1, 0))
        if not len(self.known):
            return np.zeros(len(a), np.float32)
        is_known = self.known[at] == code
        meeting = np.empty((len(a), 3), np.float32)
        np.put_along_axis(meeting, order, self.meeting[at], axis=1)
        more = (meeting[:, 0] - meeting[:, 1]) / meeting[:, 2]
        return np.where(is_known, more, np.float32(0))


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """0 is what is around all labels; name n is share n - 1."""

    names: Owners
    """(I, J, K); 0 in the outermost places."""
    first: Index
    shares: tuple[Share, ...]
    threes: Threes
    advantages: Floats
    """Of each name over 0, to keep its volume. Between two labels there is none: what one won the
    other would lose."""


def regions(
    shares: Sequence[Share], labels: NDArray[np.generic], names: Names, size: NDArray[np.int64]
) -> Regions:
    """names: of each label of the map, 0 for those that are not wanted; size: voxels a place."""
    low = np.min([share.first for share in shares], axis=0)
    high = np.max([np.add(s.first, s.values.shape) for s in shares], axis=0)
    first = (int(low[0]), int(low[1]), int(low[2]))
    owner = np.zeros(tuple(high - low), np.uint8 if len(shares) < 256 else np.uint16)
    advantages = np.array([0, *(share.advantage for share in shares)], np.float32)
    threes = _by_slabs(owner, shares, first, advantages)
    threes = _with_meetings(threes, owner.shape, shares, first, _Voxels(labels, names, size))
    _settle(owner, threes, advantages)
    return Regions(owner, first, tuple(shares), threes, advantages)


def _by_slabs(owner: Owners, shares: Sequence[Share], first: Index, advantages: Floats) -> Threes:
    """The largest share wins; a few planes at a time, so that little memory is held."""
    planes = max(1, _AT_ONCE // (owner.shape[1] * owner.shape[2]))
    found = []
    for start in range(0, len(owner), planes):
        slab = _Slab(owner[start : start + planes], (first[0] + start, *first[1:]))
        places = slab.win(shares, advantages)
        offset = start * owner.shape[1] * owner.shape[2]
        found.append((places + offset, *_largest_three(slab, places, shares)))
    places, names, values = (np.concatenate(column) for column in zip(*found, strict=True))
    none = np.zeros(0, np.int64), np.zeros((0, 3), np.float32)
    return Threes(places, names, values, *none, len(shares) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Slab:
    owner: Owners
    first: Index

    def parts(self, shares: Sequence[Share]) -> Iterator[tuple[int, tuple[slice, ...], Floats]]:
        """Name, where its box lies in the slab, and its values there."""
        for name, share in enumerate(shares, 1):
            at = np.subtract(share.first, self.first)
            low = np.maximum(at, 0)
            high = np.minimum(at + share.values.shape, self.owner.shape)
            if (low < high).all():
                here = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
                own = tuple(slice(a, b) for a, b in zip(low - at, high - at, strict=True))
                yield name, here, share.values[own]

    def win(self, shares: Sequence[Share], advantages: Floats) -> Places:
        """The places where a third share counts."""
        best, second, total = (np.zeros(self.owner.shape, np.float32) for _ in range(3))
        for name, here, values in self.parts(shares):
            ahead, behind = best[here], second[here]
            np.maximum(behind, np.minimum(ahead, values), out=behind)
            np.copyto(self.owner[here], name, where=values > ahead, casting="unsafe")
            np.maximum(ahead, values, out=ahead)
            total[here] += values
        around = np.subtract(1, total, out=total)
        is_around = around > best + advantages[self.owner]
        self.owner[is_around] = 0
        np.maximum(second, np.minimum(best, around), out=second)
        np.maximum(best, around, out=best)
        best += second
        return np.flatnonzero(best < 1 - THIRD)


def _largest_three(slab: _Slab, places: Places, shares: Sequence[Share]) -> tuple[Names, Floats]:
    names = np.zeros((len(places), 3), np.int32)
    values = np.full((len(places), 3), -1, np.float32)
    total = np.zeros(len(places), np.float32)
    at = np.stack(np.unravel_index(places, slab.owner.shape), axis=1)
    for name, here, own in slab.parts(shares):
        low = np.array([part.start for part in here])
        inside = ((at >= low) & (at < low + own.shape)).all(axis=1)
        rows = np.flatnonzero(inside)
        value = own[tuple((at[rows] - low).T)]
        total[rows] += value
        _insert(names, values, rows, name, value)
    _insert(names, values, np.arange(len(places)), 0, 1 - total)
    return names, np.maximum(values, 0)


def _insert(names: Names, values: Floats, rows: Places, name: int, value: Floats) -> None:
    """Into the rows' three, in falling order."""
    for column in range(3):
        is_more = value > values[rows, column]
        more = rows[is_more]
        rest_names, rest = names[more, column:-1].copy(), values[more, column:-1].copy()
        names[more, column + 1 :], values[more, column + 1 :] = rest_names, rest
        names[more, column], values[more, column] = name, value[is_more]
        rows, value = rows[~is_more], value[~is_more]


@dataclass(frozen=True, slots=True, eq=False)
class _Voxels:
    """The map itself."""

    labels: NDArray[np.generic]
    names: Names
    size: NDArray[np.int64]

    def some(self, places: Places) -> Places:
        """(N, 3): a voxel of each place; now this one of it, now that."""
        mixed = places @ [7, 13, 29]
        x, y, _ = self.size
        inner = np.stack([mixed, mixed // x, mixed // (x * y)], axis=1) % self.size
        return np.asarray(places * self.size + inner)

    def around(self, voxels: Places) -> Names:
        """(N, 8): the names about the far corner of voxels."""
        last = np.array(self.labels.shape) - 1
        found = np.zeros((len(voxels), 8), np.int32)
        for n in range(8):
            at = voxels + np.array([n & 1, n >> 1 & 1, n >> 2])
            is_in = ((at >= 0) & (at <= last)).all(axis=1)
            found[is_in, n] = self.names[self.labels[tuple(at[is_in].T)]]
        return found

    def corners(self, voxels: Places) -> Floats:
        """Where those lie, among places."""
        return np.asarray((voxels + 1 - self.size / 2) / self.size, np.float32)


def _with_meetings(
    threes: Threes, shape: tuple[int, ...], shares: Sequence[Share], first: Index, voxels: _Voxels
) -> Threes:
    """What three labels share, on the average, where exactly they meet in the map."""
    some = voxels.some(np.stack(np.unravel_index(threes.places, shape), axis=1) + first)
    around = np.sort(voxels.around(some), axis=1)
    is_new = np.diff(around, axis=1, prepend=-1) != 0
    meets = np.flatnonzero(is_new.sum(axis=1) == 3)
    names = around[meets][is_new[meets]].reshape(-1, 3)
    at = voxels.corners(some[meets])
    values = np.stack([_at(at, names[:, n], shares) for n in range(3)], axis=1)
    values[:, 0] = np.where(names[:, 0] == 0, 1 - values[:, 1] - values[:, 2], values[:, 0])
    known, which = np.unique(_code(names, threes.count), return_inverse=True)
    total = np.full((len(known), 3), _DOUBT / 3)
    np.add.at(total, which, values)
    mean = total / total.sum(axis=1, keepdims=True)
    meeting = np.maximum(1 / 3 + _DRAWN * (mean - 1 / 3), _NARROWEST)
    meeting /= meeting.sum(axis=1, keepdims=True)
    # What one has too much falls to the others by their shares.
    kept = np.minimum(meeting, _WIDEST)
    free = (kept < _WIDEST) * kept
    meeting = kept + free * ((1 - kept.sum(axis=1)) / free.sum(axis=1))[:, None]
    return Threes(
        threes.places,
        threes.names,
        threes.shares,
        known,
        meeting.astype(np.float32),
        threes.count,
    )


def _code(names: Names, count: int) -> Places:
    wide = names.astype(np.int64)
    return np.asarray((wide[:, 0] * count + wide[:, 1]) * count + wide[:, 2])


def _at(points: Floats, names: Names, shares: Sequence[Share]) -> Floats:
    """Between the eight places about each point."""
    found = np.zeros(len(points), np.float32)
    below = np.floor(points).astype(np.int64)
    part = points - below
    for name in np.unique(names[names > 0]):
        rows = np.flatnonzero(names == name)
        own = shares[name - 1]
        for n in range(8):
            step = np.array([n & 1, n >> 1 & 1, n >> 2])
            corner = below[rows] - own.first + step
            is_in = ((corner >= 0) & (corner < own.values.shape)).all(axis=1)
            weight = np.where(step, part[rows], 1 - part[rows]).prod(axis=1)
            found[rows[is_in]] += weight[is_in] * own.values[tuple(corner[is_in].T)]
    return found


def _settle(owner: Owners, threes: Threes, advantages: Floats) -> None:
    """Gives the places where a third counts to whom they belong."""
    a, b, c = threes.names.T
    one, two, three = threes.shares.T
    a_over_b = one - two - three * threes.split(a, b, c) + advantage(advantages, a, b, three)
    a_over_c = one - three - two * threes.split(a, c, b) + advantage(advantages, a, c, two)
    b_over_c = two - three - one * threes.split(b, c, a) + advantage(advantages, b, c, one)
    is_b = (a_over_b < 0) & (b_over_c >= 0)
    is_c = (a_over_c < 0) & ~is_b
    owner.reshape(-1)[threes.places] = np.where(is_b, b, np.where(is_c, c, a))


def advantage(advantages: Floats, one: Names, other: Names, third: Floats) -> Floats:
    """Of one over the other. Between two labels there is none; where a third has a share, what it
    takes from what is around is some advantage already."""
    is_alone = (one == 0) | (other == 0)
    own = np.where(is_alone, advantages[one] - advantages[other], np.float32(0))
    return np.asarray(np.copysign(np.maximum(np.abs(own) - third / 2, 0), own))
