"""The frame loop holds what its parts promise each other."""

from __future__ import annotations

import pytest

from tests.interaction.hands import OPEN, holding
from tests.render.pictures import PLAIN, canvas, facing, renderer
from tests.shapes import case_of, sphere
from xrviewer.app import App
from xrviewer.document.document import Document
from xrviewer.frontends.offscreen import OffscreenFrontend
from xrviewer.gpu.context import Capabilities
from xrviewer.interaction.input import FrameInput, Hand

pytestmark = pytest.mark.gl

CASE = case_of({"ball": sphere(rings=12)}, dates=2)


def frame(right: Hand = OPEN, *keys: str) -> FrameInput:
    return FrameInput(0.0, 0.01, (facing(),), OPEN, right, frozenset(keys))


def run(document: Document, *frames: FrameInput) -> list[str]:
    """What the person is told meanwhile."""
    told: list[str] = []
    with renderer(PLAIN) as made, canvas(32, 32) as target:
        app = App(CASE, document, made, told.append)
        app.run(OffscreenFrontend(target, frames))
        app.close()
    return told


def test_what_the_document_refuses_is_told_and_does_not_end_the_session(gl: Capabilities) -> None:
    """A tracking glitch can carry a model two kilometres away."""
    document = Document(CASE)
    at_rest = document.snapshot.model
    far = frame(holding((2000.0, 1.0, 0.0)))
    told = run(document, frame(holding((0.0, 1.0, 0.0))), far, frame(), frame(OPEN, "t"))
    (line,) = told
    assert "within 1000 m" in line
    assert document.snapshot.model == at_rest
    assert document.snapshot.timepoint == "t1"  # and the session went on


def test_a_gesture_is_one_undo_step(gl: Capabilities) -> None:
    document = Document(CASE)
    at_rest = document.snapshot.model
    way = [frame(holding((0.1 * i, 1.0, 0.0))) for i in range(5)]
    assert run(document, *way, frame()) == []
    assert document.snapshot.version == 1 and document.snapshot.model != at_rest
    assert run(document, frame(OPEN, "ctrl+z")) == []
    assert document.snapshot.model == at_rest
