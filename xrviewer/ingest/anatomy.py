"""Label maps and mesh files to the layers and surfaces of a timepoint."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from xrviewer.case.mesh import Mesh
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.labels import Names, name_labels
from xrviewer.ingest.part import Part
from xrviewer.ingest.surfaces import Block, blocks, smoothing_mm, surface

Tell = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Anatomy:
    """Parts, and what there is to say about them."""

    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    provenance: tuple[str, ...]


def from_labels(maps: Sequence[LabelMap], stated: Names | None, tell: Tell) -> Anatomy:
    """A surface for every label. The two halves of the work, blur and triangles, share cores."""
    parts: list[Part] = []
    notes: list[str] = []
    provenance: list[str] = []
    for number, label_map in enumerate(maps):
        naming = name_labels(label_map, stated)
        notes += naming.notes
        sigma_mm = smoothing_mm(label_map.case_from_voxel)
        changes: list[float] = []
        wanted = [b for b in blocks(label_map) if b.label in naming.layers]
        for done, (block, mesh) in enumerate(_surfaces(wanted, sigma_mm), 1):
            tell((number + done / len(wanted)) / len(maps), "making surfaces")
            layer = naming.layers[block.label]
            if len(mesh.triangles):
                parts.append(Part(layer, mesh))
                changes.append(mesh.volume_mm3 / (block.voxels * label_map.voxel_mm3) - 1)
            else:
                notes.append(f"{layer.name}: too few voxels for a surface ({block.voxels})")
        off = max((abs(off) for off in changes), default=0.0)
        provenance.append(
            f"Surfaces: each label blurred by {sigma_mm:.2f} mm or less, laid where its volume is "
            f"kept: within {off:.1%} of its voxels'."
        )
    return Anatomy(tuple(parts), tuple(notes), tuple(dict.fromkeys(provenance)))


def _surfaces(wanted: Sequence[Block], sigma_mm: float) -> Iterator[tuple[Block, Mesh]]:
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        yield from zip(wanted, pool.map(lambda b: surface(b, sigma_mm), wanted), strict=True)


def unique(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Two structures of one id get a number; two pieces of one name stay two structures."""
    seen: dict[str, int] = {}
    found = []
    for part in parts:
        id = part.layer.id
        seen[id] = seen.get(id, 0) + 1
        if seen[id] > 1:
            layer = replace(
                part.layer, id=f"{id[:58]}-{seen[id]}", name=f"{part.layer.name} {seen[id]}"
            )
            part = replace(part, layer=layer)
        found.append(part)
    return tuple(found)


def mesh_arrays(part: Part) -> tuple[str, np.ndarray, np.ndarray, np.ndarray]:
    """As `pack_parts` wants them."""
    mesh = part.mesh
    return (
        part.layer.id,
        mesh.points_mm.astype(np.float32),
        mesh.normals.astype(np.float32),
        mesh.triangles,
    )
