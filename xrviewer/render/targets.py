"""The renderer's own images, as large as the target it last drew for."""

from __future__ import annotations

from OpenGL import GL

from xrviewer.gpu.target import Framebuffer
from xrviewer.gpu.texture import LayeredTexture

# Draw-buffer slots as shaders/mesh.frag numbers its outputs.
_COLOR, _GATHERED, _COVERED = 0, 1, 2


class SceneImages:
    """Multisampled: colour and depth of the solids, sums of the see-through parts, occlusion."""

    def __init__(self, width: int, height: int, layers: int, samples: int) -> None:
        self.width, self.height, self.layers, self._wanted_samples = width, height, layers, samples
        self.color = self._image(GL.GL_SRGB8_ALPHA8)
        self.depth = self._image(GL.GL_DEPTH_COMPONENT32F)
        self.gathered = self._image(GL.GL_RGBA16F)
        self.covered = self._image(GL.GL_R8)
        half = ((width + 1) // 2, (height + 1) // 2)
        self.occlusion = LayeredTexture(GL.GL_RG16F, *half, layers)

    def _image(self, internal_format: int) -> LayeredTexture:
        return LayeredTexture(
            internal_format, self.width, self.height, self.layers, self._wanted_samples
        )

    @property
    def samples(self) -> int:
        """As many as the driver gave: resolving fewer would leave part of every pixel out."""
        return self.depth.samples

    def solids(self, layer: int | None) -> Framebuffer:
        return Framebuffer({_COLOR: self.color}, self.depth, layer)

    def see_through(self, layer: int | None) -> Framebuffer:
        colors = {_GATHERED: self.gathered, _COVERED: self.covered}
        return Framebuffer(colors, self.depth, layer)

    def shade(self, layer: int | None) -> Framebuffer:
        return Framebuffer({0: self.occlusion}, None, layer)

    def bind(self) -> None:
        """Where the full-screen passes look for them, and the viewport of all but one of those."""
        textures = (self.depth, self.color, self.gathered, self.covered, self.occlusion)
        for unit, texture in enumerate(textures):
            GL.glBindTextureUnit(unit, texture.name)
        GL.glViewport(0, 0, self.width, self.height)

    def close(self) -> None:
        for image in (self.color, self.depth, self.gathered, self.covered, self.occlusion):
            image.close()
