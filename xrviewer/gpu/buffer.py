"""A block of memory on the GPU."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.gpu import direct
from xrviewer.gpu.owned import Owned

_LITTLE = 1 << 14


class Buffer(Owned):
    """Fixed size; its content may be rewritten."""

    def __init__(self, size: int) -> None:
        names = np.zeros(1, np.uint32)
        GL.glCreateBuffers(1, names)
        super().__init__(int(names[0]))
        self.size = max(size, 4)
        GL.glNamedBufferStorage(self.name, self.size, None, GL.GL_DYNAMIC_STORAGE_BIT)

    @classmethod
    def holding(cls, data: NDArray[Any]) -> Buffer:
        buffer = cls(data.nbytes)
        buffer.write(data)
        return buffer

    def write(self, data: NDArray[Any], offset: int = 0) -> None:
        """One call, whatever the size; the data may be reused at once."""
        if data.nbytes:
            # Where an array lies is found more slowly than a little of it is copied.
            source = data.tobytes() if data.nbytes <= _LITTLE else data.ctypes.data
            self.send(source, data.nbytes, offset)

    def send(self, source: int | bytes, size: int, offset: int = 0) -> None:
        """As write(), from an address."""
        direct.glNamedBufferSubData(self.name, offset, size, source)

    def _free(self, name: int) -> None:
        GL.glDeleteBuffers(1, [name])
