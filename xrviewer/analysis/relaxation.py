"""T2 from echoes: how fast the signal of a tissue dies away."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.volume import Volume
from xrviewer.errors import MeasureError

LONGEST_MS, SHORTEST_MS = 300.0, 1.0
"""Beyond these nothing is told by echoes of some ten milliseconds: fluid, bone, noise."""
FROM_WHICH_THE_FIRST_IS_LEFT_OUT = 4
"""Echoes. In a train the first lacks what later ones gain from imperfect refocusing: between the
first two of a real knee the signal of most tissue grows."""
_SAME_GRID_MM = 1e-2


def echoes_among(volumes: Sequence[Volume]) -> tuple[Volume, ...]:
    """Two or more of one scan, by their times. Raises MeasureError where there are none.

    Where several scans have echoes, the one with the most; of four or more, without the first.
    """
    groups: dict[object, dict[float, Volume]] = {}
    for volume in volumes:
        if volume.echo_ms is not None:
            groups.setdefault(_grid(volume), {})[volume.echo_ms] = volume
    most = max(groups.values(), key=len, default={})
    if len(most) < 2:
        found = len([v for v in volumes if v.echo_ms is not None])
        raise MeasureError(
            f"a T2 needs two echoes of one scan, and this date has {found} with an echo time: "
            "import the multi-echo series (all its files lie in one series)"
        )
    times = sorted(most)
    if len(times) >= FROM_WHICH_THE_FIRST_IS_LEFT_OUT:
        times = times[1:]
    return tuple(most[echo_ms] for echo_ms in times)


def fitted_t2_ms(signals: NDArray[np.float64], echoes_ms: Sequence[float]) -> NDArray[np.float32]:
    """Of one exponential; signals: (E, ...). NaN where the signal does not die away as one does.

    A line through the logarithms, each weighted by its signal squared: the logarithm of a weak
    signal is mostly noise. Two echoes determine it; with more it is the usual first step of a
    nonlinear fit, within a per cent of it at a signal ten times the noise.
    """
    if len(echoes_ms) < 2 or any(b <= a for a, b in pairwise(echoes_ms)):
        raise MeasureError(f"echo times grow, and there are two or more, not {list(echoes_ms)}")
    echo = np.asarray(echoes_ms, np.float64).reshape(-1, *[1] * (signals.ndim - 1))
    is_signal = (signals > 0).all(axis=0)
    safe = np.where(is_signal, signals, 1.0)
    weight = safe**2
    total = weight.sum(axis=0)
    line = np.log(safe)
    mean_echo, mean_line = (weight * echo).sum(axis=0) / total, (weight * line).sum(axis=0) / total
    off = echo - mean_echo
    slope = (weight * off * (line - mean_line)).sum(axis=0) / (weight * off**2).sum(axis=0)
    t2_ms = -1 / np.where(slope < 0, slope, -np.inf)
    is_told = is_signal & (slope < 0) & (t2_ms >= SHORTEST_MS) & (t2_ms <= LONGEST_MS)
    return np.where(is_told, t2_ms, np.nan).astype(np.float32)


def t2_volume(echoes: Sequence[Volume]) -> NDArray[np.float32]:
    """(I, J, K), on the grid of the echoes; a slice at a time, for memory's sake."""
    times = [volume.echo_ms or 0.0 for volume in echoes]
    shape = echoes[0].voxels.shape
    found = np.empty(shape, np.float32)
    for k in range(shape[-1]):
        signals = [v.voxels[:, :, k].astype(np.float64) * v.slope + v.intercept for v in echoes]
        found[:, :, k] = fitted_t2_ms(np.stack(signals), times)
    return found


def _grid(volume: Volume) -> object:
    steps = np.round(volume.case_from_voxel / _SAME_GRID_MM).astype(np.int64)
    return volume.voxels.shape, steps.tobytes()
