"""A manifest and the files it names, to a case: strictly, or gathering every fault."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from xrviewer.case.catalogue import layer_for
from xrviewer.case.model import Case, Color, Group, Layer, MapInfo, Timepoint
from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.case.tour import TourStep
from xrviewer.case.volume import Volume
from xrviewer.caseio.fault import Fault
from xrviewer.caseio.gltf import GltfParts
from xrviewer.caseio.manifest import (
    MANIFEST_LIMIT_BYTES,
    MANIFEST_NAME,
    LayerEntry,
    Manifest,
    TimepointEntry,
    VolumeEntry,
    parse_manifest,
)
from xrviewer.caseio.nifti import read_nifti
from xrviewer.caseio.packed import is_file, opened
from xrviewer.caseio.paths import inside
from xrviewer.errors import CaseError, InputError

ReadGlb = Callable[[Path], GltfParts]
Refuse = Callable[[InputError], None]
"""Told of every file that cannot be used: raises, or notes it and lets the rest be read."""

NO_SURFACES = pack_parts([])


def read_manifest(folder: Path) -> tuple[Manifest | None, tuple[Fault, ...]]:
    """The manifest of the folder, or every fault of it."""
    file = folder / MANIFEST_NAME
    try:
        with opened(inside(folder, MANIFEST_NAME, file)) as stream:
            data = stream.read(MANIFEST_LIMIT_BYTES + 1)
    except OSError as error:
        return None, (Fault(MANIFEST_NAME, f"cannot be read: {error.strerror}"),)
    except CaseError as error:
        return None, (Fault(MANIFEST_NAME, error.reason),)
    manifest, faults = parse_manifest(data)
    return manifest, tuple(Fault(MANIFEST_NAME, fault) for fault in faults)


def read_case(
    folder: Path, manifest: Manifest, refuse: Refuse, read_glb: ReadGlb
) -> tuple[Case, tuple[Fault, ...]]:
    """The case as far as `refuse` lets it be read, and what is odd about it."""
    reading = _Reading(folder, manifest, refuse, read_glb)
    timepoints = tuple(reading.timepoint(entry) for entry in manifest.timepoints)
    reading.check_layers(timepoints)
    reading.check_maps(timepoints)
    case = Case(
        id=manifest.id,
        title=manifest.title,
        layers=(*map(_layer, manifest.layers), *reading.extra_layers.values()),
        timepoints=timepoints,
        groups=tuple(Group(g.id, g.name, g.plain, g.parent) for g in manifest.groups),
        tour=tuple(TourStep(s.sentence, s.view, s.layers) for s in manifest.tour),
        maps=tuple(
            MapInfo(m.id, m.name, m.unit, m.definition, m.method, m.error) for m in manifest.maps
        ),
        provenance=manifest.provenance,
        faults=tuple(map(str, reading.faults)),
    )
    return case, tuple(reading.faults)


@dataclass(slots=True)
class _Reading:
    """One reading of a case: where it is read from, and what was found odd so far."""

    folder: Path
    manifest: Manifest
    refuse: Refuse
    read_glb: ReadGlb
    faults: list[Fault] = field(default_factory=list)
    extra_layers: dict[str, Layer] = field(default_factory=dict)
    is_whole: bool = True
    """Whether every date's surfaces could be read."""

    def timepoint(self, entry: TimepointEntry) -> Timepoint:
        volumes = (self._volume(volume) for volume in entry.volumes)
        return Timepoint(
            id=entry.id,
            name=entry.name,
            day=entry.day,
            surfaces=self._surfaces(entry),
            volumes=tuple(volume for volume in volumes if volume is not None),
        )

    def check_layers(self, timepoints: Sequence[Timepoint]) -> None:
        """A structure of another date only is none here: a lesion comes, a meniscus goes."""
        present = {id for timepoint in timepoints for id in timepoint.surfaces.part_ids}
        for layer in self.manifest.layers:
            if self.is_whole and layer.id not in present:
                file = self.manifest.timepoints[0].anatomy
                self.faults.append(Fault(file, f"has no surface for layer {layer.id!r}"))

    def check_maps(self, timepoints: Sequence[Timepoint]) -> None:
        present = {id for timepoint in timepoints for id in timepoint.surfaces.maps}
        for i, info in enumerate(self.manifest.maps):
            if info.id not in present:
                reason = f"maps[{i}]: no surface has the attribute _{info.id.upper()}"
                self.faults.append(Fault(MANIFEST_NAME, reason))

    def _volume(self, entry: VolumeEntry) -> Volume | None:
        try:
            path = self._path(entry.file)
            read = read_nifti(path, entry.id, entry.name, entry.modality, entry.window)
        except InputError as error:
            self.refuse(error)
            return None
        self.faults += [Fault(entry.file, note) for note in read.notes]
        count = read.volume.voxels.shape[2]
        if any(k >= count for k in entry.filled_slices):
            reason = f"{entry.file} has {count} slices, and filled_slices names others"
            self.faults.append(Fault(MANIFEST_NAME, reason))
        return replace(
            read.volume,
            echo_ms=entry.echo_ms,
            unit=entry.unit,
            filled_slices=tuple(k for k in entry.filled_slices if k < count),
        )

    def _surfaces(self, entry: TimepointEntry) -> Surfaces:
        try:
            parts = self.read_glb(self._path(entry.anatomy))
        except InputError as error:
            self.refuse(error)
            self.is_whole = False
            return NO_SURFACES
        is_scan = not self.manifest.layers or bool(entry.volumes)
        if parts.surfaces.part_ids or not is_scan:  # else it may be meant to be empty
            self.faults += [Fault(entry.anatomy, fault) for fault in parts.faults]
        self._name_others(entry, parts)
        return self._with_stated_maps(entry, parts.surfaces)

    def _path(self, relative: str) -> Path:
        file = self.folder / MANIFEST_NAME
        path = inside(self.folder, relative, file)
        if not is_file(path):
            what = "is a folder" if path.is_dir() else "is not there"
            raise CaseError(file, f"names {relative}, which {what}")
        return path

    def _name_others(self, entry: TimepointEntry, parts: GltfParts) -> None:
        """What only the GLB knows of."""
        stated = {layer.id for layer in self.manifest.layers}
        for i, id in enumerate(parts.surfaces.part_ids):
            if id not in stated:
                reason = f"part {id!r} is no layer of {MANIFEST_NAME}; shown as it is"
                self.faults.append(Fault(entry.anatomy, reason))
                self.extra_layers.setdefault(id, part_layer(parts, i))

    def _with_stated_maps(self, entry: TimepointEntry, surfaces: Surfaces) -> Surfaces:
        """A number is never shown without its meaning: what the manifest omits is left out."""
        stated = {info.id for info in self.manifest.maps}
        for id in surfaces.maps.keys() - stated:
            reason = f"map {id!r} has no entry in {MANIFEST_NAME} that says what it means; left out"
            self.faults.append(Fault(entry.anatomy, reason))
        kept = {id: values for id, values in surfaces.maps.items() if id in stated}
        return replace(surfaces, maps=MappingProxyType(kept))


def part_layer(parts: GltfParts, index: int) -> Layer:
    """A layer for a part that only a glTF describes: known by its id, or as the file shows it."""
    layer = layer_for(parts.surfaces.part_ids[index], parts.names[index])
    color = parts.colors[index]
    if color is None or layer.role != "other":
        return layer
    return replace(layer, color=color, opacity=parts.opacities[index])


def _layer(entry: LayerEntry) -> Layer:
    return Layer(
        id=entry.id,
        name=entry.name,
        color=Color.from_hex(entry.color),
        plain=entry.plain,
        sentence=entry.sentence,
        group=entry.group,
        opacity=entry.opacity,
        role=entry.role,
    )
