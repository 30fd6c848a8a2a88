"""The frame loop holds what its parts promise each other."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from tests.interaction.hands import OPEN, holding
from tests.render.pictures import PLAIN, canvas, facing, renderer
from tests.shapes import case_of, mapped, sphere
from xrviewer.app.loop import App
from xrviewer.case.model import MapInfo
from xrviewer.document.document import Document
from xrviewer.document.intents import PlaceModel, ShowMap
from xrviewer.frontends.offscreen import OffscreenFrontend
from xrviewer.gpu.context import Capabilities
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.pointer import Desk
from xrviewer.interaction.preferences import Preferences
from xrviewer.panels.host import Panels
from xrviewer.spatial.transforms import Placement, Pose

pytestmark = pytest.mark.gl

CASE = case_of({"ball": sphere(rings=12)}, dates=2)


def frame(right: Hand = OPEN, *keys: str) -> FrameInput:
    return FrameInput(0.0, 0.01, (facing(),), OPEN, right, frozenset(keys))


def run(document: Document, *frames: FrameInput) -> list[str]:
    """What the person is told meanwhile."""
    told: list[str] = []
    with renderer(PLAIN) as made, canvas(32, 32) as target:
        app = App(CASE, document, made, tell=told.append)
        app.run(OffscreenFrontend(target, frames))
        app.close()
    return told


def test_a_glitch_of_the_tracking_does_not_carry_the_model_away(gl: Capabilities) -> None:
    """A hand two kilometres off is not believed: what it holds stays, and the session goes on."""
    document = Document(CASE)
    at_rest = document.snapshot.model
    far = frame(holding((2000.0, 1.0, 0.0)))
    assert run(document, frame(holding((0.0, 1.0, 0.0))), far, frame(), frame(OPEN, "t")) == []
    np.testing.assert_allclose(document.snapshot.model.matrix(), at_rest.matrix(), atol=1e-12)
    assert document.snapshot.timepoint == "t1"


def test_what_the_document_refuses_is_told_and_does_not_end_the_session(gl: Capabilities) -> None:
    """At the edge of the world, a model that is put on its floor would lie beyond it."""
    document = Document(CASE)
    x = 1000.0 - 1e-9
    document.apply(PlaceModel(Placement((x, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0), 100.0)))
    before = document.snapshot.model
    (line,) = run(document, frame(OPEN, "2"), frame(OPEN, "t"))
    assert "within 1000 m" in line
    assert document.snapshot.model == before
    assert document.snapshot.timepoint == "t1"


def test_a_gesture_is_one_undo_step(gl: Capabilities) -> None:
    document = Document(CASE)
    at_rest = document.snapshot.model
    way = [frame(holding((0.1 * i, 1.0, 0.0))) for i in range(5)]
    let_go = frame(holding((0.4, 1.0, 0.0), squeeze=0.0))
    assert run(document, *way, let_go) == []
    assert document.snapshot.version == 1 and document.snapshot.model != at_rest
    assert run(document, frame(OPEN, "ctrl+z")) == []
    assert document.snapshot.model == at_rest


def test_what_a_map_says_where_it_is_pointed_at_is_marked_on_its_panel(gl: Capabilities) -> None:
    """The hand points along the view at the ball, whose middle carries 2 of 0 to 4 mm."""
    info = MapInfo("thickness_mm", "Thickness (nearest)", "mm", "defined", "by hand", 0.05)
    case = mapped(CASE, info, lambda p: 2 + p[:, 0] / 30)
    document, eye = Document(case), facing()
    document.apply(ShowMap("thickness_mm"))
    at_model, away = Hand(aim=eye.eye), Hand(aim=Pose(eye.eye.position_m, (0.0, 1.0, 0.0, 0.0)))
    marks: list[float | None] = []
    with renderer(PLAIN) as made, canvas(32, 32) as target, closing(Panels(case)) as panels:
        panels.state = replace(panels.state, open="map")
        app = App(case, document, made, preferences=Preferences(), panels=panels)
        for hand in (at_model, away):
            desk = Desk(900, 700, 1.0)
            given = replace(frame(hand), dt_s=0.05, desk=desk, can_point=True)
            app.run(OffscreenFrontend(target, [given] * 8))
            place = panels.places.get("map mark")
            marks.append(None if place is None else place[0] + 1)
        (left, *_), (_, _, right, _) = (panels.places[word] for word in ("From", "To"))
        app.close()
    assert marks[0] == pytest.approx((left + right) / 2, abs=3.0)
    assert marks[1] is None
