"""Surfaces that share borders, taken apart into the pieces between two, and put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from xrviewer.case.mesh import Mesh, Points, spaces_under
from xrviewer.ingest.alike import keys, unique
from xrviewer.ingest.fewer import fewer

Numbers = NDArray[np.int64]
_WORTH_IT = 0.999
"""Of its triangles: what may keep more is left as it is."""
_LOSS = 0.1
"""Of the volume of a piece that is closed by itself: thin strands would be the first to vanish."""
_NOTHING = 2.0
"""Times what surfaces may be off: a sheet that is no longer may vanish."""


@dataclass(frozen=True, slots=True, eq=False)
class Interface:
    """Triangles between two parts, or of one part alone, that hang together, as the first of them
    winds them. If a small piece were reduced with a large one, it would be the first to vanish."""

    one: int
    other: int
    """-1 where there is none, the same where a part lies on itself: a sheet without a thickness."""
    triangles: Numbers
    """By number of the points of all."""
    full_mm3: float | None = None
    """Inside of one that is closed by itself, before it was reduced at all."""

    @property
    def drawn(self) -> int:
        """Triangles, those of two parts twice."""
        return len(self.triangles) * (1 if self.other < 0 else 2)


@dataclass(frozen=True, slots=True, eq=False)
class Complex:
    """All surfaces at once, each point and each triangle one time."""

    points_mm: Points
    interfaces: tuple[Interface, ...]

    @classmethod
    def of(cls, meshes: Sequence[Mesh]) -> Complex:
        """What is the same to the bit is shared."""
        points = np.concatenate([mesh.points_mm for mesh in meshes])
        first, number = unique(points)
        firsts = np.cumsum([0, *(len(mesh.points_mm) for mesh in meshes)])
        triangles = np.concatenate(
            [number[mesh.triangles + start] for mesh, start in zip(meshes, firsts, strict=False)]
        )
        part = np.repeat(np.arange(len(meshes)), [len(mesh.triangles) for mesh in meshes])
        twin = _twins(triangles)
        other = np.where(twin < 0, -1, part[twin])
        kept = (other < 0) | (part < other) | ((part == other) & (np.arange(len(twin)) < twin))
        pair = (part * (len(meshes) + 1) + other + 1)[kept]
        order = np.argsort(pair, kind="stable")
        ends = np.flatnonzero(np.diff(pair[order], prepend=-1, append=-1))
        rows = [np.flatnonzero(kept)[order[a:b]] for a, b in pairwise(ends)]
        return cls(
            points[first],
            tuple(
                Interface(int(part[own[0]]), int(other[own[0]]), piece)
                for own in rows
                for piece in _pieces(triangles[own])
            ),
        )

    @property
    def drawn(self) -> int:
        """Triangles of all parts."""
        return sum(own.drawn for own in self.interfaces)

    def reduced(
        self, drawn: Sequence[int], limit_mm: float, tell: Callable[[float], None]
    ) -> Complex:
        """With so few triangles in each interface, or more where they would be off by more than
        about limit_mm; their rims stay to the bit, and so do sheets and what is closed."""
        cut = {
            number: max(1, len(own.triangles) * target // own.drawn)
            for number, (own, target) in enumerate(zip(self.interfaces, drawn, strict=True))
            if target < own.drawn * _WORTH_IT and own.one != own.other
        }
        rims = {number: _rim(self.interfaces[number].triangles) for number in cut}
        near = _near(self.interfaces, rims, len(self.points_mm))
        made, points, count = list(self.interfaces), [self.points_mm], len(self.points_mm)
        for done, (number, wanted) in enumerate(cut.items(), 1):
            others = [made[other] for other in near[number] if other != number]
            rim, most = rims[number], len(made[number].triangles)
            while wanted < most * _WORTH_IT:
                found = self._with_fewer(made[number], rim, others, wanted, limit_mm, count)
                if found is not None:
                    made[number], more = found
                    points.append(more)
                    count += len(more)
                    break
                wanted = (wanted + most + 1) // 2
            tell(done / len(cut))
        return Complex(np.concatenate(points), tuple(made))._as_closed_as(self)

    def _with_fewer(
        self,
        old: Interface,
        rim: Numbers,
        others: Sequence[Interface],
        wanted: int,
        limit_mm: float,
        count: int,
    ) -> tuple[Interface, Points] | None:
        """And its new points, numbered from count; None where that would spoil what is around it.

        others: that share points with it, some of which have fewer triangles already.
        """
        is_inner = np.zeros(len(self.points_mm), np.bool_)
        is_inner[old.triangles] = True
        is_inner[rim] = False
        # The rim comes first, and what is left keeps its order: so it is known again.
        own = np.concatenate([rim, np.flatnonzero(is_inner)])
        local = np.empty(len(self.points_mm), np.int32)
        local[own] = np.arange(len(own))
        before, had = self.points_mm[own], local[old.triangles]
        points, triangles = fewer(before, had, wanted, limit_mm, keeps_rim=True)
        if not np.array_equal(points[: len(rim)], before[: len(rim)]):
            return None
        kept = _without_sheets(points, triangles, _NOTHING * limit_mm)
        if kept is None:
            return None
        full_mm3 = old.full_mm3
        if not len(rim):
            full_mm3 = _inside_mm3(before, had) if full_mm3 is None else full_mm3
            if abs(_inside_mm3(points, kept) - full_mm3) > _LOSS * abs(full_mm3):
                return None
        here = np.concatenate([rim, count + np.arange(len(points) - len(rim))])
        if _have_edges(others, _chords(kept, len(rim), here), count):
            return None
        return Interface(old.one, old.other, here[kept], full_mm3), points[len(rim) :]

    def _as_closed_as(self, before: Complex) -> Complex:
        """Pieces are put back where a part that was closed is no longer: now and then one comes
        back with an edge of four triangles."""
        made = self
        for number in self.changed(before):
            if not is_closed(made._triangles(number)) and is_closed(before._triangles(number)):
                made = made._put_back(before, number)
        return made if made is self else made._as_closed_as(before)

    def _put_back(self, before: Complex, number: int) -> Complex:
        """Pieces of a part: those that meet themselves; all, if none does."""
        new = [
            at
            for at, (own, old) in enumerate(zip(self.interfaces, before.interfaces, strict=True))
            if own is not old and number in (own.one, own.other)
        ]
        bad = [at for at in new if _meets_itself(self.interfaces[at].triangles)] or new
        made = list(self.interfaces)
        for at in bad:
            made[at] = before.interfaces[at]
        return Complex(self.points_mm, tuple(made))

    def changed(self, before: Complex) -> set[int]:
        """Parts that have other triangles than they had."""
        pairs = zip(self.interfaces, before.interfaces, strict=True)
        return {n for own, old in pairs if own is not old for n in (own.one, own.other) if n >= 0}

    def part(self, number: int) -> tuple[Points, NDArray[np.uint32]]:
        """Points and triangles of one surface."""
        triangles = self._triangles(number)
        used = np.zeros(len(self.points_mm), np.bool_)
        used[triangles] = True
        renumbered = np.cumsum(used) - 1
        return self.points_mm[used], np.ascontiguousarray(renumbered[triangles], np.uint32)

    def _triangles(self, number: int) -> Numbers:
        sides = [own.triangles for own in self.interfaces if own.one == number]
        sides += [own.triangles[:, ::-1] for own in self.interfaces if own.other == number]
        return np.concatenate(sides)


def _near(
    every: Sequence[Interface], rims: Mapping[int, Numbers], count: int
) -> Mapping[int, Sequence[int]]:
    """Who has points of each rim. count: of all points."""
    if not rims:
        return {}
    rows = np.repeat(list(rims), [len(rim) for rim in rims.values()])
    points = np.concatenate(list(rims.values()))
    is_rim = np.zeros(count, np.bool_)
    is_rim[points] = True
    corners = np.concatenate([own.triangles.ravel() for own in every])
    on_rim = np.flatnonzero(is_rim.take(corners))
    of = np.repeat(np.arange(len(every)), [own.triangles.size for own in every])[on_rim]
    shape = len(every), count
    wants = coo_array((np.ones(len(rows), np.int32), (rows, points)), shape).tocsr()
    has = coo_array((np.ones(len(of), np.int32), (of, corners[on_rim])), shape).tocsr()
    both = (wants @ has.T).tocsr()
    return {n: both.indices[both.indptr[n] : both.indptr[n + 1]].tolist() for n in rims}


def _have_edges(every: Iterable[Interface], wanted: Numbers, count: int) -> bool:
    """Whether one of these has them: a part of it and of who wants them would have them twice.

    count: of all points."""
    if not len(wanted):
        return False
    is_end = np.zeros(count, np.bool_)
    is_end[wanted >> 32] = is_end[wanted & 0xFFFFFFFF] = True
    for own in every:
        near = own.triangles[is_end[own.triangles].sum(axis=1) > 1]
        if np.isin(_edges(near), wanted).any():
            return True
    return False


def _without_sheets(points: Points, triangles: Numbers, longest_mm: float) -> Numbers | None:
    """Where two triangles were laid on each other, back to back, they are nothing. None where that
    was more than a speck, or parts the rest."""
    is_flat = _twins(triangles) >= 0
    if not is_flat.any():
        return triangles
    left = triangles[~is_flat]
    if not len(left) or _longest_mm(points, triangles[is_flat]) > longest_mm:
        return None
    return left if len(_pieces(left)) == 1 else None


def _inside_mm3(points: Points, triangles: NDArray[np.integer]) -> float:
    return float(spaces_under(points, triangles).sum())


def _longest_mm(points: Points, triangles: NDArray[np.integer]) -> float:
    """Edge of all triangles."""
    corners = points[triangles]
    edges = corners - np.roll(corners, 1, axis=1)
    return float(np.linalg.norm(edges, axis=2).max(initial=0.0))


def _pieces(triangles: Numbers) -> list[Numbers]:
    """By what hangs together."""
    used = np.zeros(int(triangles.max()) + 1, np.bool_)
    used[triangles] = True
    number = np.cumsum(used, dtype=np.int32) - 1
    a, b, c = number.take(triangles.T)
    ends = np.concatenate([a, b]), np.concatenate([b, c])
    graph = coo_array((np.ones(2 * len(a), np.bool_), ends), (number[-1] + 1,) * 2)
    count, piece = connected_components(graph, directed=False)
    if count == 1:
        return [triangles]
    order = np.argsort(piece.take(a), kind="stable")
    stops = np.cumsum(np.bincount(piece.take(a)))[:-1]
    return np.split(triangles.take(order, axis=0), stops)


def _edges(triangles: Numbers) -> Numbers:
    """Three of each triangle, the lower end in the upper bits."""
    a, b, c = triangles.T
    ends = [(np.minimum(p, q), np.maximum(p, q)) for p, q in ((a, b), (b, c), (c, a))]
    return np.concatenate([low << 32 | high for low, high in ends])


def _lone(edges: Numbers) -> Numbers:
    """Edges of one triangle alone."""
    key = np.sort(edges)
    is_new = np.diff(key, prepend=-1) != 0
    return np.asarray(key[is_new & np.append(is_new[1:], True)])


def _rim(triangles: Numbers) -> Numbers:
    """Points on edges of one triangle alone."""
    alone = _lone(_edges(triangles))
    return np.unique(np.concatenate([alone >> 32, alone & 0xFFFFFFFF]))


def _chords(triangles: Numbers, count: int, numbers: Numbers) -> Numbers:
    """Edges from rim to rim that are not the rim's own: two triangles have them. The rim's points
    are the first so many.

    numbers: what each point is called outside."""
    a, b, c = (triangles < count).T.view(np.int8)
    edges = _edges(triangles.take(np.flatnonzero(a + b + c > 1), axis=0))
    across = np.sort(edges[(edges >> 32 < count) & (edges & 0xFFFFFFFF < count)])
    chords = across[1:][across[1:] == across[:-1]]
    one, other = numbers[chords >> 32], numbers[chords & 0xFFFFFFFF]
    return np.asarray(np.minimum(one, other) << 32 | np.maximum(one, other))


def _meets_itself(triangles: Numbers) -> bool:
    """Whether it goes along an edge twice in one direction."""
    a, b, c = triangles.T
    way = np.sort(np.concatenate([a << 32 | b, b << 32 | c, c << 32 | a]))
    return bool((way[1:] == way[:-1]).any())


def is_closed(triangles: NDArray[np.integer]) -> bool:
    """Whether each way along an edge is gone once, and once back."""
    a, b, c = triangles.T.astype(np.int64)
    ways = [
        (np.minimum(p, q) << 33) + (np.maximum(p, q) << 1) + (p > q)
        for p, q in ((a, b), (b, c), (c, a))
    ]
    way = np.sort(np.concatenate(ways))
    there, back = way[::2], way[1::2]
    return len(there) == len(back) and bool(((there + 1 == back) & (there & 1 == 0)).all())


def _twins(triangles: Numbers) -> Numbers:
    """For each triangle the one that has the same points, -1 where none has."""
    a, b, c = triangles.T
    low, high = np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
    key = keys(np.stack([low, high, a + b + c]).T)
    order = np.argsort(key)
    sorted_ = key[order]
    same = np.flatnonzero(sorted_[1:] == sorted_[:-1])
    other = np.full(len(key), -1, np.int64)
    other[order[same]], other[order[same + 1]] = order[same + 1], order[same]
    return other
