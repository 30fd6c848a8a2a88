"""Whose hands a session has, and which tool they begin with."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.running import xrviewer
from xrviewer.caseio.loose import open_path
from xrviewer.document.document import Document
from xrviewer.document.intents import SelectTool
from xrviewer.document.journal import Journal
from xrviewer.frontends.recording import InputRecorder
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose
from xrviewer.spatial.views import View, symmetric_fov

EYE = View(Pose((0.0, 1.0, 0.0), IDENTITY_ROTATION), symmetric_fov(1.0, 1.3))


def test_a_session_goes_on_with_the_tool_that_is_named(folder: Path) -> None:
    case = open_path(folder / "shapes")
    with Journal(folder / "s.jsonl") as journal:
        Document(case, journal=journal).apply(SelectTool("stylus"))
    with InputRecorder(folder / "r.input", case.id, 1, Preferences()) as recorder:
        for i in range(2):
            recorder.write(FrameInput(i / 30, 1 / 30, (EYE,), can_point=False))
    replay = ("open", "shapes", "--display", "offscreen", "--session", "s.jsonl")
    replay = (*replay, "--replay-input", "r.input", "--record", "a.mp4", "--tool", "grab")
    assert xrviewer(*replay, folder=folder).code == 0
    shown = xrviewer("session", "show", "s.jsonl", "--json", folder=folder)
    assert json.loads(shown.out)["tool"] == "grab"


def test_a_tool_that_there_is_not_is_wrong_usage(folder: Path) -> None:
    said = xrviewer("open", "shapes", "--tool", "chainsaw", folder=folder)
    assert said.code == 2 and "grab" in said.err
