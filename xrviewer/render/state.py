"""Everything that may change between frames, in one buffer: the frame, the parts, the commands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.gpu import direct
from xrviewer.gpu.buffer import Buffer
from xrviewer.render.frame import FRAME_DTYPE, frame_block
from xrviewer.render.geometry import COMMAND_DTYPE
from xrviewer.scene.draw import PART_DRAW_DTYPE, DrawData
from xrviewer.spatial.views import View


class FrameState:
    """A copy on the CPU is kept up to date and sent in one write: all of it when a part changed,
    else the frame alone."""

    def __init__(self, commands: NDArray[Any], instances: int) -> None:
        """commands: COMMAND_DTYPE, one a part; drawn once for the solids, once for the others."""
        alignment = int(GL.glGetIntegerv(GL.GL_SHADER_STORAGE_BUFFER_OFFSET_ALIGNMENT))
        count = len(commands)
        self._instances = np.uint32(instances)
        self._commands_size = count * COMMAND_DTYPE.itemsize
        parts_at = _aligned(FRAME_DTYPE.itemsize, alignment)
        self.solids_at = _aligned(parts_at + max(1, count) * PART_DRAW_DTYPE.itemsize, alignment)
        self.see_through_at = self.solids_at + self._commands_size
        self._mirror = np.zeros(self.see_through_at + self._commands_size, np.uint8)
        self._frame = self._mirror[: FRAME_DTYPE.itemsize].data
        self._address = self._mirror.ctypes.data
        self._parts = self._view(parts_at, count, PART_DRAW_DTYPE).view(np.uint8)
        solids = self._view(self.solids_at, count, COMMAND_DTYPE)
        see_through = self._view(self.see_through_at, count, COMMAND_DTYPE)
        solids[:] = see_through[:] = commands
        self._solid_counts = solids["instance_count"]
        self._see_through_counts = see_through["instance_count"]
        self._opacities = b""
        self._buffer = Buffer.holding(self._mirror)
        self._revision: int | None = None
        self.has_solids = self.has_see_through = False
        self._bind(parts_at)

    def bind_commands(self) -> None:
        """Again, where others were bound."""
        direct.glBindBuffer(GL.GL_DRAW_INDIRECT_BUFFER, self._buffer.name)

    def write(self, draw: DrawData, views: tuple[View, ...]) -> None:
        self._frame[:] = frame_block(draw, views)
        if draw.revision == self._revision:
            self._buffer.send(self._address, FRAME_DTYPE.itemsize)
            return
        self._parts[:] = draw.parts.view(np.uint8)  # as bytes: ten times faster than by fields
        self._count(draw)
        self._buffer.send(self._address, self._mirror.nbytes)
        self._revision = draw.revision

    def close(self) -> None:
        self._buffer.close()

    def _count(self, draw: DrawData) -> None:
        """How often each command draws its part; nothing new where no opacity is."""
        opacities = draw.parts["color"][:, 3].tobytes()
        if opacities == self._opacities:
            return
        self._opacities = opacities
        solid, see_through = draw.solid_and_see_through()
        np.multiply(solid, self._instances, out=self._solid_counts)
        np.multiply(see_through, self._instances, out=self._see_through_counts)
        self.has_solids, self.has_see_through = bool(solid.any()), bool(see_through.any())

    def _view(self, at: int, count: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        return self._mirror[at : at + count * dtype.itemsize].view(dtype)

    def _bind(self, parts_at: int) -> None:
        name = self._buffer.name
        GL.glBindBufferRange(GL.GL_UNIFORM_BUFFER, 0, name, 0, FRAME_DTYPE.itemsize)
        size = self.solids_at - parts_at
        GL.glBindBufferRange(GL.GL_SHADER_STORAGE_BUFFER, 1, name, parts_at, size)
        self.bind_commands()


def _aligned(size: int, to: int) -> int:
    return -(-size // to) * to
