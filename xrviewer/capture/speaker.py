"""Plays short sounds beside the frames."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator

import numpy as np

from xrviewer.capture.audio import Device, open_speaker
from xrviewer.capture.sounds import RATE_HZ, Samples

_WAITING = 4
"""More at once would be a noise: what comes then is left out."""
_TAIL_S = 0.06
"""Until what was handed over has been heard."""


class Speaker:
    """A thread of its own opens the device when the first sound is asked for. Without a device, or
    without wanting sounds, it is silent."""

    def __init__(
        self, is_on: bool = True, open: Callable[[], Device | None] = open_speaker
    ) -> None:
        self._is_on, self._open = is_on, open
        self._queue: queue.Queue[Samples | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self._is_over = threading.Event()

    def play(self, sound: Samples) -> None:
        """At once, or not at all; never waits."""
        if not self._is_on or self._is_over.is_set():
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._play_all, name="xrviewer sounds")
            self._thread.start()
        if not self._queue.full():
            self._queue.put_nowait(sound)

    def close(self) -> None:
        self._is_over.set()
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _play_all(self) -> None:
        device = self._open()
        while (sound := self._queue.get()) is not None:
            if device is not None and not self._is_over.is_set():
                self._play(device, sound)
        if device is not None:
            device.close()

    def _play(self, device: Device, sound: Samples) -> None:
        """The device runs for the sound only: a callback a frame for silence would cost frames."""
        is_done = threading.Event()
        generator = _handed_over(sound, is_done)
        next(generator)
        device.start(generator)
        is_done.wait(len(sound) / RATE_HZ + 1.0)
        self._is_over.wait(_TAIL_S)
        device.stop()


def _handed_over(sound: Samples, is_done: threading.Event) -> Generator[Samples, int, None]:
    """As many samples as the device asks for, then silence."""
    wanted, at = (yield np.zeros(0, np.int16)), 0
    while True:
        piece = sound[at : at + wanted]
        at += len(piece)
        if at >= len(sound):
            is_done.set()
        wanted = yield np.pad(piece, (0, wanted - len(piece)))
