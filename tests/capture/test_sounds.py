"""Sounds made by formulas, and a speaker that no frame waits for."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest

from xrviewer.capture.sounds import RATE_HZ, Samples, shutter, tick
from xrviewer.capture.speaker import Speaker


def test_sounds_are_short_not_too_loud_and_do_not_crack() -> None:
    for sound in (shutter(), tick()):
        assert sound.dtype == np.int16 and len(sound) < 0.2 * RATE_HZ
        assert 4_000 < np.abs(sound).max() < 20_000
        assert abs(int(sound[0])) < 200 and abs(int(sound[-1])) < 200


def test_a_shutter_clicks_twice() -> None:
    wave = np.abs(shutter().astype(float))
    loud = wave[: len(wave) // 240 * 240].reshape(-1, 240).mean(axis=1)
    second = round(0.065 * RATE_HZ / 240)
    assert loud[0] > 3 * loud[second - 2] and loud[second + 1] > 2 * loud[second - 2]


class Loudspeaker:
    """A device that takes what it is given, sixty times a second."""

    backend = "test"

    def __init__(self) -> None:
        self.heard: list[Samples] = []
        self.is_closed, self._is_over = False, threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, generator: Generator[Any, Any, None]) -> None:
        self._is_over.clear()
        self._thread = threading.Thread(target=self._run, args=(generator,))
        self._thread.start()

    def _run(self, generator: Generator[Any, Any, None]) -> None:
        while not self._is_over.wait(0.005):
            self.heard.append(generator.send(800))

    def stop(self) -> None:
        self._is_over.set()
        assert self._thread is not None
        self._thread.join()

    def close(self) -> None:
        self.is_closed = True


def test_a_sound_is_played_whole_and_followed_by_silence() -> None:
    device, sound = Loudspeaker(), shutter()
    speaker = Speaker(True, lambda: device)
    speaker.play(sound)
    time.sleep(0.25)
    speaker.close()
    heard = np.concatenate(device.heard)
    np.testing.assert_array_equal(heard[: len(sound)], sound)
    assert not heard[len(sound) :].any() and device.is_closed


@pytest.mark.parametrize("is_on", [True, False])
def test_without_a_device_or_a_wish_it_is_silent_and_never_waited_for(is_on: bool) -> None:
    asked = []

    def slow() -> None:
        asked.append(threading.current_thread().name)
        time.sleep(0.2)

    speaker, start_s = Speaker(is_on, slow), time.perf_counter()
    for _ in range(20):
        speaker.play(tick())
    assert time.perf_counter() - start_s < 0.05
    speaker.close()
    assert asked == (["xrviewer sounds"] if is_on else [])
