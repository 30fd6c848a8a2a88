"""Labels to surfaces: smooth, closed, true to the volume that was segmented, no gap between two.

A label's voxels are blurred and each place goes to one owner; the border between two is laid once
and is both's. Against what is around all labels, where no neighbour loses by it, the border is
moved a little so that the label's volume is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh
from xrviewer.compiled import compiled
from xrviewer.ingest.borders import Borders, Numbers, borders
from xrviewer.ingest.crossings import crossed
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.regions import Floats, Names, Places, Shares, ranked, settled
from xrviewer.ingest.shares import (
    Block,
    blocks,
    case_from_place,
    in_memory_order,
    share,
    smoothing_mm,
    together,
)
from xrviewer.ingest.swelling import swollen
from xrviewer.spatial.transforms import Matrix, apply

Tell = Callable[[float], None]
_ROUNDS = 3
"""Until every point where three regions meet has a normal."""
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


def prepare() -> None:
    """Loads all loops beside what is read meanwhile: that takes a third of a second, and seconds
    the first time, when they are compiled."""
    Thread(target=_lay_a_few, daemon=True).start()


def _lay_a_few() -> None:
    """Three labels that meet. Whatever fails here fails again for who wants surfaces."""
    labels = np.zeros((16, 16, 16), np.uint8, order="F")
    labels[4:12, 4:8, 4:12], labels[4:8, 8:12, 4:12], labels[8:12, 8:12, 4:12] = 1, 2, 3
    label_map = LabelMap(labels, np.eye(4))
    with suppress(Exception):
        surfaces(label_map, list(blocks(label_map)))


def _split(laid: Borders, case_from_index: Matrix, names: Sequence[int]) -> list[Mesh]:
    """A mesh for each label, of the triangles that are inside or outside its."""
    turn, shift = np.ascontiguousarray(case_from_index[:3, :3]), case_from_index[:3, 3].copy()
    # The normals are the slope of the blur, so no facet shows in them; a slope turns with the
    # inverse transpose of what the points turn with.
    turns = turn, np.ascontiguousarray(np.linalg.inv(turn).T)
    is_mirrored = np.linalg.det(turn) < 0  # what is seen from one side is from the other

    def made(name: int) -> Mesh:
        sides = laid.sides(name)
        if not len(sides):
            return _NOTHING
        sides[:, 2] ^= is_mirrored
        number = np.full(len(laid.points), -1, np.int32)
        triangles, used = _triangles(laid.triangles, sides, number), np.flatnonzero(number >= 0)
        own = laid.points, laid.slopes, laid.owners
        points, normals, lacks = _vertices(used, name, *own, *turns)
        points += shift
        for _ in range(_ROUNDS):
            if lacks.any():
                _smooth_over(normals, lacks, normals.copy(), triangles)
        return Mesh(points, normals, triangles)

    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        return list(pool.map(made, names))


@compiled
def _triangles(every: Numbers, sides: Places, number: Numbers) -> NDArray[np.uint32]:
    """Of some borders, wound outwards.

    number: -1 of each point; then its place among theirs, which come in the same order.
    """
    count = total = 0
    for side in range(len(sides)):
        total += sides[side, 1] - sides[side, 0]
        for n in range(sides[side, 0], sides[side, 1]):
            for corner in range(3):
                number[every[n, corner]] = 0
    for n in range(len(number)):
        if number[n] == 0:
            number[n] = count
            count += 1
    triangles, at = np.empty((total, 3), np.uint32), 0
    for side in range(len(sides)):
        for n in range(sides[side, 0], sides[side, 1]):
            for corner in range(3):
                to = 2 - corner if sides[side, 2] else corner
                triangles[at, to] = number[every[n, corner]]
            at += 1
    return triangles


@compiled
def _vertices(
    used: Places,
    name: int,
    points: Floats,
    slopes: Floats,
    owners: Names,
    turn: Matrix,
    slope_turn: Matrix,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Turned; their normals; and which have none."""
    turned, normals = np.empty((len(used), 3)), np.empty((len(used), 3))
    lacks = np.empty(len(used), np.bool_)
    for n in range(len(used)):
        at = used[n]
        x, y, z = points[at, 0], points[at, 1], points[at, 2]
        u, v, w = slopes[at, 0], slopes[at, 1], slopes[at, 2]
        for axis in range(3):
            turned[n, axis] = turn[axis, 0] * x + turn[axis, 1] * y + turn[axis, 2] * z
            across = slope_turn[axis, 0] * u + slope_turn[axis, 1] * v + slope_turn[axis, 2] * w
            normals[n, axis] = across if owners[at] == name else -across
        lacks[n] = _to_unit(normals, n)
    return turned, normals, lacks


@compiled
def _to_unit(rows: NDArray[np.float64], n: int) -> bool:
    """Whether that fails, since it is 0."""
    x, y, z = rows[n, 0], rows[n, 1], rows[n, 2]
    length = np.sqrt(x * x + y * y + z * z)
    if length > 0:
        rows[n, 0], rows[n, 1], rows[n, 2] = x / length, y / length, z / length
    return bool(length == 0)


@compiled
def _smooth_over(
    normals: NDArray[np.float64],
    lacks: NDArray[np.bool_],
    before: NDArray[np.float64],
    triangles: NDArray[np.uint32],
) -> None:
    """Points where three regions meet have no slope of their own: the mean of those beside them."""
    for n in range(len(triangles)):
        a, b, c = triangles[n, 0], triangles[n, 1], triangles[n, 2]
        if lacks[a] or lacks[b] or lacks[c]:
            for axis in range(3):
                beside = before[a, axis] + before[b, axis] + before[c, axis]
                normals[a, axis] += beside * lacks[a]
                normals[b, axis] += beside * lacks[b]
                normals[c, axis] += beside * lacks[c]
    for n in range(len(normals)):
        if lacks[n]:
            lacks[n] = _to_unit(normals, n)
