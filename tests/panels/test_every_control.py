"""Every control of every page does something, on the board and at a desk: pressed, or dragged,
each from the same session; what it asks changes the document, or it changes what is seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from make_panels import asked

from tests.panels.acting import BOARD, DESK, Person
from tests.panels.test_foot import CASE, PAGES
from xrviewer.document.document import Document
from xrviewer.document.intents import Isolate, Peel, PlacePart, Undo
from xrviewer.interaction.pointer import NO_POINTER
from xrviewer.interaction.world import world_of
from xrviewer.panels.host import SHORTEST_S, Panels, Shown
from xrviewer.panels.state import Capturing, PanelState, Seen, Surface
from xrviewer.spatial.rays import Hit
from xrviewer.spatial.transforms import IDENTITY_ROTATION, PartPlace
from xrviewer.spatial.views import View, looking_at, symmetric_fov

SURFACES = {"board": BOARD, "desk": DESK}
NO_CONTROLS = {"map mark", "plot"}
"""Drawn, and read by tests; nothing to press."""
HEAD = View(looking_at((0.0, 1.2, 0.0), (0.0, 1.0, -1.0)), symmetric_fov(0.9, 1.0))
CHOSEN = {
    *("Date 0", "point t0", "Alone", "True thickness (along the normal)", "Clinical", "Smooth"),
    *("Both", "Outlines", "Place", "Window", "Scans", "Cuts", "Grey", "Straight"),
    *("What I see", "Right hand", "Bare hands"),
}
"""Of several the one that is so already: to ask for it changes nothing, and is right."""
HELD = {"corner", "still", "Hold for a still###still"}
"""For seconds: in tests of their own."""
CANNOT = {"Keep", "Stand there"}
"""Nothing was typed; nobody stands at a desk."""


def session() -> Document:
    """In which everything can be done: peeled, undone, with a part out of its place."""
    document = Document(CASE)
    for intent in asked(CASE):
        document.apply(intent)
    document.apply(PlacePart("bone", PartPlace((5.0, 0.0, 0.0), IDENTITY_ROTATION)))
    document.apply(Peel())
    document.apply(Isolate(("bone",)))
    document.apply(Undo())
    return document


def seen_by(document: Document, is_desk: bool) -> Seen:
    return Seen(
        world_of(CASE),
        document.snapshot,
        views=(HEAD, HEAD),
        hit=Hit(0, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 0.0),
        is_desk=is_desk,
        capturing=Capturing(can_film=True),
    )


class Walker(Person):
    """Goes back to the same session before each control; each frame is drawn."""

    was_asked_beside = False

    def begin(self, state: PanelState) -> None:
        self.document, self.at = session(), NO_POINTER
        self.seen = seen_by(self.document, self.surface.is_desk)
        self.panels.state = state
        self.wait()
        self.asked.clear()
        self.was_asked_beside = False

    def wait(self, frames: int = 4) -> Shown:
        return super().wait(min(frames, 4))

    def frame(self, dt_s: float = SHORTEST_S) -> Shown:
        shown = super().frame(dt_s)
        self.was_asked_beside |= _is_asking(shown)
        return shown

    def is_anything_done(self, name: str, state: PanelState) -> bool:
        """Pressed, else dragged; the pointer that lies on a control is no change."""
        for way in (None, (0.3, 0.8), (0.8, 0.2)):
            self.begin(state)
            if way is None:
                self.press(name)
            else:
                self.drag(name, *way)
            if self.asked or self.panels.state != state or self.was_asked_beside:
                return True
        return False


def _is_asking(shown: Shown) -> bool:
    """Beside the document: a walk, a film, files, a straightened scan, the board hidden."""
    return bool(
        shown.walk != (0.0, 0.0)
        or shown.wants_saved
        or shown.wants_toggled
        or shown.straightened
        or shown.previews
        or shown.is_typing
    )


@pytest.fixture(scope="module", params=SURFACES)
def walker(request: pytest.FixtureRequest) -> Iterator[Walker]:
    surface: Surface = SURFACES[request.param]
    with closing(Panels(CASE)) as panels:
        yield Walker(session(), panels, world_of(CASE), surface)


@pytest.mark.parametrize("page", PAGES)
def test_every_control_does_something(walker: Walker, page: str) -> None:
    state = PAGES[page]
    if walker.surface.is_desk:
        state = replace(state, keyboard="")
    walker.begin(state)
    left_out = NO_CONTROLS | HELD | CHOSEN | CANNOT | {f"rail {state.open}"}
    names = sorted(set(walker.panels.places) - left_out)
    if page != "case":  # the rail is the same on each
        names = [name for name in names if not name.startswith("rail")]
    assert [name for name in names if not walker.is_anything_done(name, state)] == []
