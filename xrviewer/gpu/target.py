"""Where pixels go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.errors import GraphicsError
from xrviewer.gpu.owned import Owned
from xrviewer.gpu.readback import read_pixels
from xrviewer.gpu.texture import LayeredTexture

_LARGEST = 4096
"""At four samples that is a gigabyte of images: a picture beyond it is drawn in pieces."""


@dataclass(frozen=True, slots=True)
class RenderTarget:
    """Framebuffers that somebody else owns, one a view."""

    framebuffers: tuple[int, ...]
    """OpenGL names; 0 is the window."""
    width: int
    height: int
    is_srgb: bool
    """GL_FRAMEBUFFER_SRGB encodes on write; else the shader does."""
    has_depth: bool = False
    """A float depth attachment that wants the scene's depth (reverse-Z)."""
    layered: int | None = None
    """A framebuffer of all the views at once, a layer each, where there is one."""


class Image(Protocol):
    """Anything with the OpenGL name of a texture: ours, or a headset's."""

    @property
    def name(self) -> int: ...


class Framebuffer(Owned):
    """Attachments by draw-buffer slot, all layers at once or one layer of each texture."""

    def __init__(
        self,
        colors: Mapping[int, Image],
        depth: Image | None = None,
        layer: int | None = None,
    ) -> None:
        names = np.zeros(1, np.uint32)
        GL.glCreateFramebuffers(1, names)
        super().__init__(int(names[0]))
        for slot, texture in colors.items():
            self._attach(GL.GL_COLOR_ATTACHMENT0 + slot, texture, layer)
        if depth is not None:
            self._attach(GL.GL_DEPTH_ATTACHMENT, depth, layer)
        slots = max(colors, default=-1) + 1
        buffers = [GL.GL_COLOR_ATTACHMENT0 + i if i in colors else GL.GL_NONE for i in range(slots)]
        GL.glNamedFramebufferDrawBuffers(self.name, slots, np.array(buffers, np.uint32))
        self._check()

    def _attach(self, point: int, texture: Image, layer: int | None) -> None:
        if layer is None:
            GL.glNamedFramebufferTexture(self.name, point, texture.name, 0)
        else:
            GL.glNamedFramebufferTextureLayer(self.name, point, texture.name, 0, layer)

    def _check(self) -> None:
        status = GL.glCheckNamedFramebufferStatus(self.name, GL.GL_DRAW_FRAMEBUFFER)
        if status != GL.GL_FRAMEBUFFER_COMPLETE:
            self.close()
            raise GraphicsError(f"the graphics driver refuses a framebuffer (status {status:#x})")

    def _free(self, name: int) -> None:
        GL.glDeleteFramebuffers(1, [name])


class Canvas:
    """A target of our own, to be read back: sRGB, one layer a view."""

    def __init__(self, width: int, height: int, layers: int = 1) -> None:
        self._image = LayeredTexture(GL.GL_SRGB8_ALPHA8, width, height, layers)
        self._framebuffers = [Framebuffer({0: self._image}, None, i) for i in range(layers)]
        self._layered = Framebuffer({0: self._image})
        names = tuple(f.name for f in self._framebuffers)
        self.target = RenderTarget(names, width, height, True, layered=self._layered.name)

    @property
    def texture(self) -> int:
        """An array of layers, for who shares this context's objects."""
        return self._image.name

    def picture(self, layer: int = 0) -> NDArray[np.uint8]:
        """(height, width, 4), top row first."""
        name = self._framebuffers[layer].name
        return read_pixels(name, self.target.width, self.target.height)

    def close(self) -> None:
        for framebuffer in (self._layered, *self._framebuffers):
            framebuffer.close()
        self._image.close()


def largest_target() -> int:
    """Pixels along a side of what can be drawn at once, multisampled, without much memory."""
    reach = GL.glGetIntegerv(GL.GL_MAX_VIEWPORT_DIMS)
    return min(_LARGEST, int(GL.glGetIntegerv(GL.GL_MAX_TEXTURE_SIZE)), *map(int, reach))


def window_target(width: int, height: int) -> RenderTarget:
    """The current window's own framebuffer; drivers differ in whether it encodes sRGB."""
    encoding = np.zeros(1, np.int32)
    what = GL.GL_FRAMEBUFFER_ATTACHMENT_COLOR_ENCODING
    GL.glGetNamedFramebufferAttachmentParameteriv(0, GL.GL_BACK_LEFT, what, encoding)
    return RenderTarget((0,), width, height, is_srgb=int(encoding[0]) == int(GL.GL_SRGB))
