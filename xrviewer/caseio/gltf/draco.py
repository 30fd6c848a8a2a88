"""KHR_draco_mesh_compression, decoded by DracoPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import DracoPy
import numpy as np
from numpy.typing import NDArray

from xrviewer.caseio.gltf.accessors import Accessors
from xrviewer.caseio.gltf.faults import UnreadableError
from xrviewer.caseio.gltf.schema import Draco, Primitive


@dataclass(frozen=True, slots=True)
class Decoded:
    """The arrays of one compressed primitive, by glTF attribute name."""

    attributes: dict[str, NDArray[Any]]
    triangles: NDArray[np.uint32]


def decode(accessors: Accessors, primitive: Primitive, draco: Draco) -> Decoded:
    mesh = _mesh(accessors.bytes_of(draco.buffer_view))
    by_id = {a["unique_id"]: a["data"] for a in mesh.attributes}
    found: dict[str, NDArray[Any]] = {}
    for name, unique_id in draco.attributes.items():
        if name not in primitive.attributes or unique_id not in by_id:
            raise UnreadableError(f"Draco data lacks attribute {name}")
        found[name] = _checked(accessors, primitive.attributes[name], by_id[unique_id])
    return Decoded(found, np.asarray(mesh.faces, np.uint32).reshape(-1, 3))


def _mesh(packed: bytes) -> Any:
    # DracoPy names several exceptions of its own beside ValueError, none with a common base;
    # whatever it says, the mesh is lost and the file is not.
    try:
        mesh = DracoPy.decode(packed)
    except Exception as error:
        raise UnreadableError("Draco data is damaged") from error
    if not hasattr(mesh, "faces"):
        raise UnreadableError("Draco data holds points, not triangles")
    return mesh


def _checked(accessors: Accessors, index: int, data: NDArray[Any]) -> NDArray[Any]:
    """The accessor tells how many there must be, and whether integers are fractions."""
    accessor = accessors.get(index)
    values = data.reshape(len(data), -1)
    if len(values) != accessor.count:
        raise UnreadableError(f"Draco data has {len(values)} vertices, not {accessor.count}")
    if accessor.normalized and values.dtype.kind in "iu":
        limit = np.iinfo(values.dtype).max
        values = np.maximum(values.astype(np.float32) / np.float32(limit), np.float32(-1))
    floats: NDArray[Any] = values.astype(np.float32, copy=False)
    return floats
