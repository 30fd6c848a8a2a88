"""Labels to surfaces: smooth, closed, true to the volume that was segmented, no gap between two.

A label's voxels are blurred and each place goes to one owner; the border between two is laid once
and is both's. Against what is around all labels, where no neighbour loses by it, the border is
moved a little so that the label's volume is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh
from xrviewer.ingest.borders import Borders, Numbers, borders
from xrviewer.ingest.crossings import crossed
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.regions import Shares, ranked, settled
from xrviewer.ingest.shares import (
    Block,
    case_from_place,
    in_memory_order,
    share,
    smoothing_mm,
    together,
)
from xrviewer.ingest.swelling import swollen
from xrviewer.spatial.transforms import Matrix, apply

Tell = Callable[[float], None]
_NOTHING = Mesh(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 3), np.uint32))


def _mute(done: float) -> None:
    """Nobody waits."""


def surfaces(
    label_map: LabelMap,
    wanted: Sequence[Block],
    keeps_pieces: Container[int] = (),
    tell: Tell = _mute,
) -> list[Mesh]:
    """A closed surface for each block, normals outwards; where two are neighbours both have the
    same points and triangles. None of a label that is too small to survive the blur.

    keeps_pieces: labels whose small pieces are always blurred by themselves.
    """
    if not wanted:
        return []
    labels, case_from_voxel = in_memory_order(label_map)
    sigma_mm = smoothing_mm(case_from_voxel)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        made = [pool.submit(share, b, sigma_mm, b.label in keeps_pieces) for b in wanted]
        shares = []
        for done, one in enumerate(made, 1):
            shares.append(one.result())
            tell(0.6 * done / len(wanted))
    names = np.full(int(labels.max()) + 1, -1, np.int32)
    names[[block.label for block in wanted]] = np.arange(len(wanted))
    size = together(case_from_voxel, sigma_mm)
    order = ranked(shares, labels, names, size)
    every = settled(Shares.of(shares, order))
    owners, found = crossed(every)
    tell(0.8)
    laid = swollen(borders(owners, found), found, every)
    case_from_index = case_from_place(case_from_voxel, sigma_mm)
    case_from_index[:3, 3] = apply(case_from_index, every.first)
    return _split(laid, case_from_index, [order.index(number) for number in range(len(wanted))])


def _split(laid: Borders, case_from_index: Matrix, names: Sequence[int]) -> list[Mesh]:
    """A mesh for each label, of the triangles that are inside or outside its."""
    turn = case_from_index[:3, :3]
    points = _turned(turn, laid.points) + case_from_index[:3, 3]
    # The normals are the slope of the blur, so no facet shows in them; a slope turns with the
    # inverse transpose of what the points turn with.
    slopes = _turned(np.asarray(np.linalg.inv(turn).T), laid.slopes)
    is_mirrored = bool(np.linalg.det(turn) < 0)
    between = _by_pair(laid)

    def made(name: int) -> Mesh:
        sides = [rows for (one, _), rows in between.items() if one == name]
        sides += [rows[:, ::-1] for (_, other), rows in between.items() if other == name]
        if not sides:
            return _NOTHING
        triangles = np.concatenate(sides)
        used = np.zeros(len(points), np.bool_)
        used[triangles.ravel()] = True
        at = np.flatnonzero(used)
        number = np.empty(len(points), np.uint32)
        number[at] = np.arange(len(at), dtype=np.uint32)
        outward = slopes.take(at, axis=0)
        outward *= np.where(laid.owners[at] == name, 1.0, -1.0)[:, None]
        return _mesh(points.take(at, axis=0), outward, number.take(triangles), is_mirrored)

    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        return list(pool.map(made, names))


def _turned(turn: Matrix, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """A column at a time: a product of so thin matrices takes five times as long."""
    made = np.empty(rows.shape)
    x, y, z = np.ascontiguousarray(rows.T, np.float64)
    for column, (a, b, c) in enumerate(turn):
        made[:, column] = a * x + b * y + c * z
    return made


def _by_pair(laid: Borders) -> dict[tuple[int, int], Numbers]:
    """Triangles by who is inside and who is outside."""
    count = int(laid.inside.max(initial=0)) + 1
    wide = laid.inside.astype(np.uint32) * np.uint32(count) + laid.outside
    # Of 16 bits it is a radix sort, a tenth of the time.
    pair = wide.astype(np.uint16) if count <= 256 else wide
    order = np.argsort(pair, kind="stable")
    pair = pair[order]
    rows = laid.triangles.take(order, axis=0)
    ends = [0, *(np.flatnonzero(np.diff(pair)) + 1).tolist(), len(pair)]
    every = ((low, high) for low, high in pairwise(ends) if low < high)
    return {divmod(int(pair[low]), count): rows[low:high] for low, high in every}


def _mesh(
    points: NDArray[np.float64],
    outward: NDArray[np.float64],
    triangles: NDArray[np.uint32],
    is_mirrored: bool,
) -> Mesh:
    wound = np.ascontiguousarray(triangles[:, ::-1]) if is_mirrored else triangles
    x, y, z = outward.T
    outward /= np.maximum(np.sqrt(x * x + y * y + z * z), 1e-12)[:, None]
    return Mesh(points, _with_junctions(outward, wound), wound)


def _with_junctions(
    outward: NDArray[np.float64], triangles: NDArray[np.uint32]
) -> NDArray[np.float64]:
    """Points where three regions meet have no slope of their own: the mean of those beside them."""
    for _ in range(3):
        lacks = np.asarray(~outward.any(axis=1))
        if not lacks.any():
            break
        corners = [lacks.take(column) for column in triangles.T]
        rows = triangles[corners[0] | corners[1] | corners[2]]
        beside = outward[rows].sum(axis=1)
        for corner in rows.T:
            at = lacks[corner]
            np.add.at(outward, corner[at], beside[at])
        length = np.linalg.norm(outward[lacks], axis=1)
        outward[lacks] /= np.maximum(length, 1e-12)[:, None]
    return outward
