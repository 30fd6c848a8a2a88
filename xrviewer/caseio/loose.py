"""Whatever path a user names, to a case: a case folder, a zip of one, or one bare file."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.catalogue import groups as known_groups
from xrviewer.case.catalogue import layer_for
from xrviewer.case.grouping import grouped, told
from xrviewer.case.model import Case, Group, Layer, MapInfo, Timepoint
from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.case.upright import TURNED, lps_from_file, turned
from xrviewer.case.volume import Volume
from xrviewer.caseio.cache import cached
from xrviewer.caseio.folder import load_case
from xrviewer.caseio.gltf import GltfParts, read_gltf
from xrviewer.caseio.manifest import MANIFEST_NAME
from xrviewer.caseio.nifti import read_nifti
from xrviewer.caseio.packed import case_in, is_zip
from xrviewer.caseio.reading import NO_SURFACES, part_layer
from xrviewer.errors import InputError

if TYPE_CHECKING:
    from xrviewer.caseio.meshes import Mesh

_CONVERT = MappingProxyType(
    {
        ".mnc": "is MINC, which is not read; convert it to .nii with mnc2nii",
        ".brik": "is AFNI, which is not read; convert it to .nii with 3dAFNItoNIFTI",
        ".head": "is AFNI, which is not read; convert it to .nii with 3dAFNItoNIFTI",
        ".trk": "holds streamlines, which are not shown; open the surfaces or the scan",
        ".tck": "holds streamlines, which are not shown; open the surfaces or the scan",
        ".mgz": "is FreeSurfer's volume, which is not read; convert it with mri_convert to .nii",
        ".mgh": "is FreeSurfer's volume, which is not read; convert it with mri_convert to .nii",
        ".img": "is half of a .hdr/.img pair; convert the pair to one .nii",
        ".hdr": "is half of a .hdr/.img pair; convert the pair to one .nii",
        ".nrrd": "is NRRD: make a case of it with `xrviewer import`",
        ".nhdr": "is NRRD: make a case of it with `xrviewer import`",
        ".mha": "is MetaImage: make a case of it with `xrviewer import`",
        ".mhd": "is MetaImage: make a case of it with `xrviewer import`",
        ".dcm": "is DICOM: make a case of it with `xrviewer import`",
        ".vtk": "is VTK: make a case of it with `xrviewer import`",
        ".vtp": "is VTK's XML, which is not read; save it as .vtk, .ply or .stl",
        ".fbx": "is FBX, which is not read; save it as .glb",
        ".3mf": "is 3MF, which is not read; save it as .glb or .stl",
        ".mtl": "is the material of an .obj; open the .obj",
        ".bin": "is the data of a .gltf; open the .gltf",
    }
)
_NO_UNIT = "{} states no unit and no axes: read as millimetres, patient LPS"


def open_path(path: Path) -> Case:
    """The case at the path. Raises InputError, one clear line, when there is none to be had."""
    folder = find_case(path)
    if folder is not None:
        return load_case(folder)
    try:
        return _open_file(path)
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror or error}") from None


def find_case(path: Path) -> Path | None:
    """The case folder that the path means; None for a bare file.

    A folder or a zip with exactly one case in it means that one. Raises InputError for any other.
    """
    try:
        if is_zip(path):
            return case_in(path)
        if path.is_dir():
            return path if (path / MANIFEST_NAME).exists() else _only_case(path)
        return path.parent if path.name == MANIFEST_NAME and path.exists() else None
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror or error}") from None


def _only_case(folder: Path) -> Path:
    entries = sorted(folder.iterdir())
    cases = [entry for entry in entries if (entry / MANIFEST_NAME).is_file()]
    if len(cases) == 1:
        return cases[0]
    if cases:
        names = ", ".join(entry.name for entry in cases[:5])
        raise InputError(folder, f"holds {len(cases)} cases; open one of them: {names}")
    if not entries:
        raise InputError(folder, "is an empty folder")
    if _holds_dicom(folder):
        raise InputError(folder, "holds DICOM: make a case of it with `xrviewer import`")
    raise InputError(folder, f"holds no case: there is no {MANIFEST_NAME} in it")


def _holds_dicom(folder: Path) -> bool:
    """DICOM files need no suffix and lie a folder a series: the first few files are looked into."""
    files = [entry for entry in islice(folder.rglob("*"), 200) if entry.is_file()]
    return any(e.name.upper() == "DICOMDIR" for e in files) or any(map(_is_dicom, files[:20]))


def _is_dicom(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(132)[128:] == b"DICM"


def _open_file(path: Path) -> Case:
    if not path.exists():
        raise InputError(path, "there is no such file or folder")
    if not path.is_file():
        raise InputError(path, "is no file and no folder")
    if path.stat().st_size == 0:
        raise InputError(path, "is empty")
    suffix = _suffix(path)
    if suffix in _OPENERS:
        return _OPENERS[suffix](path)
    if _is_dicom(path):
        raise InputError(path, _CONVERT[".dcm"])
    known_here = ", ".join(_OPENERS)
    reason = (
        f"is of no kind that is read here: a case folder, a zip of one, or a file of {known_here}"
    )
    raise InputError(path, _CONVERT.get(suffix, reason))


def _suffix(path: Path) -> str:
    name = path.name.lower()
    double = next((s for s in (".nii.gz", ".gii.gz") if name.endswith(s)), None)
    return double or path.suffix.lower()


def _open_gltf(path: Path) -> Case:
    parts = cached(path, read_gltf)
    groups = {name: _group(name) for name in parts.groups if name is not None}
    ids = _unique([part_id(id) for id in parts.surfaces.part_ids])
    parts = replace(parts, surfaces=replace(parts.surfaces, part_ids=ids))
    layers = tuple(_gltf_layer(parts, i, groups) for i in range(len(ids)))
    return _case(
        path,
        parts.surfaces,
        layers,
        groups=tuple({group.id: group for group in groups.values()}.values()),
        maps=tuple(map(_unexplained, parts.surfaces.maps)),
        faults=parts.faults,
    )


def _gltf_layer(parts: GltfParts, index: int, groups: dict[str, Group]) -> Layer:
    layer, group = part_layer(parts, index), parts.groups[index]
    group_id = groups[group].id if group is not None else layer.group
    return told(replace(layer, name=_line(layer.name), group=group_id))


def _group(name: str) -> Group:
    known_here = next((group for group in known_groups() if name in (group.id, group.name)), None)
    return known_here or Group(part_id(name), _line(name))


def _unexplained(id: str) -> MapInfo:
    """All that a bare attribute tells; what it leaves out is said, never guessed."""
    unit = "mm" if id.endswith("_mm") else ""
    words = id.removesuffix("_mm").replace("_", " ").capitalize()
    return MapInfo(id, words, unit, "not stated in the file", "not stated in the file")


def _open_mesh(path: Path) -> Case:
    # trimesh and scipy take over a second to import, and no case folder needs them.
    from xrviewer.caseio.meshes import read_meshes

    line = _NO_UNIT.format(path.suffix[1:].upper())
    return _mesh_case(path, read_meshes(path), provenance=(line,))


def _open_gifti(path: Path) -> Case:
    from xrviewer.caseio.meshes import read_gifti  # late, as above

    meshes, notes = read_gifti(path)
    return _mesh_case(path, meshes, ("GIFTI: RAS turned to LPS, millimetres",), notes)


def _mesh_case(
    path: Path,
    meshes: Sequence[Mesh],
    provenance: tuple[str, ...],
    faults: tuple[str, ...] = (),
) -> Case:
    ids = _unique([part_id(mesh.name) for mesh in meshes])
    surfaces = pack_parts(
        [(i, m.points_mm, m.normals, m.triangles) for i, m in zip(ids, meshes, strict=True)],
        colors=_colors(meshes),
    )
    layers = tuple(
        told(layer_for(id, _line(mesh.name))) for id, mesh in zip(ids, meshes, strict=True)
    )
    return _case(path, surfaces, layers, provenance=provenance, faults=faults)


def _colors(meshes: Sequence[Mesh]) -> NDArray[np.uint8] | None:
    """White where a part has none; None when no part has any."""
    if all(mesh.colors is None for mesh in meshes):
        return None
    white = np.full((1, 4), 255, np.uint8)
    return np.concatenate(
        [np.repeat(white, len(m.points_mm), 0) if m.colors is None else m.colors for m in meshes]
    )


def _open_nifti(path: Path) -> Case:
    stem = path.name[: -len(_suffix(path))] or path.name
    read = read_nifti(path, part_id(stem), _line(stem))
    return _case(path, NO_SURFACES, (), volumes=(read.volume,), faults=read.notes)


def _case(
    path: Path,
    surfaces: Surfaces,
    layers: tuple[Layer, ...],
    groups: tuple[Group, ...] = (),
    volumes: tuple[Volume, ...] = (),
    maps: tuple[MapInfo, ...] = (),
    provenance: tuple[str, ...] = (),
    faults: tuple[str, ...] = (),
) -> Case:
    stem = path.name[: -len(_suffix(path))] or path.name
    turn = lps_from_file(layers, surfaces)
    if turn is not None:
        surfaces, provenance = turned(surfaces, turn), (*provenance, TURNED)
    layers, branches = grouped(layers, groups)
    return Case(
        id=part_id(stem),
        title=_line(stem),
        layers=layers,
        timepoints=(Timepoint("t0", "Only date", 0, surfaces, volumes),),
        groups=branches,
        maps=maps,
        provenance=(f"opened from a bare {_suffix(path)} file", *provenance),
        faults=faults,
    )


def _line(name: str) -> str:
    """A name as a manifest allows it: no control characters, not endless, not nothing."""
    shown = "".join(c if c.isprintable() else " " for c in name)
    return " ".join(shown.split())[:200] or "unnamed"


def part_id(name: str) -> str:
    """An id a manifest allows: the name itself where it is one, else as near as ASCII goes."""
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
        return name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9-]+", "_", plain).strip("_-")[:55].strip("_-")
    if len(slug) >= 2 or (slug and name.isascii()):
        return slug
    return f"part_{zlib.crc32(name.encode('utf-8', 'replace')):08x}"


def _unique(ids: Sequence[str]) -> tuple[str, ...]:
    taken: dict[str, int] = {}
    found: list[str] = []
    for id in ids:
        candidate, number = id, taken.get(id, 1)
        while candidate in taken:
            number += 1
            candidate = f"{id[:56]}-{number}"
        taken[id] = number
        taken.setdefault(candidate, 1)
        found.append(candidate)
    return tuple(found)


_OPENERS: MappingProxyType[str, Callable[[Path], Case]] = MappingProxyType(
    {
        ".glb": _open_gltf,
        ".gltf": _open_gltf,
        ".stl": _open_mesh,
        ".ply": _open_mesh,
        ".obj": _open_mesh,
        ".off": _open_mesh,
        ".nii": _open_nifti,
        ".nii.gz": _open_nifti,
        ".gii": _open_gifti,
        ".gii.gz": _open_gifti,
    }
)
