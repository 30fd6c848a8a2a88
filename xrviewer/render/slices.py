"""Planes through the scans: one draw call for all of them."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.case.volume import Volume
from xrviewer.gpu.buffer import Buffer
from xrviewer.render.volumes import BUDGET_S, LoadedVolume
from xrviewer.scene.build import linear_from_srgb
from xrviewer.scene.slices import SLICE_DTYPE, ShownSlices, table_colors

MAX_SLICES, MAX_VOLUMES, MAX_TABLES = 64, 8, 8
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
    ]
)
"""As shaders/lib/volume.glsl reads it."""
_TABLES_AT = MAX_VOLUMES * VOLUME_DTYPE.itemsize
_ROWS_AT = _TABLES_AT + MAX_TABLES * 256 * 16


class SlicePass:
    """Owns the scans' textures and the buffer; made when a slice is first shown."""

    def __init__(self) -> None:
        self._buffer = Buffer(_ROWS_AT + MAX_SLICES * SLICE_DTYPE.itemsize)
        self._loaded: dict[int, LoadedVolume] = {}
        self._bound: tuple[int, ...] = ()
        self._tables: tuple[str, ...] = ()
        self._rows: NDArray[Any] | None = None
        self._told: set[int] = set()
        self.count = 0
        GL.glBindBufferBase(GL.GL_SHADER_STORAGE_BUFFER, _BUFFER_UNIT, self._buffer.name)

    def write(self, shown: ShownSlices, is_waiting: bool) -> None:
        """is_waiting: a still is to be whole; else what is on its way comes a part a frame."""
        volumes = shown.volumes[:MAX_VOLUMES]
        loaded = [self._fit(volume) for volume in volumes]
        until_s = time.perf_counter() + BUDGET_S
        was_coming = any(not one.is_complete for one in loaded)
        for one in loaded:
            one.finish() if is_waiting else one.upload(until_s)
        self._bind(loaded, was_coming)
        if shown.tables != self._tables:
            self._tables = shown.tables
            self._buffer.write(_tables(shown.tables[:MAX_TABLES]), _TABLES_AT)
        if shown.rows is not self._rows:
            self._rows = shown.rows
            rows = shown.rows[:MAX_SLICES]
            self.count = max(0, len(rows) - shown.caps)
            self._buffer.write(rows, _ROWS_AT)

    @property
    def is_complete(self) -> bool:
        """Nothing is on its way."""
        return all(one.is_complete for one in self._loaded.values())

    def notes(self) -> list[str]:
        """What is shown at less than its resolution; each once."""
        found = []
        for key, one in self._loaded.items():
            if one.storage.is_reduced and key not in self._told:
                self._told.add(key)
                i, j, k = one.storage.factors
                found.append(
                    f"{one.volume.name} is too large for this graphics card: "
                    f"{i}x{j}x{k} of its voxels are shown as one"
                )
        return found

    def draw(self, views: int) -> None:
        self.draw_some(self.count, views)

    def draw_some(self, count: int, views: int) -> None:
        """So many rectangles; which ones is the shader's to know."""
        GL.glDrawArraysInstanced(GL.GL_TRIANGLES, 0, 6, count * views)

    def close(self) -> None:
        for one in self._loaded.values():
            one.close()
        self._buffer.close()

    def _fit(self, volume: Volume) -> LoadedVolume:
        found = self._loaded.get(id(volume))
        if found is None:
            found = self._loaded[id(volume)] = LoadedVolume(volume)
        return found

    def _bind(self, loaded: list[LoadedVolume], was_coming: bool) -> None:
        names = tuple(one.texture.name for one in loaded)
        if names != self._bound:
            self._bound = names
            for i, name in enumerate(names):
                GL.glBindTextureUnit(_FIRST_TEXTURE_UNIT + i, name)
        elif not was_coming:
            return
        self._buffer.write(np.array([_described(one) for one in loaded], VOLUME_DTYPE))


def _described(one: LoadedVolume) -> tuple[Any, ...]:
    storage = one.storage
    factors = np.array(storage.factors, np.float64)
    return (
        1 / factors,
        storage.is_float,
        -(factors - 1) / 2 / factors,
        storage.offset,
        one.volume.voxels.shape[:3],
        one.planes,
        (*storage.shape, 0),
    )


def _tables(names: tuple[str, ...]) -> NDArray[np.float32]:
    tables = np.zeros((len(names), 256, 4), np.float32)
    for table, name in zip(tables, names, strict=True):
        table[:, :3] = linear_from_srgb((table_colors(name) / 255).astype(np.float32))
    return tables
