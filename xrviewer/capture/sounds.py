"""The sounds of taking a picture, made by formulas: samples at RATE_HZ, one channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
Samples = NDArray[np.int16]
_SHUTTER_S, _SECOND_CLICK_S = 0.16, 0.065
_TICK_S, _TICK_HZ = 0.045, 1320.0
_LOUDNESS = 0.5
_SEED = 7


def shutter() -> Samples:
    """A curtain that opens and one that closes: two short bursts of noise, the second softer."""
    time_s = np.arange(round(_SHUTTER_S * RATE_HZ)) / RATE_HZ
    noise = np.random.default_rng(_SEED).standard_normal(len(time_s))
    hiss = np.convolve(noise, np.hanning(9) / 4.0, mode="same")
    later_s = time_s - _SECOND_CLICK_S
    second = np.where(later_s >= 0, 0.6 * np.exp(-np.maximum(later_s, 0) / 0.018), 0.0)
    return _as_samples(hiss * (np.exp(-time_s / 0.010) + second))


def tick() -> Samples:
    """Of a count: a soft beep."""
    time_s = np.arange(round(_TICK_S * RATE_HZ)) / RATE_HZ
    swell = np.sin(np.pi * time_s / _TICK_S) ** 2
    return _as_samples(0.5 * swell * np.sin(2 * np.pi * _TICK_HZ * time_s))


def _as_samples(wave: NDArray[np.float64]) -> Samples:
    """The first and last hundredth fade, so that nothing cracks."""
    edge = max(1, len(wave) // 100)
    wave = wave.copy()
    wave[:edge] *= np.linspace(0, 1, edge)
    wave[-edge:] *= np.linspace(1, 0, edge)
    loudest = max(float(np.abs(wave).max()), 1.0)
    return np.rint(wave / loudest * _LOUDNESS * np.iinfo(np.int16).max).astype(np.int16)
