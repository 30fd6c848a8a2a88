"""What came in, frame by frame, exactly: recorded to be played again.

A file is a header and one record a frame, each MessagePack after its length in four bytes. Floats
are written as they are, not-a-numbers too: a fault of the tracking must come again as it came.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BufferedWriter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import numpy as np

from xrviewer.errors import InputError, why_unwritable
from xrviewer.interaction.input import ButtonNames, FrameInput, Hand
from xrviewer.interaction.pointer import Desk
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import Fov, View

FORMAT = "xrviewer input"
SCHEMA = 1
_LENGTH = struct.Struct("<I")
_LONGEST = 1 << 28
"""Bytes of one record; a frame has one or two thousand, the first one holds a session."""
_JOINTS_SHAPE = (26, 8)


class Beginning(msgspec.Struct, frozen=True):
    """What a session that was not new began with, so that the one file can be played again."""

    journal: bytes = b""
    """As it stood then."""
    tool: str | None = None
    """The active tool that was asked for."""
    is_patient: bool = False
    is_locked: bool = False


NEW = Beginning()


class Header(msgspec.Struct, frozen=True):
    """What a replay must begin with to end alike."""

    format: str
    schema: int
    case: str
    version: int
    """Changes the session had seen when the recording began."""
    preferences: Preferences
    beginning: Beginning = NEW


class _Hand(msgspec.Struct, array_like=True):
    grip: Pose | None
    aim: Pose | None
    analog: tuple[float, float, float, float]
    buttons: tuple[bool, bool, bool, bool]
    joints: bytes | None
    epoch: int
    names: ButtonNames | None = None


class _Frame(msgspec.Struct, array_like=True):
    time_s: float
    dt_s: float
    views: list[tuple[Pose, Fov]]
    left: _Hand
    right: _Hand
    keys: list[str]
    can_point: bool | None
    is_recentred: bool
    is_see_through: bool
    desk: Desk | None = None


class InputRecorder:
    """Writes beside the loop; what the system refuses ends the recording, not the session."""

    def __init__(
        self,
        path: Path,
        case: str,
        version: int,
        preferences: Preferences,
        beginning: Beginning = NEW,
    ) -> None:
        """Raises InputError where the file cannot be made."""
        self.path = path
        self.problem: str | None = None
        try:
            self._file: BufferedWriter = path.open("wb")
        except OSError as error:
            raise InputError(path, why_unwritable(error)) from error
        self._encoder = msgspec.msgpack.Encoder()
        self._put(Header(FORMAT, SCHEMA, case, version, preferences, beginning))

    def write(self, inp: FrameInput) -> None:
        if self.problem is None:
            self._put(_frame(inp))

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            self.problem = self.problem or f"{self.path}: {error.strerror}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _put(self, record: msgspec.Struct) -> None:
        data = self._encoder.encode(record)
        try:
            self._file.write(_LENGTH.pack(len(data)) + data)
        except OSError as error:
            self.problem = f"{self.path}: {error.strerror}; the recording ends here"


def read_recording(path: Path) -> tuple[Header, list[FrameInput], str]:
    """The header, the frames, and a note when the end was cut off. Raises InputError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from error
    records, left = _split(data)
    first = next(records, b"")
    header = _header(path, first)
    frames = []
    for number, record in enumerate(records, start=1):
        try:
            frames.append(_input(_FRAMES.decode(record)))
        except (msgspec.MsgspecError, ValueError) as error:
            raise InputError(path, f"frame {number} is broken: {error}") from error
    cut = left()
    return header, frames, f"{path}: the last frame was cut ({cut} bytes of it)" if cut else ""


def _split(data: bytes) -> tuple[Iterator[bytes], Any]:
    at = 0

    def records() -> Iterator[bytes]:
        nonlocal at
        while at + _LENGTH.size <= len(data):
            (length,) = _LENGTH.unpack_from(data, at)
            if length > _LONGEST or at + _LENGTH.size + length > len(data):
                return
            at += _LENGTH.size + length
            yield data[at - length : at]

    return records(), lambda: len(data) - at


def _header(path: Path, record: bytes) -> Header:
    try:
        header = _HEADERS.decode(record)
    except msgspec.MsgspecError as error:
        raise InputError(path, "is not a recording of input; name another file") from error
    if header.format != FORMAT:
        raise InputError(path, "is not a recording of input; name another file")
    if header.schema != SCHEMA:
        raise InputError(path, f"has schema {header.schema}; this version reads schema {SCHEMA}")
    return header


def _frame(inp: FrameInput) -> _Frame:
    left, right, keys = _hand(inp.left), _hand(inp.right), sorted(inp.keys)
    views = [(view.eye, view.fov) for view in inp.views]
    flags = (inp.can_point, inp.is_recentred, inp.is_see_through)
    return _Frame(inp.time_s, inp.dt_s, views, left, right, keys, *flags, inp.desk)


def _hand(hand: Hand) -> _Hand:
    analog = (hand.squeeze, hand.trigger, *hand.stick)
    buttons = (hand.is_stick_pressed, hand.is_a_pressed, hand.is_b_pressed, hand.is_drawn)
    joints = None if hand.joints is None else hand.joints.astype("<f4").tobytes()
    return _Hand(hand.grip, hand.aim, analog, buttons, joints, hand.epoch, hand.names)


def _input(frame: _Frame) -> FrameInput:
    left, right = _played(frame.left), _played(frame.right)
    return FrameInput(
        frame.time_s,
        frame.dt_s,
        tuple(View(eye, fov) for eye, fov in frame.views),
        left,
        right,
        frozenset(frame.keys),
        is_recentred=frame.is_recentred,
        is_see_through=frame.is_see_through,
        can_point=frame.can_point,
        desk=frame.desk,
    )


def _played(hand: _Hand) -> Hand:
    squeeze, trigger, x, y = hand.analog
    stick, a, b, is_drawn = hand.buttons
    joints = None
    if hand.joints is not None:
        joints = np.frombuffer(hand.joints, "<f4").reshape(_JOINTS_SHAPE)
    return Hand(
        hand.grip,
        hand.aim,
        squeeze,
        trigger,
        (x, y),
        stick,
        a,
        b,
        joints,
        is_drawn,
        hand.epoch,
        hand.names,
    )


_HEADERS = msgspec.msgpack.Decoder(Header)
_FRAMES = msgspec.msgpack.Decoder(_Frame)
