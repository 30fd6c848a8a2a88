"""The parts of a case as one GLB that the Khronos validator has nothing to say about.

Layout: one root node with MODEL_FROM_CASE, a node a group, a node a layer in the order of the
parts. All positions lie in one buffer view, all normals in the next, then colours, each map,
and all indices, in the order of the parts: the reader takes each as one view of the file.

glTF forbids NaN, so an undefined value of a map is written as UNDEFINED, the most negative
float32, and the accessor says so in its extras: {"undefined": -3.4028234663852886e+38}.
A part with no defined value at all leaves the attribute out.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Group, Layer
from xrviewer.case.surfaces import Surfaces
from xrviewer.caseio.gltf.colors import linear_from_srgb, linear_u16
from xrviewer.caseio.gltf.normals import repaired
from xrviewer.errors import GltfError
from xrviewer.spatial.frames import MODEL_FROM_CASE

UNDEFINED = float(np.finfo(np.float32).min)

_VERTICES, _INDICES = 34962, 34963
_TYPES = {1: "SCALAR", 3: "VEC3", 4: "VEC4"}
_COMPONENTS = {"float32": 5126, "uint32": 5125, "uint16": 5123}
_ROUGHNESS = 0.55

_Json = dict[str, Any]


def write_glb(
    path: Path, surfaces: Surfaces, layers: Sequence[Layer], groups: Sequence[Group] = ()
) -> None:
    """Writes parts, in order, under their layers' groups. The same input gives the same bytes.

    Raises GltfError for a part without a layer or a vertex that is not finite.
    """
    by_id = {layer.id: layer for layer in layers}
    for part_id in surfaces.part_ids:
        if part_id not in by_id:
            raise GltfError(path, f"part {part_id!r} has no layer to be written under")
    if not np.isfinite(surfaces.positions_mm).all():
        raise GltfError(path, "a vertex is not a finite point; nothing was written")
    shown = [by_id[part_id] for part_id in surfaces.part_ids]
    binary = _Binary()
    meshes = _meshes(binary, surfaces, shown)
    nodes = _nodes(shown, groups, _mesh_numbers(surfaces))
    document: _Json = {
        "asset": {"version": "2.0", "generator": "xrviewer"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": nodes,
    }
    if meshes:
        full = [shown[i] for i in _full(surfaces)]
        document |= {"meshes": meshes, "materials": [_material(layer) for layer in full]}
        document |= binary.json()
    _write(path, document, binary.data)


class _Binary:
    """The BIN chunk as it grows: a buffer view a kind of data, an accessor a part."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._views: list[_Json] = []
        self._accessors: list[_Json] = []

    def view(self, array: NDArray[Any], target: int) -> None:
        """Starts a buffer view; the accessors that follow lie in it."""
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": array.nbytes}
        if target == _VERTICES:
            view["byteStride"] = array.strides[0]
        self._views.append({**view, "target": target})
        self.data += array.tobytes()

    def accessor(self, first: int, array: NDArray[Any], **more: Any) -> int:
        """Of an array's rows, which begin at row `first` of the current view."""
        width = array.shape[1] if array.ndim == 2 else 1
        accessor = {
            "bufferView": len(self._views) - 1,
            "byteOffset": first * array.itemsize * width,
            "componentType": _COMPONENTS[array.dtype.name],
            "count": len(array),
            "type": _TYPES[width],
        }
        self._accessors.append({**accessor, **more})
        return len(self._accessors) - 1

    def json(self) -> _Json:
        return {
            "accessors": self._accessors,
            "bufferViews": self._views,
            "buffers": [{"byteLength": len(self.data)}],
        }


def _full(surfaces: Surfaces) -> list[int]:
    """Parts that have triangles: glTF knows no empty mesh."""
    return [int(i) for i in np.flatnonzero(surfaces.parts["triangle_count"])]


def _mesh_numbers(surfaces: Surfaces) -> list[int | None]:
    numbers: list[int | None] = [None] * len(surfaces.part_ids)
    for number, part in enumerate(_full(surfaces)):
        numbers[part] = number
    return numbers


def _meshes(binary: _Binary, surfaces: Surfaces, shown: Sequence[Layer]) -> list[_Json]:
    full = _full(surfaces)
    if not full:
        return []
    rows = [_rows(surfaces, part) for part in full]
    attributes: list[_Json] = [{} for _ in full]
    _add_points(binary, surfaces, rows, attributes)
    if surfaces.colors is not None:
        _add(binary, "COLOR_0", linear_u16(surfaces.colors), rows, attributes, normalized=True)
    for name in sorted(surfaces.maps):
        _add_map(binary, name, surfaces.maps[name].values, rows, attributes)
    indices = _add_indices(binary, surfaces, full)
    return [
        {
            "name": shown[part].name,
            "primitives": [{"attributes": own, "indices": index, "material": number}],
        }
        for number, (part, own, index) in enumerate(zip(full, attributes, indices, strict=True))
    ]


