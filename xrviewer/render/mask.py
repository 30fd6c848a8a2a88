"""The corners of the picture that a headset's lens never shows: not shaded at all."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.gpu import direct
from xrviewer.gpu.buffer import Buffer
from xrviewer.render.programs import Programs, variants_of
from xrviewer.spatial.views import Fov, View

_BINDING = 3
"""Of `Mask` in shaders/mask.vert."""


class Mask:
    """Triangles on the near plane, uploaded when a headset tells others."""

    def __init__(self) -> None:
        self._made_from: tuple[tuple[Fov, int], ...] = ()
        self._buffer: Buffer | None = None
        self._starts: list[int] = [0]

    def fit(self, views: tuple[View, ...]) -> None:
        key = tuple((view.fov, id(view.hidden)) for view in views)
        if key == self._made_from:
            return
        self.close()
        self._made_from = key
        corners = [hidden_corners(view, i) for i, view in enumerate(views)]
        self._starts = [0, *np.cumsum([len(c) for c in corners]).tolist()]
        if self._starts[-1]:
            self._buffer = Buffer.holding(np.concatenate(corners))
            GL.glBindBufferBase(GL.GL_SHADER_STORAGE_BUFFER, _BINDING, self._buffer.name)

    def draw(self, programs: Programs, view: int | None) -> None:
        """One view's, or all views' into their layers."""
        first, end = (0, self._starts[-1]) if view is None else self._starts[view : view + 2]
        if end > first:
            programs.use("mask.vert", "mask.frag", variants_of(view))
            direct.glDrawArrays(GL.GL_TRIANGLES, first, end - first)

    def close(self) -> None:
        if self._buffer is not None:
            self._buffer.close()
        self._buffer, self._made_from, self._starts = None, (), [0]


def hidden_corners(view: View, number: int) -> NDArray[np.float32]:
    """(N, 4): clip x and y from tangents, and the view's number."""
    tangents = view.hidden if view.hidden is not None else np.zeros((0, 2), np.float32)
    left, right, up, down = (
        math.tan(angle)
        for angle in (view.fov.left_rad, view.fov.right_rad, view.fov.up_rad, view.fov.down_rad)
    )
    corners = np.zeros((len(tangents), 4), np.float32)
    corners[:, 0] = (2 * tangents[:, 0] - (left + right)) / (right - left)
    corners[:, 1] = (2 * tangents[:, 1] - (up + down)) / (up - down)
    corners[:, 2] = number
    return corners
