"""A voice in a film: in step with the pictures, whatever the microphone's clock; read by PyAV."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import av
import miniaudio
import numpy as np
import pytest

from xrviewer.capture import audio
from xrviewer.capture.sounds import RATE_HZ, Samples
from xrviewer.capture.video import VideoWriter
from xrviewer.capture.voice import InStep, Microphone
from xrviewer.errors import DeviceError

PIECE = 960
FRAME_S = 1 / 30
FLASHES_S = (0.5, 1.4, 2.2)


def beeps(length_s: float) -> Samples:
    """A tenth of a second of tone at each flash."""
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    is_on = np.any([(time_s >= t) & (time_s < t + 0.1) for t in FLASHES_S], axis=0)
    return np.rint(12_000 * is_on * np.sin(2 * np.pi * 1000 * time_s)).astype(np.int16)


def filmed(file: Path, length_s: float = 3.0) -> None:
    writer = VideoWriter(file, 64, 48, 30, has_voice=True)
    in_step = InStep(0.0)
    with writer:
        sound, given = beeps(length_s), 0
        for i in range(round(length_s * 30)):
            while given < (i + 1) * RATE_HZ / 30:
                piece = sound[given : given + PIECE]
                given += PIECE
                writer.hear(in_step.take(piece, given / RATE_HZ))
            is_bright = any(t <= (i + 0.5) * FRAME_S < t + 0.1 for t in FLASHES_S)
            writer.write(np.full((48, 64, 3), 255 * is_bright, np.uint8))


def onsets(file: Path) -> tuple[list[float], list[float]]:
    """When the pictures turn bright, when the sound begins: by the file's own times."""
    bright, seen_s, loud, heard_s = [], [], [], []
    with av.open(str(file)) as container:
        for frame in container.decode(video=0):
            bright.append(frame.to_ndarray(format="gray").mean() > 128)
            seen_s.append(float(frame.pts * frame.time_base))
    with av.open(str(file)) as container:
        for frame in container.decode(audio=0):
            wave = np.abs(frame.to_ndarray().astype(float)[0])
            at_s = float(frame.pts * frame.time_base)
            loud += list(wave.reshape(-1, 64).max(axis=1) > 0.05)
            heard_s += [at_s + j * 64 / RATE_HZ for j in range(len(wave) // 64)]
    turns = zip(seen_s[1:], itertools.pairwise(bright), strict=True)
    begins = [t for t, (was, now) in turns if now > was]
    sounds, last = [], -1.0
    for at_s, is_loud in zip(heard_s, loud, strict=True):
        if is_loud and at_s - last > 0.3:
            sounds.append(at_s)
        last = at_s if is_loud else last
    return begins, sounds


def test_pictures_and_voice_are_in_step_within_a_frame(tmp_path: Path) -> None:
    filmed(tmp_path / "a.mp4")
    seen, heard = onsets(tmp_path / "a.mp4")
    assert len(seen) == len(heard) == len(FLASHES_S)
    assert np.abs(np.subtract(seen, heard)).max() < FRAME_S
    with av.open(str(tmp_path / "a.mp4")) as container:
        (picture,), (sound,) = container.streams.video, container.streams.audio
        assert sound.codec_context.name == "aac" and sound.rate == RATE_HZ
        lengths = [float(s.duration * s.time_base) for s in (picture, sound)]
        assert abs(lengths[0] - lengths[1]) < 0.1


def test_pieces_that_a_kill_leaves_are_in_step_too(tmp_path: Path) -> None:
    writer = VideoWriter(tmp_path / "a.mp4", 64, 48, 30, has_voice=True)
    sound = beeps(3.0)
    for i in range(90):
        writer.hear(sound[i * 1600 : (i + 1) * 1600])
        is_bright = any(t <= (i + 0.5) * FRAME_S < t + 0.1 for t in FLASHES_S)
        writer.write(np.full((48, 64, 3), 255 * is_bright, np.uint8))
    while writer._encoded < 90:
        time.sleep(0.01)
    left = tmp_path / "left.mp4"
    left.write_bytes((tmp_path / "a.mp4.part").read_bytes())
    writer.abandon()
    seen, heard = onsets(left)
    assert (
        len(seen) >= 2 and abs(seen[0] - heard[0]) < FRAME_S and abs(seen[1] - heard[1]) < FRAME_S
    )


@pytest.mark.parametrize("parts_per_million", [-300, 0, 300])
def test_a_microphone_s_own_clock_does_not_run_away(parts_per_million: int) -> None:
    in_step, chance = InStep(5.0), np.random.default_rng(1)
    rate = RATE_HZ * (1 + parts_per_million / 1e6)
    given, worst = 0, 0.0
    for i in range(1, 15_000):  # five minutes
        until_s = 5.0 + i * PIECE / rate
        given += len(in_step.take(np.zeros(PIECE, np.int16), until_s + chance.exponential(0.003)))
        if i > 500:
            worst = max(worst, abs(given / RATE_HZ - (until_s - 5.0)))
    assert worst < FRAME_S / 2


def test_what_was_lost_is_silence_and_what_came_before_the_film_is_left_out() -> None:
    in_step, piece = InStep(10.0), np.full(PIECE, 100, np.int16)
    assert len(in_step.take(piece, 9.9)) == 0
    first = in_step.take(piece, 10.0 + 0.5 * PIECE / RATE_HZ)
    assert len(first) == PIECE // 2
    after = in_step.take(piece, 11.0)
    assert len(first) + len(after) == RATE_HZ and (after[:-PIECE] == 0).all()
    assert len(in_step.take(piece, 10.5)) == 0


class Beeper:
    """A device as miniaudio's are, which gives what it was told to in real time."""

    backend = "test"

    def __init__(self, sound: Samples) -> None:
        self._sound, self._is_over = sound, threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, generator: Generator[Any, Any, None]) -> None:
        self._thread = threading.Thread(target=self._run, args=(generator,))
        self._thread.start()

    def _run(self, generator: Generator[Any, Any, None]) -> None:
        began = time.monotonic()
        for at in range(0, len(self._sound) - PIECE, PIECE):
            due = began + (at + PIECE) / RATE_HZ
            if self._is_over.wait(max(0.0, due - time.monotonic())):
                return
            generator.send(bytearray(self._sound[at : at + PIECE].tobytes()))

    def stop(self) -> None:
        self._is_over.set()
        assert self._thread is not None
        self._thread.join()

    def close(self) -> None: ...


def test_a_microphone_gives_its_pieces_with_their_moment() -> None:
    sound = np.arange(RATE_HZ, dtype=np.int16)
    microphone, came = Microphone(lambda: Beeper(sound)), []
    microphone.hear = lambda samples, at_s: came.append((samples, at_s))
    time.sleep(0.2)
    microphone.close()
    assert len(came) >= 5
    np.testing.assert_array_equal(np.diff(np.concatenate([s for s, _ in came])), 1)
    assert all(b[1] > a[1] for a, b in itertools.pairwise(came))


def test_the_library_s_own_null_device_is_heard_as_silence_in_real_time() -> None:
    def null() -> Any:
        null_backend = [miniaudio.Backend.NULL]
        signed = miniaudio.SampleFormat.SIGNED16
        return miniaudio.CaptureDevice(signed, 1, RATE_HZ, 20, backends=null_backend)

    microphone, came = Microphone(null), []
    microphone.hear = lambda samples, _: came.append(samples)
    time.sleep(0.5)
    microphone.close()
    heard = np.concatenate(came)
    assert not heard.any() and len(heard) == pytest.approx(0.5 * RATE_HZ, rel=0.3)


def test_without_a_microphone_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def none(*_: object, **__: object) -> None:
        raise miniaudio.MiniaudioError("failed to init device", -401)

    monkeypatch.setattr(miniaudio, "CaptureDevice", none)
    with pytest.raises(DeviceError, match="no microphone was found: connect one"):
        Microphone()
    monkeypatch.setattr(miniaudio, "PlaybackDevice", none)
    assert audio.open_speaker() is None
    assert capfd.readouterr().err == ""
