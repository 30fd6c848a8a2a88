"""Packed slices, several at a time.

pydicom's decoders hold the interpreter's lock, ITK's do not: on n cores its are n times as fast.
But ITK hands out values, not what is stored, and knows fewer syntaxes. So the first slice is
decoded by both, and ITK goes on with the rest only where the two agree bit by bit.
"""

from __future__ import annotations

import os
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray

from xrviewer.errors import InputError
from xrviewer.ingest.dicom.header import BROKEN, Frame, one_line

_FEWEST = 8
"""Slices: for fewer it is not worth loading ITK."""
_AHEAD = 3
"""Slices a core that are decoded before they are asked for."""

Pixels = NDArray[Any]
Decode = Callable[[Path], Pixels]


def decoded(path: Path) -> Pixels:
    """Pixels as they are stored, whatever they are packed with."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(pydicom.dcmread(path, force=True).pixel_array)
    except (*BROKEN, RuntimeError) as error:
        reason = f"has pixels that cannot be decoded: {one_line(error)}"
        raise InputError(path, f"{reason}; export the series again, without compression") from None


def all_decoded(frames: Sequence[Frame]) -> Iterator[Pixels]:
    """Of files of one frame each, in order; all must have one scaling."""
    first = decoded(frames[0].path)
    yield first
    quick = _quick(frames[0], first) if len(frames) >= _FEWEST else None
    paths = [frame.path for frame in frames[1:]]
    yield from map(decoded, paths) if quick is None else _side_by_side(quick, paths)


def _quick(frame: Frame, wanted: Pixels) -> Decode | None:
    """ITK's way, where it gives what is wanted of the first slice."""
    slope, intercept = frame.scaling
    if slope != 1 or intercept % 1 or wanted.ndim != 2 or wanted.dtype.itemsize > 2:
        return None
    import SimpleITK  # takes 0.2 s to load, and most series do without

    def decode(path: Path) -> Pixels:
        values = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
        stored = values[0] if values.ndim == 3 and len(values) == 1 else values
        return np.asarray((stored.astype(np.int32) - int(intercept)).astype(wanted.dtype))

    try:
        found = decode(frame.path)
    except RuntimeError:
        return None
    return decode if np.array_equal(found, wanted) else None


def _side_by_side(decode: Decode, paths: Sequence[Path]) -> Iterator[Pixels]:
    cores = min(os.cpu_count() or 1, 8)
    waiting: deque[tuple[Path, Future[Pixels]]] = deque()
    with ThreadPoolExecutor(cores) as pool:
        try:
            for path in paths:
                waiting.append((path, pool.submit(decode, path)))
                if len(waiting) > cores * _AHEAD:
                    yield _result(*waiting.popleft())
            while waiting:
                yield _result(*waiting.popleft())
        finally:
            pool.shutdown(cancel_futures=True)


def _result(path: Path, future: Future[Pixels]) -> Pixels:
    """What one library cannot read the other may; if neither can, it says why."""
    try:
        return future.result()
    except RuntimeError:
        return decoded(path)
