"""What the hands of a session are: live, live and recorded, or a recording played again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from xrviewer.case.model import Case
from xrviewer.commands.printing import complain, say
from xrviewer.commands.settings import usable_settings
from xrviewer.commands.stage import PanelChoice, Stage
from xrviewer.document.intents import SelectTool
from xrviewer.errors import InputError
from xrviewer.frontends.frontend import Frontend
from xrviewer.frontends.recording import Beginning, InputRecorder, read_recording
from xrviewer.frontends.replay import ReplayFrontend
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.preferences import Preferences


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
    session: Path | None = None
    """Its journal, which a recording takes with it."""
    began: bytes = b""
    """The journal that the recording began with."""
    captures: Path = Path("captures")
    """Where stills and films go."""

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
    began = header.beginning
    if choice is None and began.is_patient:
        choice = PanelChoice(True, began.is_locked)
    played = tuple(frames)
    return Inputs(
        header.preferences,
        record,
        played,
        header.version,
        choice,
        tool=began.tool,
        began=began.journal,
    )


@contextmanager
def session_of(inputs: Inputs) -> Iterator[Path | None]:
    """The session to go on with: the one that is named, else a copy of the recording's own, which
    is forgotten afterwards."""
    if inputs.session is not None or not inputs.began:
        yield inputs.session
        return
    with tempfile.TemporaryDirectory(prefix="xrviewer-") as folder:
        copy = Path(folder) / "session.jsonl"
        copy.write_bytes(inputs.began)
        yield copy


@contextmanager
def with_inputs(stage: Stage, inputs: Inputs, shown_in: Frontend) -> Iterator[Frontend]:
    """The front-end to run. Raises InputError where a replay would not meet what it met."""
    version = stage.app.document.snapshot.version
    began = _beginning(inputs)
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
    known = stage.case.id, version, inputs.preferences, began
    with InputRecorder(inputs.record, *known) as recorder:
        stage.app.record = recorder.write
        yield frontend
        stage.app.record = None
    say(recorder.problem or f"recorded the input in {inputs.record}")


def _beginning(inputs: Inputs) -> Beginning:
    """Before anything of this run is done."""
    choice, session = inputs.choice or PanelChoice(), inputs.session
    journal = session.read_bytes() if session and session.is_file() else inputs.began
    return Beginning(journal, inputs.tool, choice.is_patient, choice.is_locked)
