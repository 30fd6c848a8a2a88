"""The voxels of a stack: decoded, scaled alike, in order along the normal."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray

from xrviewer.errors import InputError
from xrviewer.ingest.dicom.header import BROKEN, Frame, one_line

Tell = Callable[[float], None]


def read_stack(frames: tuple[Frame, ...], tell: Tell) -> tuple[NDArray[Any], tuple[float, float]]:
    """(I, J, K) in the order given, Fortran order; value = voxel * slope + intercept."""
    scalings = {frame.scaling for frame in frames}
    is_alike = len(scalings) == 1
    stack: NDArray[Any] | None = None
    decoded: tuple[Path | None, NDArray[Any]] = (None, np.zeros((0, 0, 0)))
    for k, frame in enumerate(frames):
        if decoded[0] != frame.path:
            decoded = (frame.path, _decoded(frame.path))
        plane = _plane(frame, decoded[1])
        if not is_alike:
            plane = (plane * frame.scaling[0] + frame.scaling[1]).astype(np.float32)
        if stack is None:
            stack = np.empty((plane.shape[1], plane.shape[0], len(frames)), plane.dtype, order="F")
        _check_alike(frame, plane, stack)
        stack[:, :, k] = plane.T
        tell((k + 1) / len(frames))
    assert stack is not None
    return stack, (scalings.pop() if is_alike else (1.0, 0.0))


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


def _decoded(path: Path) -> NDArray[Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(pydicom.dcmread(path, force=True).pixel_array)
    except (*BROKEN, RuntimeError) as error:
        raise InputError(path, f"has pixels that cannot be decoded: {one_line(error)}") from None
