"""Placed geometry into the packed arrays of Surfaces, in the case frame.

Arrays are allocated once and filled by one concatenation. Where a file already lies as the
arrays must (ours does), they are views of the file instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from xrviewer.case.surfaces import PART_DTYPE
from xrviewer.caseio.gltf.accessors import Accessors
from xrviewer.caseio.gltf.geometry import Block, Geometry
from xrviewer.caseio.gltf.normals import repaired
from xrviewer.caseio.gltf.placing import Place, moved, turned_normals, wound
from xrviewer.spatial.transforms import Matrix

_F4, _U4 = np.dtype(np.float32), np.dtype(np.uint32)


class Shape(Struct, gc=False):
    """A mesh in its place."""

    geometry: Geometry
    case_from_mesh: Matrix
    """The same object for all shapes in one place."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Arrays of all parts."""

    parts: NDArray[Any]
    positions_mm: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.uint32]
    maps: dict[str, NDArray[np.float32]]
    colors: NDArray[np.uint8] | None


def pack(accessors: Accessors, shapes: Sequence[Shape]) -> Packed | dict[int, str]:
    """The arrays; or which parts to leave out first, and why: it takes all data to find them."""
    parts = _part_table(shapes)
    blocks = [block for shape in shapes for block in shape.geometry.blocks]
    indices = _all_indices(accessors, shapes)
    faults = _index_faults(shapes, indices)
    if faults:
        return faults
    places = _places(shapes, parts)
    positions = moved(_all_positions(accessors, blocks), places)
    faults = _set_bounds(parts, positions)
    if faults:
        return faults
    triangles = wound(_based(shapes, indices).reshape(-1, 3), places)
    normals = turned_normals(_all_normals(accessors, blocks), places)
    normals = repaired(normals, positions, triangles, parts)
    maps, colors = _all_maps(blocks), _all_colors(blocks)
    return Packed(parts, positions, normals, triangles, maps, colors)


def packed_bytes(shapes: Sequence[Shape]) -> int:
    """What `pack` will allocate, at most."""
    vertices = sum(s.geometry.vertex_count for s in shapes)
    indices = sum(s.geometry.index_count for s in shapes)
    blocks = [block for shape in shapes for block in shape.geometry.blocks]
    names = len({name for block in blocks for name in block.maps or ()})
    return vertices * (24 + 4 * names + 4) + indices * 4


def _part_table(shapes: Sequence[Shape]) -> NDArray[Any]:
    parts: NDArray[Any] = np.zeros(len(shapes), PART_DTYPE)
    vertices = np.array([s.geometry.vertex_count for s in shapes], np.int64)
    triangles = np.array([s.geometry.index_count // 3 for s in shapes], np.int64)
    parts["vertex_count"], parts["triangle_count"] = vertices, triangles
    parts["vertex_first"] = np.cumsum(vertices) - vertices
    parts["triangle_first"] = np.cumsum(triangles) - triangles
    return parts


def _all_indices(accessors: Accessors, shapes: Sequence[Shape]) -> NDArray[np.uint32]:
    pieces = [piece.indices for shape in shapes for piece in shape.geometry.pieces]
    return accessors.gathered(pieces, _U4, 1)


def _all_positions(accessors: Accessors, blocks: Sequence[Block]) -> NDArray[np.float32]:
    return accessors.gathered([block.positions for block in blocks], _F4, 3).reshape(-1, 3)


def _all_normals(accessors: Accessors, blocks: Sequence[Block]) -> NDArray[np.float32]:
    """NaN where a file has none: `repaired` makes those."""
    none = np.full((1, 3), np.nan, np.float32)
    given = [
        np.broadcast_to(none, (b.count, 3)) if b.normals is None else b.normals for b in blocks
    ]
    return accessors.gathered(given, _F4, 3).reshape(-1, 3)


def _index_faults(shapes: Sequence[Shape], indices: NDArray[np.uint32]) -> dict[int, str]:
    """Parts with an index that none of the primitive's own vertices has."""
    rows = [
        (part, piece.count, shape.geometry.blocks[piece.block].count)
        for part, shape in enumerate(shapes)
        for piece in shape.geometry.pieces
        if piece.count
    ]
    if not rows:
        return {}
    part, count, vertex_count = np.array(rows, np.int64).T
    highest = np.maximum.reduceat(indices, np.cumsum(count) - count)
    return {
        int(part[i]): f"index {highest[i]} is out of range of {vertex_count[i]} vertices"
        for i in np.flatnonzero(highest >= vertex_count)
    }


def _based(shapes: Sequence[Shape], indices: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Counted from the part's first vertex, not the primitive's."""
    at, based = 0, indices
    for shape in shapes:
        if len(shape.geometry.blocks) < 2:
            at += shape.geometry.index_count
            continue
        first = np.cumsum([0, *(b.count for b in shape.geometry.blocks)])
        for piece in shape.geometry.pieces:
            if piece.block:
                based = based if based.flags.writeable else based.copy()
                based[at : at + piece.count] += np.uint32(first[piece.block])
            at += piece.count
    return based


def _places(shapes: Sequence[Shape], parts: NDArray[Any]) -> list[Place]:
    """Neighbours in one place are handled at once."""
    found: list[Place] = []
    for _, run in groupby(range(len(shapes)), key=lambda i: id(shapes[i].case_from_mesh)):
        members = list(run)
        first, last = parts[members[0]], parts[members[-1]]
        vertex_end = int(last["vertex_first"]) + int(last["vertex_count"])
        triangle_end = int(last["triangle_first"]) + int(last["triangle_count"])
        found.append(
            Place(
                shapes[members[0]].case_from_mesh,
                slice(int(first["vertex_first"]), vertex_end),
                slice(int(first["triangle_first"]), triangle_end),
            )
        )
    return found


def _set_bounds(parts: NDArray[Any], positions_mm: NDArray[np.float32]) -> dict[int, str]:
    """Fills in min_mm and max_mm; names the parts that are not finite."""
    parts["min_mm"], parts["max_mm"] = np.inf, -np.inf
    full = np.flatnonzero(parts["vertex_count"])
    if not len(full):
        return {}
    starts = parts["vertex_first"][full].astype(np.intp)
    low = np.minimum.reduceat(positions_mm, starts, axis=0)
    high = np.maximum.reduceat(positions_mm, starts, axis=0)
    parts["min_mm"][full], parts["max_mm"][full] = low, high
    lost = ~(np.isfinite(low).all(axis=1) & np.isfinite(high).all(axis=1))
    return {int(i): "a vertex is not a finite point" for i in full[lost]}


def _all_maps(blocks: Sequence[Block]) -> dict[str, NDArray[np.float32]]:
    names = sorted({name for block in blocks for name in block.maps or ()})
    none = np.full(1, np.nan, np.float32)
    return {
        name: np.concatenate(
            [
                b.maps[name] if b.maps and name in b.maps else np.broadcast_to(none, b.count)
                for b in blocks
            ]
        )
        for name in names
    }


def _all_colors(blocks: Sequence[Block]) -> NDArray[np.uint8] | None:
    """White where a file has none; None when it has none at all."""
    if all(block.colors is None for block in blocks):
        return None
    white = np.full((1, 4), 255, np.uint8)
    return np.concatenate(
        [np.broadcast_to(white, (b.count, 4)) if b.colors is None else b.colors for b in blocks]
    )
