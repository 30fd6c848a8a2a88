"""World transforms over runs of packed vertices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Matrix

_T = TypeVar("_T", bound=np.generic)
_IDENTITY = np.eye(4)
_CHUNK = 1 << 15
"""Vertices moved at a time: their float64 copies stay in the cache."""
_LARGEST = 1e30
_SINGULAR = 1e-12
"""Volume of the scaled axes below which a node has collapsed its mesh."""


@dataclass(frozen=True, slots=True)
class Place:
    """A run of parts under one transform."""

    case_from_mesh: Matrix
    vertices: slice
    triangles: slice

    @property
    def is_identity(self) -> bool:
        return np.array_equal(self.case_from_mesh, _IDENTITY)

    @property
    def is_mirrored(self) -> bool:
        return bool(np.linalg.det(self.case_from_mesh[:3, :3]) < 0)


def is_collapsed(transform: Matrix) -> bool:
    """Flat, a line, a point, or beyond what a float32 holds: nothing of it can be seen."""
    if not np.abs(transform).max() < _LARGEST:
        return True
    axes = transform[:3, :3]
    lengths = np.linalg.norm(axes, axis=0)
    if not lengths.min() > 1 / _LARGEST:
        return True
    return bool(abs(np.linalg.det(axes / lengths)) < _SINGULAR)


def moved(points: NDArray[np.float32], places: Sequence[Place]) -> NDArray[np.float32]:
    """In the case frame; the same array when every place is the identity."""
    out = points
    for place in places:
        if not place.is_identity:
            out = _own(out)
            turn, shift = place.case_from_mesh[:3, :3], place.case_from_mesh[:3, 3]
            _linear(out, place.vertices, turn, shift)
    return out


def turned_normals(normals: NDArray[np.float32], places: Sequence[Place]) -> NDArray[np.float32]:
    """By the inverse transpose. Lengths are right for rotations and even scales only."""
    out = normals
    for place in places:
        if not place.is_identity:
            out = _own(out)
            axes = place.case_from_mesh[:3, :3]
            turn = np.linalg.inv(axes / np.abs(axes).max()).T
            turn = turn / np.cbrt(abs(np.linalg.det(turn)))
            _linear(out, place.vertices, turn, np.zeros(3))
    return out


def wound(triangles: NDArray[np.uint32], places: Sequence[Place]) -> NDArray[np.uint32]:
    """Mirrored parts turned the right side out again."""
    out = triangles
    for place in places:
        if place.is_mirrored:
            out = _own(out)
            out[place.triangles] = out[place.triangles, ::-1]
    return out


def _own(array: NDArray[_T]) -> NDArray[_T]:
    return array if array.flags.writeable else array.copy()


def _linear(
    rows: NDArray[np.float32],
    inside: slice,
    turn: NDArray[np.float64],
    shift: NDArray[np.float64],
) -> None:
    """In place. float64 inside, so that a chain of nodes rounds once."""
    swap = None if shift.any() else _axis_swap(turn)
    for start in range(inside.start, inside.stop, _CHUNK):
        chunk = rows[start : min(start + _CHUNK, inside.stop)]
        if swap is None:
            chunk[:] = chunk.astype(np.float64) @ turn.T + shift
            continue
        old = chunk.copy()
        for axis, (source, factor) in enumerate(swap):
            np.multiply(old[:, source], factor, out=chunk[:, axis])


def _axis_swap(turn: NDArray[np.float64]) -> list[tuple[int, np.float32]] | None:
    """For each axis the one it comes from and the factor; None unless float32 loses nothing.

    Metres y up to millimetres in the patient is such a swap, and the commonest of all.
    """
    sources = np.abs(turn).argmax(axis=1)
    factors = turn[np.arange(3), sources]
    single = factors.astype(np.float32)
    if np.count_nonzero(turn) != 3 or not np.array_equal(single, factors):
        return None
    return [(int(s), f) for s, f in zip(sources, single, strict=True)]
