"""Meshes as vertex blocks and triangle lists, before they are placed anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from xrviewer.caseio.gltf import draco
from xrviewer.caseio.gltf.accessors import Accessors, Column
from xrviewer.caseio.gltf.colors import srgb_bytes
from xrviewer.caseio.gltf.faults import Budget, UnreadableError
from xrviewer.caseio.gltf.schema import Mesh, Primitive

TRIANGLES, FAN = 4, 6
UNSIGNED_INT = 5125
_UNFILLED = ("points", "lines", "line loops", "line strips")

_Floats = NDArray[np.float32]


# Structs of msgspec, not dataclasses: a thousand parts make five thousand of these, and a
# frozen dataclass takes ten times as long to make.
class Block(Struct, gc=False):
    """Vertices that one or more primitives share."""

    count: int
    positions: Column
    normals: Column | None = None
    colors: NDArray[np.uint8] | None = None
    maps: dict[str, _Floats] | None = None
    targets: tuple[dict[str, int], ...] = ()


class Piece(Struct, gc=False):
    """The triangles of one primitive, counted from its block's first vertex."""

    block: int
    count: int
    """Of indices, three a triangle."""
    indices: Column


class Geometry(Struct, gc=False):
    """A mesh: what a part is made of."""

    blocks: list[Block] = []
    pieces: list[Piece] = []
    vertex_count: int = 0
    index_count: int = 0
    material: int | None = None
    skipped: tuple[str, ...] = ()
    """Kinds of primitive that have no surface."""

    def add_block(self, block: Block) -> int:
        self.blocks.append(block)
        self.vertex_count += block.count
        return len(self.blocks) - 1

    def add_piece(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self.index_count += piece.count


def mesh_geometry(accessors: Accessors, budget: Budget, mesh: Mesh) -> Geometry:
    """All primitives of a mesh; those on the same vertices share a block."""
    found = Geometry()
    shared: dict[object, int] = {}
    for primitive in mesh.primitives:
        if 0 <= primitive.mode < TRIANGLES:
            found.skipped += (_UNFILLED[primitive.mode],)
        elif primitive.mode > FAN or primitive.mode < 0:
            raise UnreadableError(f"primitive mode {primitive.mode} is not known")
        else:
            _add(accessors, budget, primitive, found, shared)
    if mesh.primitives:
        found.material = mesh.primitives[0].material
    return found


def morphed(
    accessors: Accessors, budget: Budget, geometry: Geometry, weights: Sequence[float]
) -> Geometry:
    """With the morph targets applied at these weights; a new value where there are any."""
    if not weights or not any(weights) or not any(block.targets for block in geometry.blocks):
        return geometry
    blocks = [_morphed_block(accessors, budget, block, weights) for block in geometry.blocks]
    return structs.replace(geometry, blocks=blocks)


def _add(
    accessors: Accessors,
    budget: Budget,
    primitive: Primitive,
    found: Geometry,
    shared: dict[object, int],
) -> None:
    if primitive.extensions is not None and primitive.extensions.draco is not None:
        unpacked = draco.decode(accessors, primitive, primitive.extensions.draco)
        block = found.add_block(_block(accessors, primitive, unpacked.attributes))
        indices = unpacked.triangles.reshape(-1)
        found.add_piece(Piece(block, len(indices), indices))
        return
    key = (*primitive.attributes.items(), *map(str, primitive.targets))
    at = shared.get(key)
    if at is None:
        at = shared[key] = found.add_block(_block(accessors, primitive, {}))
    found.add_piece(_piece(accessors, budget, primitive, at, found.blocks[at].count))


def _block(accessors: Accessors, primitive: Primitive, unpacked: dict[str, NDArray[Any]]) -> Block:
    """Unpacked attributes win over what the accessors point at."""
    attributes = primitive.attributes
    if "POSITION" not in attributes:
        raise UnreadableError("a primitive has no POSITION")
    positions = _column(accessors, unpacked, "POSITION", attributes["POSITION"], (3,))
    block = Block(accessors.count(positions), positions, targets=primitive.targets)
    for name, index in attributes.items():
        if name == "NORMAL":
            block.normals = _column(accessors, unpacked, name, index, (3,))
            _check_count(accessors.count(block.normals), block, name)
        elif name == "COLOR_0":
            values = accessors.values(_column(accessors, unpacked, name, index, (3, 4)))
            _check_count(len(values), block, name)
            block.colors = srgb_bytes(values)
        elif name[:1] == "_":
            _add_map(accessors, block, name, index, unpacked.get(name))
    return block


def _column(
    accessors: Accessors,
    unpacked: dict[str, NDArray[Any]],
    name: str,
    index: int,
    widths: tuple[int, ...],
) -> Column:
    if name not in unpacked:
        return accessors.column(index, widths)
    if unpacked[name].shape[1] not in widths:
        raise UnreadableError(f"attribute {name} does not fit its use")
    return unpacked[name]


def _add_map(
    accessors: Accessors, block: Block, name: str, index: int, unpacked: NDArray[Any] | None
) -> None:
    """One number a vertex becomes a map; other attributes of an application stay its own."""
    if len(name) < 2 or accessors.get(index).type != "SCALAR":
        return
    values = accessors.scalars(index) if unpacked is None else unpacked.reshape(-1)
    _check_count(len(values), block, name)
    block.maps = {**(block.maps or {}), name[1:].lower(): values}


def _check_count(count: int, block: Block, name: str) -> None:
    if count != block.count:
        raise UnreadableError(f"attribute {name} has {count} elements for {block.count} vertices")


def _piece(
    accessors: Accessors, budget: Budget, primitive: Primitive, block: int, vertex_count: int
) -> Piece:
    """As a triangle list; every index is checked later, for all parts at once."""
    if primitive.indices is None:
        budget.claim(4 * vertex_count)
        indices: Column = np.arange(vertex_count, dtype=np.uint32)
    else:
        indices = accessors.index_column(primitive.indices)
        _check_restart(accessors, indices, vertex_count)
    count = accessors.count(indices)
    if primitive.mode != TRIANGLES:
        budget.claim(24 * count)
        indices = _unrolled(accessors.values(indices), primitive.mode)
        count = len(indices)
    elif count % 3:
        count -= count % 3
        indices = accessors.values(indices)[:count]
    return Piece(block, count, indices)


def _check_restart(accessors: Accessors, indices: Column, vertex_count: int) -> None:
    """Only in a large block can an index be in range and still mean "restart"."""
    if vertex_count < 256 or not accessors.count(indices):
        return
    if isinstance(indices, int) and accessors.get(indices).component_type == UNSIGNED_INT:
        return
    values = accessors.values(indices)
    limit = int(np.iinfo(values.dtype).max)
    if vertex_count > limit and int(values.max()) == limit:
        raise UnreadableError("indices hold the primitive restart value")


def _unrolled(indices: NDArray[Any], mode: int) -> NDArray[Any]:
    """A strip or fan as single triangles; a strip's degenerate joints are dropped."""
    if len(indices) < 3:
        return indices[:0]
    second, third = indices[1:-1], indices[2:]
    if mode == FAN:
        first = np.broadcast_to(indices[0], len(second))
        return np.column_stack([second, third, first]).reshape(-1)
    corners = np.column_stack([indices[:-2], second, third])
    corners[1::2, 1:] = corners[1::2, :0:-1]
    a, b, c = corners.T
    kept: NDArray[Any] = corners[(a != b) & (b != c) & (c != a)].reshape(-1)
    return kept


def _morphed_block(
    accessors: Accessors, budget: Budget, block: Block, weights: Sequence[float]
) -> Block:
    budget.claim(72 * block.count)
    normals = None
    if block.normals is not None:
        normals = _displaced(accessors, budget, block, block.normals, weights, "NORMAL")
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return Block(
        block.count,
        _displaced(accessors, budget, block, block.positions, weights, "POSITION").astype(
            np.float32
        ),
        None if normals is None else normals.astype(np.float32),
        block.colors,
        block.maps,
    )


def _displaced(
    accessors: Accessors,
    budget: Budget,
    block: Block,
    column: Column,
    weights: Sequence[float],
    name: str,
) -> NDArray[np.float64]:
    values: NDArray[np.float64] = accessors.values(column).astype(np.float64)
    for target, weight in zip(block.targets, weights, strict=False):
        if weight and name in target:
            budget.claim(12 * block.count)
            shift = accessors.floats(target[name], (3,))
            _check_count(len(shift), block, f"{name} of a morph target")
            values += weight * shift
    return values
