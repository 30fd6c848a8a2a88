"""A recorded session becomes a film of any size, and needs nothing but its one file."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from tests.commands.running import xrviewer
from xrviewer.caseio.loose import open_path
from xrviewer.commands.choices import Camera
from xrviewer.commands.inputs import Inputs, chosen_inputs, session_of, with_inputs
from xrviewer.commands.replaying import film_replay
from xrviewer.commands.stage import open_stage
from xrviewer.document.document import Document
from xrviewer.document.intents import SetLayerVisible
from xrviewer.document.journal import Journal
from xrviewer.errors import InputError
from xrviewer.frontends.offscreen import OffscreenFrontend
from xrviewer.frontends.recording import InputRecorder, read_recording
from xrviewer.frontends.replay import ReplayFrontend
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.target import Canvas
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.views import View, looking_at, symmetric_fov

QUIET = Preferences(letters=False, hints=False, readout=False)
LEFT, RIGHT = (
    View(looking_at((x, 1.1, 0.0), (x, 0.8, -0.6)), symmetric_fov(1.4, 1.0)) for x in (-0.03, 0.03)
)


def lived(frames_per_s: float, count: int) -> list[FrameInput]:
    step_s = 1 / frames_per_s
    return [
        FrameInput(5 + i * step_s, step_s, (LEFT, RIGHT), can_point=False) for i in range(count)
    ]


def write(file: Path, frames: list[FrameInput], case: str = "shapes") -> None:
    with InputRecorder(file, case, 0, QUIET) as recorder:
        for frame in frames:
            recorder.write(frame)


def pictures(file: Path) -> list[np.ndarray]:
    with av.open(str(file)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def replayed(folder: Path, width: int, height: int, camera: Camera) -> list[np.ndarray]:
    case = open_path(folder / "shapes")
    film_replay(case, folder / "a.mp4", chosen(folder), (width, height), camera)
    return pictures(folder / "a.mp4")


def chosen(folder: Path) -> Inputs:
    return chosen_inputs(open_path(folder / "shapes"), None, folder / "r.input")


@pytest.mark.gl
def test_both_cameras_side_by_side_in_the_size_that_is_asked_for(
    gl: Capabilities, folder: Path
) -> None:
    write(folder / "r.input", lived(30, 2))
    both = replayed(folder, 322, 121, Camera.BOTH)
    assert both[0].shape == (120, 320, 3)
    for camera, half in ((Camera.EYE, both[0][:, :160]), (Camera.ROOM, both[0][:, 160:])):
        alone = replayed(folder, 160, 120, camera)[0]
        above = slice(0, 80)  # the line below is written over both halves as one
        error = np.abs(alone[above].astype(int) - half[above])
        assert error.mean() < 1.5, camera
        assert alone[above].max() > 90, camera
    assert np.abs(both[0][:100, :160].astype(int) - both[0][:100, 160:]).mean() > 3


def test_a_slow_machine_s_session_is_filmed_in_the_time_it_took(folder: Path) -> None:
    """And with the words that a person uses."""
    write(folder / "r.input", lived(8, 5))
    asked = ("--replay", "r.input", "--video", "a.mp4", "--size", "64x48")
    said = xrviewer("open", "shapes", *asked, folder=folder)
    assert said.code == 0 and said.err.endswith("wrote a.mp4\n"), said
    assert len(pictures(folder / "a.mp4")) == pytest.approx(0.5 * 30 + 1, abs=1)


@pytest.mark.gl
def test_a_recording_brings_the_session_it_began_with(gl: Capabilities, folder: Path) -> None:
    """Hidden before the recording began, hidden in its replay, without any other file."""
    case = open_path(folder / "shapes")
    with Journal(folder / "s.jsonl") as journal:
        Document(case, journal=journal).apply(SetLayerVisible("ball", False))
    lasting = Inputs(QUIET, folder / "r.input", tool="stylus", session=folder / "s.jsonl")
    play(case, lasting, lived(30, 2))
    assert read_recording(folder / "r.input")[0].version == 1
    (folder / "s.jsonl").unlink()
    again = chosen_inputs(case, None, folder / "r.input")
    snapshot = play(case, again, [])
    assert not snapshot.layers["is_visible"][snapshot.layer_rows["ball"]]
    assert snapshot.tool == "stylus"


def play(case: object, inputs: Inputs, frames: list[FrameInput]) -> object:
    canvas_frames = frames or list(inputs.replay or ())
    with session_of(inputs) as session, open_stage(case, session=session) as stage:
        canvas = Canvas(32, 24)
        try:
            shown_in = OffscreenFrontend(canvas, canvas_frames)
            with with_inputs(stage, inputs, shown_in) as frontend:
                assert isinstance(frontend, ReplayFrontend) == (not frames)
                stage.app.run(frontend)
        finally:
            canvas.close()
        return stage.app.document.snapshot


def test_an_empty_recording_and_one_of_another_case_are_refused(folder: Path) -> None:
    write(folder / "r.input", [])
    case = open_path(folder / "shapes")
    with pytest.raises(InputError, match="no frame: there is nothing to film"):
        film_replay(case, folder / "a.mp4", chosen(folder), (64, 48), Camera.EYE)
    write(folder / "r.input", lived(30, 1), case="other")
    with pytest.raises(InputError, match="was recorded on case 'other', not on 'shapes'"):
        chosen(folder)
    assert not list(folder.glob("a.mp4*"))
