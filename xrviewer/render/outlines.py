"""The edges of the structures on the slices: found where triangles pass through a plane.

The surfaces are drawn once more, and a geometry shader makes a line of each triangle that a slice
meets. Only parts whose box a slice meets are sent, which leaves a few of a body's thousand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.gpu.buffer import Buffer
from xrviewer.render.geometry import COMMAND_DTYPE, Geometry
from xrviewer.scene.draw import DrawData

MAX_OUTLINED = 12
"""Rectangles; as shaders/outline.geom says. A slice that has a screen has two."""


class OutlinePass:
    """Owns the commands; made when a slice is first outlined."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self._buffer = Buffer(max(1, len(geometry.surfaces.parts)) * COMMAND_DTYPE.itemsize)
        self._boxes = Boxes(geometry.surfaces.parts)
        self._made_of: tuple[object, int] | None = None
        self.count = 0
        """How many parts are drawn."""

    def write(self, draw: DrawData) -> None:
        made_of = (draw.slices.rows, draw.revision)
        known = self._made_of
        if known is not None and known[0] is made_of[0] and known[1] == made_of[1]:
            return
        self._made_of = made_of
        met = self._boxes.outlined(draw)
        self.count = len(met)
        commands = self.geometry.commands()[met]
        commands["instance_count"] = self.geometry.instances
        self._buffer.write(commands)

    def draw(self) -> None:
        """Leaves its own commands bound: who draws parts next binds theirs."""
        GL.glBindBuffer(GL.GL_DRAW_INDIRECT_BUFFER, self._buffer.name)
        self.geometry.draw(0, self.count)

    def close(self) -> None:
        self._buffer.close()


class Boxes:
    """Of the parts, as their planes are asked in each frame that a slice is in the hand."""

    def __init__(self, parts: NDArray[Any]) -> None:
        # Of an empty part the box is inside out, and infinite.
        self._is_full = parts["triangle_count"] > 0
        low, high = (
            np.where(self._is_full[:, None], parts[name], 0.0) for name in ("min_mm", "max_mm")
        )
        self._middles, self._halves = (low + high) / 2, (high - low) / 2 + _ROUNDING_MM

    def outlined(self, draw: DrawData) -> NDArray[np.intp]:
        """By number: those that are to be outlined and whose box one of the slices meets."""
        slices = draw.slices
        rows: NDArray[Any] = slices.rows[: max(0, len(slices.rows) - slices.caps)][:MAX_OUTLINED]
        wanted, over = rows["blend"][:, 1], rows["case_over"].astype(np.float64)
        off_mm = np.abs(self._middles @ over[:, :3].T + over[:, 3])
        is_met = off_mm <= self._halves @ np.abs(over[:, :3]).T
        is_seen = draw.parts["color"][:, 3] > 0
        is_wanted = (wanted > 1.5) | ((wanted > 0.5) & is_seen[:, None])
        found: NDArray[np.intp] = np.flatnonzero((is_met & is_wanted).any(axis=1) & self._is_full)
        return found


_ROUNDING_MM = 1e-3
"""The shader counts in 32 bits."""
