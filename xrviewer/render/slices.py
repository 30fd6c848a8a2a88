"""Planes through the scans: one draw call for all of them."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.case.volume import Volume
from xrviewer.gpu import direct
from xrviewer.gpu.buffer import Buffer
from xrviewer.gpu.context import context_beside
from xrviewer.render.geometry import Geometry
from xrviewer.render.outlines import OutlinePass
from xrviewer.render.programs import Programs, samples_variant, variants_of
from xrviewer.render.state import FrameState
from xrviewer.render.volumes import BUDGET_S, ROOM_BYTES, LoadedVolume
from xrviewer.scene.build import linear_from_srgb
from xrviewer.scene.draw import DrawData
from xrviewer.scene.slice_rows import BEND_DTYPE, SLICE_DTYPE
from xrviewer.scene.slices import (
    MAX_BENDS,
    MAX_SLICES,
    MAX_TABLES,
    MAX_VOLUMES,
    NO_ROWS,
    Coarse,
    table_colors,
)

_BUFFER_UNIT, _FIRST_TEXTURE_UNIT = 5, 8
VOLUME_DTYPE = np.dtype(
    [
        ("texel_scale", "f4", 3),
        ("is_float", "f4"),
        ("texel_offset", "f4", 3),
        ("value_offset", "f4"),
        ("size", "f4", 3),
        ("planes", "f4"),
        ("texels", "f4", 4),
        ("last_step", "f4", 4),
    ]
)
"""As shaders/lib/volume.glsl reads it."""
_VOLUMES_AT = 16
_CORNERS = 6
"""Of a rectangle; the four bars of a frame are one each."""
_TABLES_AT = _VOLUMES_AT + MAX_VOLUMES * VOLUME_DTYPE.itemsize
_BENDS_AT = _TABLES_AT + MAX_TABLES * 256 * 16
_ROWS_AT = _BENDS_AT + MAX_BENDS * BEND_DTYPE.itemsize


class SlicePass:
    """Owns the scans' textures and the buffer; made when a slice is first shown."""

    def __init__(self, is_software: bool) -> None:
        self._is_software = is_software
        self._buffer = Buffer(_ROWS_AT + MAX_SLICES * SLICE_DTYPE.itemsize)
        self._loaded: dict[int, LoadedVolume] = {}
        self._bound: tuple[int, ...] = ()
        self._tables: tuple[str, ...] = ()
        self._rows: NDArray[Any] | None = None
        self._told: set[int] = set()
        self._drawn = (0, 0, 0)
        self._left_out, self._told_left_out = 0, 0
        self._outlines: OutlinePass | None = None
        self.count, self._vertices = 0, _CORNERS
        self._buffer.write(np.zeros(1, SLICE_DTYPE), _ROWS_AT)
        GL.glBindBufferBase(GL.GL_SHADER_STORAGE_BUFFER, _BUFFER_UNIT, self._buffer.name)

    def write(
        self, draw: DrawData, geometry: Geometry, size: tuple[int, int], is_waiting: bool
    ) -> None:
        """size: of the picture, in pixels; is_waiting: a still is to be whole, else what is on its
        way comes a part a frame."""
        shown = draw.slices
        loaded = [self._fit(volume, shown.volumes, is_waiting) for volume in shown.volumes]
        until_s = time.perf_counter() + BUDGET_S
        was_coming = any(not one.is_complete for one in loaded)
        for one in loaded:
            one.finish() if is_waiting else one.upload(until_s)
        self._bind(loaded, was_coming)
        if shown.tables != self._tables:
            self._tables = shown.tables
            self._buffer.write(_tables(shown.tables), _TABLES_AT)
        if shown.rows is not self._rows:
            self._rows = shown.rows
            self.count = len(shown.rows) - shown.caps
            self._vertices = _CORNERS * (5 if shown.frames else 1)
            self._left_out = len(shown.left_out)
            self._buffer.write(shown.rows, _ROWS_AT)
            self._buffer.write(shown.bends, _BENDS_AT)
        if self._drawn != (self.count, *size):
            self._drawn = (self.count, *size)
            self._buffer.write(np.array([*self._drawn, 0], np.float32))
        self._outline(draw, geometry)

    @property
    def is_drawn(self) -> bool:
        """In the first frame with something to slice, nothing is, and still is drawn: a driver
        finishes a program when it is first drawn with, and then no later frame waits for that."""
        return self.count > 0 or self._rows is NO_ROWS

    @property
    def is_complete(self) -> bool:
        """Nothing is on its way."""
        return all(one.is_complete for one in self._loaded.values())

    @property
    def coarse(self) -> tuple[Coarse, ...]:
        """The scans that are shown at less than their resolution."""
        every = self._loaded.values()
        return tuple(Coarse(v.volume, v.storage.factors) for v in every if v.storage.is_reduced)

    def notes(self) -> list[str]:
        """What is not shown, or at less than its resolution; each once."""
        found = []
        if self._left_out != self._told_left_out:
            self._told_left_out = self._left_out
            if self._left_out:
                found.append(
                    f"{self._left_out} of the slices are not shown: there is room for "
                    f"{MAX_VOLUMES} scans and {MAX_TABLES} colour maps at a time; remove a slice"
                )
        for key, one in self._loaded.items():
            if key in self._told or not (one.problem or one.storage.is_reduced):
                continue
            self._told.add(key)
            if one.problem:
                found.append(f"{one.volume.name} cannot be shown: {one.problem}")
            else:
                i, j, k = one.storage.factors
                found.append(
                    f"{one.volume.name} is too large for this graphics card: "
                    f"{i}x{j}x{k} of its voxels are shown as one"
                )
        return found

    def draw(
        self, programs: Programs, view: int | None, samples: int, views: int, state: FrameState
    ) -> None:
        """The planes, and the structures' edges on them."""
        programs.use("slice.vert", "slice.frag", variants_of(view, samples_variant(samples)))
        count = max(self.count, 1) * views
        direct.glDrawArraysInstanced(GL.GL_TRIANGLES, 0, self._vertices, count)
        if self.count == 0:
            programs.ready("outline.vert", "outline.frag", variants_of(view), "outline.geom")
        elif self._outlines is not None and self._outlines.count:
            programs.use("outline.vert", "outline.frag", variants_of(view), "outline.geom")
            self._outlines.draw()
            state.bind_commands()

    def draw_faces(self, count: int, views: int) -> None:
        """Of cuts; which ones is the shader's to know."""
        direct.glDrawArraysInstanced(GL.GL_TRIANGLES, 0, _CORNERS, count * views)

    def close(self) -> None:
        if self._outlines is not None:
            self._outlines.close()
        for one in self._loaded.values():
            one.close()
        self._buffer.close()

    def _outline(self, draw: DrawData, geometry: Geometry) -> None:
        """Other surfaces have other commands."""
        if self._outlines is not None and self._outlines.geometry is not geometry:
            self._outlines.close()
            self._outlines = None
        if self._outlines is None and draw.slices.has_outlines:
            self._outlines = OutlinePass(geometry)
        if self._outlines is not None:
            self._outlines.write(draw)

    def _fit(self, volume: Volume, shown: tuple[Volume, ...], is_waiting: bool) -> LoadedVolume:
        found = self._loaded.get(id(volume))
        if found is None:
            beside = context_beside() if self._is_software and not is_waiting else None
            found = self._loaded[id(volume)] = LoadedVolume(volume, beside)
            self._make_room({id(volume) for volume in shown})
        return found

    def _make_room(self, shown: set[int]) -> None:
        """Scans that are no longer shown stay, so that they come back at once, as long as the card
        has room for them; those that came first go first."""
        for key in list(self._loaded):
            if sum(one.storage.size_bytes for one in self._loaded.values()) <= ROOM_BYTES:
                return
            if key not in shown:
                self._loaded.pop(key).close()

    def _bind(self, loaded: list[LoadedVolume], was_coming: bool) -> None:
        names = tuple(one.name for one in loaded)
        if names == self._bound and not was_coming:
            return
        self._bound = names  # what another context wrote is seen from the next binding on
        for i, name in enumerate(names):
            GL.glBindTextureUnit(_FIRST_TEXTURE_UNIT + i, name)
        self._buffer.write(np.array([_described(one) for one in loaded], VOLUME_DTYPE), _VOLUMES_AT)


def _described(one: LoadedVolume) -> tuple[Any, ...]:
    """At the far edge, a texel is the mean of the voxels that are left over."""
    storage = one.storage
    factors, size = np.array(storage.factors, np.float64), one.volume.voxels.shape[:3]
    left_over = size - factors * (np.array(storage.shape) - 1)
    return (
        1 / factors,
        storage.is_float,
        -(factors - 1) / 2 / factors,
        storage.offset,
        size,
        one.planes,
        (*storage.shape, 0),
        (*(2 * factors / (factors + left_over) - 1), 0),
    )


def _tables(names: tuple[str, ...]) -> NDArray[np.float32]:
    tables = np.zeros((len(names), 256, 4), np.float32)
    for table, name in zip(tables, names, strict=True):
        table[:, :3] = linear_from_srgb((table_colors(name) / 255).astype(np.float32))
    return tables
