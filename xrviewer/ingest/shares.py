"""How much of each place belongs to a label: its voxels, blurred.

Voxels are put together before where they are finer than the blur: what the blur takes away needs no
triangles, and a surface of a quarter of them is the same to some hundredths of a millimetre.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from xrviewer.analysis.blur import TRUNCATE, blurred
from xrviewer.compiled import compiled
from xrviewer.ingest.enclosed import enclosed
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.spatial.transforms import Matrix

SMOOTHING_PER_SPACING = 1.2
"""Standard deviation of the blur over the longest edge of a voxel. At 0.75 the steps between
slices still show as contour lines on a bone; at 1.2 they are gone."""
_LEVELS = (0.42, 0.5)
"""Shares of a place from which on it is the label's: lower, to make up for what the blur took."""
_BESIDE = 1e-6
"""To a level that no place has: a point of the grid on it would flatten the triangles around it."""
_MOST_ADVANTAGE = 0.4
_KEPT = 0.98
"""Of the volume. A sheet too thin to keep as much is blurred less."""
_OFF = 0.05
"""Of the volume, that is not put up with where the label has small pieces."""
_LESS = 0.8
_LEAST = 0.4
"""Of the blur that was asked for."""
_LOST, _LEAST_OF_PIECE = 0.25, 0.15
"""A piece that loses so much is blurred less still: it has steps then, but it is there. A lesion in
a single slice is a plate, and must not be lost for being one."""
_SMALL_PIECE = 65.0
"""Of the blur's cube: a ball whose radius is two and a half times the blur."""
_MANY_PIECES = 1000
"""More are noise."""
_FEW_PLACES = 12_000
"""A surface around fewer is so curved that what its triangles cut off counts."""

Index = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One label's voxels, cut out of its map; its axes are the map's in reverse, as they lie in
    memory, where rows are read ten times as fast as columns."""

    label: int
    mask: NDArray[np.bool_]
    first: Index
    """Of the mask, in the map."""
    case_from_voxel: Matrix
    """With its axes."""
    voxels: int


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """Of one label; 0 in the outermost places."""

    values: NDArray[np.float32]
    first: Index
    """Of the values, among the places of the whole map."""
    wanted: float
    """Places that the label's volume fills."""
    level: float
    """Above it lies that volume, as near as may be."""
    kept: float
    """Share of that volume."""

    @property
    def advantage(self) -> float:
        """As a share of what is around: with it a place of that level is even."""
        return (1 - 2 * self.level) / (1 - self.level)

    def level_with(self, more: float) -> float:
        """Where a place is even that has so much more of an advantage."""
        advantage = min(max(self.advantage + more, -_MOST_ADVANTAGE), _MOST_ADVANTAGE)
        return (1 - advantage) / (2 - advantage)


