"""Labels to surfaces: smooth, closed, true to the volume that was segmented, no gap between two.

A label's voxels are blurred and each place goes to one owner; the border between two is laid once
and is both's. Against what is around all labels, where no neighbour loses by it, the border is
moved a little so that the label's volume is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh
from xrviewer.ingest.borders import Borders, borders
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
    x, y, z = slopes.T
    steep = np.sqrt(x * x + y * y + z * z)
    slopes /= np.maximum(steep, 1e-12)[:, None]
    wound = int(np.linalg.det(turn) < 0)  # mirrored, what is seen from one side is from the other
    between = list(laid.between())

    def made(name: int) -> Mesh:
        sides = [rows for *both, rows in between if both[wound] == name]
        sides += [rows[:, ::-1] for *both, rows in between if both[1 - wound] == name]
        if not sides:
            return _NOTHING
        wide = np.concatenate(sides)
        used = np.zeros(len(points), np.bool_)
        used[wide.ravel()] = True
        at = np.flatnonzero(used)
        number = np.empty(len(points), np.uint32)
        number[at] = np.arange(len(at), dtype=np.uint32)
        triangles = number.take(wide)
        outward = slopes.take(at, axis=0)
        outward *= np.where(laid.owners.take(at) == name, 1.0, -1.0)[:, None]
        _smooth_over(outward, triangles, np.flatnonzero(steep.take(at) == 0))
        return Mesh(points.take(at, axis=0), outward, triangles)

    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        return list(pool.map(made, names))


def _turned(turn: Matrix, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """A column at a time: a product of so thin matrices takes five times as long."""
    made = np.empty(rows.shape)
    x, y, z = np.ascontiguousarray(rows.T, np.float64)
    for column, (a, b, c) in enumerate(turn):
        made[:, column] = a * x + b * y + c * z
    return made


def _smooth_over(
    outward: NDArray[np.float64], triangles: NDArray[np.uint32], lacking: NDArray[np.int64]
) -> None:
    """Points where three regions meet have no slope of their own: the mean of those beside them."""
    for _ in range(3):
        if not len(lacking):
            break
        number = np.full(len(outward), -1, np.int32)
        number[lacking] = np.arange(len(lacking), dtype=np.int32)
        # Most lie behind all others, so that few triangles are looked at.
        corners = np.flatnonzero(triangles.ravel() >= lacking[0])
        of = number.take(triangles.ravel().take(corners))
        corners, of = corners[of >= 0], of[of >= 0]
        a, b, c = triangles.take(corners // 3, axis=0).T
        beside = outward.take(a, axis=0) + outward.take(b, axis=0) + outward.take(c, axis=0)
        sums = np.stack([np.bincount(of, own, len(lacking)) for own in beside.T], axis=1)
        length = np.linalg.norm(sums, axis=1)
        outward[lacking] = sums / np.maximum(length, 1e-12)[:, None]
        lacking = lacking[length == 0]
