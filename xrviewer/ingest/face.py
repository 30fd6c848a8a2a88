"""Whether a face can be made out of a scan: by the skin that is in it, whatever a header says.

The scan is looked at every four millimetres in the patient's own directions. What is not air is
one body; a face is its front, where there is air before it, over the height of one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from xrviewer.case.volume import Volume
from xrviewer.spatial.transforms import apply

_STEP_MM = 4.0
_AIR_MM = 8.0
"""Before the skin, so that it is seen to end there."""
_HALF_WIDTH_MM = 30.0
"""Of the part of the front that is looked at, about the midline."""
_HEIGHT_MM = 60.0
"""From the brow to below the nose: with less of it nobody is known again."""
_BREADTH_MM = (130.0, 220.0)
_LENGTH_MM = (183.0, 270.0)
"""Of a head with its skin, where no header says that it is one. A brain alone is shorter."""
_AIR_HU = -300.0
_AIR_SHARE = 0.15
"""Of the bright end of the scan: less is air, where there are no Hounsfield units."""
_LARGEST = 200
"""Places along a direction: what is longer than 80 cm is no head alone."""


def shows_face(volume: Volume, is_head: bool) -> bool:
    """is_head: what a header says; without it the shape must be that of a head."""
    body = _body(volume)
    if body is None:
        return False
    height = _front_mm(body)
    if is_head:
        return height >= _HEIGHT_MM
    breadth, length = (_STEP_MM * _widest(body, axis) for axis in (0, 1))
    has_size = (
        _BREADTH_MM[0] <= breadth <= _BREADTH_MM[1] and _LENGTH_MM[0] <= length <= _LENGTH_MM[1]
    )
    return has_size and height >= 1.5 * _HEIGHT_MM


def _body(volume: Volume) -> NDArray[np.bool_] | None:
    """Along L, P and S; the largest thing in it that is not air, without its holes."""
    values = _sampled(volume)
    if values is None:
        return None
    air = _AIR_HU if volume.unit == "HU" else _air(values)
    number, count = ndimage.label(values > air)
    if not count:
        return None
    sizes = np.bincount(number.ravel())[1:]
    body = number == 1 + int(np.argmax(sizes))
    return np.asarray(ndimage.binary_fill_holes(body))


def _sampled(volume: Volume) -> NDArray[np.float32] | None:
    """Outside the scan stands its smallest value. None for what is too large to be a head."""
    corners = np.array(list(np.ndindex(2, 2, 2))) * (np.array(volume.voxels.shape) - 1)
    places = apply(volume.case_from_voxel, corners.astype(np.float64))
    low, high = places.min(axis=0), places.max(axis=0)
    count = ((high - low) // _STEP_MM).astype(int) + 1
    if count.max() > _LARGEST or count.min() < 2:
        return None
    grid = np.indices(tuple(count)).reshape(3, -1).T * _STEP_MM + low
    voxel_from_case = np.asarray(np.linalg.inv(volume.case_from_voxel), np.float64)
    voxel = np.rint(apply(voxel_from_case, grid)).astype(int)
    is_in = ((voxel >= 0) & (voxel < volume.voxels.shape)).all(axis=1)
    i, j, k = voxel[is_in].T
    values = np.full(len(grid), np.nan, np.float32)
    values[is_in] = volume.voxels[i, j, k] * volume.slope + volume.intercept
    values[~np.isfinite(values)] = np.nanmin(values)
    return values.reshape(tuple(count))


def _air(values: NDArray[np.float32]) -> float:
    low, high = (float(v) for v in np.percentile(values, (2, 98)))
    return low + _AIR_SHARE * (high - low)


def _front_mm(body: NDArray[np.bool_]) -> float:
    """How high the front of the body is seen, near the midline: with air before it."""
    middle = ndimage.center_of_mass(body)[0]
    near = np.abs(np.arange(len(body)) - middle) <= _HALF_WIDTH_MM / _STEP_MM
    front = body[near]
    first = np.argmax(front, axis=1)  # y grows to the back
    is_seen = front.any(axis=1) & (first >= _AIR_MM / _STEP_MM)
    return float(_STEP_MM * np.count_nonzero(is_seen.mean(axis=0) > 0.8))


def _widest(body: NDArray[np.bool_], axis: int) -> int:
    """Places from side to side, of the slice where it is widest."""
    along: NDArray[np.bool_] = np.asarray(body.any(axis=1 - axis))
    has = along.any(axis=0)
    first, last = np.argmax(along, axis=0), len(along) - np.argmax(along[::-1], axis=0)
    return int((last - first)[has].max())