def blocks(label_map: LabelMap) -> Iterator[Block]:
    """Every label that is there, in order of its number."""
    labels, case_from_voxel = in_memory_order(label_map)
    flat = np.ascontiguousarray(labels).reshape(-1)
    begins = np.zeros(-(-len(flat) // 8) * 8, np.bool_)
    np.not_equal(flat[1:], flat[:-1], out=begins[1 : len(flat)])
    begins[: len(flat) : labels.shape[2]] = True
    found = np.zeros((int(flat.max(initial=0)) + 1, 7), np.int64)
    found[:, 1:4] = len(flat)
    rows, columns = labels.shape[1:]
    _extents(flat, begins, begins.view(np.uint64), rows, columns, found)
    for label, (voxels, *box) in enumerate(found.tolist()):
        if label and voxels:
            k, j, i = box[:3]
            mask = labels[tuple(map(slice, box[:3], box[3:]))] == label
            yield Block(label, mask, (k, j, i), case_from_voxel, voxels)


@compiled
def _extents(
    labels: NDArray[np.unsignedinteger],
    begins: NDArray[np.bool_],
    eights: NDArray[np.uint64],
    rows: int,
    columns: int,
    found: NDArray[np.int64],
) -> None:
    """Of each label its voxels, where they begin and where they end.

    begins: whether a voxel's label is another than that of the one before, or a row begins;
    eights: eight of them at once, to pass over most of them.
    """
    start = 0
    for eight in range(len(eights)):
        if eights[eight]:
            for at in range(8 * eight, 8 * eight + 8):
                if begins[at]:
                    _extend(found, labels[start], start, at, rows, columns)
                    start = at
    _extend(found, labels[start], start, len(labels), rows, columns)


@compiled
def _extend(
    found: NDArray[np.int64], label: int, start: int, end: int, rows: int, columns: int
) -> None:
    """By voxels beside each other in a row."""
    row = start // columns
    place = row // rows, row % rows, start - row * columns
    found[label, 0] += end - start
    for axis in range(3):
        stop = place[axis] + (end - start if axis == 2 else 1)
        found[label, 1 + axis] = min(found[label, 1 + axis], place[axis])
        found[label, 4 + axis] = max(found[label, 4 + axis], stop)


def in_memory_order(label_map: LabelMap) -> tuple[NDArray[np.generic], Matrix]:
    """Labels and grid with the axes in reverse."""
    return label_map.labels.T, label_map.case_from_voxel[:, [2, 1, 0, 3]]


def smoothing_mm(case_from_voxel: Matrix) -> float:
    """The blur that suits a grid."""
    return SMOOTHING_PER_SPACING * float(_spacing_mm(case_from_voxel).max())


def together(case_from_voxel: Matrix, sigma_mm: float) -> NDArray[np.int64]:
    """Voxels to a place, along each axis."""
    return np.maximum(np.floor(sigma_mm / _spacing_mm(case_from_voxel)), 1).astype(np.int64)


def case_from_place(case_from_voxel: Matrix, sigma_mm: float) -> Matrix:
    """Places begin at multiples of `together` of the whole map, the same for every label."""
    size = together(case_from_voxel, sigma_mm)
    voxel_from_place = np.diag([*size.astype(float), 1.0])
    voxel_from_place[:3, 3] = (size - 1) / 2
    return np.asarray(case_from_voxel @ voxel_from_place)


def share(block: Block, sigma_mm: float, keeps_pieces: bool) -> Share:
    """Blurred by as much as keeps the label's volume; nothing where it is too small for that.

    keeps_pieces: small pieces always by themselves, and not only where they are missed.
    """
    counts = _Counts.of(block, sigma_mm)
    if keeps_pieces:
        return _with_pieces(block, counts)
    whole = counts.share(_LEAST)
    if abs(whole.kept - 1) <= _OFF:
        return whole
    return min((whole, _with_pieces(block, counts)), key=lambda made: abs(made.kept - 1))


def _with_pieces(block: Block, counts: _Counts) -> Share:
    """With small pieces blurred by themselves, which the common blur would erase."""
    large, small = _pieces(block, counts.sigma_mm)
    if large is block:
        return counts.share(_LEAST)
    values = np.zeros(counts.values.shape, np.float32)
    for piece in (*([large] if large else []), *small):
        own = _Counts.of(piece, counts.sigma_mm)
        part = own.share(_LEAST)
        if abs(part.kept - 1) > _LOST and piece is not large:
            part = own.share(_LEAST_OF_PIECE)
        at = [a - b for a, b in zip(own.first, counts.first, strict=True)]
        values[tuple(slice(a, a + n) for a, n in zip(at, own.values.shape, strict=True))] += (
            part.values
        )
    return Share(
        values,
        counts.first,
        counts.wanted,
        *_level(values, counts.wanted, _above(values, _LEVELS[0])),
    )


def _pieces(block: Block, sigma_mm: float) -> tuple[Block | None, list[Block]]:
    """What is large enough in one block, and a block for each smaller piece."""
    number, count = ndimage.label(block.mask, np.ones((3, 3, 3)))
    voxels = np.bincount(number.ravel(), minlength=count + 1)
    voxel_mm3 = abs(float(np.linalg.det(block.case_from_voxel[:3, :3])))
    small = np.flatnonzero(voxels * voxel_mm3 < _SMALL_PIECE * sigma_mm**3)
    small = small[small > 0]
    if not 0 < len(small) <= _MANY_PIECES:
        return block, []
    boxes = ndimage.find_objects(number)
    found = [_cut_out(block, number, int(own), boxes[own - 1]) for own in small]
    rest = block.mask & ~np.isin(number, small)
    left = int(np.count_nonzero(rest))
    return (replace(block, mask=rest, voxels=left) if left else None), found


def _cut_out(
    block: Block, number: NDArray[np.int32], own: int, box: tuple[slice, slice, slice]
) -> Block:
    k, j, i = (int(a + part.start) for a, part in zip(block.first, box, strict=True))
    mask = number[box] == own
    return replace(block, mask=mask, first=(k, j, i), voxels=int(np.count_nonzero(mask)))


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Voxels of a label in each place, with nothing around for the blur to end in."""

    values: NDArray[np.unsignedinteger]
    first: Index
    wanted: float
    spacing_mm: NDArray[np.float64]
    size: NDArray[np.int64]
    """Voxels to a place."""
    sigma_mm: float

    @classmethod
    def of(cls, block: Block, sigma_mm: float) -> _Counts:
        size = together(block.case_from_voxel, sigma_mm)
        spacing_mm = _spacing_mm(block.case_from_voxel)
        sigma = _sigma(sigma_mm, spacing_mm, size)
        counts, first = _counted(block, size, np.ceil(TRUNCATE * sigma).astype(int) + 1)
        k, j, i = (int(at) for at in first // size)
        wanted = block.voxels / float(size.prod())
        return cls(counts, (k, j, i), wanted, spacing_mm, size, sigma_mm)

    def share(self, least: float) -> Share:
        """Blurred by `least` of what was asked for at the least, however much of it that erases."""
        full = self.values.astype(np.float32)
        full *= 1 / float(self.size.prod())
        sigma_mm = self.sigma_mm
        while True:
            values = blurred(full, _sigma(sigma_mm, self.spacing_mm, self.size).tolist())
            most = _above(values, _LEVELS[0])
            if most >= _KEPT * self.wanted or sigma_mm * _LESS <= self.sigma_mm * least:
                break
            sigma_mm *= _LESS
        level, kept = _level(values, self.wanted, most)
        values = values if kept > 0.5 else np.zeros_like(values)
        return Share(values, self.first, self.wanted, level, kept)


def _spacing_mm(case_from_voxel: Matrix) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(case_from_voxel[:3, :3], axis=0))


def _sigma(
    sigma_mm: float, spacing_mm: NDArray[np.float64], size: NDArray[np.int64]
) -> NDArray[np.float64]:
    """In places. Putting voxels together is a blur of its own, and is taken off."""
    own = (size**2 - 1) / 12 * spacing_mm**2
    return np.asarray(np.sqrt(np.maximum(sigma_mm**2 - own, 0)) / (spacing_mm * size)).clip(0.1)


def _counted(
    block: Block, size: NDArray[np.int64], margin: NDArray[np.int64]
) -> tuple[NDArray[np.unsignedinteger], NDArray[np.int64]]:
    """And the voxel of the map that the first place begins at."""
    first = np.array(block.first)
    lead = first % size + margin * size
    shape = -(-(lead + block.mask.shape) // size) + margin
    spread = np.zeros(shape * size, np.uint8 if size.prod() < 256 else np.uint16)
    spread[tuple(slice(a, a + n) for a, n in zip(lead, block.mask.shape, strict=True))] = block.mask
    counts: NDArray[Any] = spread
    for axis, n in enumerate(size):
        parts = [np.moveaxis(counts, axis, 0)[step::n] for step in range(n)]
        counts = np.moveaxis(sum(parts[1:], start=parts[0]), 0, axis)
    return np.ascontiguousarray(counts), first - lead


def _level(values: NDArray[np.float32], wanted: float, most: float) -> tuple[float, float]:
    """Above it lies the volume of the label, as near as its neighbours leave room for; and what
    share of the volume that is. most: places above the lowest level there may be."""
    low, high = _LEVELS
    if most <= wanted:
        return low + _BESIDE, most / wanted
    # By what part the volume is less is told by places alone: triangles would move the level by a
    # hundredth of what is between the two, and take as long as the blur.
    above, least = (float(np.count_nonzero(values > level)) for level in _LEVELS)
    least *= most / above
    if least >= wanted:
        return high + _BESIDE, least / wanted
    if most < _FEW_PLACES:
        return low + (high - low) * (most - wanted) / (most - least) + _BESIDE, 1.0
    between = values[(values > low) & (values <= high)]
    at = min(round(most - wanted), len(between) - 1)
    return float(np.partition(between, at)[at]) + _BESIDE, 1.0


def _above(values: NDArray[np.float32], level: float) -> float:
    """Places above a level; if few, within the triangles there."""
    count = int(np.count_nonzero(values > level))
    return enclosed(values, level) if 0 < count < _FEW_PLACES else float(count)
