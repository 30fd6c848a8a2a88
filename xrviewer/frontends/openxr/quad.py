"""A flat picture in the room, drawn by the compositor: sharper than a texture in the scene, for
it is sampled once, at the headset's own resolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xr
from numpy.typing import NDArray

from xrviewer.frontends.openxr import convert
from xrviewer.frontends.openxr.swapchain import SRGB8_ALPHA8, Swapchain
from xrviewer.gpu.texture import BorrowedTexture
from xrviewer.spatial.transforms import Pose

_BLENDED = xr.CompositionLayerFlags.BLEND_TEXTURE_SOURCE_ALPHA_BIT
_WITH_STRAIGHT_ALPHA = xr.CompositionLayerFlags.UNPREMULTIPLIED_ALPHA_BIT


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """A picture that does not change, and where in the room it hangs."""

    picture: NDArray[np.uint8]
    """(height, width, 4) sRGB, straight alpha, top row first."""
    pose: Pose
    """Of its middle; it faces its own +z."""
    width_m: float


class QuadLayer:
    """A sign handed to the compositor once; `layer` is submitted with every frame."""

    def __init__(self, session: Any, sign: Sign) -> None:
        height, width = sign.picture.shape[:2]
        self._swapchain = Swapchain(session, SRGB8_ALPHA8, width, height, 1)
        index = self._swapchain.acquire()
        BorrowedTexture(self._swapchain.textures[index]).write(sign.picture)
        self._swapchain.release()
        self._layer = xr.CompositionLayerQuad(
            layer_flags=_BLENDED | _WITH_STRAIGHT_ALPHA,
            eye_visibility=xr.EyeVisibility.BOTH,
            sub_image=xr.SwapchainSubImage(
                self._swapchain.handle,
                xr.Rect2Di(xr.Offset2Di(0, 0), xr.Extent2Di(width, height)),
                0,
            ),
            pose=convert.raw_pose(sign.pose),
            size=xr.Extent2Df(sign.width_m, sign.width_m * height / width),
        )

    def layer(self, room: Any) -> Any:
        self._layer.space = room
        return self._layer

    def close(self) -> None:
        self._swapchain.close()
