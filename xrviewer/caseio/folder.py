"""A case folder to a case and back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from xrviewer.case.model import Case, Layer, Timepoint
from xrviewer.case.volume import Volume
from xrviewer.caseio.atomic import whole_folder
from xrviewer.caseio.cache import cached
from xrviewer.caseio.gltf import read_gltf, write_glb
from xrviewer.caseio.manifest import (
    MANIFEST_NAME,
    GroupEntry,
    LayerEntry,
    Manifest,
    MapEntry,
    TimepointEntry,
    TourEntry,
    VolumeEntry,
    encode_manifest,
    meaning_faults,
    parse_manifest,
)
from xrviewer.caseio.nifti import write_nifti
from xrviewer.caseio.packed import is_packed
from xrviewer.caseio.reading import read_case, read_manifest
from xrviewer.errors import CaseError, InputError


def load_case(folder: Path) -> Case:
    """The case, its surfaces from the cache where that is fresh, its volumes mapped.

    Raises InputError for a manifest, a GLB or a volume that cannot be used. What is odd but
    leaves the rest usable (a layer without a surface, a mesh that is broken) is in `faults`.
    """
    manifest, faults = read_manifest(folder)
    if manifest is None:
        more = f" (and {len(faults) - 1} more: xrviewer check)" if len(faults) > 1 else ""
        raise CaseError(folder / MANIFEST_NAME, faults[0].reason + more)
    return read_case(folder, manifest, _raise, lambda glb: cached(glb, read_gltf))[0]


def save_case(
    case: Case, folder: Path, beside: Callable[[Path], None] = lambda folder: None
) -> None:
    """Writes the folder whole or not at all. Replaces a case, and nothing that is not one.

    What else lies in a case that is replaced (sessions, captures) goes over into the new one.
    beside: writes into the folder what is not of the case, before anybody sees it.
    """
    if is_packed(folder):
        raise CaseError(folder, "is in a zip, which is only read; unpack it and name the folder")
    target = folder.resolve()
    if not _is_replaceable(target):
        raise CaseError(folder, "is there and is no case folder; choose another name")
    manifest = _manifest_of(case, folder)
    try:
        with whole_folder(target) as temporary:
            _write(case, manifest, temporary)
            _carry_over(target, temporary)
            beside(temporary)
    except OSError as error:
        raise CaseError(folder, f"cannot be written: {error.strerror or error}") from error


def _raise(error: InputError) -> None:
    raise error


def _is_replaceable(target: Path) -> bool:
    if not target.exists():
        return True
    return target.is_dir() and ((target / MANIFEST_NAME).is_file() or not any(target.iterdir()))


def _manifest_of(case: Case, folder: Path) -> Manifest:
    """Checked as strictly as one that is read, so that what is written can be read."""
    manifest = Manifest(
        schema=1,
        id=case.id,
        title=case.title,
        groups=tuple(GroupEntry(g.id, g.name, g.plain, g.parent) for g in case.groups),
        tour=tuple(TourEntry(s.sentence, s.view, s.layers) for s in case.tour),
        layers=tuple(map(_layer_entry, case.layers)),
        timepoints=tuple(map(_timepoint_entry, case.timepoints)),
        maps=tuple(
            MapEntry(m.id, m.name, m.unit, m.definition, m.method, m.error) for m in case.maps
        ),
        provenance=case.provenance,
    )
    faults = [*meaning_faults(manifest), *_part_faults(case)] if case.timepoints else []
    faults += parse_manifest(encode_manifest(manifest))[1]
    if faults:
        raise CaseError(folder, f"cannot be written as a case: {faults[0]}")
    return manifest


def _part_faults(case: Case) -> Iterator[str]:
    layers, maps = {layer.id for layer in case.layers}, {info.id for info in case.maps}
    for timepoint in case.timepoints:
        for id in timepoint.surfaces.part_ids:
            if id not in layers:
                yield f"{timepoint.id}: part {id!r} belongs to no layer"
        for id in timepoint.surfaces.maps:
            if id not in maps:
                yield f"{timepoint.id}: nothing says what map {id!r} means"


def _layer_entry(layer: Layer) -> LayerEntry:
    return LayerEntry(
        id=layer.id,
        name=layer.name,
        color=layer.color.hex(),
        plain=layer.plain,
        sentence=layer.sentence,
        group=layer.group,
        opacity=layer.opacity,
        role=layer.role,
    )


def _timepoint_entry(timepoint: Timepoint) -> TimepointEntry:
    return TimepointEntry(
        id=timepoint.id,
        name=timepoint.name,
        day=timepoint.day,
        anatomy=f"{timepoint.id}/anatomy.glb",
        volumes=tuple(_volume_entry(timepoint, volume) for volume in timepoint.volumes),
    )


def _volume_entry(timepoint: Timepoint, volume: Volume) -> VolumeEntry:
    return VolumeEntry(
        id=volume.id,
        name=volume.name,
        modality=volume.modality,
        file=f"{timepoint.id}/{volume.id}.nii",
        window=volume.window,
        echo_ms=volume.echo_ms,
        unit=volume.unit,
        filled_slices=volume.filled_slices,
    )


def _write(case: Case, manifest: Manifest, folder: Path) -> None:
    for timepoint, entry in zip(case.timepoints, manifest.timepoints, strict=True):
        (folder / entry.id).mkdir()
        write_glb(folder / entry.anatomy, timepoint.surfaces, case.layers, case.groups)
        for volume, volume_entry in zip(timepoint.volumes, entry.volumes, strict=True):
            write_nifti(folder / volume_entry.file, volume)
    (folder / MANIFEST_NAME).write_bytes(encode_manifest(manifest))


def _carry_over(old: Path, new: Path) -> None:
    """What the old folder holds beside its case. Linked, not moved: the old stays whole until
    the swap, and a journal that is open goes on in the same file."""
    if not old.is_dir():
        return
    manifest, _ = read_manifest(old)
    case_files = {MANIFEST_NAME} | {e.name for e in new.iterdir()} | _first_parts(manifest)
    for entry in old.iterdir():
        if entry.name in case_files:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, new / entry.name, symlinks=True, copy_function=_link)
        else:
            _link(str(entry), str(new / entry.name))


def _first_parts(manifest: Manifest | None) -> set[str]:
    if manifest is None:
        return set()
    files = [t.anatomy for t in manifest.timepoints]
    files += [v.file for t in manifest.timepoints for v in t.volumes]
    return {PurePosixPath(file).parts[0] for file in files if PurePosixPath(file).parts}


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target, follow_symlinks=False)
