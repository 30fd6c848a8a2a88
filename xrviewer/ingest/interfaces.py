"""Surfaces that share borders, taken apart into the pieces between two, and put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import fast_simplification
import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh, Points

Numbers = NDArray[np.int64]
_WORTH_IT = 0.98
"""Of its triangles: what may keep more is left as it is."""
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


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
        _, first, number = np.unique(_mixed(points), return_index=True, return_inverse=True)
        firsts = np.cumsum([0, *(len(mesh.points_mm) for mesh in meshes)])
        triangles = np.concatenate(
            [number[mesh.triangles + start] for mesh, start in zip(meshes, firsts, strict=False)]
        )
        part = np.repeat(np.arange(len(meshes)), [len(mesh.triangles) for mesh in meshes])
        other = _twins(np.sort(triangles, axis=1), part)
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
        inner = np.setdiff1d(old.triangles, rim)
        # The rim comes first, and what is left keeps its order: so it is known again.
        every = np.concatenate([rim, inner])
        local = np.empty(len(self.points_mm), np.int32)
        local[every] = np.arange(len(every))
        center = self.points_mm[every].mean(axis=0)
        points, triangles = fast_simplification.simplify(
            self.points_mm[every] - center,
            local[old.triangles],
            target_count=wanted,
            agg=aggression,
            preserve_border=True,
        )
        if not np.array_equal(points[: len(rim)], self.points_mm[rim] - center):
            return self
        here = np.concatenate([rim, len(self.points_mm) + np.arange(len(points) - len(rim))])
        new = Interface(old.one, old.other, here[triangles])
        return Complex(
            np.concatenate([self.points_mm, points[len(rim) :] + center]),
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
    edges = np.concatenate([triangles[:, :2], triangles[:, 1:], triangles[:, ::2]])
    low, high = edges.min(axis=1), edges.max(axis=1)
    key, count = np.unique(low << 32 | high, return_counts=True)
    alone = key[count == 1]
    return np.unique(np.concatenate([alone >> 32, alone & 0xFFFFFFFF]))


def is_closed(triangles: NDArray[np.uint32]) -> bool:
    """Whether each way along an edge has its way back."""
    a, b, c = triangles.T.astype(np.int64)
    there = np.concatenate([a << 32 | b, b << 32 | c, c << 32 | a])
    back = np.concatenate([b << 32 | a, c << 32 | b, a << 32 | c])
    return bool(np.array_equal(np.sort(there), np.sort(back)))


def _mixed(rows: NDArray[np.generic]) -> NDArray[np.uint64]:
    """One number for each row of three; two rows with the same one are as good as impossible."""
    bits = np.ascontiguousarray(rows).view(np.uint64)
    total = np.zeros(len(bits), np.uint64)
    for column, factor in zip(bits.T, _MIX, strict=True):
        total ^= column
        total *= np.uint64(factor)
        total ^= total >> np.uint64(29)
    return total


def _twins(triangles: Numbers, part: Numbers) -> Numbers:
    """For each triangle the part that has the same one, -1 where none has."""
    key = _mixed(triangles)
    order = np.argsort(key, kind="stable")
    same = np.flatnonzero(key[order[1:]] == key[order[:-1]])
    other = np.full(len(key), -1, np.int64)
    other[order[same]], other[order[same + 1]] = part[order[same + 1]], part[order[same]]
    return other
