"""Everything that is wrong with a case, not only the first thing."""

from __future__ import annotations

from pathlib import Path

from xrviewer.caseio.fault import Fault
from xrviewer.caseio.gltf import read_gltf
from xrviewer.caseio.loose import find_case, open_path
from xrviewer.caseio.reading import read_case, read_manifest
from xrviewer.errors import InputError


def check_path(path: Path) -> tuple[Fault, ...]:
    """Every fault of a case folder or a bare file; none when all of it can be shown as stated.

    Files are read anew, never from the cache.
    """
    try:
        folder = find_case(path)
        if folder is not None:
            return _check_folder(folder)
        return tuple(Fault(path.name, fault) for fault in open_path(path).faults)
    except InputError as error:
        return (Fault(error.file, error.reason),)


def _check_folder(folder: Path) -> tuple[Fault, ...]:
    manifest, faults = read_manifest(folder)
    if manifest is None:
        return faults
    refused: list[InputError] = []
    _, odd = read_case(folder, manifest, refused.append, read_gltf)
    return (*(_within(folder, error) for error in refused), *odd)


def _within(folder: Path, error: InputError) -> Fault:
    file = Path(error.file)
    for root in (folder, folder.resolve()):
        if file.is_relative_to(root):
            return Fault(file.relative_to(root).as_posix(), error.reason)
    return Fault(error.file, error.reason)
