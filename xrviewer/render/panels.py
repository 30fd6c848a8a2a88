"""Panels: each drawn into a texture of its own when its drawing changed, then shown as one quad."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.gpu.buffer import Buffer
from xrviewer.gpu.target import Framebuffer, RenderTarget
from xrviewer.gpu.texture import GrayTexture, PlainTexture
from xrviewer.gpu.vertices import VertexArray
from xrviewer.render.programs import Programs, Variant, samples_variant, variants_of
from xrviewer.scene.panels import (
    PANEL_VERTEX_DTYPE,
    InRoom,
    OnScreen,
    PanelDrawing,
    Share,
    Shown,
    ShownPanel,
    Still,
)

_CODES = np.arange(256) / 255
_LIGHT_OF_CODE = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4)
"""IEC 61966-2-1"""
_GLYPHS_UNIT, _PANEL_UNIT = 6, 7
_WHOLE: Share = (0.0, 0.0, 1.0, 1.0)
_OPEN = 64 / 255
"""Alpha of a solid through which the picture is open; shaders/lib/open.glsl knows it."""


class PanelTexture:
    """Owns what one panel's drawing takes on the GPU."""

    def __init__(self) -> None:
        self._glyphs: GrayTexture | None = None
        self._glyphs_revision = 0
        self._texture: PlainTexture | None = None
        self._framebuffer: Framebuffer | None = None
        self._buffers: tuple[Buffer, Buffer, VertexArray] | None = None
        self._revision: int | None = None

    @property
    def texture(self) -> PlainTexture:
        """Linear light, premultiplied, bottom row first, with its smaller copies."""
        assert self._texture is not None
        return self._texture

    def fit(self, drawing: PanelDrawing | Still, programs: Programs) -> bool:
        """True when it was drawn anew."""
        if drawing.revision == self._revision:
            return False
        self._revision = drawing.revision
        if isinstance(drawing, Still):
            height, width = drawing.pixels.shape[:2]
            self._fit_texture(width, height)
            self.texture.write(premultiplied(drawing.pixels))
        else:
            framebuffer = self._fit_texture(drawing.width_px, drawing.height_px)
            self._fit_glyphs(drawing)
            _paint(drawing, framebuffer, self._fit_buffers(drawing), programs)
        GL.glGenerateTextureMipmap(self.texture.name)
        return True

    def close(self) -> None:
        for owned in (self._framebuffer, self._texture, self._glyphs, *(self._buffers or ())):
            if owned is not None:
                owned.close()

    def _fit_texture(self, *size: int) -> Framebuffer:
        held = self._texture
        if held is not None and self._framebuffer and (held.width, held.height) == size:
            return self._framebuffer
        if held is not None and self._framebuffer is not None:
            self._framebuffer.close()
            held.close()
        self._texture = texture = PlainTexture(GL.GL_SRGB8_ALPHA8, size[0], size[1])
        self._framebuffer = made = Framebuffer({0: texture})
        return made

    def _fit_glyphs(self, drawing: PanelDrawing) -> None:
        if drawing.glyphs.revision != self._glyphs_revision:
            if self._glyphs is not None:
                self._glyphs.close()
            self._glyphs = GrayTexture(drawing.glyphs.pixels)
            self._glyphs_revision = drawing.glyphs.revision
        assert self._glyphs is not None
        GL.glBindTextureUnit(_GLYPHS_UNIT, self._glyphs.name)

    def _fit_buffers(self, drawing: PanelDrawing) -> VertexArray:
        """Grown by halves: a panel that scrolls has a few triangles more or less each time."""
        needs = (drawing.vertices.nbytes, drawing.indices.nbytes)
        held = self._buffers
        if held is None or held[0].size < needs[0] or held[1].size < needs[1]:
            for owned in held or ():
                owned.close()
            vertices, indices = (Buffer(size + size // 2) for size in needs)
            array = VertexArray(indices)
            array.interleaved(vertices, PANEL_VERTEX_DTYPE)
            self._buffers = held = (vertices, indices, array)
        held[0].write(drawing.vertices)
        held[1].write(drawing.indices)
        return held[2]


class PanelPass:
    """All panels that are shown, by their place in the list."""

    def __init__(self) -> None:
        self._textures: list[PanelTexture] = []

    def fit(self, panels: tuple[ShownPanel, ...], programs: Programs) -> tuple[PlainTexture, ...]:
        """Draws what changed; a texture a panel."""
        while len(self._textures) < len(panels):
            self._textures.append(PanelTexture())
        pairs = list(zip(self._textures, panels, strict=False))
        for texture, panel in pairs:
            texture.fit(panel.drawing, programs)
        return tuple(texture.texture for texture, _ in pairs)

    def draw_in_room(
        self,
        panels: tuple[ShownPanel, ...],
        programs: Programs,
        view: int | None,
        views: int,
        samples: int,
    ) -> None:
        """Into the solids: a panel hides what is behind it, and is hidden."""
        for held, panel in zip(self._textures, panels, strict=False):
            if not isinstance(panel.place, InRoom) or panel.shown is Shown.NOWHERE:
                continue
            variants = variants_of(view, samples_variant(samples))
            programs.use("panel_in_room.vert", "panel_in_room.frag", variants)
            GL.glUniform1f(1, _OPEN if panel.shown is Shown.BEHIND else 0.0)
            GL.glBindTextureUnit(_PANEL_UNIT, held.texture.name)
            pieces = [(panel.place, _WHOLE)]
            if panel.risen is not None:
                pieces.append((panel.risen.place, panel.risen.share))
            for place, share in pieces:
                _place_piece(place, share)
                GL.glDrawArraysInstanced(GL.GL_TRIANGLE_STRIP, 0, 4, views if view is None else 1)

    def draw_on_screen(
        self, panels: tuple[ShownPanel, ...], programs: Programs, target: RenderTarget
    ) -> None:
        """Over the finished picture."""
        for held, panel in zip(self._textures, panels, strict=False):
            if not isinstance(panel.place, OnScreen) or panel.shown is not Shown.IN_SCENE:
                continue
            variants = frozenset() if target.is_srgb else frozenset({Variant.ENCODE_SRGB})
            programs.use("panel_on_screen.vert", "panel_on_screen.frag", variants)
            GL.glUniform4f(0, *_clip_box(panel.place, held.texture, target))
            GL.glBindTextureUnit(_PANEL_UNIT, held.texture.name)
            GL.glBlendFunci(0, GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA)
            GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, target.framebuffers[0])
            GL.glDrawArrays(GL.GL_TRIANGLE_STRIP, 0, 4)
            GL.glBlendFunci(0, GL.GL_ONE, GL.GL_ZERO)

    def close(self) -> None:
        for texture in self._textures:
            texture.close()


def _place_piece(place: InRoom, share: Share) -> None:
    room_from_board = place.pose.matrix() @ np.diag((place.width_m, place.height_m, 1, 1))
    GL.glUniformMatrix4fv(0, 1, True, room_from_board.astype(np.float32))
    left, top, right, bottom = share
    GL.glUniform4f(2, left, 1 - bottom, right - left, bottom - top)


def premultiplied(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """In linear light, where samplers and blending work; codes are sRGB again."""
    if pixels[..., 3].min(initial=255) == 255:  # as what a camera sees is, many times a second
        return pixels
    alpha = pixels[..., 3:] / 255
    light = _LIGHT_OF_CODE[pixels[..., :3]] * alpha
    low = light <= 0.0031308
    codes = np.where(low, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.concatenate([np.rint(codes * 255).astype(np.uint8), pixels[..., 3:]], axis=2)


def _clip_box(
    place: OnScreen, texture: PlainTexture, target: RenderTarget
) -> tuple[float, float, float, float]:
    left, right = (x / target.width * 2 - 1 for x in (place.left_px, place.left_px + texture.width))
    top, bottom = (1 - y / target.height * 2 for y in (place.top_px, place.top_px + texture.height))
    return left, bottom, right, top


def _paint(
    drawing: PanelDrawing, framebuffer: Framebuffer, vertices: VertexArray, programs: Programs
) -> None:
    """Leaves the state as the renderer has set it."""
    viewport = np.zeros(4, np.int32)
    GL.glGetIntegerv(GL.GL_VIEWPORT, viewport)
    array = GL.glGetIntegerv(GL.GL_VERTEX_ARRAY_BINDING)
    GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, framebuffer.name)
    GL.glViewport(0, 0, drawing.width_px, drawing.height_px)
    GL.glDisable(GL.GL_DEPTH_TEST)
    GL.glBlendFunci(0, GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA)
    GL.glClear(GL.GL_COLOR_BUFFER_BIT)
    GL.glEnable(GL.GL_SCISSOR_TEST)
    programs.use("panel.vert", "panel.frag", frozenset())
    GL.glUniform2f(0, drawing.width_px, drawing.height_px)
    vertices.bind()
    for clip, first, count, base_vertex in drawing.runs.tolist():
        left, top, right, bottom = (round(v) for v in clip)
        size = (max(right - left, 0), max(bottom - top, 0))
        GL.glScissor(max(left, 0), drawing.height_px - bottom, *size)
        at = GL.GLvoidp(first * 4)
        GL.glDrawElementsBaseVertex(GL.GL_TRIANGLES, count, GL.GL_UNSIGNED_INT, at, base_vertex)
    GL.glDisable(GL.GL_SCISSOR_TEST)
    GL.glBlendFunci(0, GL.GL_ONE, GL.GL_ZERO)
    GL.glEnable(GL.GL_DEPTH_TEST)
    GL.glBindVertexArray(array)
    GL.glViewport(*viewport.tolist())
