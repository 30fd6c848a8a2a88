"""What was named on the command line, told apart by what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xrviewer.errors import InputError
from xrviewer.ingest.dicom.find import files_under, is_dicom, is_directory, listed_files
from xrviewer.ingest.meshes import MESH_SUFFIXES
from xrviewer.ingest.volumes import is_label_file, is_volume_file


@dataclass(frozen=True, slots=True)
class Sources:
    """Files by kind. Segmentations that are DICOM lie among the DICOM files."""

    dicom: tuple[Path, ...]
    volumes: tuple[Path, ...]
    labels: tuple[Path, ...]
    meshes: tuple[Path, ...]
    others: int
    """Files of no kind that is read."""
    notes: tuple[str, ...] = ()


def find_sources(paths: Sequence[Path], segmentations: Sequence[Path]) -> Sources:
    """Raises InputError for what is not there or holds nothing that can be imported."""
    kinds: dict[str, list[Path]] = {k: [] for k in ("dicom", "volume", "label", "mesh", "other")}
    notes: list[str] = []
    for path in paths:
        before = len(kinds["other"])
        files = _listed(_files(path), notes)
        for file in files:
            kinds[_kind(file)].append(file)
        if len(kinds["other"]) - before == len(files):
            raise InputError(path, "holds nothing to import: no DICOM, NIfTI, NRRD, MHA or mesh")
    for path in segmentations:
        for file in _files(path):
            kinds["dicom" if _kind(file) == "dicom" else "label"].append(file)
    return Sources(
        dicom=tuple(kinds["dicom"]),
        volumes=tuple(kinds["volume"]),
        labels=tuple(kinds["label"]),
        meshes=tuple(kinds["mesh"]),
        others=len(kinds["other"]),
        notes=tuple(notes),
    )


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError(path, "there is no such file or folder")
    return list(files_under(path))


def _listed(files: list[Path], notes: list[str]) -> list[Path]:
    """With the files that a DICOMDIR among them lists in its place, each once."""
    found: dict[Path, None] = {}
    for file in files:
        if is_directory(file):
            there, absent = listed_files(file)
            found.update(dict.fromkeys(there))
            if absent:
                notes.append(f"the DICOMDIR lists {absent} files that are not there")
        else:
            found[file] = None
    return list(found)


def _kind(file: Path) -> str:
    if is_label_file(file):
        return "label"
    if is_volume_file(file):
        return "volume"
    if file.suffix.lower() in MESH_SUFFIXES:
        return "mesh"
    return "dicom" if is_dicom(file) else "other"
