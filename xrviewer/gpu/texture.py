"""Images on the GPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL
from OpenGL.error import GLError

from xrviewer.errors import GraphicsError
from xrviewer.gpu.owned import Owned


class LayeredTexture(Owned):
    """A 2-D array texture, one layer an eye; multisampled when samples > 0.

    A driver may give more samples than were asked for; `samples` says how many it gave.
    """

    def __init__(
        self, internal_format: int, width: int, height: int, layers: int, samples: int = 0
    ) -> None:
        self.width, self.height, self.layers, self.samples = width, height, layers, samples
        names = np.zeros(1, np.uint32)
        many = GL.GL_TEXTURE_2D_MULTISAMPLE_ARRAY if samples > 0 else GL.GL_TEXTURE_2D_ARRAY
        GL.glCreateTextures(many, 1, names)
        super().__init__(int(names[0]))
        try:
            self._store(internal_format)
        except GLError as error:
            self.close()
            raise GraphicsError(
                f"the graphics driver has no room for a picture of {width}x{height} pixels: "
                "choose a smaller size"
            ) from error

    def _store(self, internal_format: int) -> None:
        size = (self.width, self.height, self.layers)
        if self.samples > 0:
            GL.glTextureStorage3DMultisample(self.name, self.samples, internal_format, *size, True)
            given = np.zeros(1, np.int32)
            GL.glGetTextureLevelParameteriv(self.name, 0, GL.GL_TEXTURE_SAMPLES, given)
            self.samples = int(given[0])
        else:
            GL.glTextureStorage3D(self.name, 1, internal_format, *size)
            self._clamp()

    def _clamp(self) -> None:
        for parameter in (GL.GL_TEXTURE_WRAP_S, GL.GL_TEXTURE_WRAP_T):
            GL.glTextureParameteri(self.name, parameter, GL.GL_CLAMP_TO_EDGE)
        for parameter in (GL.GL_TEXTURE_MIN_FILTER, GL.GL_TEXTURE_MAG_FILTER):
            GL.glTextureParameteri(self.name, parameter, GL.GL_LINEAR)

    def _free(self, name: int) -> None:
        GL.glDeleteTextures(1, [name])


class PlainTexture(Owned):
    """One image to draw into, with room for its smaller copies."""

    def __init__(self, internal_format: int, width: int, height: int) -> None:
        self.width, self.height = width, height
        names = np.zeros(1, np.uint32)
        GL.glCreateTextures(GL.GL_TEXTURE_2D, 1, names)
        super().__init__(int(names[0]))
        levels = max(height, width).bit_length()
        GL.glTextureStorage2D(self.name, levels, internal_format, width, height)
        for parameter in (GL.GL_TEXTURE_WRAP_S, GL.GL_TEXTURE_WRAP_T):
            GL.glTextureParameteri(self.name, parameter, GL.GL_CLAMP_TO_EDGE)
        GL.glTextureParameteri(self.name, GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR_MIPMAP_LINEAR)

    def write(self, picture: NDArray[np.uint8]) -> None:
        """The whole of its largest level, from (height, width, 4) with the top row first."""
        rows = np.ascontiguousarray(picture[::-1])
        size = (self.width, self.height)
        GL.glTextureSubImage2D(self.name, 0, 0, 0, *size, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, rows)

    def _free(self, name: int) -> None:
        GL.glDeleteTextures(1, [name])


class GrayTexture(Owned):
    """One byte a pixel, uploaded once, with its smaller copies: read at any size."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        """(height, width), the first row at 0 in the texture; the width divides by 4."""
        height, width = pixels.shape
        names = np.zeros(1, np.uint32)
        GL.glCreateTextures(GL.GL_TEXTURE_2D, 1, names)
        super().__init__(int(names[0]))
        levels = max(height, width).bit_length()
        GL.glTextureStorage2D(self.name, levels, GL.GL_R8, width, height)
        pointer = GL.GLvoidp(pixels.ctypes.data)
        GL.glTextureSubImage2D(
            self.name, 0, 0, 0, width, height, GL.GL_RED, GL.GL_UNSIGNED_BYTE, pointer
        )
        GL.glGenerateTextureMipmap(self.name)
        GL.glTextureParameteri(self.name, GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR_MIPMAP_LINEAR)

    def _free(self, name: int) -> None:
        GL.glDeleteTextures(1, [name])


class VolumeTexture(Owned):
    """Whole numbers in three dimensions, kept exactly: what lies between them is the shader's work.

    An integer format cannot be filtered by the hardware, whose weights have 8 bits: at a narrow
    window that is several grey steps.
    """

    def __init__(self, shape: tuple[int, int, int], dtype: np.dtype[Any]) -> None:
        """dtype: int16 or int32. Raises GraphicsError where the card has no room for it."""
        self.shape, self.dtype = shape, dtype
        names = np.zeros(1, np.uint32)
        GL.glCreateTextures(GL.GL_TEXTURE_3D, 1, names)
        super().__init__(int(names[0]))
        stored = GL.GL_R16I if dtype == np.int16 else GL.GL_R32I
        try:
            GL.glTextureStorage3D(self.name, 1, stored, *shape)
        except GLError as error:
            self.close()
            raise GraphicsError(f"the graphics card has no room for {shape} voxels") from error
        for parameter in (GL.GL_TEXTURE_MIN_FILTER, GL.GL_TEXTURE_MAG_FILTER):
            GL.glTextureParameteri(self.name, parameter, GL.GL_NEAREST)

    def write(self, first: int, planes: NDArray[Any]) -> None:
        """Planes k from the first one on: (I, J, n), Fortran order."""
        i, j, n = planes.shape
        kind = GL.GL_SHORT if self.dtype == np.int16 else GL.GL_INT
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 1)
        pointer = GL.GLvoidp(planes.ctypes.data)
        where = (0, 0, first, i, j, n)
        GL.glTextureSubImage3D(self.name, 0, *where, GL.GL_RED_INTEGER, kind, pointer)
        GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 4)

    def _free(self, name: int) -> None:
        GL.glDeleteTextures(1, [name])


@dataclass(frozen=True, slots=True)
class BorrowedTexture:
    """A texture that somebody else made and will free."""

    name: int
