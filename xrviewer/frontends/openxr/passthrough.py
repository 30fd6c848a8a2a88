"""The headset's cameras as a layer behind ours: XR_FB_passthrough."""

from __future__ import annotations

import ctypes
from typing import Any

import xr

from xrviewer.frontends.openxr.calls import call, extension_function
from xrviewer.frontends.openxr.instance import Instance

EXTENSION = "XR_FB_passthrough"
_RUNNING = xr.PassthroughFlagsFB.IS_RUNNING_AT_CREATION_BIT


def is_supported(instance: Instance, system: int) -> bool:
    """By the runtime and by the headset."""
    if not instance.has(EXTENSION):
        return False
    found = xr.SystemPassthroughPropertiesFB()
    properties = xr.SystemProperties(next=ctypes.cast(ctypes.pointer(found), ctypes.c_void_p))
    call(xr.raw_functions.xrGetSystemProperties, instance.handle, system, properties)
    return bool(found.supports_passthrough)


class FbPassthrough:
    """Running from its birth; `layer` is submitted before all others."""

    def __init__(self, instance: Instance, session: Any) -> None:
        self._instance = instance.handle
        self._feature, self._picture = xr.PassthroughFB(), xr.PassthroughLayerFB()
        create = extension_function(self._instance, "xrCreatePassthroughFB")
        call(create, session, xr.PassthroughCreateInfoFB(flags=_RUNNING), self._feature)
        create_layer = extension_function(self._instance, "xrCreatePassthroughLayerFB")
        info = xr.PassthroughLayerCreateInfoFB(passthrough=self._feature, flags=_RUNNING)
        call(create_layer, session, info, self._picture)
        self.layer = xr.CompositionLayerPassthroughFB(layer_handle=self._picture)
        # Not as an argument: pyopenxr writes that beside the structure, and it reaches no runtime.
        self.layer.layer_flags = xr.CompositionLayerFlags.BLEND_TEXTURE_SOURCE_ALPHA_BIT

    def close(self) -> None:
        extension_function(self._instance, "xrDestroyPassthroughLayerFB")(self._picture)
        extension_function(self._instance, "xrDestroyPassthroughFB")(self._feature)
