"""The shown map on the GPU: a number a vertex, and the table of its colours."""

from __future__ import annotations

import numpy as np
from OpenGL import GL

from xrviewer.gpu.buffer import Buffer
from xrviewer.render.geometry import Geometry
from xrviewer.scene.draw import ShownMap

_UNIT = 4
MAP_DTYPE = np.dtype(
    [("range", "f4", 4), ("error", "f4", 4), ("loss", "f4", (2, 4)), ("colors", "f4", (256, 4))]
)
"""As shaders/lib/map.glsl reads it; colours are linear."""


class MapState:
    """Written when another map, date or look is shown; costs no call in a frame like the last."""

    def __init__(self) -> None:
        self._buffer = Buffer.holding(np.zeros(1, MAP_DTYPE))
        self._held: tuple[Geometry, ShownMap | None] | None = None
        GL.glBindBufferBase(GL.GL_SHADER_STORAGE_BUFFER, _UNIT, self._buffer.name)

    def write(self, shown: ShownMap | None, geometry: Geometry) -> None:
        held = self._held
        if held is not None and held[0] is geometry and held[1] is shown:
            return
        geometry.write_values(shown.values if shown else None)
        if shown is not None:
            self._buffer.write(_block(shown))
        self._held = (geometry, shown)

    def close(self) -> None:
        self._buffer.close()


def _block(shown: ShownMap) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    block = np.zeros(1, MAP_DTYPE)
    block["range"] = (shown.low, 1 / (shown.high - shown.low), shown.has_loss, shown.isoline_step)
    block["error"][0, 0] = shown.within_error
    block["loss"][0, :, :3] = shown.loss_colors
    block["colors"][0, :, :3] = shown.colors
    return block
