"""STL, PLY, OBJ, OFF and GIFTI surfaces to plain arrays.

trimesh parses the first four from bytes and never sees a path, so that a material or a texture
named inside one cannot make it open another file or the network.
"""

from __future__ import annotations

import gzip
import io
import struct
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import nibabel as nib
import numpy as np
import trimesh
from numpy.typing import NDArray
from trimesh.exchange.load import mesh_loaders

from xrviewer.errors import InputError

MESH_LIMIT_BYTES = 2 << 30
GIFTI_LIMIT_BYTES = 256 << 20
"""Unpacked: the XML of a surface takes several times its size to parse."""

# What a parser lets out when a file is broken, found by mutating files: anything else is a
# fault of ours and must not be hidden.
_PARSER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    ExpatError,
    LookupError,
    MemoryError,
    NameError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
_RAS_TO_LPS = np.array([-1, -1, 1], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """One named surface, patient LPS millimetres."""

    name: str
    points_mm: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.uint32]
    colors: NDArray[np.uint8] | None = None
    """(N, 4) sRGB."""


def read_meshes(path: Path) -> tuple[Mesh, ...]:
    """Every surface of an STL, PLY, OBJ or OFF file, numbers as they are in it."""
    size = path.stat().st_size
    if size > MESH_LIMIT_BYTES:
        limit = MESH_LIMIT_BYTES >> 30
        raise InputError(path, f"is {size / 2**30:.1f} GiB; a mesh file has at most {limit}")
    parsed = _parsed(path)
    faces = [(n, p) for n, p in parsed if p.get("faces") is not None and len(p["faces"])]
    if not faces:
        points = sum(len(p["vertices"]) for _, p in parsed if p.get("vertices") is not None)
        what = (
            f"holds {points} points and no triangles" if points else "holds no readable triangles"
        )
        raise InputError(path, f"{what}; a surface is needed")
    try:
        return tuple(_mesh(path, name, part) for name, part in faces)
    except _PARSER_ERRORS as error:
        raise InputError(path, f"is not a usable mesh: {_one_line(error)}") from None


def plain_mesh(name: str, points_mm: NDArray[Any], triangles: NDArray[Any]) -> Mesh:
    """Of bare points and triangles, with normals of its own."""
    return _built(name, points_mm, triangles, {})


def read_gifti(path: Path) -> tuple[tuple[Mesh, ...], tuple[str, ...]]:
    """The surface of a GIFTI file, RAS turned to LPS, and what was left out of it."""
    data = _gifti_bytes(path)
    try:
        image = nib.gifti.GiftiImage.from_bytes(data)
    except (*_PARSER_ERRORS, OSError) as error:
        raise InputError(path, f"is not a readable GIFTI: {_one_line(error)}") from None
    pointsets = image.get_arrays_from_intent("NIFTI_INTENT_POINTSET")
    triangles = image.get_arrays_from_intent("NIFTI_INTENT_TRIANGLE")
    if not pointsets or not triangles:
        raise InputError(path, "holds values for a surface but no surface; open the surface itself")
    name = path.name.removesuffix(".gz").removesuffix(".gii")
    points = np.asarray(pointsets[0].data, np.float64) * _RAS_TO_LPS
    mesh = _checked(path, name, points, np.asarray(triangles[0].data), {})
    return (mesh,), _gifti_notes(path, pointsets)


def _parsed(path: Path) -> list[tuple[str, Mapping[str, Any]]]:
    """(name, trimesh's arguments of a mesh) of each part."""
    kind = path.suffix.lower()[1:]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numpy, on odd text files; the arrays are checked
            parsed = mesh_loaders[kind](
                io.BytesIO(path.read_bytes()),
                file_type=kind,
                resolver=None,
                skip_materials=True,
                split_objects=True,
            )
    except _PARSER_ERRORS as error:
        raise InputError(path, f"is no readable {kind.upper()}: {_one_line(error)}") from None
    return list(_named(parsed, path.stem))


