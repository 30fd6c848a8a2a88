"""The end of a frame: which layers the compositor shows, in one structure made once."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from operator import is_
from typing import Any

import xr

from xrviewer.frontends.openxr.blend import Blend
from xrviewer.frontends.openxr.calls import call, prepared


class FrameEnd:
    """xrEndFrame of one session."""

    def __init__(self, session: Any, blend: Blend, max_layers: int) -> None:
        base = ctypes.POINTER(xr.CompositionLayerBaseHeader)
        self._base, self._layers = base, (base * max_layers)()
        self._info = xr.FrameEndInfo(environment_blend_mode=xr.EnvironmentBlendMode(blend))
        self._info._layers = self._layers
        self._held: list[Any] = []
        self._end = prepared("xrEndFrame", session, ctypes.byref(self._info))

    def submit(self, display_ns: int, layers: Sequence[Any]) -> None:
        """The first is farthest back. The layers are the caller's and must live as long as this."""
        if len(layers) != len(self._held) or not all(map(is_, layers, self._held)):
            for i, layer in enumerate(layers):
                self._layers[i] = ctypes.cast(ctypes.byref(layer), self._base)
            self._held, self._info.layer_count = list(layers), len(layers)
        self._info.display_time = display_ns
        call(self._end)
