"""Label maps and mesh files to the layers and surfaces of a timepoint."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from xrviewer.case.model import Layer
from xrviewer.ingest.islands import KEPT_ROLES, Cleaned, rule, without_islands
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.labels import Names, Naming, name_labels
from xrviewer.ingest.part import Part
from xrviewer.ingest.resuming import cleaned_once
from xrviewer.ingest.rules import Islands
from xrviewer.ingest.shares import Block, blocks, smoothing_mm
from xrviewer.ingest.stages import Stages
from xrviewer.ingest.surfaces import surfaces

Tell = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Anatomy:
    """Parts, and what there is to say about them."""

    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    provenance: tuple[str, ...]


def from_labels(
    maps: Sequence[LabelMap],
    stated: Names | None,
    tell: Tell,
    islands: Islands = Islands.DROP,
    stages: Stages | None = None,
) -> Anatomy:
    """A surface for every label."""
    every: list[Anatomy] = []
    for number, label_map in enumerate(maps):
        share = _share(tell, number, len(maps))
        naming = name_labels(label_map, stated)
        every.append(_of_map(label_map, naming, share, islands, stages or Stages()))
    return Anatomy(
        parts=tuple(part for one in every for part in one.parts),
        notes=tuple(note for one in every for note in one.notes),
        provenance=tuple(dict.fromkeys(line for one in every for line in one.provenance)),
    )


def _of_map(
    label_map: LabelMap, naming: Naming, tell: Tell, islands: Islands, stages: Stages
) -> Anatomy:
    parts: list[Part] = []
    notes = list(naming.notes)
    changes = [0.0]
    sigma_mm = smoothing_mm(label_map.case_from_voxel)
    wanted = [b for b in blocks(label_map) if b.label in naming.layers]
    cleans = [_is_cleaned(naming.layers[block.label], islands) for block in wanted]
    labels = tuple(block.label for block in wanted)
    cleaned = cleaned_once(
        (label_map.labels, label_map.case_from_voxel, sigma_mm, labels, tuple(cleans)),
        lambda: _cleaned(label_map, wanted, cleans, tell),
        stages,
    )
    for block, made in zip(wanted, cleaned, strict=True):
        layer = naming.layers[block.label]
        if not len(made.mesh.triangles):
            notes.append(f"{layer.name}: too few voxels for a surface ({block.voxels})")
            continue
        parts.append(Part(layer, made.mesh))
        laid_mm3 = made.mesh.volume_mm3 + made.dropped_mm3
        changes.append(abs(laid_mm3 / (block.voxels * label_map.voxel_mm3) - 1))
        if made.dropped:
            pieces = "1 piece" if made.dropped == 1 else f"{made.dropped} pieces"
            notes.append(f"{layer.name}: {pieces} of {made.dropped_mm3:.1f} mm3 apart left out")
    laid = (
        f"Surfaces: each label blurred by {sigma_mm:.2f} mm or less, borders of neighbours shared, "
        f"volumes kept within {max(changes):.1%} of their voxels'."
    )
    ruled = (f"{rule()}.",) if islands is Islands.DROP else ()
    return Anatomy(tuple(parts), tuple(notes), (laid, *ruled))


def _is_cleaned(layer: Layer, islands: Islands) -> bool:
    return islands is Islands.DROP and layer.role not in KEPT_ROLES


def _cleaned(
    label_map: LabelMap, wanted: Sequence[Block], cleans: Sequence[bool], tell: Tell
) -> Iterator[Cleaned]:
    keeps = {block.label for block, cleaned in zip(wanted, cleans, strict=True) if not cleaned}
    made = surfaces(label_map, wanted, keeps, lambda done: tell(done, "making surfaces"))
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        yield from pool.map(
            lambda mesh, cleaned: without_islands(mesh) if cleaned else Cleaned(mesh, 0, 0.0),
            made,
            cleans,
        )
    tell(1.0, "making surfaces")


def _share(tell: Tell, number: int, count: int) -> Tell:
    return lambda part, text: tell((number + part) / count, text)


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
