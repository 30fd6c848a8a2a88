"""The sound of a film: AAC beside its pictures."""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import Any

import av
import numpy as np

from xrviewer.capture.sounds import RATE_HZ, Samples

_BITS_PER_S = 96_000
_PRIMING = 1024
"""The encoder begins with so many samples of nothing. The film's first two hundredths of a second
are left out instead: else its pieces, which have no place to say so, would all be late."""


class VoiceTrack:
    """Samples in from any thread; encoded and written by the encoder's."""

    def __init__(self, container: Any) -> None:
        self._container = container
        self._stream = container.add_stream("aac", rate=RATE_HZ, layout="mono")
        self._stream.bit_rate = _BITS_PER_S
        self._stream.time_base = Fraction(1, RATE_HZ)
        self._heard: deque[Samples] = deque()
        self._at = 0

    def hear(self, samples: Samples) -> None:
        self._heard.append(samples)

    def encode(self) -> None:
        """What was heard since."""
        pieces = [self._heard.popleft() for _ in range(len(self._heard))]
        if not pieces:
            return
        self._write(np.concatenate(pieces))

    def finish(self, length_s: float) -> None:
        """As long as the pictures: silence in place of what did not come."""
        self.encode()
        missing = round(length_s * RATE_HZ) - self._at
        if missing > 0:
            self._write(np.zeros(missing, np.int16))
        for packet in self._stream.encode():
            self._container.mux(packet)

    def _write(self, samples: Samples) -> None:
        left_out = min(len(samples), max(0, _PRIMING - self._at))
        start, self._at = self._at + left_out, self._at + len(samples)
        if left_out == len(samples):
            return
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[None, left_out:]), format="s16", layout="mono"
        )
        frame.sample_rate, frame.time_base, frame.pts = RATE_HZ, Fraction(1, RATE_HZ), start
        for packet in self._stream.encode(frame):
            self._container.mux(packet)
