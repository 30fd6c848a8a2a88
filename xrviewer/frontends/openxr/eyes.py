"""What each eye sees and where its pixels go."""

from __future__ import annotations

import ctypes
from contextlib import ExitStack
from typing import Any

import numpy as np
import xr
from numpy.typing import NDArray

from xrviewer.frontends.openxr import convert
from xrviewer.frontends.openxr.calls import call, extension_function, prepared
from xrviewer.frontends.openxr.instance import Instance
from xrviewer.frontends.openxr.swapchain import (
    DEPTH_COMPONENT32F,
    EyeImages,
    color_format,
)
from xrviewer.gpu.target import Framebuffer, RenderTarget
from xrviewer.gpu.texture import BorrowedTexture
from xrviewer.spatial.transforms import Vec3
from xrviewer.spatial.views import NEAR_M, View

DEPTH_EXTENSION = "XR_KHR_composition_layer_depth"
MASK_EXTENSION = "XR_KHR_visibility_mask"
_SEEN_AT, _SEEN = xr.View.pose.offset, ctypes.sizeof(xr.Posef) + ctypes.sizeof(xr.Fovf)
"""Pose and field of view lie at the same place in a view and in its layer."""
_BLENDS = xr.CompositionLayerFlags.BLEND_TEXTURE_SOURCE_ALPHA_BIT.value
_UNPREMULTIPLIED = xr.CompositionLayerFlags.UNPREMULTIPLIED_ALPHA_BIT.value
"""As numbers: to make one flag of two took longer than all else that a layer needs in a frame."""


class _Wrapped:
    """Framebuffers over one choice of the runtime's images, and the target that they are."""

    def __init__(
        self,
        color: EyeImages,
        depth: EyeImages | None,
        colors: tuple[int, ...],
        depths: tuple[int, ...],
    ) -> None:
        def over(eye: int | None) -> Framebuffer:
            wanted = color.texture(eye or 0, colors)
            far = depth.texture(eye or 0, depths) if depth is not None else None
            return Framebuffer(
                {0: BorrowedTexture(wanted.texture)},
                BorrowedTexture(far.texture) if far is not None else None,
                wanted.layer if eye is not None else None,
            )

        self.eyes = tuple(over(eye) for eye in range(color.eyes))
        has_layers = color.is_array and (depth is None or depth.is_array)
        self.layered = over(None) if has_layers else None
        self.target = RenderTarget(
            tuple(eye.name for eye in self.eyes),
            color.width,
            color.height,
            is_srgb=True,
            has_depth=depth is not None,
            layered=self.layered.name if self.layered is not None else None,
        )

    def close(self) -> None:
        for framebuffer in (*self.eyes, *filter(None, [self.layered])):
            framebuffer.close()


