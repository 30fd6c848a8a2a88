"""The steps of a tour: what is shown, which side faces the viewer, a sentence; next and back."""

from __future__ import annotations

import math

from imgui_bundle import imgui

from xrviewer.case.tour import TourStep
from xrviewer.document.intents import EndIsolation, Intent, Isolate, PlaceModel, ShowAll
from xrviewer.interaction import home
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.state import Seen
from xrviewer.panels.theme import Icon
from xrviewer.spatial.transforms import Placement, axis_rotation, rotated, turned
from xrviewer.words import tr

_TURNS_RAD = {"front": 0.0, "right": -math.pi / 2, "back": math.pi, "left": math.pi / 2}
"""About the vertical, so that this side of the patient faces the viewer."""
_LARGE = 50.0


def draw_tour(page: Page) -> None:
    steps, at = page.seen.case.tour, page.state.tour_step or 0
    page.quiet(tr("{number} of {count}", number=at + 1, count=len(steps)))
    room = imgui.get_content_region_avail()
    imgui.begin_child("sentence", (0, room.y - _LARGE - theme.GAP))
    imgui.push_font(page.gui.text, theme.BODY * 1.25)
    imgui.text_wrapped(tr(steps[at].sentence))
    imgui.pop_font()
    imgui.end_child()
    width = (room.x - theme.GAP) / 2
    if page.button(Icon.BACK, tr("Back"), width, height=_LARGE):
        end_tour(page) if at == 0 else show_step(page, at - 1)
    imgui.same_line()
    is_last = at + 1 == len(steps)
    word, icon = (tr("Finish"), Icon.CHECK) if is_last else (tr("Next"), Icon.NEXT)
    if page.button(icon, word, width, height=_LARGE):
        end_tour(page) if is_last else show_step(page, at + 1)


def show_step(page: Page, step: int) -> None:
    page.change(tour_step=step)
    page.ask(*step_intents(page.seen, page.seen.case.tour[step]))


def end_tour(page: Page) -> None:
    page.change(tour_step=None)
    page.ask(ShowAll() if page.seen.snapshot.isolated is None else EndIsolation())


def step_intents(seen: Seen, step: TourStep) -> list[Intent]:
    shown: Intent = Isolate(step.layers) if step.layers else ShowAll()
    return [shown, PlaceModel(_facing(seen, step.view))]


def _facing(seen: Seen, view: str) -> Placement:
    """Where it stands, upright, with that side to the viewer."""
    extent, model = seen.world.extent(seen.snapshot), seen.snapshot.model
    head = None if seen.is_desk else seen.head
    before = home.before_viewer(extent, head, seen.world.preferences.seated)
    turn = turned(before.rotation_xyzw, axis_rotation((0, 1, 0), _TURNS_RAD.get(view, 0.0)))
    cx, cy, cz = extent.room_center(model)
    x, y, z = rotated(turn, extent.center_m)
    s = model.scale
    return Placement((cx - x * s, cy - y * s, cz - z * s), turn, s)
