"""Scans on the GPU, brought there a part a frame.

A thread reads the file and makes the numbers that the texture holds; the frame thread only hands
finished parts over, as many as its budget allows. Reading the mapped file on the frame thread
would wait for the disk. A driver that draws with the processor clears a texture when it makes it,
which takes as long as twenty frames: there the thread has a context of its own, and does it all.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.case.volume import Volume
from xrviewer.errors import GraphicsError
from xrviewer.gpu.context import Beside
from xrviewer.gpu.texture import VolumeTexture

PART_BYTES = 2 << 20
_PARTS_AHEAD = 4
BUDGET_S = 0.002
"""Of each frame, while a scan is on its way."""
ROOM_BYTES = 3 << 30
"""The most that one scan takes on the card; a larger one is shown at a lower resolution."""
_LEAST_BYTES = 1 << 20
_NOT_A_NUMBER = -1e30
"""NaN is shown as black, and so is what is mixed with it."""


@dataclass(frozen=True, slots=True)
class Storage:
    """How a volume lies in its texture."""

    factors: tuple[int, int, int]
    """So many voxels of each axis are one texel: their mean."""
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    is_float: bool
    """The texel's bits are a float32."""
    offset: float
    """What is to be added to a texel to have the file's number."""

    @property
    def is_reduced(self) -> bool:
        return self.factors != (1, 1, 1)

    @property
    def size_bytes(self) -> int:
        return _bytes(self.shape, self.dtype)


