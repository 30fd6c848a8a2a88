"""The capture control: held to the end it takes a still, let go before it does not."""

from __future__ import annotations

from dataclasses import replace

from tests.panels.acting import FRAME_S, Person, person
from tests.shapes import case_of, sphere
from xrviewer.case.tour import TourStep
from xrviewer.commands.ready import Ready
from xrviewer.interaction.world import world_of
from xrviewer.panels.capture_panel import COUNTDOWN_S
from xrviewer.panels.state import Capturing, Seen
from xrviewer.spatial.film import Camera

CASE = case_of({"ball": sphere(rings=8)})
READY = {
    "Still for a report, on white": Ready.REPORT_STILL,
    "Once around, 10 s": Ready.TURNTABLE,
    "Film of the tour": Ready.TOUR,
}


def held(user: Person, seconds: float) -> int:
    """How many stills were asked for because of it."""
    before = user.panels.state.stills
    user.point("still")
    user.at = replace(user.at, is_pressed=True)
    user.wait(round(seconds / FRAME_S))
    user.at = replace(user.at, is_pressed=False)
    user.wait()
    return user.panels.state.stills - before


def seen(user: Person, capturing: Capturing) -> None:
    user.seen = Seen(world_of(CASE), user.document.snapshot, capturing=capturing)
    user.wait()


def test_a_still_comes_at_the_end_of_the_count_and_once() -> None:
    with person(CASE) as user:
        user.press("rail capture")
        assert held(user, COUNTDOWN_S * 0.6) == 0
        assert held(user, COUNTDOWN_S + 2.0) == 1
        assert held(user, COUNTDOWN_S + 0.3) == 1


def test_a_film_is_begun_and_ended() -> None:
    with person(CASE) as user:
        seen(user, Capturing(can_film=True))
        user.press("rail capture")
        assert "Bring me the camera" not in user.panels.places
        user.press("From the room")
        assert user.panels.state.camera is Camera.ROOM
        user.press("Bring me the camera")
        assert user.panels.state.camera_calls == 1
        user.press("Both")
        assert user.panels.state.camera is Camera.BOTH
        user.press("Start a film")
        assert user.panels.state.is_filming
        seen(user, Capturing(can_film=True, film_s=3))
        assert "Start a film" not in user.panels.places
        user.press("Stop the film")
        assert not user.panels.state.is_filming


def test_each_ready_made_one_is_asked_for_by_its_button() -> None:
    toured = replace(CASE, tour=(TourStep("The ball.", "front", ("ball",)),))
    for case, has_tour in ((CASE, False), (toured, True)):
        with person(case) as user:
            user.seen = Seen(world_of(case), user.document.snapshot, capturing=Capturing(True))
            user.wait()
            user.press("rail capture")
            assert ("Film of the tour" in user.panels.places) is has_tour
            for word, name in READY.items():
                if word in user.panels.places:
                    user.panels.state = replace(user.panels.state, ready="")
                    assert user.press(word) == [] and user.panels.state.ready == name
            user.press("From the room")
            assert not READY.keys() & user.panels.places.keys(), "that camera has its own place"


def test_without_an_encoder_there_is_no_film_to_ask_for() -> None:
    with person(CASE) as user:
        seen(user, Capturing(can_film=False))
        user.press("rail capture")
        assert "still" in user.panels.places and "Start a film" not in user.panels.places
