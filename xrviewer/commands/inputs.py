"""What the hands of a session are: live, live and recorded, or a recording played again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from xrviewer.case.model import Case
from xrviewer.commands.printing import complain, say
from xrviewer.commands.settings import usable_settings
from xrviewer.commands.stage import PanelChoice, Stage
from xrviewer.document.intents import SelectTool
from xrviewer.errors import InputError
from xrviewer.frontends.frontend import Frontend
from xrviewer.frontends.recording import InputRecorder, read_recording
from xrviewer.frontends.replay import ReplayFrontend
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.views import View, symmetric_fov


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Whose hands, how they like it, and where what they do is recorded."""

    preferences: Preferences
    record: Path | None = None
    replay: tuple[FrameInput, ...] | None = None
    replay_version: int = 0
    """Changes the session had seen when the recording began."""
    choice: PanelChoice | None = None
    tool: str | None = None
    """The active tool; None leaves the session's."""

    @property
    def panels(self) -> PanelChoice | None:
        """A visitor who has no panels of their own gets none: they would change things."""
        if self.choice is None and not self.preferences.visitor_lock:
            return PanelChoice()
        return self.choice


def live_inputs(record: Path | None = None, choice: PanelChoice | None = None) -> Inputs:
    """The person's own hands and settings."""
    preferences, notes = usable_settings()
    for note in notes:
        complain(note)
    return Inputs(preferences, record, choice=choice)


def chosen_inputs(
    case: Case, record: Path | None, replay: Path | None, choice: PanelChoice | None = None
) -> Inputs:
    """A replay comes with the settings it was recorded under. Raises InputError."""
    if replay is None:
        return live_inputs(record, choice)
    header, frames, note = read_recording(replay)
    if header.case != case.id:
        raise InputError(replay, f"was recorded on case {header.case!r}, not on {case.id!r}")
    if note:
        complain(note)
    preferences, version = header.preferences, header.version
    return Inputs(preferences, record, tuple(frames), version, choice)


@contextmanager
def with_inputs(stage: Stage, inputs: Inputs, shown_in: Frontend) -> Iterator[Frontend]:
    """The front-end to run. Raises InputError where a replay would not meet what it met."""
    version = stage.app.document.snapshot.version
    frontend = shown_in
    if inputs.replay is not None:
        if version != inputs.replay_version:
            reason = (
                f"began {inputs.replay_version} changes into its session, this one has {version}"
            )
            raise InputError("replay", f"{reason}; name a copy of that session")
        frontend = ReplayFrontend(shown_in, inputs.replay)
    if inputs.tool is not None and inputs.tool != stage.app.document.snapshot.tool:
        stage.app.document.apply(SelectTool(inputs.tool))
    if inputs.record is None:
        yield frontend
        return
    with InputRecorder(inputs.record, stage.case.id, version, inputs.preferences) as recorder:
        stage.app.record = recorder.write
        yield frontend
        stage.app.record = None
    say(recorder.problem or f"recorded the input in {inputs.record}")


def head_views(frames: tuple[FrameInput, ...], aspect: float, fov_rad: float) -> list[FrameInput]:
    """The same frames as one eye of the recorded head sees them, for a film."""
    seen, last = [], None
    for frame in frames:
        last = frame.views[0] if frame.views else last
        views = (View(last.eye, symmetric_fov(fov_rad, aspect)),) if last else ()
        seen.append(replace(frame, views=views))
    return seen
