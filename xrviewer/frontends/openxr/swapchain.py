"""Images that go between us and the compositor: one array of two layers, or two of one."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import xr

from xrviewer.errors import GraphicsError
from xrviewer.frontends.openxr.calls import TIMEOUT_EXPIRED, call, prepared

SRGB8_ALPHA8 = 0x8C43
DEPTH_COMPONENT32F = 0x8CAC
WAIT_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class EyeTexture:
    """Where one eye is drawn: an OpenGL texture, and its layer when it is an array."""

    texture: int
    layer: int | None


class Swapchain:
    """One xr.Swapchain and the OpenGL texture names of its images."""

    def __init__(
        self,
        session: Any,
        format: int,
        width: int,
        height: int,
        layers: int,
        usage: xr.SwapchainUsageFlags = xr.SwapchainUsageFlags.NONE,
    ) -> None:
        """usage: besides being read; drawn into, when none is said."""
        self.handle: Any = xr.create_swapchain(
            session,
            xr.SwapchainCreateInfo(
                usage_flags=(usage or _drawn_into(format)) | xr.SwapchainUsageFlags.SAMPLED_BIT,
                format=format,
                sample_count=1,
                width=width,
                height=height,
                face_count=1,
                array_size=layers,
                mip_count=1,
            ),
        )
        self.layers = layers
        images = xr.enumerate_swapchain_images(self.handle, xr.SwapchainImageOpenGLKHR)
        self.textures = tuple(int(image.image) for image in images)
        self._index = ctypes.c_uint32()
        how_long = xr.SwapchainImageWaitInfo(timeout=WAIT_NS)
        index = ctypes.byref(self._index)
        self._acquire = prepared("xrAcquireSwapchainImage", self.handle, None, index)
        self._wait = prepared("xrWaitSwapchainImage", self.handle, ctypes.byref(how_long))
        self._release = prepared("xrReleaseSwapchainImage", self.handle, None)

    def acquire(self) -> int:
        """The index of the image that may be drawn into until release()."""
        call(self._acquire)
        while call(self._wait) == TIMEOUT_EXPIRED:
            pass  # the compositor is late; only the same wait may follow
        return int(self._index.value)

    def release(self) -> None:
        call(self._release)

    def close(self) -> None:
        if self.handle is not None:
            handle, self.handle = self.handle, None
            try:
                xr.destroy_swapchain(handle)
            except xr.XrException:
                pass  # lost with its session


def _drawn_into(format: int) -> xr.SwapchainUsageFlags:
    if format == SRGB8_ALPHA8:
        return xr.SwapchainUsageFlags.COLOR_ATTACHMENT_BIT
    return xr.SwapchainUsageFlags.DEPTH_STENCIL_ATTACHMENT_BIT


class EyeImages:
    """Colour or depth for both eyes, whatever the runtime can give."""

    def __init__(self, session: Any, format: int, width: int, height: int, eyes: int) -> None:
        self.width, self.height, self.eyes = width, height, eyes
        self.swapchains: tuple[Swapchain, ...] = ()
        try:
            self.swapchains = (Swapchain(session, format, width, height, eyes),)
        except (xr.FeatureUnsupportedError, xr.ValidationFailureError, xr.RuntimeFailureError):
            # No arrays here: one swapchain an eye.
            self.swapchains = tuple(
                Swapchain(session, format, width, height, 1) for _ in range(eyes)
            )

    @property
    def is_array(self) -> bool:
        return self.swapchains[0].layers > 1

    def acquire(self) -> tuple[int, ...]:
        """Image index of each swapchain."""
        if len(self.swapchains) == 1:
            return (self.swapchains[0].acquire(),)
        return tuple(chain.acquire() for chain in self.swapchains)

    def release(self) -> None:
        for chain in self.swapchains:
            chain.release()

    def texture(self, eye: int, acquired: tuple[int, ...]) -> EyeTexture:
        if self.is_array:
            return EyeTexture(self.swapchains[0].textures[acquired[0]], eye)
        return EyeTexture(self.swapchains[eye].textures[acquired[eye]], None)

    def sub_image(self, eye: int) -> Any:
        chain = self.swapchains[0 if self.is_array else eye]
        whole = xr.Rect2Di(xr.Offset2Di(0, 0), xr.Extent2Di(self.width, self.height))
        return xr.SwapchainSubImage(chain.handle, whole, eye if self.is_array else 0)

    def close(self) -> None:
        for chain in self.swapchains:
            chain.close()
        self.swapchains = ()


def color_format(offered: tuple[int, ...]) -> int:
    """sRGB with eight bits: what the renderer's numbers are meant for."""
    if SRGB8_ALPHA8 not in offered:
        listed = ", ".join(f"{f:#x}" for f in offered) or "none"
        raise GraphicsError(f"the OpenXR runtime offers no sRGB images (only {listed}): update it")
    return SRGB8_ALPHA8
