"""A panel as a flat layer, drawn by the compositor: sharper than a texture in the scene, for it is
sampled once, at the headset's own resolution, and where the head is when it is seen."""

from __future__ import annotations

from typing import Any

import xr

from xrviewer.frontends.frontend import PanelPicture
from xrviewer.frontends.openxr import convert
from xrviewer.frontends.openxr.swapchain import SRGB8_ALPHA8, Swapchain
from xrviewer.gpu.blit import copy_texture
from xrviewer.gpu.texture import PlainTexture
from xrviewer.scene.panels import InRoom, Share

_COPIED_INTO = xr.SwapchainUsageFlags.COLOR_ATTACHMENT_BIT | xr.SwapchainUsageFlags.TRANSFER_DST_BIT


_WHOLE: Share = (0.0, 0.0, 1.0, 1.0)


class QuadLayer:
    """Pictures of one size. The runtime goes on showing the last one: only a new one is copied."""

    def __init__(self, session: Any, width_px: int, height_px: int) -> None:
        self.size_px = (width_px, height_px)
        self._swapchain = Swapchain(
            session, SRGB8_ALPHA8, width_px, height_px, 1, usage=_COPIED_INTO
        )
        self._layer, self._piece = self._made(), self._made()
        self._has_piece = False
        self._revision: int | None = None
        self.copies = 0
        self.distance_m = 0.0
        """From the eyes, as it was last placed."""

    @property
    def count(self) -> int:
        """Layers it takes."""
        return 2 if self._has_piece else 1

    def show(self, panel: PanelPicture, place: InRoom, distance_m: float) -> None:
        """In the space of the views."""
        self.distance_m = distance_m
        if panel.revision != self._revision:
            self._copy(panel.texture)
            self._revision = panel.revision
        _hang(self._layer, place)
        self._has_piece = panel.risen is not None
        if panel.risen is not None:
            _hang(self._piece, panel.risen.place)
            self._piece.sub_image.image_rect = self._rect(panel.risen.share)

    def layers(self, room: Any) -> list[Any]:
        """The whole, and the piece of it that stands before it."""
        shown = [self._layer, self._piece][: self.count]
        for layer in shown:
            layer.space = room
        return shown

    def close(self) -> None:
        self._swapchain.close()

    def _made(self) -> Any:
        return xr.CompositionLayerQuad(
            layer_flags=xr.CompositionLayerFlags.BLEND_TEXTURE_SOURCE_ALPHA_BIT,
            eye_visibility=xr.EyeVisibility.BOTH,
            sub_image=xr.SwapchainSubImage(self._swapchain.handle, self._rect(_WHOLE), 0),
        )

    def _rect(self, share: Share) -> Any:
        """In whole pixels, from the lower left as OpenGL has it."""
        width, height = self.size_px
        left, right = (round(x * width) for x in (share[0], share[2]))
        low, high = (round((1 - y) * height) for y in (share[3], share[1]))
        return xr.Rect2Di(xr.Offset2Di(left, low), xr.Extent2Di(right - left, high - low))

    def _copy(self, texture: PlainTexture) -> None:
        image = self._swapchain.textures[self._swapchain.acquire()]
        try:
            copy_texture(texture.name, image, *self.size_px)
        finally:
            self._swapchain.release()
        self.copies += 1


def _hang(layer: Any, place: InRoom) -> None:
    layer.pose = convert.raw_pose(place.pose)
    layer.size = xr.Extent2Df(place.width_m, place.height_m)
