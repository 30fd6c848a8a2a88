"""What a scan is like: noise, signal, motion, ghosts. Estimates, each with its method named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.volume import Volume

Values = NDArray[np.float32]
_SLICES = 24
"""Of a scan that the noise is estimated from, spread evenly."""
_EDGE = 0.06
"""Of the picture at each side, where ghosts are looked for."""
_STEP = 2
"""Every n-th pixel, for what two slices have in common."""


@dataclass(frozen=True, slots=True, eq=False)
class ScanQuality:
    """Of one scan, in its own units."""

    noise: float
    """Standard deviation, from second differences across and along: structure cancels, noise
    stays; by the median, so that edges do not count."""
    signal: float
    """Median of what is brighter than the mean."""
    correlation: NDArray[np.float64]
    """Of each slice with the next one."""
    frozen: tuple[int, ...]
    """Slices that are the same as the next one, bit by bit."""
    ghosting: float
    """Difference of the air above and below against that to the sides, over twice the signal."""

    @property
    def snr(self) -> float:
        return self.signal / self.noise if self.noise else float("inf")

    @property
    def broken(self) -> tuple[int, ...]:
        """Slices that have far less in common with the next than theirs have: motion, or a gap."""
        if len(self.correlation) < 3:
            return ()
        middle = float(np.median(self.correlation))
        spread = 1.4826 * float(np.median(np.abs(self.correlation - middle)))
        low = self.correlation < middle - max(8 * spread, 0.1)
        return tuple(int(k) for k in np.flatnonzero(low))


def scan_quality(volume: Volume) -> ScanQuality:
    """A slice at a time: nothing of the scan's size is made."""
    count = volume.voxels.shape[2]
    chosen = np.unique(np.linspace(0, count - 1, min(_SLICES, count)).round().astype(int))
    planes = [_plane(volume, int(k)) for k in chosen]
    correlation, frozen = _neighbours(volume)
    signal = _signal(planes)
    return ScanQuality(
        noise=float(np.median([_noise(plane) for plane in planes])),
        signal=signal,
        correlation=correlation,
        frozen=frozen,
        ghosting=_ghosting(planes, signal),
    )


def _plane(volume: Volume, k: int) -> Values:
    plane = volume.voxels[:, :, k].astype(np.float32)
    return np.asarray(plane * volume.slope + volume.intercept, np.float32)


def _noise(plane: Values) -> float:
    """Of [1 -2 1] along both axes, whose squares sum to 36; where there is more than nothing."""
    across = plane[2:] - 2 * plane[1:-1] + plane[:-2]
    both = across[:, 2:] - 2 * across[:, 1:-1] + across[:, :-2]
    there = plane[1:-1, 1:-1] > plane.min()
    values = np.abs(both[there]) if there.any() else np.zeros(1, np.float32)
    return float(1.4826 * np.median(values) / 6)


def _signal(planes: list[Values]) -> float:
    values = np.concatenate([plane.ravel() for plane in planes])
    bright = values[values > values.mean()]
    return float(np.median(bright)) if len(bright) else 0.0


def _neighbours(volume: Volume) -> tuple[NDArray[np.float64], tuple[int, ...]]:
    found, frozen = [], []
    before = _plane(volume, 0)[::_STEP, ::_STEP]
    for k in range(1, volume.voxels.shape[2]):
        here = _plane(volume, k)[::_STEP, ::_STEP]
        if np.array_equal(before, here) and np.ptp(here) > 0:
            frozen.append(k - 1)
        found.append(_correlation(before, here))
        before = here
    return np.array(found), tuple(frozen)


def _correlation(one: Values, two: Values) -> float:
    """1 for two slices without contrast: nothing speaks against them."""
    a, b = (plane.astype(np.float64) - plane.mean() for plane in (one, two))
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    both_flat = not a.any() and not b.any()
    return float((a * b).sum()) / size if size else float(both_flat)


def _ghosting(planes: list[Values], signal: float) -> float:
    if not signal:
        return 0.0
    found = []
    for plane in planes:
        i, j = (max(int(n * _EDGE), 1) for n in plane.shape)
        ends = np.concatenate([plane[:i, j:-j].ravel(), plane[-i:, j:-j].ravel()]).mean()
        sides = np.concatenate([plane[i:-i, :j].ravel(), plane[i:-i, -j:].ravel()]).mean()
        found.append(abs(float(ends - sides)) / (2 * abs(signal)))
    return float(np.median(found))
