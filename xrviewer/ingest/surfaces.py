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
from xrviewer.ingest.regions import Shares, ranked
from xrviewer.ingest.shares import Block, case_from_place, share, smoothing_mm, together
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
    sigma_mm = smoothing_mm(label_map.case_from_voxel)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        made = [pool.submit(share, b, sigma_mm, b.label in keeps_pieces) for b in wanted]
        shares = []
        for done, one in enumerate(made, 1):
            shares.append(one.result())
            tell(0.6 * done / len(wanted))
    names = np.full(int(label_map.labels.max()) + 1, -1, np.int32)
    names[[block.label for block in wanted]] = np.arange(len(wanted))
    size = together(label_map.case_from_voxel, sigma_mm)
    order = ranked(shares, label_map.labels, names, size)
    every = Shares.of(shares, order)
    owners, found = crossed(every)
    tell(0.8)
    laid = swollen(borders(owners, found), found, every)
    case_from_index = case_from_place(label_map.case_from_voxel, sigma_mm)
    case_from_index[:3, 3] = apply(case_from_index, every.first)
    return _split(laid, case_from_index, [order.index(number) for number in range(len(wanted))])


def _split(laid: Borders, case_from_index: Matrix, names: Sequence[int]) -> list[Mesh]:
    """A mesh for each label, of the triangles that are inside or outside its."""
    points = apply(case_from_index, laid.points)
    # The normals are the slope of the blur, so no facet shows in them; a slope turns with the
    # inverse transpose of what the points turn with.
    slopes = laid.slopes @ np.linalg.inv(case_from_index[:3, :3])
    is_mirrored = bool(np.linalg.det(case_from_index[:3, :3]) < 0)

    def made(name: int) -> Mesh:
        own, other = (laid.triangles[side == name] for side in (laid.inside, laid.outside))
        triangles = np.concatenate([own, other[:, ::-1]])
        used = np.zeros(len(points), np.bool_)
        used[triangles] = True
        number = np.cumsum(used, dtype=np.uint32) - np.uint32(1)
        at = np.flatnonzero(used)
        outward = slopes.take(at, axis=0)
        outward[laid.owners[at] != name] *= -1
        return _mesh(points.take(at, axis=0), outward, number.take(triangles), is_mirrored)

    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        return list(pool.map(made, names))


def _mesh(
    points: NDArray[np.float64],
    outward: NDArray[np.float64],
    triangles: NDArray[np.uint32],
    is_mirrored: bool,
) -> Mesh:
    if not len(triangles):
        return _NOTHING
    wound = np.ascontiguousarray(triangles[:, ::-1]) if is_mirrored else triangles
    outward /= np.maximum(np.sqrt(np.einsum("ij,ij->i", outward, outward)), 1e-12)[:, None]
    return Mesh(points, _with_junctions(outward, wound), wound)


def _with_junctions(
    outward: NDArray[np.float64], triangles: NDArray[np.uint32]
) -> NDArray[np.float64]:
    """Points where three regions meet have no slope of their own: the mean of those beside them."""
    lacks = (outward == 0).all(axis=1)
    for _ in range(3):
        if not lacks.any():
            break
        rows = triangles[lacks.take(triangles).any(axis=1)]
        beside = outward[rows].sum(axis=1)
        for corner in rows.T:
            at = lacks[corner]
            np.add.at(outward, corner[at], beside[at])
        length = np.linalg.norm(outward[lacks], axis=1)
        outward[lacks] /= np.maximum(length, 1e-12)[:, None]
        lacks = (outward == 0).all(axis=1)
    return outward
