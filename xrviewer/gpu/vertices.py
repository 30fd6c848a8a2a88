"""Where the vertex shader's inputs come from."""

from __future__ import annotations

from typing import Any

import numpy as np
from OpenGL import GL

from xrviewer.gpu.buffer import Buffer
from xrviewer.gpu.owned import Owned


class VertexArray(Owned):
    """Attributes read from buffers that somebody else owns; attribute n has binding n."""

    def __init__(self, indices: Buffer | None = None) -> None:
        names = np.zeros(1, np.uint32)
        GL.glCreateVertexArrays(1, names)
        super().__init__(int(names[0]))
        if indices is not None:
            GL.glVertexArrayElementBuffer(self.name, indices.name)

    def floats(self, attribute: int, buffer: Buffer, offset: int, components: int) -> None:
        """Tightly packed float32 vectors."""
        self._attach(attribute, buffer, offset, 4 * components)
        GL.glVertexArrayAttribFormat(self.name, attribute, components, GL.GL_FLOAT, False, 0)

    def uint_per_instance(self, attribute: int, buffer: Buffer, divisor: int) -> None:
        """One uint32 that steps every `divisor` instances."""
        self._attach(attribute, buffer, 0, 4)
        GL.glVertexArrayAttribIFormat(self.name, attribute, 1, GL.GL_UNSIGNED_INT, 0)
        GL.glVertexArrayBindingDivisor(self.name, attribute, divisor)

    def interleaved(self, buffer: Buffer, dtype: np.dtype[Any]) -> None:
        """One attribute a field, in the order of the record; bytes are read as shares of 255."""
        for attribute, name in enumerate(dtype.names or ()):
            field, offset = dtype[name], dtype.fields[name][1] if dtype.fields else 0
            is_byte, count = field.base == np.uint8, field.shape[0]
            kind = GL.GL_UNSIGNED_BYTE if is_byte else GL.GL_FLOAT
            self._attach(attribute, buffer, offset, dtype.itemsize)
            GL.glVertexArrayAttribFormat(self.name, attribute, count, kind, is_byte, 0)

    def bind(self) -> None:
        GL.glBindVertexArray(self.name)

    def _attach(self, attribute: int, buffer: Buffer, offset: int, stride: int) -> None:
        GL.glEnableVertexArrayAttrib(self.name, attribute)
        GL.glVertexArrayVertexBuffer(self.name, attribute, buffer.name, offset, stride)
        GL.glVertexArrayAttribBinding(self.name, attribute, attribute)

    def _free(self, name: int) -> None:
        GL.glDeleteVertexArrays(1, [name])
