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
from xrviewer.scene.panels import InRoom

_COPIED_INTO = xr.SwapchainUsageFlags.COLOR_ATTACHMENT_BIT | xr.SwapchainUsageFlags.TRANSFER_DST_BIT


class QuadLayer:
    """Pictures of one size. The runtime goes on showing the last one: only a new one is copied."""

    def __init__(self, session: Any, width_px: int, height_px: int) -> None:
        self.size_px = (width_px, height_px)
        self._swapchain = Swapchain(
            session, SRGB8_ALPHA8, width_px, height_px, 1, usage=_COPIED_INTO
        )
        whole = xr.Rect2Di(xr.Offset2Di(0, 0), xr.Extent2Di(width_px, height_px))
        self._layer = xr.CompositionLayerQuad(
            layer_flags=xr.CompositionLayerFlags.BLEND_TEXTURE_SOURCE_ALPHA_BIT,
            eye_visibility=xr.EyeVisibility.BOTH,
            sub_image=xr.SwapchainSubImage(self._swapchain.handle, whole, 0),
        )
        self._revision: int | None = None
        self.copies = 0
        self.distance_m = 0.0
        """From the eyes, as it was last placed."""

    def show(self, panel: PanelPicture, place: InRoom, distance_m: float) -> None:
        """In the space of the views."""
        self.distance_m = distance_m
        if panel.revision != self._revision:
            self._copy(panel.texture)
            self._revision = panel.revision
        self._layer.pose = convert.raw_pose(place.pose)
        self._layer.size = xr.Extent2Df(place.width_m, place.height_m)

    def layer(self, room: Any) -> Any:
        self._layer.space = room
        return self._layer

    def close(self) -> None:
        self._swapchain.close()

    def _copy(self, texture: PlainTexture) -> None:
        image = self._swapchain.textures[self._swapchain.acquire()]
        try:
            copy_texture(texture.name, image, *self.size_px)
        finally:
            self._swapchain.release()
        self.copies += 1