def _rows(surfaces: Surfaces, part: int) -> slice:
    row = surfaces.parts[part]
    first = int(row["vertex_first"])
    return slice(first, first + int(row["vertex_count"]))


def _add_points(
    binary: _Binary, surfaces: Surfaces, rows: Sequence[slice], attributes: Sequence[_Json]
) -> None:
    points = np.ascontiguousarray(surfaces.positions_mm, np.float32)
    binary.view(points, _VERTICES)
    for own, row in zip(attributes, rows, strict=True):
        low, high = points[row].min(axis=0).tolist(), points[row].max(axis=0).tolist()
        own["POSITION"] = binary.accessor(row.start, points[row], min=low, max=high)
    normals = repaired(surfaces.normals, points, surfaces.triangles, surfaces.parts)
    _add(binary, "NORMAL", np.ascontiguousarray(normals, np.float32), rows, attributes)


def _add(
    binary: _Binary,
    name: str,
    values: NDArray[Any],
    rows: Sequence[slice],
    attributes: Sequence[_Json],
    **more: Any,
) -> None:
    binary.view(values, _VERTICES)
    for own, row in zip(attributes, rows, strict=True):
        own[name] = binary.accessor(row.start, values[row], **more)


def _add_map(
    binary: _Binary,
    name: str,
    values: NDArray[np.float32],
    rows: Sequence[slice],
    attributes: Sequence[_Json],
) -> None:
    is_defined = np.isfinite(values)
    if not is_defined.any():
        return
    marked = np.where(is_defined, values, np.float32(UNDEFINED)).astype(np.float32)
    binary.view(marked, _VERTICES)
    for own, row in zip(attributes, rows, strict=True):
        inside = is_defined[row]
        if inside.any():
            extras = {} if inside.all() else {"extras": {"undefined": UNDEFINED}}
            own[f"_{name.upper()}"] = binary.accessor(row.start, marked[row], **extras)


def _add_indices(binary: _Binary, surfaces: Surfaces, full: Sequence[int]) -> list[int]:
    flat = np.ascontiguousarray(surfaces.triangles, np.uint32).reshape(-1)
    binary.view(flat, _INDICES)
    found = []
    for part in full:
        first = 3 * int(surfaces.parts["triangle_first"][part])
        count = 3 * int(surfaces.parts["triangle_count"][part])
        found.append(binary.accessor(first, flat[first : first + count]))
    return found


def _material(layer: Layer) -> _Json:
    color = layer.color
    linear = linear_from_srgb([color.red, color.green, color.blue]).tolist()
    material: _Json = {
        "name": layer.name,
        "pbrMetallicRoughness": {
            "baseColorFactor": [*linear, layer.opacity],
            "metallicFactor": 0,
            "roughnessFactor": _ROUGHNESS,
        },
    }
    return material | ({"alphaMode": "BLEND"} if layer.opacity < 1 else {})


def _nodes(
    shown: Sequence[Layer], groups: Sequence[Group], meshes: Sequence[int | None]
) -> list[_Json]:
    """Root, groups that lead to a layer, layers."""
    used = _used_groups(shown, groups)
    number = {group.id: 1 + i for i, group in enumerate(used)}
    nodes: list[_Json] = [{"name": "case", "matrix": MODEL_FROM_CASE.T.reshape(-1).tolist()}]
    nodes += [{"name": group.name} for group in used]
    parents = [number.get(group.parent or "", 0) for group in used]
    for layer, mesh in zip(shown, meshes, strict=True):
        shape = {} if mesh is None else {"mesh": mesh}
        nodes.append({"name": layer.name, **shape, "extras": {"layer": layer.id}})
        parents.append(number.get(layer.group or "", 0))
    for child, parent in enumerate(parents, start=1):
        nodes[parent].setdefault("children", []).append(child)
    return nodes


def _used_groups(shown: Sequence[Layer], groups: Sequence[Group]) -> list[Group]:
    """Those on the way from a layer to the root; a ring of parents leads nowhere."""
    by_id = {group.id: group for group in groups}
    used: set[str] = set()
    for layer in shown:
        way: list[str] = []
        at = by_id.get(layer.group or "")
        while at is not None and at.id not in way:
            way.append(at.id)
            at = by_id.get(at.parent or "")
        if at is None:
            used.update(way)
    return [group for group in groups if group.id in used]


def _write(path: Path, document: _Json, binary: bytearray) -> None:
    text = msgspec.json.encode(document)
    text += b" " * (-len(text) % 4)
    length = 20 + len(text) + (8 + len(binary) if binary else 0)
    # A file that is open here as views of its bytes must live on under its readers.
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        file.write(struct.pack("<4sII", b"glTF", 2, length))
        file.write(struct.pack("<II", len(text), 0x4E4F534A) + text)
        if binary:
            file.write(struct.pack("<II", len(binary), 0x004E4942))
            file.write(binary)
