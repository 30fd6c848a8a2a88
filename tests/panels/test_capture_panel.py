"""The capture control: held to the end it takes a still, let go before it does not."""

from __future__ import annotations

from dataclasses import replace

from tests.panels.acting import FRAME_S, Person, person
from tests.shapes import case_of, sphere
from xrviewer.interaction.world import world_of
from xrviewer.panels.capture_panel import COUNTDOWN_S
from xrviewer.panels.state import Capturing, Seen
from xrviewer.spatial.film import Camera

CASE = case_of({"ball": sphere(rings=8)})


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


def test_without_an_encoder_there_is_no_film_to_ask_for() -> None:
    with person(CASE) as user:
        seen(user, Capturing(can_film=False))
        user.press("rail capture")
        assert "still" in user.panels.places and "Start a film" not in user.panels.places
