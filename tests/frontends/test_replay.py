"""Recorded input is the same input: bit for bit in the file, and in the journal it leads to."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.interaction.gestures import DT_S, EYE, hand_at, holding
from tests.interaction.test_gestures import times, wild_hands
from tests.no_renderer import NoRenderer
from tests.shapes import case_of, sphere
from xrviewer.app.loop import App
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.errors import InputError
from xrviewer.frontends.frontend import Wait
from xrviewer.frontends.recording import InputRecorder, read_recording
from xrviewer.frontends.replay import ReplayFrontend
from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import looking_at

CASE = case_of({"ball": sphere((-60, 0, 0)), "other": sphere((60, 0, 0))})
AWKWARD = (0.1, 1 / 3, math.pi, 5e-324, math.nan, -0.0, math.inf)


class Watched:
    """A front-end that draws nowhere: what a window or a headset adds is only who watches."""

    def __init__(self, inputs: list[FrameInput]) -> None:
        self._inputs = iter(inputs)
        self._next: FrameInput | None = None
        self.felt: list[Pulse] = []

    def wait(self) -> Wait:
        self._next = next(self._inputs, None)
        return Wait.QUIT if self._next is None else Wait.RUN

    def input(self) -> FrameInput:
        assert self._next is not None
        return self._next

    def target(self) -> RenderTarget:
        return RenderTarget((0,), 0, 0, True)

    def pulse(self, pulse: Pulse) -> None:
        self.felt.append(pulse)

    def present(self) -> None: ...

    def close(self) -> None: ...


def way() -> list[FrameInput]:
    """A spin, a part taken out and left, a two-hand scaling, an undo, a walk, a reset."""
    rest = hand_at((-0.2, 1, 0)), hand_at((0.2, 1, 0))
    hands = [(hand_at((-0.2, 1, 0), stick=(0.9, 0.3)), rest[1])] * 20 + [rest] * 2
    ball = looking_at((0.3, 1.0, 0.2), (-0.06, 0.8, -0.6))
    for i in range(20):
        grip = Pose((0.3, 1.0 + 0.01 * i, 0.2), ball.rotation_xyzw)
        hands.append((rest[0], Hand(grip=grip, aim=ball, trigger=1.0)))
    hands += [rest] * 3
    hands += [
        (holding((-0.1 - x, 0.8, -0.6)), holding((0.1 + x, 0.81, -0.6)))
        for x in np.linspace(0, 0.3, 15)
    ]
    hands += [rest] * 2 + [(rest[0], hand_at((0.2, 1, 0), is_a_pressed=True))] * 4 + [rest]
    hands += [(rest[0], hand_at((0.2, 1, 0), stick=(0.0, 1.0)))] * 10
    hands += [(rest[0], hand_at((0.2, 1, 0), is_stick_pressed=True)), rest]
    return [
        FrameInput(DT_S * i, DT_S, (EYE,), left, right, frozenset({"h"} if i == 60 else ()))
        for i, (left, right) in enumerate(hands)
    ]


def play(
    frontend: Watched | ReplayFrontend,
    folder: Path,
    name: str,
    record: Callable[[FrameInput], None] | None = None,
) -> list[object]:
    """Runs a session; the journal's lines without their times."""
    path = folder / f"{name}.jsonl"
    with Journal(path) as journal:
        document = Document(CASE, journal=journal)
        app = App(CASE, document, NoRenderer(), preferences=Preferences())  # type: ignore[arg-type]
        app.record = record
        app.run(frontend)
        app.close()
    lines = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
    return [{k: v for k, v in line.items() if k != "utc"} for line in lines]


def test_a_replay_gives_the_same_journal_in_any_front_end(tmp_path: Path) -> None:
    file = tmp_path / "hands.input"
    with InputRecorder(file, CASE.id, 0, Preferences()) as recorder:
        lived = play(Watched(way()), tmp_path, "lived", record=recorder.write)
    header, frames, note = read_recording(file)
    assert header.case == CASE.id and note == ""
    kinds = [line["intent"]["type"] for line in lived[1:]]  # type: ignore[index]
    assert {"PlaceModel", "Undo"} <= set(kinds)
    watcher = FrameInput(0.0, 0.5, (), keys=frozenset({"ctrl+z", "r"}))
    other = FrameInput(0.0, 0.1, (EYE, EYE), holding((0, 1, 0)), holding((1, 1, 0)))
    for i, live in enumerate((watcher, other)):
        shown_in = Watched([live] * (len(frames) + 5))
        assert play(ReplayFrontend(shown_in, frames), tmp_path, f"again{i}") == lived
        assert {pulse.hand for pulse in shown_in.felt} == {0, 1}


def test_a_part_taken_out_is_among_what_is_replayed(tmp_path: Path) -> None:
    """With pointing from the first frame on: the tree is waited for."""
    frames = [FrameInput(f.time_s, f.dt_s, f.views, f.left, f.right, can_point=True) for f in way()]
    lines = play(Watched(frames), tmp_path, "pointing")
    kinds = [line["intent"]["type"] for line in lines[1:]]  # type: ignore[index]
    assert "PlacePart" in kinds
    assert play(Watched(frames), tmp_path, "again") == lines


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(wild_hands, wild_hands, times), max_size=6))
def test_every_number_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, hands: list[tuple[Hand, Hand, float]]
) -> None:
    frames = [
        FrameInput(t, t, (EYE,), left, right, frozenset({"ctrl+z", "ä"}))
        for left, right, t in hands
    ]
    file = tmp_path_factory.mktemp("r") / "x.input"
    with InputRecorder(file, "c", 3, Preferences(seated=True)) as recorder:
        for frame in frames:
            recorder.write(frame)
    header, read, _ = read_recording(file)
    assert (header.version, header.preferences.seated) == (3, True)
    assert repr(read) == repr(frames)  # a not-a-number is not equal to itself


def test_joints_and_awkward_numbers_come_back(tmp_path: Path) -> None:
    joints = np.random.default_rng(1).normal(size=(26, 8)).astype(np.float32)
    joints[0, :7] = AWKWARD
    frame = FrameInput(AWKWARD[2], AWKWARD[1], (), Hand(joints=joints, squeeze=AWKWARD[3]))
    file = tmp_path / "x.input"
    with InputRecorder(file, "c", 0, Preferences()) as recorder:
        recorder.write(frame)
    (read,) = read_recording(file)[1]
    assert read.left.joints is not None and read.left.joints.tobytes() == joints.tobytes()
    assert (read.time_s, read.dt_s, read.left.squeeze) == (AWKWARD[2], AWKWARD[1], AWKWARD[3])


def test_a_cut_recording_plays_to_its_last_whole_frame(tmp_path: Path) -> None:
    file = tmp_path / "x.input"
    with InputRecorder(file, "c", 0, Preferences()) as recorder:
        for frame in way()[:5]:
            recorder.write(frame)
    data = file.read_bytes()
    file.write_bytes(data[:-7])
    _, frames, note = read_recording(file)
    assert len(frames) == 4 and "the last frame was cut" in note


@pytest.mark.parametrize("data", [b"", b"hello", b"\x00\x00\x00\x00", b"\x02\x00\x00\x00\x81\xa1"])
def test_what_is_no_recording_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "x.input"
    file.write_bytes(data)
    with pytest.raises(InputError, match="is not a recording of input"):
        read_recording(file)
    with pytest.raises(InputError, match="cannot be read"):
        read_recording(tmp_path / "none")
    with pytest.raises(InputError, match="cannot be written"):
        InputRecorder(tmp_path / "no" / "x", "c", 0, Preferences())
