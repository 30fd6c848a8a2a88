"""Makes small glTF files byte by byte, right or wrong as a test needs them."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Json = dict[str, Any]

COMPONENTS = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}

TETRA_POINTS = np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 3]], np.float32)
TETRA_TRIANGLES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.uint32)
"""Counter-clockwise seen from outside; volume 1."""


class Builder:
    """A document and its one buffer; the document may be changed at will before writing."""

    def __init__(self) -> None:
        self.binary = bytearray()
        self.json: Json = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": []}],
            "nodes": [],
            "meshes": [],
            "accessors": [],
            "bufferViews": [],
        }

    def view(self, data: bytes, **more: Any) -> int:
        self.binary += bytes(-len(self.binary) % 4)
        place = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)}
        self.json["bufferViews"].append({**place, **more})
        self.binary += data
        return len(self.json["bufferViews"]) - 1

    def accessor(self, values: Any, dtype: str = "f4", **more: Any) -> int:
        """In a view of its own; `more` adds to the accessor or overrides it."""
        array = np.asarray(values, np.dtype("<" + dtype))
        described = self.describe(array, dtype) | {"bufferView": self.view(array.tobytes())}
        return self.add_accessor(described | more)

    def describe(self, array: NDArray[Any], dtype: str = "f4") -> Json:
        width = array.shape[1] if array.ndim == 2 else 1
        return {
            "componentType": COMPONENTS[dtype],
            "count": len(array),
            "type": TYPES[width],
        }

    def add_accessor(self, accessor: Json) -> int:
        self.json["accessors"].append(accessor)
        return len(self.json["accessors"]) - 1

    def primitive(self, points: Any, triangles: Any = None, **attributes: Any) -> Json:
        """Triangles as u2 indices; attributes are accessor numbers."""
        made: Json = {"attributes": {"POSITION": self.accessor(points), **attributes}}
        if triangles is not None:
            made["indices"] = self.accessor(np.ravel(triangles), "u2")
        return made

    def mesh(self, *primitives: Json, **more: Any) -> int:
        self.json["meshes"].append({"primitives": list(primitives), **more})
        return len(self.json["meshes"]) - 1

    def node(self, parent: int | None = None, **node: Any) -> int:
        """A root of the scene, or a child."""
        self.json["nodes"].append(node)
        index = len(self.json["nodes"]) - 1
        roots: list[int] = self.json["scenes"][0]["nodes"]
        (roots if parent is None else self.json["nodes"][parent].setdefault("children", [])).append(
            index
        )
        return index

    def tetra(self, name: str = "tetra", parent: int | None = None, **node: Any) -> int:
        mesh = self.mesh(self.primitive(TETRA_POINTS, TETRA_TRIANGLES))
        return self.node(parent, name=name, mesh=mesh, **node)

    def document(self) -> bytes:
        return json.dumps({k: v for k, v in self.json.items() if v != []}).encode()

    def glb(self, path: Path) -> Path:
        self.json.setdefault("buffers", [{"byteLength": len(self.binary)}])
        path.write_bytes(glb_bytes(self.document(), bytes(self.binary)))
        return path

    def gltf(self, path: Path, uri: str | None = None) -> Path:
        """With a data URI, or the URI given; the caller puts the file there."""
        packed = base64.b64encode(bytes(self.binary)).decode()
        uri = uri or f"data:application/octet-stream;base64,{packed}"
        self.json["buffers"] = [{"byteLength": len(self.binary), "uri": uri}]
        path.write_bytes(self.document())
        return path


def glb_bytes(document: bytes, binary: bytes = b"") -> bytes:
    chunks = chunk(b"JSON", document + b" " * (-len(document) % 4))
    if binary:
        chunks += chunk(b"BIN\0", binary + bytes(-len(binary) % 4))
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("<I4s", len(data), kind) + data


def in_case_mm(model_m: Any) -> NDArray[np.float64]:
    """What a point of the model frame is in the case: (x, -z, y) in millimetres."""
    x, y, z = np.moveaxis(np.asarray(model_m, np.float64), -1, 0)
    return 1000 * np.stack([x, -z, y], axis=-1)
