"""Mesh files to structures: STL, PLY, OBJ, OFF, VTK, VTP and glTF, in the units they are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.catalogue import known, layer_for
from xrviewer.case.mesh import Mesh
from xrviewer.case.model import Layer
from xrviewer.caseio.gltf import read_gltf
from xrviewer.ingest.maps import named_maps
from xrviewer.ingest.part import Part
from xrviewer.ingest.tissues import tissue_layer
from xrviewer.ingest.vtk import read_vtk
from xrviewer.ingest.vtp import read_vtp
from xrviewer.ingest.words import known_words

if TYPE_CHECKING:
    from xrviewer.caseio.meshes import Mesh as FileMesh

GLTF_SUFFIXES = (".glb", ".gltf")
MESH_SUFFIXES = (".stl", ".ply", ".obj", ".off", ".vtk", ".vtp", *GLTF_SUFFIXES)
_VTK = {".vtk": read_vtk, ".vtp": read_vtp}
_SMALLEST_MM = 3.0
"""A mesh smaller than this from corner to corner is taken to be in metres."""
_SCALES = {"mm": 1.0, "m": 1000.0}


def read_structures(
    files: Sequence[Path], units: str | None
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """units: "mm" or "m" for files that state none; None guesses by size, and says so."""
    found: list[Part] = []
    notes: list[str] = []
    for file in files:
        if file.suffix.lower() in GLTF_SUFFIXES:
            found += _of_gltf(file)
            continue
        own = list(_of_file(file))
        scale, note = _scale(own, units)
        notes += [note] if note else []
        found += [replace(f, mesh=replace(f.mesh, points_mm=f.mesh.points_mm * scale)) for f in own]
    return tuple(found), tuple(notes)


def _of_file(file: Path) -> Iterator[Part]:
    for mesh, arrays in _read(file):
        # The name of the file stands in for a part that has none of its own.
        layer = _layer(mesh.name) or _layer(file.stem) or layer_for("structure", "Structure")
        own = Mesh(_wide(mesh.points_mm), _wide(mesh.normals), mesh.triangles)
        yield Part(layer, own, named_maps(arrays))


def _read(file: Path) -> Iterator[tuple[FileMesh, Mapping[str, NDArray[np.float64]]]]:
    # With trimesh, which takes half a second to import, and no scan needs it.
    from xrviewer.caseio.meshes import plain_mesh, read_meshes

    read = _VTK.get(file.suffix.lower())
    if read is None:
        yield from ((mesh, {}) for mesh in read_meshes(file))
        return
    found = read(file)
    yield plain_mesh(file.stem, found.points, found.triangles), found.arrays


def _of_gltf(file: Path) -> Iterator[Part]:
    """glTF is in metres and y up by its standard; the reader has turned it to LPS millimetres."""
    parts = read_gltf(file)
    surfaces = parts.surfaces
    for index, name in enumerate(parts.names):
        points, triangles = surfaces.part(index)
        first = int(surfaces.parts[index]["vertex_first"])
        normals = surfaces.normals[first : first + len(points)]
        layer = _layer(name) or _layer(file.stem) or layer_for("structure", "Structure")
        color = parts.colors[index]
        if color is not None and layer.role == "other":
            layer = replace(layer, color=color, opacity=parts.opacities[index])
        maps = {
            id: _wide(found.values[first : first + len(points)])
            for id, found in surfaces.maps.items()
        }
        mesh = Mesh(_wide(points), _wide(normals), triangles)
        yield Part(layer, mesh, named_maps(maps))


def _wide(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float64)


def _layer(name: str) -> Layer | None:
    words = known_words(name)
    if not words:
        return None
    return known("_".join(words)) or tissue_layer(words)


def _scale(found: Sequence[Part], units: str | None) -> tuple[float, str | None]:
    if units is not None:
        return _SCALES[units], None
    points = np.concatenate([f.mesh.points_mm for f in found])
    size = float(np.linalg.norm(np.ptp(points, axis=0)))
    name = found[0].layer.name
    if size < _SMALLEST_MM:
        return 1000.0, f"{name}: {size:.3g} across, taken to be in metres (--units mm if not)"
    return 1.0, f"{name}: {size:.4g} across, taken to be in millimetres, LPS (--units m if not)"
