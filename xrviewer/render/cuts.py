"""Cut faces: closed, and showing the scan.

For four faces at a time the surfaces are drawn once more to find out where a face lies within a
part (see crossing.frag); then the faces are drawn there, with their depth, like any solid.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.gpu import direct
from xrviewer.gpu.buffer import Buffer
from xrviewer.scene.cuts import CUT_DTYPE, ROOM_FOR_CUTS, ShownCuts
from xrviewer.spatial.planes import dot

FACES = 4
_MAX_BATCHES = ROOM_FOR_CUTS * 6 // FACES
_CUTS_UNIT, _FACES_UNIT = 1, 2
CUTS_DTYPE = np.dtype([("count", "f4", 4), ("cuts", CUT_DTYPE, ROOM_FOR_CUTS)])
FACES_DTYPE = np.dtype(
    [
        ("first", "f4"),
        ("count", "f4"),
        ("spare", "f4", 2),
        ("planes", "f4", (FACES, 4)),
        ("cuts", "f4", (FACES, 4)),
    ]
)
"""std140 layouts of `Cuts` and `Faces` in shaders/lib/cut.glsl."""


class CutPass:
    """Owns the buffer; made when something is first cut."""

    def __init__(self) -> None:
        alignment = int(GL.glGetIntegerv(GL.GL_UNIFORM_BUFFER_OFFSET_ALIGNMENT))
        self._faces_at = -(-CUTS_DTYPE.itemsize // alignment) * alignment
        self._stride = -(-FACES_DTYPE.itemsize // alignment) * alignment
        self._buffer = Buffer(self._faces_at + _MAX_BATCHES * self._stride)
        self._mirror = np.zeros(self._buffer.size, np.uint8)
        self._shown: tuple[ShownCuts, int] | None = None
        self.counts: list[int] = []
        """Of faces in each batch."""
        name, size = self._buffer.name, CUTS_DTYPE.itemsize
        GL.glBindBufferRange(GL.GL_UNIFORM_BUFFER, _CUTS_UNIT, name, 0, size)

    def write(self, shown: ShownCuts, first_cap: int) -> None:
        """first_cap: where the faces' rectangles begin among the slices."""
        if self._shown is not None and self._shown[0] is shown and self._shown[1] == first_cap:
            return
        self._shown = (shown, first_cap)
        block: NDArray[Any] = self._mirror[: CUTS_DTYPE.itemsize].view(CUTS_DTYPE)
        block["count"][0, 0] = len(shown.rows)
        block["cuts"][0, : len(shown.rows)] = shown.rows
        faces = shown.faces
        self.counts = [min(FACES, len(faces) - at) for at in range(0, len(faces), FACES)]
        for batch, count in enumerate(self.counts):
            at = self._faces_at + batch * self._stride
            row = self._mirror[at : at + FACES_DTYPE.itemsize].view(FACES_DTYPE)
            row["first"], row["count"] = first_cap + batch * FACES, count
            for i, face in enumerate(faces[batch * FACES :][:count]):
                plane = face.plane
                row["planes"][0, i] = (*plane.normal, -dot(plane.normal, plane.point_mm))
                row["cuts"][0, i, :2] = face.cut, face.spared
        self._buffer.write(self._mirror)

    def bind_batch(self, batch: int) -> None:
        at = self._faces_at + batch * self._stride
        size = FACES_DTYPE.itemsize
        direct.glBindBufferRange(GL.GL_UNIFORM_BUFFER, _FACES_UNIT, self._buffer.name, at, size)

    def close(self) -> None:
        self._buffer.close()
