"""Stills and films: asked for by holding a control while it counts three, two, one."""

from __future__ import annotations

import math

from imgui_bundle import imgui

from xrviewer.panels.page import Page
from xrviewer.panels.state import COUNTDOWN_S
from xrviewer.panels.theme import DANGER, GAP, Icon
from xrviewer.spatial.film import Camera
from xrviewer.words import tr


def draw_capture(page: Page) -> None:
    seen = page.seen
    page.title(tr("Capture"))
    _still(page)
    if not seen.capturing.can_film:
        page.quiet(tr("Films cannot be made here: no encoder was found."))
    elif seen.capturing.film_s is not None:
        _running(page, seen.capturing.film_s, seen.capturing.hears_voice)
    else:
        _camera(page)
        _film(page)
        if page.state.camera is Camera.EYE:  # the one in the room is busy, and asks for its place
            _ready(page)
    if seen.capturing.said:
        page.quiet(seen.capturing.said)
    page.quiet(tr("Pictures say: not for diagnosis. They carry no name or place."))


def _still(page: Page) -> None:
    """Held to the end of the count it is taken; let go before, it is not."""
    held_s = page.state.capture_held_s
    left = COUNTDOWN_S - held_s if held_s is not None else COUNTDOWN_S
    is_counting = held_s is not None and left > 0
    word = tr("{count} …", count=math.ceil(left)) if is_counting else tr("Hold for a still")
    imgui.push_id("still")
    page.button(Icon.CAMERA, f"{word}###still", is_on=is_counting)
    imgui.pop_id()
    page.place("still")
    if not imgui.is_item_active():
        page.change(capture_held_s=None)
        return
    now_s = (held_s or 0.0) + imgui.get_io().delta_time
    is_taken = left > 0 >= COUNTDOWN_S - now_s
    page.change(capture_held_s=now_s, stills=page.state.stills + int(is_taken))


def _film(page: Page) -> None:
    has_voice, width = page.state.with_voice, (imgui.get_content_region_avail().x - GAP) / 2
    if page.button(Icon.MICROPHONE, tr("With my voice"), width, is_on=has_voice):
        page.change(with_voice=not has_voice)
    imgui.same_line(0, GAP)
    if page.button(Icon.FILM, tr("Start a film"), width, is_on=page.state.is_filming):
        page.change(is_filming=not page.state.is_filming)


def _ready(page: Page) -> None:
    """What has a name, made with one press."""
    page.heading(tr("Ready made"))
    wanted = [(Icon.CAMERA, tr("Still for a report, on white"), "report-still")]
    wanted.append((Icon.REDO, tr("Once around, 10 s"), "turntable"))
    if page.seen.case.tour:
        wanted.append((Icon.TOUR, tr("Film of the tour"), "tour"))
    for icon, word, name in wanted:
        if page.button(icon, word):
            page.change(ready=name)


def _camera(page: Page) -> None:
    """Which one, and how the one in the room is brought where it is wanted."""
    is_desk, cameras = page.seen.is_desk, list(Camera)
    words = [tr("What I see"), tr("From the room"), tr("Both")]
    chosen = page.choice("camera", words, cameras.index(page.state.camera))
    page.change(camera=cameras[chosen])
    if cameras[chosen] is Camera.EYE:
        return
    word = tr("Put the camera here") if is_desk else tr("Bring me the camera")
    if page.button(Icon.SPOT, word):
        page.change(camera_calls=page.state.camera_calls + 1)
    if is_desk:
        page.quiet(tr("The camera stays where you look from now; go on as you like."))
    else:
        page.quiet(tr("Squeeze at the camera, or point at it, to carry it. Its picture is above."))


def _running(page: Page, seconds: int, hears_voice: bool) -> None:
    length = f"{seconds // 60}:{seconds % 60:02d}"
    page.notice(Icon.FILM, tr("Filming, {length}", length=length), DANGER)
    if hears_voice:
        page.notice(Icon.MICROPHONE, tr("The microphone is on: what is said is in the film."))
    if page.button(Icon.STOP, tr("Stop the film")):
        page.change(is_filming=False)
