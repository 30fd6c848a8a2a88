"""The scan straightened along a structure from the panel: its line is found beside the frame, or
why there is none is said."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from tests.analysis.test_centre_line import RADIUS, arc, off_line, tube
from tests.no_renderer import NoRenderer
from tests.panels.acting import BOARD, Person
from tests.shapes import case_of, sphere
from xrviewer.app.loop import App
from xrviewer.case.volume import Volume
from xrviewer.document.document import Document
from xrviewer.document.intents import Undo
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.world import world_of
from xrviewer.panels.host import Panels
from xrviewer.panels.state import Seen
from xrviewer.spatial.rays import Hit

LINE = arc(np.linspace(0.0, 2.5, 60))
POINTS, TRIANGLES = tube(LINE, 3.0)
VEIN = (POINTS.astype(np.float32), np.zeros(POINTS.shape, np.float32), TRIANGLES.astype(np.uint32))
SCAN = Volume("mr", "MR", "MR", np.zeros((20, 24, 10), np.int16), np.diag([4.0, 4.0, 8.0, 1.0]))
_PLAIN = case_of({"ball": sphere(rings=8), "vein": VEIN})
CASE = replace(_PLAIN, timepoints=(replace(_PLAIN.timepoints[0], volumes=(SCAN,)),))


@pytest.fixture
def panels() -> Iterator[Panels]:
    with closing(Panels(CASE)) as made:
        yield made


def pressed(user: Person, name: str) -> list[str | None]:
    """What was to be straightened because of it; a press asks once."""
    asked = []
    user.point(name)
    for is_pressed in (True, False):
        user.at = replace(user.at, is_pressed=is_pressed)
        asked += [user.frame().straightened for _ in range(30)]
    return [layer for layer in asked if layer is not None]


def test_the_button_means_what_is_pointed_at_else_what_is_chosen(panels: Panels) -> None:
    surface, world = replace(BOARD, height=760.0), world_of(CASE)
    user = Person(Document(CASE), panels, world, surface)
    user.wait()
    user.press("rail slices")
    assert pressed(user, "Straighten a structure") == []
    hit = Hit(1, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 10.0)
    user.seen = Seen(world, user.document.snapshot, hit=hit, told="Vein is no tube")
    user.wait()
    assert pressed(user, "Straighten: Vein") == ["vein"]
    panels.state = replace(panels.state, selected="ball")
    user.seen = replace(user.seen, told="")
    user.wait()
    assert pressed(user, "Straighten: Ball") == ["ball"]


def stepped_until(app: App, is_met: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not is_met():
        assert time.monotonic() < until
        app.step(FrameInput(0.0, 1 / 90, ()))
        time.sleep(0.002)


def test_a_tube_has_its_slice_and_a_ball_a_line_why_not(panels: Panels) -> None:
    document, told, heard = Document(CASE), list[str](), list[str]()
    app = App(CASE, document, NoRenderer(), told.append, panels=panels)  # type: ignore[arg-type]
    with closing(app):
        assert app.panelling is not None and app.panelling.straighten is not None
        app.panelling.straighten("ball", heard.append)
        app.panelling.straighten("vein", heard.append)  # one at a time
        stepped_until(app, lambda: bool(told))
        assert told == heard and not document.snapshot.slices
        (line,) = told
        assert line.startswith("Ball is not one tube") and "\n" not in line
        app.panelling.straighten("vein", heard.append)
        stepped_until(app, lambda: bool(document.snapshot.slices))
        assert heard[1:] == [""] and len(told) == 1
        (slice,) = document.snapshot.slices.values()
        curve = np.array(slice.curve_mm)
        length_mm = np.linalg.norm(np.diff(curve, axis=0), axis=1).sum()
        assert slice.volume == "mr" and off_line(curve, LINE).max() < 0.6
        assert length_mm == pytest.approx(2.5 * RADIUS, rel=0.1)
        document.apply(Undo())
        assert not document.snapshot.slices
