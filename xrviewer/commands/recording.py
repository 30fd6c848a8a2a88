"""A film of what is shown, beside the frames: no frame waits for a picture or for the encoder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from xrviewer.app.loop import Watch
from xrviewer.capture.sounds import Samples
from xrviewer.capture.video import VideoWriter
from xrviewer.capture.voice import InStep, Microphone
from xrviewer.commands.printing import say
from xrviewer.commands.render import FRAMES_PER_S
from xrviewer.commands.stage import Stage
from xrviewer.commands.stills import Plates
from xrviewer.errors import GraphicsError, XrviewerError
from xrviewer.gpu.later_beside import later_readback
from xrviewer.gpu.target import RenderTarget
from xrviewer.spatial.film import Camera

Pixels = NDArray[np.uint8]
Finish = Callable[[Pixels], Pixels]
HEADSET_FILM = (1280, 720)
"""An eye is nearly square and of any size; a film is not. The eye's picture is cut evenly."""


@dataclass(frozen=True, slots=True)
class Filming:
    """The film of a whole session, as it was asked for."""

    file: Path | None = None
    """None for no film."""
    size: tuple[int, int] | None = None
    """Of a replay's."""
    camera: Camera = Camera.EYE
    has_voice: bool = False
    """What the microphone hears is in it."""


NO_FILM = Filming()


@contextmanager
def recording(stage: Stage, film: Filming, width: int, height: int) -> Iterator[Recorder | None]:
    """Nothing where no film is wanted. Who ends the viewer with Ctrl-C keeps what was filmed."""
    if film.file is None:
        yield None
        return
    microphone = Microphone() if film.has_voice else None
    recorder = Recorder(stage, film.file, width, height, microphone)
    try:
        yield recorder
    except KeyboardInterrupt:
        recorder.close()
        raise
    except BaseException:
        recorder.abandon()
        raise
    recorder.close()


class Recorder:
    """Watches finished frames. A picture is scaled and read by the GPU while the next frame is
    drawn; title, legend and encoding are the encoder thread's."""

    def __init__(
        self,
        stage: Stage,
        file: Path,
        width: int,
        height: int,
        microphone: Microphone | None = None,
    ) -> None:
        """microphone: what it hears is in the film, and it is closed with it."""
        self._stage, self._file, self._microphone = stage, file, microphone
        try:
            if width < 2 or height < 2:
                raise GraphicsError("the window is too small to be recorded")
            self._writer = VideoWriter(file, width, height, FRAMES_PER_S, self.hears_voice)
        except XrviewerError:
            self._stop_listening()
            raise
        self._readback, self._plates = later_readback(width, height), Plates(stage)
        self._start_s: float | None = None
        self._next = 0
        self.width, self.height = width, height
        self.source: Callable[[RenderTarget], tuple[RenderTarget, ...]] = lambda target: (target,)
        """What is filmed of a frame whose target this is, beside one another."""
        self.has_legend = False
        """It comes onto the pictures, for what is filmed has none in it."""

    def __call__(self, target: RenderTarget) -> None:
        """After a frame was drawn, before it is presented."""
        self._take_arrived()
        now_s = self._stage.app.time_s
        if self._start_s is None:
            self._start_s = now_s
            self._listen()
        number = int((now_s - self._start_s) * FRAMES_PER_S)
        if number < self._next:
            return
        self._next = number
        if not self._readback.has_room:
            self._next = number + 1
            self._writer.dropped += 1
            return
        self.add(self.source(target), self._plates.now(self.has_legend))

    @property
    def has_room(self) -> bool:
        """For one more picture. Each keeps its room until the encoder takes it, so that none for
        which there was room is dropped."""
        self._take_arrived()
        return self._readback.has_room

    def add(self, pictures: tuple[RenderTarget, ...], finish: Finish) -> None:
        """The film's next picture; only while there is room."""
        self._readback.ask(pictures, (self._next / FRAMES_PER_S, finish))
        self._next += 1

    def _listen(self) -> None:
        """From the film's first picture on."""
        if self._microphone is None:
            return
        in_step = InStep(time.monotonic())

        def hear(samples: Samples, until_s: float) -> None:
            if self._writer.problem is None:
                self._writer.hear(in_step.take(samples, until_s))

        self._microphone.hear = hear

    @property
    def hears_voice(self) -> bool:
        return self._microphone is not None

    @property
    def seconds(self) -> int:
        """How long it has filmed."""
        return self._next // FRAMES_PER_S

    @property
    def problem(self) -> str | None:
        """Why nothing more is filmed; close() tells it too."""
        return self._writer.problem

    def close(self) -> None:
        """Finishes the film and says what became of it. Raises EncoderError."""
        self._stop_listening()
        while self._take_arrived(should_wait=True):
            pass
        try:
            self._writer.close()
        finally:
            self._readback.close()  # the encoder's thread takes pictures until it is done
        dropped = self._writer.dropped
        say(f"recorded {self._file}" + (f"; {dropped} frames dropped" if dropped else ""))

    def abandon(self) -> None:
        self._stop_listening()
        self._writer.abandon()
        self._readback.close()

    def _stop_listening(self) -> None:
        if self._microphone is not None:
            self._microphone.close()
            self._microphone = None

    def _take_arrived(self, should_wait: bool = False) -> bool:
        arrived = self._readback.arrived(should_wait)
        if arrived is None:
            return False
        time_s, finish = cast("tuple[float, Finish]", arrived.ticket)
        at_s = time_s + 0.5 / FRAMES_PER_S
        if not self._writer.offer(at_s, lambda: finish(arrived.pixels()), arrived.drop):
            arrived.drop()
        return True


def all_of(*watches: Watch | None) -> Watch | None:
    """One that is each of them in turn."""
    there = [watch for watch in watches if watch is not None]

    def watch(target: RenderTarget) -> None:
        for each in there:
            each(target)

    return watch if there else None