class Eyes:
    """Views, images and the projection layer of a stereo session."""

    def __init__(
        self, instance: Instance, system: int, session: Any, kind: Any, scale: float
    ) -> None:
        self._session, self._instance, self._kind = session, instance, kind
        listed = xr.enumerate_view_configuration_views(instance.handle, system, kind)
        self.count = len(listed)
        width, height = _image_size(listed, scale)
        formats = tuple(int(f) for f in xr.enumerate_swapchain_formats(session))
        has_depth = instance.has(DEPTH_EXTENSION) and DEPTH_COMPONENT32F in formats
        self._wrapped: dict[tuple[tuple[int, ...], tuple[int, ...]], _Wrapped] = {}
        with ExitStack() as stack:
            self.color = EyeImages(session, color_format(formats), width, height, self.count)
            stack.callback(self.color.close)
            self.depth: EyeImages | None = None
            if has_depth:
                self.depth = EyeImages(session, DEPTH_COMPONENT32F, width, height, self.count)
                stack.callback(self.depth.close)
            stack.callback(self._drop_framebuffers)
            self._owned = stack.pop_all()
        self._info, self._room = xr.ViewLocateInfo(view_configuration_type=kind), None
        self._view_state, self._located = xr.ViewState(), ctypes.c_uint32()
        self._raw = (xr.View * self.count)(*(xr.View() for _ in range(self.count)))
        self._locate = prepared(
            "xrLocateViews", session, ctypes.byref(self._info), ctypes.byref(self._view_state),
            ctypes.c_uint32(self.count), ctypes.byref(self._located), self._raw,
        )  # fmt: skip
        self._hidden = self._hidden_triangles()
        self._layer, self._parts = self._projection()
        self._seen_at = [
            (ctypes.addressof(part) + _SEEN_AT, ctypes.addressof(raw) + _SEEN_AT)
            for part, raw in zip(self._parts, self._raw, strict=True)
        ]

    def locate(self, room: Any, time_ns: int) -> tuple[View, ...]:
        """One view an eye; none at all when the runtime does not know them now."""
        if room is not self._room:
            self._info.space = self._layer.space = self._room = room
        self._info.display_time = time_ns
        call(self._locate)
        is_known = self._view_state._view_state_flags & convert.ORIENTATION_VALID
        if not is_known or self._located.value < self.count:
            return ()
        views = []
        for (pose, fov), hidden in zip(convert.seen_by(self._raw), self._hidden, strict=True):
            if pose is None or fov is None:
                return ()
            views.append(View(pose, fov, hidden))
        return tuple(views)

    @property
    def head_m(self) -> Vec3:
        """Of the first eye, as it was last found."""
        x, y, z = self._raw[0].pose.position
        return (x, y, z)

    def acquire(self) -> RenderTarget:
        """Images to draw into until release()."""
        colors = self.color.acquire()
        depths = self.depth.acquire() if self.depth is not None else ()
        key = (colors, depths)
        if key not in self._wrapped:
            self._wrapped[key] = _Wrapped(self.color, self.depth, colors, depths)
        return self._wrapped[key].target

    def release(self) -> None:
        self.color.release()
        if self.depth is not None:
            self.depth.release()

    def layer(self, is_see_through: bool, is_open: bool) -> Any:
        """The picture just released, for the views it was drawn for, where they were located.
        is_open: where its alpha is 0, it holds what lies behind it as well, for whoever looks at
        the picture alone."""
        for part, raw in self._seen_at:
            ctypes.memmove(part, raw, _SEEN)
        flags = _BLENDS if is_see_through or is_open else 0
        self._layer._layer_flags = flags | _UNPREMULTIPLIED if is_open else flags
        return self._layer

    def forget_mask(self) -> None:
        """The runtime says that the lens shows another part now."""
        self._hidden = self._hidden_triangles()

    def close(self) -> None:
        self._owned.close()

    def _drop_framebuffers(self) -> None:
        for wrapped in self._wrapped.values():
            wrapped.close()
        self._wrapped.clear()

    def _projection(self) -> tuple[Any, Any]:
        parts = (xr.CompositionLayerProjectionView * self.count)()
        self._depth_infos: list[Any] = []
        for eye in range(self.count):
            parts[eye] = xr.CompositionLayerProjectionView(
                sub_image=self.color.sub_image(eye), next=self._depth_info(eye)
            )
        return xr.CompositionLayerProjection(views=parts), parts

    def _depth_info(self, eye: int) -> Any:
        """Reverse-Z: the image holds 0 at infinity and 1 at the near plane."""
        if self.depth is None:
            return None
        info = xr.CompositionLayerDepthInfoKHR(
            sub_image=self.depth.sub_image(eye),
            min_depth=0.0,
            max_depth=1.0,
            near_z=float("inf"),
            far_z=NEAR_M,
        )
        self._depth_infos.append(info)  # the runtime reads it by pointer
        return ctypes.cast(ctypes.pointer(info), ctypes.c_void_p)

    def _hidden_triangles(self) -> tuple[NDArray[np.float32] | None, ...]:
        if not self._instance.has(MASK_EXTENSION):
            return (None,) * self.count
        ask = extension_function(self._instance.handle, "xrGetVisibilityMaskKHR")
        return tuple(self._hidden_in(ask, eye) for eye in range(self.count))

    def _hidden_in(self, ask: Any, eye: int) -> NDArray[np.float32]:
        """Asked twice: how much, then what."""
        hidden = xr.VisibilityMaskTypeKHR.HIDDEN_TRIANGLE_MESH.value
        mask = xr.VisibilityMaskKHR()
        call(ask, self._session, self._kind.value, eye, hidden, mask)
        vertices = np.zeros((mask.vertex_count_output, 2), np.float32)
        indices = np.zeros(mask.index_count_output, np.uint32)
        mask.vertex_capacity_input = len(vertices)
        mask.index_capacity_input = len(indices)
        mask.vertices = vertices.ctypes.data_as(ctypes.POINTER(xr.Vector2f))
        mask.indices = indices.ctypes.data_as(ctypes.POINTER(ctypes.c_uint32))
        call(ask, self._session, self._kind.value, eye, hidden, mask)
        return convert.hidden_triangles(vertices, indices)


def _image_size(listed: Any, scale: float) -> tuple[int, int]:
    """One size for all eyes: they share an array."""
    width = max(v.recommended_image_rect_width for v in listed)
    height = max(v.recommended_image_rect_height for v in listed)
    return (
        convert.scaled_size(width, min(v.max_image_rect_width for v in listed), scale),
        convert.scaled_size(height, min(v.max_image_rect_height for v in listed), scale),
    )
