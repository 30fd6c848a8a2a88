"""Labels to surfaces: smooth, closed, true to the volume that was segmented.

A label's voxels are blurred and the surface is laid where the blur is about one half. Two
neighbours' blurs add up to one between them, so they meet in one surface without a gap. Voxels
are put together before where they are finer than the blur: what the blur takes away needs no
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
from xrviewer.analysis.contour import contour
from xrviewer.case.mesh import Mesh
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.spatial.transforms import Matrix, apply

SMOOTHING_PER_SPACING = 1.2
"""Standard deviation of the blur over the longest edge of a voxel. At 0.75 the steps between
slices still show as contour lines on a bone; at 1.2 they are gone."""
_LEVELS = (0.42, 0.5)
"""Within these the level is chosen so that the volume is kept. Lower, and neighbours overlap."""
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


_NOTHING = Mesh(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 3), np.uint32))


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One label's voxels, cut out of its map."""

    label: int
    mask: NDArray[np.bool_]
    first: tuple[int, int, int]
    """Of the mask, in the map."""
    case_from_voxel: Matrix
    """Of the map."""

    @property
    def voxels(self) -> int:
        return int(np.count_nonzero(self.mask))


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """How much of each place belongs to the label, blurred."""

    values: NDArray[np.float32]
    case_from_index: Matrix
    level: float


def blocks(label_map: LabelMap) -> Iterator[Block]:
    """Every label that is there, in order of its number."""
    # Searched in the order the voxels lie in memory, which is six times as fast.
    for label, box in enumerate(ndimage.find_objects(label_map.labels.T), 1):
        if box is not None:
            k, j, i = (int(part.start) for part in box)
            mask = (label_map.labels.T[box] == label).T
            yield Block(label, mask, (i, j, k), label_map.case_from_voxel)


def smoothing_mm(case_from_voxel: Matrix) -> float:
    """The blur that suits a grid."""
    return SMOOTHING_PER_SPACING * float(_spacing_mm(case_from_voxel).max())


def surface(block: Block, sigma_mm: float, least: float = _LEAST) -> Mesh:
    """Closed, normals outwards. No triangles when the label is too small to survive the blur.

    least: share of the blur that it is given at the least, however much of it that erases.
    """
    volume_mm3 = block.voxels * abs(float(np.linalg.det(block.case_from_voxel[:3, :3])))
    least_mm = sigma_mm * least
    while True:
        mesh = _laid(_field(block, sigma_mm))
        kept = mesh.volume_mm3 / volume_mm3
        if kept >= _KEPT or sigma_mm * _LESS <= least_mm:
            return mesh if kept > 0.5 else _NOTHING
        sigma_mm *= _LESS


def faithful(block: Block, sigma_mm: float) -> Mesh:
    """As `surface`; where pieces that the blur erases are missed, with them by themselves."""
    whole = surface(block, sigma_mm)
    if _off(whole, block) <= _OFF:
        return whole
    return min((whole, surface_of_pieces(block, sigma_mm)), key=lambda mesh: _off(mesh, block))


def _off(mesh: Mesh, block: Block) -> float:
    """Share of the label's volume that the mesh has too much or too little."""
    voxel_mm3 = abs(float(np.linalg.det(block.case_from_voxel[:3, :3])))
    return abs(mesh.volume_mm3 / (block.voxels * voxel_mm3) - 1)


def surface_of_pieces(block: Block, sigma_mm: float) -> Mesh:
    """As `surface`, with small pieces blurred by themselves, which the common blur would erase."""
    made = [_of_piece(piece, sigma_mm) for piece in _pieces(block, sigma_mm)]
    firsts = np.cumsum([0, *(len(mesh.points_mm) for mesh in made)])
    return Mesh(
        np.concatenate([mesh.points_mm for mesh in made]),
        np.concatenate([mesh.normals for mesh in made]),
        np.concatenate([m.triangles + np.uint32(n) for m, n in zip(made, firsts, strict=False)]),
    )


def _of_piece(piece: Block, sigma_mm: float) -> Mesh:
    made = surface(piece, sigma_mm)
    return made if _off(made, piece) <= _LOST else surface(piece, sigma_mm, _LEAST_OF_PIECE)


