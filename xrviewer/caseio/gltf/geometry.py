"""Meshes as vertex blocks and triangle lists, before they are placed anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.caseio.gltf import draco
from xrviewer.caseio.gltf.accessors import Accessors
from xrviewer.caseio.gltf.colors import srgb_bytes
from xrviewer.caseio.gltf.faults import Budget, UnreadableError
from xrviewer.caseio.gltf.schema import Mesh, Primitive

TRIANGLES, STRIP, FAN = 4, 5, 6
_UNFILLED = ("points", "lines", "line loops", "line strips")

_Floats = NDArray[np.float32]


@dataclass(slots=True)
class Block:
    """Vertices that one or more primitives share."""

    positions: _Floats
    normals: _Floats | None = None
    colors: NDArray[np.uint8] | None = None
    maps: dict[str, _Floats] = field(default_factory=dict)
    targets: list[dict[str, int]] = field(default_factory=list)
    position_accessor: int | None = None
    """Where the values lie in the file, when they are not unpacked or moved."""
    normal_accessor: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """The triangles of one primitive, counted from its block's first vertex."""

    block: int
    indices: NDArray[Any]
    """Flat, three a triangle."""
    accessor: int | None = None
    """Where they lie in the file, when they are as stored."""


@dataclass(slots=True)
class Geometry:
    """A mesh: what a part is made of."""

    blocks: list[Block] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    material: int | None = None
    skipped: list[str] = field(default_factory=list)
    """Kinds of primitive that have no surface."""

    @property
    def vertex_count(self) -> int:
        return sum(len(block.positions) for block in self.blocks)

    @property
    def index_count(self) -> int:
        return sum(len(piece.indices) for piece in self.pieces)


def mesh_geometry(accessors: Accessors, budget: Budget, mesh: Mesh) -> Geometry:
    """All primitives of a mesh; those on the same vertices share a block."""
    found = Geometry()
    shared: dict[object, int] = {}
    for primitive in mesh.primitives:
        if 0 <= primitive.mode < TRIANGLES:
            found.skipped.append(_UNFILLED[primitive.mode])
        elif primitive.mode > FAN or primitive.mode < 0:
            raise UnreadableError(f"primitive mode {primitive.mode} is not known")
        else:
            _add(accessors, budget, primitive, found, shared)
    return found


def morphed(
    accessors: Accessors, budget: Budget, geometry: Geometry, weights: list[float]
) -> Geometry:
    """With the morph targets applied at these weights; a new value where there are any."""
    if not any(weights) or not any(block.targets for block in geometry.blocks):
        return geometry
    blocks = [_morphed_block(accessors, budget, block, weights) for block in geometry.blocks]
    return Geometry(blocks, geometry.pieces, geometry.material, geometry.skipped)


def _add(
    accessors: Accessors,
    budget: Budget,
    primitive: Primitive,
    found: Geometry,
    shared: dict[object, int],
) -> None:
    if found.material is None:
        found.material = primitive.material
    if primitive.extensions is not None and primitive.extensions.draco is not None:
        unpacked = draco.decode(accessors, primitive, primitive.extensions.draco)
        found.blocks.append(_block(accessors, primitive, unpacked.attributes))
        found.pieces.append(Piece(len(found.blocks) - 1, unpacked.triangles.reshape(-1)))
        return
    key = (*sorted(primitive.attributes.items()), *(str(t) for t in primitive.targets))
    at = shared.get(key)
    if at is None:
        at = shared[key] = len(found.blocks)
        found.blocks.append(_block(accessors, primitive, {}))
    count = len(found.blocks[at].positions)
    indices = _indices(accessors, budget, primitive, count)
    is_stored = primitive.mode == TRIANGLES and len(indices) % 3 == 0
    found.pieces.append(Piece(at, indices, primitive.indices if is_stored else None))


def _block(accessors: Accessors, primitive: Primitive, unpacked: dict[str, NDArray[Any]]) -> Block:
    """Unpacked attributes win over what the accessors point at."""

    def floats(name: str, index: int, widths: tuple[int, ...]) -> _Floats:
        done = unpacked.get(name)
        values = accessors.floats(index, widths) if done is None else done
        if values.shape[1] not in widths:
            raise UnreadableError(f"attribute {name} has {values.shape[1]} components")
        return values

    attributes = primitive.attributes
    if "POSITION" not in attributes:
        raise UnreadableError("a primitive has no POSITION")
    block = Block(floats("POSITION", attributes["POSITION"], (3,)), targets=primitive.targets)
    if not unpacked:
        block.position_accessor = attributes["POSITION"]
        block.normal_accessor = attributes.get("NORMAL")
    for name, index in attributes.items():
        if name == "NORMAL":
            block.normals = _fitting(floats(name, index, (3,)), block, name)
        elif name == "COLOR_0":
            block.colors = srgb_bytes(_fitting(floats(name, index, (3, 4)), block, name))
        elif name[:1] == "_" and len(name) > 1 and accessors.get(index).type == "SCALAR":
            values = unpacked[name] if name in unpacked else accessors.scalars(index)
            block.maps[name[1:].lower()] = _fitting(values.reshape(-1), block, name)
    return block


def _fitting(values: _Floats, block: Block, name: str) -> _Floats:
    if len(values) != len(block.positions):
        raise UnreadableError(
            f"attribute {name} has {len(values)} elements for {len(block.positions)} vertices"
        )
    return values


def _indices(
    accessors: Accessors, budget: Budget, primitive: Primitive, vertex_count: int
) -> NDArray[Any]:
    """As a triangle list; every index is checked later, for all parts at once."""
    if primitive.indices is None:
        budget.claim(4 * vertex_count)
        stored: NDArray[Any] = np.arange(vertex_count, dtype=np.uint32)
    else:
        stored = accessors.raw(primitive.indices, (1,)).reshape(-1)
        if stored.dtype.kind != "u":
            raise UnreadableError("indices are not unsigned integers")
        # Only here can an index be in range and still mean "restart", which glTF forbids.
        limit = int(np.iinfo(stored.dtype).max)
        if vertex_count > limit and len(stored) and int(stored.max()) == limit:
            raise UnreadableError("indices hold the primitive restart value")
    if primitive.mode != TRIANGLES:
        budget.claim(24 * len(stored))
        return _unrolled(stored, primitive.mode)
    return stored[: len(stored) // 3 * 3]


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
    accessors: Accessors, budget: Budget, block: Block, weights: list[float]
) -> Block:
    budget.claim(2 * block.positions.nbytes)
    positions = block.positions.astype(np.float64)
    normals = None if block.normals is None else block.normals.astype(np.float64)
    for target, weight in zip(block.targets, weights, strict=False):
        if weight and "POSITION" in target:
            positions += weight * _fitting(accessors.floats(target["POSITION"], (3,)), block, "")
        if weight and "NORMAL" in target and normals is not None:
            normals += weight * _fitting(accessors.floats(target["NORMAL"], (3,)), block, "")
    if normals is not None:
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return Block(
        positions.astype(np.float32),
        None if normals is None else normals.astype(np.float32),
        block.colors,
        block.maps,
    )
