"""What a scan's values are like: the window to open with, presets, a histogram."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import frozen
from xrviewer.case.volume import Volume

_PLANES, _ROWS = 16, 96
"""Of each volume so many planes are read, and so many rows and columns of them: about 4 MB."""
BINS = 128
_USUAL_SHARE = (1.0, 99.5)
"""Percentiles between which an MR is shown: fat may burn out, and noise stays dark."""
CT_PRESETS = MappingProxyType(
    {
        "soft": (40.0, 400.0),
        "bone": (400.0, 1800.0),
        "lung": (-600.0, 1500.0),
        "brain": (40.0, 80.0),
        "liver": (60.0, 160.0),
        "vessels": (200.0, 600.0),
    }
)
"""Centre and width in HU."""

_ALONE_SHARE = 1e-3
"""Of a lone value, how far around it is looked: far more than float32 can tell apart."""


@dataclass(frozen=True, slots=True, eq=False)
class ScanValues:
    """Of a sample of the voxels; in values, not as stored."""

    window: tuple[float, float]
    """Centre and width to open with."""
    low: float
    high: float
    counts: NDArray[np.int64]
    """(BINS,) from low to high."""
    colors: str
    """The colour map to open with."""


@lru_cache(maxsize=64)
def scan_values(volume: Volume) -> ScanValues:
    """Reads a few megabytes, whatever the size."""
    found = _sample(volume)
    low, high = (float(found.min()), float(found.max())) if len(found) else (0.0, 1.0)
    if not high > low:  # one value: mid-grey, so that it is not taken for nothing
        margin = max(0.5, abs(low) * _ALONE_SHARE)
        low, high = low - margin, high + margin
    counts, _ = np.histogram(found, BINS, (low, high))
    window = volume.window or _usual_window(volume.modality, found, low, high)
    colors = "inferno" if volume.modality in ("PT", "NM") else "gray"
    return ScanValues(window, low, high, frozen(counts), colors)


def presets_of(volume: Volume) -> dict[str, tuple[float, float]]:
    """By name; auto is what the data says."""
    found = {"auto": scan_values(volume).window}
    values = scan_values(volume)
    found["full"] = ((values.low + values.high) / 2, values.high - values.low)
    return found | dict(CT_PRESETS) if volume.modality == "CT" else found


def _usual_window(
    modality: str, values: NDArray[np.float64], low: float, high: float
) -> tuple[float, float]:
    if modality == "CT":
        return CT_PRESETS["soft"]
    bottom, top = low, high
    if len(values):
        bottom, top = (float(v) for v in np.percentile(values, _USUAL_SHARE))
    if modality in ("PT", "NM"):  # uptake is read from nothing up
        bottom = min(0.0, low)
    if not top > bottom:
        bottom, top = low, high
    return (bottom + top) / 2, top - bottom


def _sample(volume: Volume) -> NDArray[np.float64]:
    """Even steps through the volume, finite values only."""
    voxels = volume.voxels
    i, j, k = (
        max(1, n // most) for n, most in zip(voxels.shape, (_ROWS, _ROWS, _PLANES), strict=True)
    )
    taken = np.asarray(voxels[i // 2 :: i, j // 2 :: j, k // 2 :: k], np.float64).ravel()
    taken = taken[np.isfinite(taken)]
    return np.asarray(taken * volume.slope + volume.intercept)
