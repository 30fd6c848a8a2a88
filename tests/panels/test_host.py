"""Panels are drawn when something changed, and ask once for what was pressed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.panels.acting import FRAME_S, person
from tests.shapes import case_of, sphere
from xrviewer.document.intents import SetLayerVisible
from xrviewer.interaction.pointer import NO_POINTER, PanelPointer
from xrviewer.panels.state import Surface

CASE = case_of({"ball": sphere(rings=8), "small": sphere((60, 0, 0), 5, rings=8)}, dates=2)


def test_nothing_is_drawn_while_nothing_changes() -> None:
    with person(CASE) as user:
        before, drawing = user.panels.draws, user.shown.drawing
        user.wait(100)
        assert user.panels.draws == before
        assert user.shown.drawing is drawing


def test_a_pointer_that_moves_draws_thirty_times_a_second_at_most() -> None:
    with person(CASE) as user:
        before = user.panels.draws
        for i in range(90):
            user.at = PanelPointer((0.2 + i / 200, 0.5))
            user.frame()
        assert 25 <= user.panels.draws - before <= 31


def test_a_change_of_the_document_is_drawn() -> None:
    with person(CASE) as user:
        user.press("rail layers")
        drawing = user.shown.drawing
        user.document.apply(SetLayerVisible("ball", False))
        user.wait()
        assert user.shown.drawing is not drawing


def test_a_press_that_is_shorter_than_a_drawing_counts() -> None:
    """Down and up within 22 ms, between two drawings."""
    with person(CASE) as user:
        user.press("rail layers")
        user.point("eye ball")
        at = user.at
        for is_pressed in (True, False):
            user.at = replace(at, is_pressed=is_pressed)
            user.frame()
        user.at = at
        user.wait()
        assert user.asked == [SetLayerVisible("ball", False)]


def test_what_is_asked_is_asked_once() -> None:
    with person(CASE) as user:
        user.press("rail layers")
        assert user.press("eye ball") == [SetLayerVisible("ball", False)]
        user.wait(60)
        assert user.asked == [SetLayerVisible("ball", False)]


def test_a_press_that_slides_off_a_control_does_nothing() -> None:
    with person(CASE) as user:
        user.press("rail layers")
        user.point("eye ball")
        user.at = replace(user.at, is_pressed=True)
        user.wait()
        user.at = PanelPointer((0.99, 0.99), True)
        user.wait()
        user.at = NO_POINTER
        user.wait()
        assert user.asked == []


def test_the_layout_does_not_depend_on_how_fine_it_is_drawn() -> None:
    """A replay on another screen presses the same controls."""
    found = []
    for density in (1.0, 2.75):
        with person(CASE, Surface(480.0, 380.0, density)) as user:
            assert user.shown.drawing is not None
            assert user.shown.drawing.width_px == round(480 * density)
            found.append(user.panels.places)
    for name, place in found[0].items():
        np.testing.assert_allclose(place, found[1][name], atol=0.6)


def test_hiding_is_asked_of_the_board() -> None:
    with person(CASE) as user:
        user.point("rail hide")
        toggles = []
        for is_pressed in (True, True, True, False, False, False, False, False, False):
            user.at = replace(user.at, is_pressed=is_pressed)
            user.frame()
            toggles.append(user.shown.wants_toggled)
        assert sum(toggles) == 1
        assert FRAME_S * len(toggles) < 0.3


def test_drawings_are_whole() -> None:
    """Every index has its vertex, every run its indices, every corner its place in the glyphs."""
    with person(CASE) as user:
        drawing = user.shown.drawing
        assert drawing is not None
        for run in drawing.runs:
            indices = drawing.indices[run["first"] :][: run["count"]]
            assert len(indices) == run["count"]
            assert (indices + run["base_vertex"]).max() < len(drawing.vertices)
        assert drawing.vertices["uv"].min() >= 0 and drawing.vertices["uv"].max() <= 1
        assert drawing.glyphs.pixels.max() == 255
