"""The voxels of a stack: decoded, scaled alike, in order along the normal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.errors import InputError
from xrviewer.ingest.dicom.header import Frame, Header, one_line
from xrviewer.ingest.dicom.unpacking import all_decoded, decoded

Tell = Callable[[float], None]
Read = tuple[NDArray[Any], tuple[float, float]]
"""(I, J, K) in Fortran order, and slope and intercept: value = voxel * slope + intercept."""


def read_stack(frames: Sequence[Frame], headers: Mapping[Path, Header], tell: Tell) -> Read:
    """In the order given."""
    scalings = {frame.scaling for frame in frames}
    is_alike = len(scalings) == 1
    stack: NDArray[Any] | None = None
    for k, (frame, plane) in enumerate(_planes(frames, headers)):
        if not is_alike:
            plane = (plane * frame.scaling[0] + frame.scaling[1]).astype(np.float32)
        if stack is None:
            stack = np.empty((plane.shape[1], plane.shape[0], len(frames)), plane.dtype, order="F")
        _check_alike(frame, plane, stack)
        stack[:, :, k] = plane.T
        tell((k + 1) / len(frames))
    assert stack is not None
    return stack, (scalings.pop() if is_alike else (1.0, 0.0))


def _planes(
    frames: Sequence[Frame], headers: Mapping[Path, Header]
) -> Iterator[tuple[Frame, NDArray[Any]]]:
    """A file of many frames is opened once where they follow each other."""
    if _are_packed_alike(frames, headers):
        yield from zip(frames, all_decoded(frames), strict=True)
        return
    at: Path | None = None
    pixels: NDArray[Any] = np.zeros(0)
    for frame in frames:
        if frame.path != at:
            at, pixels = frame.path, _pixels(headers[frame.path])
        yield frame, _plane(frame, pixels)


def _are_packed_alike(frames: Sequence[Frame], headers: Mapping[Path, Header]) -> bool:
    """A file each, none of which can be read as it is, and one scaling for all."""
    own = {frame.path for frame in frames}
    is_packed = all(headers[path].raw is None and len(headers[path].frames) == 1 for path in own)
    return is_packed and len(own) == len(frames) and len({f.scaling for f in frames}) == 1


def _pixels(header: Header) -> NDArray[Any]:
    if header.raw is None:
        return decoded(header.path)
    shape = (max(len(header.frames), 1), header.rows, header.columns)
    try:
        count = int(np.prod(shape, dtype=object))
        pixels = np.fromfile(header.path, header.raw.dtype, count, offset=header.raw.offset)
        return pixels.reshape(shape)
    except (OSError, ValueError) as error:
        reason = f"has pixels that cannot be read: {one_line(error)}"
        raise InputError(header.path, reason) from None


def _plane(frame: Frame, pixels: NDArray[Any]) -> NDArray[Any]:
    if pixels.ndim == 2:
        return pixels
    if pixels.ndim != 3 or frame.index >= len(pixels):
        raise InputError(frame.path, f"holds pixels of the shape {pixels.shape}, not grey slices")
    return np.asarray(pixels[frame.index])


def _check_alike(frame: Frame, plane: NDArray[Any], stack: NDArray[Any]) -> None:
    if plane.T.shape != stack.shape[:2] or plane.dtype != stack.dtype:
        got = f"{plane.shape} {plane.dtype}"
        raise InputError(frame.path, f"differs from the other slices of its series: {got}")