def _pieces(block: Block, sigma_mm: float) -> list[Block]:
    """What is large enough in one block, and a block for each smaller piece."""
    number, count = ndimage.label(block.mask, np.ones((3, 3, 3)))
    voxels = np.bincount(number.ravel(), minlength=count + 1)
    voxel_mm3 = abs(float(np.linalg.det(block.case_from_voxel[:3, :3])))
    small = np.flatnonzero(voxels * voxel_mm3 < _SMALL_PIECE * sigma_mm**3)
    small = small[small > 0]
    if not 0 < len(small) <= _MANY_PIECES:
        return [block]
    boxes = ndimage.find_objects(number)
    found = [_cut_out(block, number, int(own), boxes[own - 1]) for own in small]
    rest = block.mask & ~np.isin(number, small)
    return [replace(block, mask=rest), *found] if rest.any() else found


def _cut_out(
    block: Block, number: NDArray[np.int32], own: int, box: tuple[slice, slice, slice]
) -> Block:
    i, j, k = (int(a + part.start) for a, part in zip(block.first, box, strict=True))
    return replace(block, mask=number[box] == own, first=(i, j, k))


def _laid(field: _Field) -> Mesh:
    if field.values.max() <= field.level:
        return _NOTHING
    laid = contour(field.values, field.level)
    is_mirrored = np.linalg.det(field.case_from_index[:3, :3]) < 0
    triangles = np.ascontiguousarray(laid.triangles[:, ::-1]) if is_mirrored else laid.triangles
    # The normals are the slope of the blur, so no facet shows in them; a slope turns with the
    # inverse transpose of what the points turn with.
    outward = laid.slopes @ np.linalg.inv(field.case_from_index[:3, :3])
    outward /= np.maximum(np.sqrt(np.einsum("ij,ij->i", outward, outward)), 1e-12)[:, None]
    return Mesh(apply(field.case_from_index, laid.points), outward, triangles)


def _spacing_mm(case_from_voxel: Matrix) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(case_from_voxel[:3, :3], axis=0))


def _field(block: Block, sigma_mm: float) -> _Field:
    spacing_mm = _spacing_mm(block.case_from_voxel)
    together = np.maximum(np.floor(sigma_mm / spacing_mm), 1).astype(int)
    # Putting voxels together is a blur of its own, and is taken off.
    own = (together**2 - 1) / 12 * spacing_mm**2
    sigma = np.sqrt(sigma_mm**2 - own) / (spacing_mm * together)
    counts, first = _counted(block, together, np.ceil(TRUNCATE * sigma).astype(int) + 1)
    values = counts.astype(np.float32)
    values *= 1 / together.prod()
    values = blurred(values, sigma)
    level = _level(values, block.voxels / together.prod())
    move = np.diag([*together.astype(float), 1.0])
    move[:3, 3] = first + (together - 1) / 2
    return _Field(values, block.case_from_voxel @ move, level)


def _counted(
    block: Block, together: NDArray[np.int64], margin: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Voxels of the label in each place, with nothing around for the blur to end in.

    Places begin at multiples of `together` of the whole map, the same for every label.
    """
    first = np.array(block.first)
    lead = first % together + margin * together
    size = -(-(lead + block.mask.shape) // together) + margin
    spread = np.zeros(size * together, np.uint8)
    spread[tuple(slice(a, a + n) for a, n in zip(lead, block.mask.shape, strict=True))] = block.mask
    counts: NDArray[Any] = spread
    for axis, n in enumerate(together):
        parts = [np.moveaxis(counts, axis, 0)[step::n] for step in range(n)]
        counts = np.moveaxis(sum(parts[1:], start=parts[0]), 0, axis)
    return np.ascontiguousarray(counts), first - lead


def _level(values: NDArray[np.float32], wanted: float) -> float:
    """Above it lies the volume of the label, as near as its neighbours leave room for."""
    near = values[values > _LEVELS[0]]
    places = round(wanted)
    level = _LEVELS[0]
    if len(near) > places:
        level = float(np.partition(near, len(near) - places)[len(near) - places])
    # A level that no place has: a vertex on a grid point would flatten the triangles around it.
    return min(max(level, _LEVELS[0]), _LEVELS[1]) + 1e-6
