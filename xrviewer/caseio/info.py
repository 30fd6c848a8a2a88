"""What a case holds, in numbers, and which headsets it will run on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Case, Layer, MapInfo, Timepoint
from xrviewer.case.volume import Volume

BYTES_PER_MB = 1_000_000
_NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class HeadsetClass:
    """What one kind of device draws in stereo without dropping frames."""

    id: str
    triangles: int
    texture_mb: int
    why: str


HEADSET_CLASSES = (
    HeadsetClass(
        "pc",
        20_000_000,
        2000,
        "a graphics card of 8 GB passes 2 x 20 M triangles in a third of an 11 ms frame and keeps "
        "room for 2 GB of scans beside the eye buffers",
    ),
    HeadsetClass(
        "standalone",
        700_000,
        256,
        "the budget that peers give for a mobile chip with passthrough on (900,000 without); a "
        "share of 256 MB leaves the compositor and the cameras theirs",
    ),
    HeadsetClass(
        "glasses",
        250_000,
        128,
        "the budget that peers give for the weakest glasses that are sold",
    ),
)


class TimepointInfo(msgspec.Struct, frozen=True):
    id: str
    name: str
    day: int


class PartInfo(msgspec.Struct, frozen=True):
    """A layer, with the numbers of the first timepoint that has it."""

    id: str
    name: str
    plain: str
    group: str | None
    role: str
    triangles: int
    vertices: int
    size_mm: tuple[float, float, float]
    """Of its bounding box, along left, posterior and superior."""
    timepoints: tuple[str, ...]
    """Those that have it."""


class VolumeInfo(msgspec.Struct, frozen=True):
    id: str
    timepoint: str
    name: str
    modality: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    dtype: str
    mb: float
    unit: str = ""
    filled_slices: tuple[int, ...] = ()
    """Not scanned, but put between their neighbours."""


class CaseInfo(msgspec.Struct, frozen=True):
    id: str
    title: str
    timepoints: tuple[TimepointInfo, ...]
    parts: tuple[PartInfo, ...]
    volumes: tuple[VolumeInfo, ...]
    maps: tuple[MapInfo, ...]
    triangles: int
    """Of all timepoints together."""
    fits: dict[str, bool]
    """By headset class: whether the two heaviest timepoints fit at once, as a comparison
    shows them."""
    advice: tuple[str, ...] = ()
    """For each class that it does not fit: what to decimate, heaviest first, and how far."""
    provenance: tuple[str, ...] = ()
    """How it was made, and how far its surfaces may be off."""


def case_info(case: Case) -> CaseInfo:
    return CaseInfo(
        id=case.id,
        title=case.title,
        timepoints=tuple(TimepointInfo(t.id, t.name, t.day) for t in case.timepoints),
        parts=tuple(_parts(case)),
        volumes=tuple(_volume(t, v) for t in case.timepoints for v in t.volumes),
        maps=case.maps,
        triangles=sum(map(_triangles, case.timepoints)),
        fits=_fits(case),
        advice=tuple(_advice(case)),
        provenance=case.provenance,
    )


def _parts(case: Case) -> Iterator[PartInfo]:
    places: dict[str, list[tuple[str, NDArray[Any]]]] = {}
    for timepoint in case.timepoints:
        for id, row in zip(timepoint.surfaces.part_ids, timepoint.surfaces.parts, strict=True):
            places.setdefault(id, []).append((timepoint.id, row))
    for layer in case.layers:
        if layer.id in places:
            found = places[layer.id]
            yield _part(layer, found[0][1], tuple(timepoint for timepoint, _ in found))


def _part(layer: Layer, row: NDArray[Any], timepoints: tuple[str, ...]) -> PartInfo:
    has_points = int(row["vertex_count"]) > 0
    size = row["max_mm"] - row["min_mm"] if has_points else np.zeros(3)
    x, y, z = (round(float(v), 3) for v in size)
    return PartInfo(
        id=layer.id,
        name=layer.name,
        plain=layer.plain,
        group=layer.group,
        role=layer.role,
        triangles=int(row["triangle_count"]),
        vertices=int(row["vertex_count"]),
        size_mm=(x, y, z),
        timepoints=timepoints,
    )


def _volume(timepoint: Timepoint, volume: Volume) -> VolumeInfo:
    i, j, k = (int(n) for n in volume.voxels.shape)
    x, y, z = (round(v, 6) for v in volume.spacing_mm)
    return VolumeInfo(
        id=volume.id,
        timepoint=timepoint.id,
        name=volume.name,
        modality=volume.modality,
        shape=(i, j, k),
        spacing_mm=(x, y, z),
        dtype=volume.voxels.dtype.name,
        mb=round(volume.voxels.nbytes / BYTES_PER_MB, 3),
        unit=volume.unit,
        filled_slices=volume.filled_slices,
    )


def _triangles(timepoint: Timepoint) -> int:
    return len(timepoint.surfaces.triangles)


def _voxel_bytes(timepoint: Timepoint) -> int:
    return sum(volume.voxels.nbytes for volume in timepoint.volumes)


def _fits(case: Case) -> dict[str, bool]:
    triangles, texture_mb = _shown_at_once(case)
    return {c.id: triangles <= c.triangles and texture_mb <= c.texture_mb for c in HEADSET_CLASSES}


def _shown_at_once(case: Case) -> tuple[int, float]:
    """Triangles and megabytes of scans of the two heaviest timepoints."""
    triangles = sum(sorted(map(_triangles, case.timepoints))[-2:])
    return triangles, sum(sorted(map(_voxel_bytes, case.timepoints))[-2:]) / BYTES_PER_MB


def _advice(case: Case) -> Iterator[str]:
    triangles, texture_mb = _shown_at_once(case)
    for headset in HEADSET_CLASSES:
        if triangles > headset.triangles:
            named = _heaviest_first(case, triangles - headset.triangles)
            share = headset.triangles / triangles
            yield f"{headset.id}: decimate to {share:.0%} of the triangles; heaviest: {named}"
        if texture_mb > headset.texture_mb:
            share = headset.texture_mb / texture_mb
            yield f"{headset.id}: resample the scans to {share:.0%} of their {texture_mb:.0f} MB"


def _heaviest_first(case: Case, too_many: int) -> str:
    """As many structures as hold what is too much, of all timepoints together."""
    counts: dict[str, int] = {}
    for timepoint in case.timepoints:
        for id, row in zip(timepoint.surfaces.part_ids, timepoint.surfaces.parts, strict=True):
            counts[id] = counts.get(id, 0) + int(row["triangle_count"])
    named, held = [], 0
    for id, count in sorted(counts.items(), key=lambda item: -item[1])[:_NAMED_AT_MOST]:
        if held > too_many:
            break
        named.append(f"{id} ({count:,})")
        held += count
    return ", ".join(named)
