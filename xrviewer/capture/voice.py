"""A voice laid on a film's clock.

A microphone's clock is its own: over ten minutes it may be a tenth of a second off. What it gives
is stretched by parts of a thousand, so that it stays with the pictures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np

from xrviewer.capture.audio import Device, open_microphone
from xrviewer.capture.sounds import RATE_HZ, Samples

_STRETCH = 0.004
"""At most, of a piece: nobody hears it."""
_GAIN = 0.01
"""Of what is missing, made good in one piece: so, with the settling, it does not swing."""
_SETTLING_S = 1.0
"""How slowly one late piece counts: pieces come when the system has time."""
_GAP_S = 0.15
"""Farther off than this, samples were lost: there is silence in their place."""

Hear = Callable[[Samples, float], None]
"""Samples, and the moment (time.monotonic) when the last of them was heard."""


class InStep:
    """Gives each piece as long as it took, from the film's first picture on."""

    def __init__(self, start_s: float) -> None:
        """start_s: the film's first picture, on the clock that pieces come with."""
        self._start_s = start_s
        self._given = 0
        self._error = 0.0
        """Samples that are missing, on the long run."""

    def take(self, samples: Samples, until_s: float) -> Samples:
        """What follows on what was given before; nothing of the time before the film."""
        end = round((until_s - self._start_s) * RATE_HZ)
        if end <= 0:
            return samples[:0]
        if not self._given:
            return self._gave(_fitted(samples, end))
        behind = end - self._given - len(samples)
        if behind > _GAP_S * RATE_HZ:
            self._error = 0.0
            return self._gave(_fitted(samples, end - self._given))
        if behind < -_GAP_S * RATE_HZ:  # more than time can hold: what is too much is left out
            self._error = 0.0
            return self._gave(samples[: max(0, end - self._given)])
        self._error += (behind - self._error) * min(1.0, len(samples) / RATE_HZ / _SETTLING_S)
        return self._gave(_stretched(samples, self._error))

    def _gave(self, samples: Samples) -> Samples:
        self._given += len(samples)
        return samples


class Microphone:
    """Listens from when it is made; what it hears goes nowhere until `hear` is set."""

    def __init__(self, open: Callable[[], Device] = open_microphone) -> None:
        """Raises DeviceError where there is none. Takes up to some tenths of a second."""
        self.hear: Hear | None = None
        self._device = open()
        generator = self._listen()
        next(generator)
        self._device.start(generator)

    def close(self) -> None:
        self.hear = None
        self._device.stop()
        self._device.close()

    def _listen(self) -> Generator[None, Any, None]:
        """The device's own thread runs this, every few hundredths of a second."""
        while True:
            data, hear = (yield), self.hear
            if hear is not None:
                hear(np.frombuffer(bytes(data), np.int16), time.monotonic())


def _fitted(samples: Samples, length: int) -> Samples:
    """The last of them, or silence before the first."""
    return (
        samples[-length:] if length <= len(samples) else np.pad(samples, (length - len(samples), 0))
    )


def _stretched(samples: Samples, by: float) -> Samples:
    most = len(samples) * _STRETCH
    length = len(samples) + round(min(max(by * _GAIN, -most), most))
    if length == len(samples):
        return samples
    places = np.linspace(0, len(samples) - 1, length)
    return np.rint(np.interp(places, np.arange(len(samples)), samples)).astype(np.int16)