def _named(parsed: Any, stem: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(parsed, list):
        parsed = {"geometry": {f"{stem} {i + 1}": part for i, part in enumerate(parsed)}}
    parts = parsed.get("geometry", {stem: parsed})
    for name, part in parts.items():
        stated = (part.get("metadata") or {}).get("name")
        yield (str(stated or name) if len(parts) > 1 else stem), part


def _mesh(path: Path, name: str, part: Mapping[str, Any]) -> Mesh:
    vertices = np.asarray(part["vertices"], np.float64).reshape(-1, 3)
    faces = np.asarray(trimesh.geometry.triangulate_quads(part["faces"]))
    own = {k: part[k] for k in ("vertex_normals", "vertex_colors") if part.get(k) is not None}
    return _checked(path, name, vertices, faces, own)


def _checked(
    path: Path, name: str, vertices: NDArray[Any], faces: NDArray[Any], own: dict[str, Any]
) -> Mesh:
    if vertices.ndim != 2 or vertices.shape[1] != 3 or faces.ndim != 2 or faces.shape[1] != 3:
        raise InputError(path, f"{name!r} is no triangle mesh: {vertices.shape}, {faces.shape}")
    if not np.isfinite(vertices).all():
        bad = int((~np.isfinite(vertices).all(axis=1)).sum())
        raise InputError(path, f"{name!r} has {bad} vertices that are NaN or infinite")
    if len(faces) and not 0 <= int(faces.min()) <= int(faces.max()) < len(vertices):
        raise InputError(
            path, f"{name!r} has a triangle whose vertex {int(faces.max())} is not there"
        )
    return _built(name, vertices, faces, own)


def _built(name: str, vertices: NDArray[Any], faces: NDArray[Any], own: dict[str, Any]) -> Mesh:
    mesh = trimesh.Trimesh(vertices, faces, process=False, **own)
    if "vertex_normals" not in own:
        # STL repeats a vertex for every triangle: joined, or each triangle would be its own facet.
        mesh.merge_vertices()
    colors = mesh.visual.vertex_colors if "vertex_colors" in own else None
    return Mesh(
        name=name,
        points_mm=np.ascontiguousarray(mesh.vertices, np.float32),
        normals=_normals(mesh),
        triangles=np.ascontiguousarray(mesh.faces, np.uint32),
        colors=None if colors is None else np.ascontiguousarray(colors, np.uint8),
    )


def _normals(mesh: trimesh.Trimesh) -> NDArray[np.float32]:
    """Unit length; +z where only flat triangles meet, which have none."""
    with np.errstate(all="ignore"):
        normals = np.array(mesh.vertex_normals, np.float32)
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        normals /= length
    normals[~np.isfinite(normals).all(axis=1)] = (0, 0, 1)
    return normals


def _gifti_bytes(path: Path) -> bytes:
    try:
        opened = gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")
        with opened as file:
            data = file.read(GIFTI_LIMIT_BYTES + 1)
    except (OSError, EOFError) as error:
        raise InputError(path, f"cannot be read: {_one_line(error)}") from None
    if len(data) > GIFTI_LIMIT_BYTES:
        raise InputError(path, f"is over {GIFTI_LIMIT_BYTES >> 20} MiB of XML; decimate it first")
    if b"ExternalFileBinary" in data:
        raise InputError(path, "keeps its data in another file; save it with the data inside")
    if b"<!ENTITY" in data:
        raise InputError(path, "defines XML entities, which no GIFTI needs")
    return data


def _gifti_notes(path: Path, pointsets: list[Any]) -> tuple[str, ...]:
    notes = []
    if len(pointsets) > 1:
        notes.append(f"{path.name} holds {len(pointsets)} sets of points; the first is shown")
    coordsys = pointsets[0].coordsys
    if coordsys is not None and not np.allclose(coordsys.xform, np.eye(4)):
        notes.append(f"{path.name} offers a transform to another space; it is not applied")
    return tuple(notes)


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 120 else text[:117] + "..."