def storage_of(volume: Volume, most_texels: int, room_bytes: int = ROOM_BYTES) -> Storage:
    """Exact wherever the card can hold it: whole numbers of 16 bits as they are, others as
    float32."""
    kind = volume.voxels.dtype
    is_small = kind.kind in "iu" and kind.itemsize <= 2
    dtype = np.dtype(np.int16) if is_small else np.dtype(np.int32)
    offset = 32768.0 if kind == np.uint16 else 0.0
    i, j, k = volume.voxels.shape[:3]
    factors = [-(-n // most_texels) for n in (i, j, k)]
    while _bytes(_reduced((i, j, k), factors), dtype) > room_bytes:
        longest = max(range(3), key=lambda a: (i, j, k)[a] / factors[a])
        factors[longest] += 1
    shape = _reduced((i, j, k), factors)
    return Storage((factors[0], factors[1], factors[2]), shape, dtype, not is_small, offset)


def _reduced(shape: tuple[int, int, int], factors: list[int]) -> tuple[int, int, int]:
    i, j, k = (-(-n // f) for n, f in zip(shape, factors, strict=True))
    return i, j, k


def _bytes(shape: tuple[int, int, int], dtype: np.dtype[Any]) -> int:
    return shape[0] * shape[1] * shape[2] * dtype.itemsize


def texels(volume: Volume, storage: Storage, first: int, count: int) -> NDArray[Any]:
    """Texture planes from the first on, (I, J, count), Fortran order; a copy."""
    f = storage.factors
    block = volume.voxels[:, :, first * f[2] : (first + count) * f[2]]
    if storage.is_reduced:
        block = _mean(block, f)
    if storage.is_float:
        with np.errstate(over="ignore"):  # float64 beyond float32 is as good as infinite
            found = np.asarray(block, np.float32)
        found = np.nan_to_num(found, nan=_NOT_A_NUMBER, posinf=1e30, neginf=-1e30)
        return np.asfortranarray(found).view(np.int32)
    if storage.offset:
        return np.asfortranarray(np.bitwise_xor(np.asarray(block, np.uint16), 0x8000)).view(
            np.int16
        )
    return np.array(block, np.int16, order="F")


def _mean(block: NDArray[Any], factors: tuple[int, int, int]) -> NDArray[Any]:
    """Of the voxels of each texel; at the far edge, of those that are there."""
    kind = block.dtype
    sums, counts = np.asarray(block, np.float64), np.ones(())
    for axis, factor in enumerate(factors):
        starts = np.arange(0, block.shape[axis], factor)
        sums = np.add.reduceat(sums, starts, axis=axis)
        per = np.diff([*starts, block.shape[axis]]).astype(np.float64)
        counts = counts * per.reshape([-1 if a == axis else 1 for a in range(3)])
    mean = sums / counts
    return np.asarray(np.rint(mean) if kind.kind in "iu" else mean).astype(kind)


def allocated(volume: Volume, most_texels: int) -> tuple[Storage, VolumeTexture]:
    """At the highest resolution for which the card has room. Raises GraphicsError where there is
    none at all: what is left of a scan of a megabyte says nothing."""
    room_bytes = ROOM_BYTES
    while True:
        storage = storage_of(volume, most_texels, room_bytes)
        try:
            return storage, VolumeTexture(storage.shape, storage.dtype)
        except GraphicsError:
            room_bytes = storage.size_bytes // 2
            if room_bytes < _LEAST_BYTES:
                raise


class LoadedVolume:
    """One scan on its way to the GPU, or there."""

    def __init__(self, volume: Volume, beside: Beside | None = None) -> None:
        """beside: with it the thread makes the texture and fills it; without it the frames do."""
        self.volume = volume
        self._most_texels = int(GL.glGetIntegerv(GL.GL_MAX_3D_TEXTURE_SIZE))
        self.storage = storage_of(volume, self._most_texels)
        self.problem = ""
        """Why it cannot be shown."""
        self.planes = 0
        """How many are there."""
        self._texture: VolumeTexture | None = None
        self._beside, self._is_for_frames = beside, beside is None
        self._parts: queue.Queue[tuple[int, NDArray[Any]]] = queue.Queue(_PARTS_AHEAD)
        self._is_closing = threading.Event()
        if beside is None:
            self._make()
        self._thread = threading.Thread(target=self._work, name="xrviewer scan", daemon=True)
        self._thread.start()

    @property
    def name(self) -> int:
        """Of the texture; 0 as long as there is none."""
        return 0 if self._texture is None else self._texture.name

    @property
    def is_complete(self) -> bool:
        return self.planes >= self.storage.shape[2] or bool(self.problem)

    def upload(self, until_s: float) -> None:
        """What is ready, one part at least, until the time is up."""
        if self._is_for_frames and self._texture is None and not self.problem:
            self._make()
        while not self.is_complete:
            try:
                first, planes = self._parts.get_nowait()
            except queue.Empty:
                return
            self._take(first, planes)
            if time.perf_counter() >= until_s:
                return

    def finish(self) -> None:
        """Waits for all of it: for a still, never in the loop."""
        while not self.is_complete:
            self.upload(0.0)
            time.sleep(0.0005 if self._parts.empty() else 0)

    def close(self) -> None:
        self._is_closing.set()
        while self._thread.is_alive():
            try:  # the thread may wait for room
                self._parts.get_nowait()
            except queue.Empty:
                self._thread.join(0.001)
        if self._texture is not None:
            self._texture.close()
        if self._beside is not None:
            self._beside.close()

    def _make(self) -> None:
        try:
            self.storage, self._texture = allocated(self.volume, self._most_texels)
        except GraphicsError as error:
            self.problem = str(error)

    def _take(self, first: int, planes: NDArray[Any]) -> None:
        assert self._texture is not None
        self._texture.write(first, planes)
        self.planes = first + planes.shape[2]

    def _work(self) -> None:
        if self._beside is not None:
            try:
                with self._beside:
                    self._make()
                    self._fill()
                return
            except GraphicsError:  # no second context: the frames do it
                self._is_for_frames = True
        while not self.problem and self._texture is None and not self._is_closing.wait(0.001):
            pass
        for part in self._read():
            while not self._is_closing.is_set():
                try:
                    self._parts.put(part, timeout=0.1)
                    break
                except queue.Full:
                    continue

    def _fill(self) -> None:
        for first, planes in self._read():
            assert self._texture is not None
            self._texture.write(first, planes)
            GL.glFinish()  # what the other context may look at is there
            self.planes = first + planes.shape[2]

    def _read(self) -> Iterator[tuple[int, NDArray[Any]]]:
        i, j, k = self.storage.shape
        count = max(1, PART_BYTES // (i * j * self.storage.dtype.itemsize))
        for first in range(0, k, count):
            if self._is_closing.is_set() or self.problem:
                return
            yield first, texels(self.volume, self.storage, first, min(count, k - first))
