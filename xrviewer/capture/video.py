"""A film, encoded beside the frame thread. H.264 that browsers and slide programs play."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from xrviewer.capture.pieces import cut_to_whole
from xrviewer.capture.place import check_place, why
from xrviewer.capture.sounds import Samples
from xrviewer.capture.voice_track import VoiceTrack
from xrviewer.errors import EncoderError

VIDEO_SUFFIXES = (".mp4",)
_QUEUE_FRAMES = 8
_ENCODER = "libx264"
_BT709 = 1
_LIMITED_RANGE = 1
_PIECES = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"}
"""A second a piece: what a kill leaves behind plays up to the last whole one."""
_IN_FRONT = {"movflags": "faststart"}

Make = Callable[[], NDArray[np.uint8]]
_MOST_THREADS = 4
"""Each is a picture more that is on its way, and a few lines that are known less of the last."""
_Waiting = tuple[int, Make, Callable[[], None]]


class VideoWriter:
    """Frames in, a whole file out: written aside, put in place at the end, removed on failure.

    A kill leaves FILE.part, which plays.
    """

    def __init__(
        self, file: Path, width: int, height: int, frames_per_s: int = 30, has_voice: bool = False
    ) -> None:
        """Odd sizes lose their last row or column: the chroma planes are half as large."""
        self.dropped = 0
        self._file = file
        self._partial = file.with_name(file.name + ".part")
        self._width, self._height = width & ~1, height & ~1
        self._frames_per_s = frames_per_s
        self._next = 0
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(_QUEUE_FRAMES)
        self._error: Exception | None = None
        self._encoded = 0
        check_place(file)
        try:
            self._container: Any = av.open(str(self._partial), "w", format="mp4", options=_PIECES)
            self._stream = self._add_stream(frames_per_s)
            self._voice = VoiceTrack(self._container) if has_voice else None
        except (OSError, ValueError, FFmpegError) as error:
            self._partial.unlink(missing_ok=True)
            raise EncoderError(f"{file}: cannot be recorded: {why(error)}") from error
        self._thread = threading.Thread(target=self._encode_all, name="xrviewer encoder")
        self._thread.start()

    def write(self, picture: NDArray[np.uint8]) -> None:
        """The next frame, (height, width, 3 or 4), top row first; waits for the encoder."""
        self._queue.put((self._next, lambda: picture, lambda: None))
        self._next += 1

    def offer(self, time_s: float, make: Make, done: Callable[[], None] = lambda: None) -> bool:
        """The picture of a moment since the start, if a frame is due and the encoder has room;
        made by the encoder's thread, and done with, whatever becomes of it. Whether it took it.

        A frame it has no room for is counted and left out: the viewer never waits for the film.
        """
        number = int(time_s * self._frames_per_s)
        if number < self._next:
            return False
        self._next = number + 1
        if self._queue.full():
            self.dropped += 1
            return False
        self._queue.put_nowait((number, make, done))
        return True

    def hear(self, samples: Samples) -> None:
        """The voice goes on, from the film's beginning; from any thread, never waits."""
        assert self._voice is not None, "the film was begun without a voice"
        self._voice.hear(samples)

    @property
    def problem(self) -> str | None:
        """Why nothing more is written."""
        return None if self._error is None else why(self._error)

    def close(self) -> None:
        """Finishes the file. Raises EncoderError when a frame could not be encoded or written;
        what is whole of the film is kept then."""
        self._finish()
        if not self._encoded and self._error is None:
            self._partial.unlink(missing_ok=True)
            raise EncoderError(f"{self._file}: no frame was filmed, so there is no film")
        try:
            if self._error is None:
                self._put_together()
        except (OSError, FFmpegError) as error:
            self._error = error
        if self._error is not None:
            raise EncoderError(self._kept_or_lost(self._error)) from self._error

    def _kept_or_lost(self, error: Exception) -> str:
        """The pieces that are whole play as they are."""
        try:
            if self._partial.exists() and cut_to_whole(self._partial):
                self._partial.replace(self._file)
                return f"{self._file}: ends early: {why(error)}; what was whole is kept"
        except OSError as later:
            error = later
        self._partial.unlink(missing_ok=True)
        return f"{self._file}: cannot be recorded: {why(error)}"

    def abandon(self) -> None:
        self._finish()
        self._partial.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _add_stream(self, frames_per_s: int) -> Any:
        stream = self._container.add_stream(_ENCODER, rate=frames_per_s)
        stream.width, stream.height, stream.pix_fmt = self._width, self._height, "yuv420p"
        stream.time_base = Fraction(1, frames_per_s)
        # Pieces have no place to say that a film begins with frames that look ahead.
        stream.options = {"crf": "18", "preset": "veryfast", "bf": "0"}
        stream.gop_size = frames_per_s
        context = stream.codec_context
        # Pictures beside one another: by slices of one, each waits for the slowest.
        context.thread_type, context.thread_count = "FRAME", _threads()
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        context.color_range = _LIMITED_RANGE
        return stream

    def _encode_all(self) -> None:
        """Keeps taking frames after an error, so that the frame thread never blocks on it."""
        while (waiting := self._queue.get()) is not None:
            try:
                self._take(*waiting)
            except Exception as error:  # whatever it is, close() tells it to the frame thread
                self._error = error

    def _take(self, number: int, make: Make, done: Callable[[], None]) -> None:
        try:
            frame = self._converted(make()) if self._error is None else None
        finally:
            done()
        if frame is not None:
            self._encode(number, frame)

    def _converted(self, picture: NDArray[np.uint8]) -> av.VideoFrame:
        """As the encoder wants it; the picture is not copied on the way."""
        fitting = np.ascontiguousarray(picture[: self._height, : self._width])
        kind = "rgba" if picture.shape[2] == 4 else "rgb24"
        frame = av.VideoFrame.from_numpy_buffer(fitting, format=kind)
        return frame.reformat(format="yuv420p", dst_colorspace="ITU709")

    def _encode(self, number: int, frame: av.VideoFrame) -> None:
        frame.pts = number
        if self._voice is not None:
            self._voice.encode()
        for packet in self._stream.encode(frame):
            self._container.mux(packet)
        self._encoded += 1

    def _put_together(self) -> None:
        """The pieces as one, its table in front: slide programs want it so."""
        whole = self._file.with_name(self._file.name + ".whole")
        try:
            with (
                av.open(str(self._partial)) as pieces,
                av.open(str(whole), "w", format="mp4", options=_IN_FRONT) as out,
            ):
                streams = {s.index: out.add_stream_from_template(s) for s in pieces.streams}
                for packet in pieces.demux():
                    if packet.dts is not None:
                        packet.stream = streams[packet.stream.index]
                        out.mux(packet)
            whole.replace(self._file)
        finally:
            whole.unlink(missing_ok=True)
        self._partial.unlink()

    def _finish(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        try:
            if self._error is None:
                if self._voice is not None:
                    self._voice.finish(self._next / self._frames_per_s)
                for packet in self._stream.encode():
                    self._container.mux(packet)
            self._container.close()
        except (OSError, ValueError, FFmpegError) as error:
            self._error = self._error or error


def _threads() -> int:
    """Half as many again as processors: some wait for the picture before theirs."""
    return min(3 * (os.cpu_count() or 1) // 2, _MOST_THREADS)


def can_encode() -> bool:
    """Whether there is an H.264 encoder: some builds of the libraries come without."""
    return _ENCODER in av.codecs_available
