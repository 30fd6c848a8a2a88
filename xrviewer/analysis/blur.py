"""A Gaussian blur of a field with an empty margin, as sums of the flat array with itself shifted.

A shift that runs off the end of a row comes out in the next one's margin, where nothing is: so
every axis is one long run of places. Half the time of scipy's filter, and unlike products of
matrices (as fast, tried) it leaves the other cores to other labels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TRUNCATE = 2.5
"""Standard deviations that the kernel reaches."""
_RUN = 1 << 18
"""Places at a time: what is added up stays in the processor's cache. Of shorter runs two threads
would make each other wait for Python's lock."""

Values = NDArray[np.float32]


def blurred(values: Values, sigma: Sequence[float]) -> Values:
    """sigma in places, along each axis. The outermost `reach` places of each must be 0."""
    flat = values.ravel()
    for axis, own in enumerate(sigma):
        stride = int(np.prod(values.shape[axis + 1 :]))
        flat = _along(flat, stride, _half_kernel(own))
    return flat.reshape(values.shape)


def reach(sigma: float) -> int:
    """Places to either side that the blur touches."""
    return int(TRUNCATE * sigma + 0.5)


def _half_kernel(sigma: float) -> Values:
    """From the middle on."""
    weights = np.exp(-0.5 * (np.arange(reach(sigma) + 1) / sigma) ** 2)
    return np.asarray(weights / (2 * weights.sum() - 1), np.float32)


def _along(flat: Values, stride: int, kernel: Values) -> Values:
    edge = stride * (len(kernel) - 1)
    beyond = np.zeros(edge, np.float32)
    around = np.concatenate([beyond, flat, beyond])
    result = np.empty_like(flat)
    pair = np.empty(_RUN, np.float32)
    for start in range(0, len(flat), _RUN):
        out = result[start : start + _RUN]
        here, both = start + edge, pair[: len(out)]
        np.multiply(around[here : here + len(out)], kernel[0], out=out)
        for step, weight in enumerate(kernel[1:], 1):
            low, high = here - step * stride, here + step * stride
            np.add(around[low : low + len(out)], around[high : high + len(out)], out=both)
            both *= weight
            out += both
    return result
