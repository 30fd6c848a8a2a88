"""glTF 2.0 to the parts of a case and back.

`container` finds the bytes, `schema` types the JSON, `accessors` turn bytes into arrays,
`geometry` turns primitives into triangles, `tree` places them, `packing` lays them out as
Surfaces; `reader` and `writer` are the two doors.
"""

from xrviewer.caseio.gltf.reader import GltfParts, read_gltf
from xrviewer.caseio.gltf.writer import write_glb

__all__ = ["GltfParts", "read_gltf", "write_glb"]
