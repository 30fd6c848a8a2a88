"""The edges of the structures on the slices: found where triangles pass through a plane.

The surfaces are drawn once more, and a geometry shader makes a line of each triangle that a slice
meets. Only parts whose box a slice meets are sent, which leaves a few of a body's thousand.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.gpu import direct
from xrviewer.gpu.buffer import Buffer
from xrviewer.render.geometry import COMMAND_DTYPE, Geometry
from xrviewer.scene.draw import DrawData

AT_ONCE = 12
"""Rectangles that one run of the geometry shader looks at; as shaders/outline.geom says. Of more,
the surfaces are drawn once more for each dozen."""
_AHEAD_MM = 8.0
"""So much farther than a slice reaches parts are sent: it can go so far before they are others."""
_Wanted = list[tuple[float, float, float, float]]


class OutlinePass:
    """Owns the commands; made when a slice is first outlined."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self._buffer = Buffer(max(1, len(geometry.surfaces.parts)) * COMMAND_DTYPE.itemsize)
        self._boxes = Boxes(geometry.surfaces.parts)
        self._rows: object = None
        self._made_of: tuple[int, list[float]] = (-1, [])
        self._planes: _Wanted = []
        self.sent: NDArray[np.intp] = np.zeros(0, np.intp)
        """The numbers of the parts that are drawn."""

    @property
    def count(self) -> int:
        return len(self.sent)

    def write(self, draw: DrawData) -> None:
        """In most frames of a slice in the hand there is nothing to do."""
        if self._rows is draw.slices.rows and self._made_of[0] == draw.revision:
            return
        self._rows = draw.slices.rows
        rows = _outlined_rows(draw)
        made_of, planes = (draw.revision, rows["blend"][:, 1].tolist()), rows["case_over"].tolist()
        if made_of == self._made_of and self._boxes.are_near(planes, self._planes):
            return
        self._made_of, self._planes = made_of, planes
        self.sent = self._boxes.outlined(draw, _AHEAD_MM)
        commands = self.geometry.commands()[self.sent]
        commands["instance_count"] = self.geometry.instances * -(-len(planes) // AT_ONCE)
        self._buffer.write(commands)

    def draw(self) -> None:
        """Leaves its own commands bound: who draws parts next binds theirs."""
        direct.glBindBuffer(GL.GL_DRAW_INDIRECT_BUFFER, self._buffer.name)
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
        full = self._is_full
        ends = (low[full].min(axis=0), high[full].max(axis=0)) if full.any() else np.zeros((2, 3))
        self._middle: list[float] = ((ends[0] + ends[1]) / 2).tolist()
        self._radius_mm = float(np.linalg.norm(ends[1] - ends[0])) / 2

    def outlined(self, draw: DrawData, ahead_mm: float = 0.0) -> NDArray[np.intp]:
        """By number: those that are to be outlined and whose box one of the slices meets, or comes
        as near to as that."""
        rows = _outlined_rows(draw)
        wanted, over = rows["blend"][:, 1], rows["case_over"].astype(np.float64)
        off_mm = np.abs(self._middles @ over[:, :3].T + over[:, 3])
        is_met = off_mm <= self._halves @ np.abs(over[:, :3]).T + ahead_mm
        is_seen = draw.parts["color"][:, 3] > 0
        is_wanted = (wanted > 1.5) | ((wanted > 0.5) & is_seen[:, None])
        found: NDArray[np.intp] = np.flatnonzero((is_met & is_wanted).any(axis=1) & self._is_full)
        return found

    def are_near(self, planes: _Wanted, others: _Wanted) -> bool:
        """As many planes, and none of them moved so far anywhere among the parts that it would
        meet what it was not near to."""
        x, y, z = self._middle
        for plane, other in zip(planes, others, strict=True):
            if plane == other:  # mostly: a hand moves one
                continue
            (a, b, c, d), (e, f, g, h) = plane, other
            along = abs((a - e) * x + (b - f) * y + (c - g) * z + d - h)
            if along + math.hypot(a - e, b - f, c - g) * self._radius_mm > _AHEAD_MM:
                return False
        return True


def _outlined_rows(draw: DrawData) -> NDArray[Any]:
    """Of the slices, not of the cuts' faces."""
    slices = draw.slices
    rows: NDArray[Any] = slices.rows[: max(0, len(slices.rows) - slices.caps)]
    return rows


_ROUNDING_MM = 1e-3
"""The shader counts in 32 bits."""
