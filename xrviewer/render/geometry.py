"""The surfaces on the GPU: one vertex buffer, one index buffer, one draw call for all parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.case.surfaces import Surfaces
from xrviewer.gpu import direct
from xrviewer.gpu.buffer import Buffer
from xrviewer.gpu.vertices import VertexArray

COMMAND_DTYPE = np.dtype(
    [
        ("count", "u4"),
        ("instance_count", "u4"),
        ("first_index", "u4"),
        ("base_vertex", "i4"),
        ("base_instance", "u4"),
    ]
)
"""DrawElementsIndirectCommand of OpenGL."""

_VALUE_BYTES = 4
_MOST_INSTANCES = 1 << 10
"""Of one part in one call."""
_UNDEFINED = -1e30
"""Interpolated with any value it stays far below DEFINED_FROM in shaders/lib/map.glsl."""


class Geometry:
    """Uploaded once; drawn with commands that say which parts."""

    def __init__(self, surfaces: Surfaces, instances: int) -> None:
        """instances: how many times each part is drawn at once, one an eye in a single pass."""
        self.surfaces = surfaces
        self.instances = instances
        self._parts = len(surfaces.parts)
        self.triangles = int(surfaces.parts["triangle_count"].sum())
        points, normals = surfaces.positions_mm, surfaces.normals
        self._vertices = Buffer(points.nbytes + normals.nbytes)
        self._vertices.write(points)
        self._vertices.write(normals, points.nbytes)
        self._values = Buffer(max(1, len(points)) * _VALUE_BYTES)
        self._indices = Buffer.holding(surfaces.triangles)
        self._part_numbers = Buffer.holding(np.arange(len(surfaces.parts), dtype=np.uint32))
        self._array = VertexArray(self._indices)
        self._array.floats(0, self._vertices, 0, 3)
        self._array.floats(1, self._vertices, points.nbytes, 3)
        self._array.floats(3, self._values, 0, 1)
        self.write_values(None)
        # An attribute that never steps starts at the command's base instance, so it gives the
        # shader its part number without the draw-parameters extension.
        self._array.uint_per_instance(2, self._part_numbers, _MOST_INSTANCES)

    def write_values(self, values: NDArray[np.float32] | None) -> None:
        """A number a vertex, NaN where there is none; None where there is none at all."""
        if values is None:
            values = np.full(len(self.surfaces.positions_mm), np.nan, np.float32)
        self._values.write(np.nan_to_num(values, nan=_UNDEFINED).astype(np.float32, copy=False))

    def commands(self) -> NDArray[Any]:
        """One a part, drawn or not, so that a part's number is its command's place."""
        parts = self.surfaces.parts
        commands: NDArray[Any] = np.zeros(len(parts), COMMAND_DTYPE)
        commands["count"] = parts["triangle_count"] * 3
        commands["first_index"] = parts["triangle_first"] * 3
        commands["base_vertex"] = parts["vertex_first"]
        commands["base_instance"] = np.arange(len(parts))
        return commands

    def bind(self) -> None:
        self._array.bind()

    def draw(self, command_offset: int, count: int | None = None) -> None:
        """Every part, or so many commands, in one call; they lie in the bound indirect buffer."""
        if count is None:
            count = self._parts
        direct.glMultiDrawElementsIndirect(
            GL.GL_TRIANGLES, GL.GL_UNSIGNED_INT, command_offset, count, 0
        )

    def close(self) -> None:
        for owned in (self._array, self._part_numbers, self._indices, self._values, self._vertices):
            owned.close()
