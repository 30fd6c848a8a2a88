"""Surfaces that share borders, taken apart into the pieces between two, and put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import fast_simplification
import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh, Points
from xrviewer.ingest.alike import keys, unique

Numbers = NDArray[np.int64]
_WORTH_IT = 0.98
"""Of its triangles: what may keep more is left as it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Interface:
    """Triangles between two parts, or of one part alone, as the first of them winds them."""

    one: int
    other: int
    """-1 where there is none."""
    triangles: Numbers
    """By number of the points of all."""

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
        other = _twins(triangles, part)
        kept = (other < 0) | (part < other)
        pair = (part * (len(meshes) + 1) + other + 1)[kept]
        order = np.argsort(pair, kind="stable")
        ends = np.flatnonzero(np.diff(pair[order], prepend=-1, append=-1))
        rows = [np.flatnonzero(kept)[order[a:b]] for a, b in pairwise(ends)]
        return cls(
            points[first],
            tuple(Interface(int(part[own[0]]), int(other[own[0]]), triangles[own]) for own in rows),
        )

    def reduced(self, number: int, drawn: int, aggression: int) -> Complex:
        """With so few triangles in one interface; its rim stays to the bit."""
        old = self.interfaces[number]
        wanted = max(1, len(old.triangles) * drawn // old.drawn)
        if wanted >= len(old.triangles) * _WORTH_IT:
            return self
        rim = _rim(old.triangles)
        is_inner = np.zeros(len(self.points_mm), np.bool_)
        is_inner[old.triangles] = True
        is_inner[rim] = False
        inner = np.flatnonzero(is_inner)
        # The rim comes first, and what is left keeps its order: so it is known again.
        every = np.concatenate([rim, inner])
        local = np.empty(len(self.points_mm), np.int32)
        local[every] = np.arange(len(every))
        points, triangles = fast_simplification.simplify(
            self.points_mm[every],
            local[old.triangles],
            target_count=wanted,
            agg=aggression,
            preserve_border=True,
        )
        if not np.array_equal(points[: len(rim)], self.points_mm[rim]):
            return self
        here = np.concatenate([rim, len(self.points_mm) + np.arange(len(points) - len(rim))])
        new = Interface(old.one, old.other, here[triangles])
        return Complex(
            np.concatenate([self.points_mm, points[len(rim) :]]),
            (*self.interfaces[:number], new, *self.interfaces[number + 1 :]),
        )

    def part(self, number: int) -> tuple[Points, NDArray[np.uint32]]:
        """Points and triangles of one surface."""
        sides = [own.triangles for own in self.interfaces if own.one == number]
        sides += [own.triangles[:, ::-1] for own in self.interfaces if own.other == number]
        triangles = np.concatenate(sides)
        used = np.zeros(len(self.points_mm), np.bool_)
        used[triangles] = True
        renumbered = np.cumsum(used) - 1
        return self.points_mm[used], np.ascontiguousarray(renumbered[triangles], np.uint32)


def _rim(triangles: Numbers) -> Numbers:
    """Points on edges of one triangle alone."""
    a, b, c = triangles.T
    ends = [(np.minimum(p, q), np.maximum(p, q)) for p, q in ((a, b), (b, c), (c, a))]
    key = np.sort(np.concatenate([low << 32 | high for low, high in ends]))
    is_new = np.diff(key, prepend=-1) != 0
    alone = key[is_new & np.append(is_new[1:], True)]
    return np.unique(np.concatenate([alone >> 32, alone & 0xFFFFFFFF]))


def is_closed(triangles: NDArray[np.uint32]) -> bool:
    """Whether each way along an edge has its way back."""
    a, b, c = triangles.T.astype(np.int64)
    there = np.concatenate([a << 32 | b, b << 32 | c, c << 32 | a])
    back = np.concatenate([b << 32 | a, c << 32 | b, a << 32 | c])
    return bool(np.array_equal(np.sort(there), np.sort(back)))


def _twins(triangles: Numbers, part: Numbers) -> Numbers:
    """For each triangle the part that has the same one, -1 where none has."""
    a, b, c = triangles.T
    low, high = np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
    key = keys(np.stack([low, high, a + b + c]).T)
    order = np.argsort(key)
    sorted_ = key[order]
    same = np.flatnonzero(sorted_[1:] == sorted_[:-1])
    other = np.full(len(key), -1, np.int64)
    other[order[same]], other[order[same + 1]] = part[order[same + 1]], part[order[same]]
    return other
