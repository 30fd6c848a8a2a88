"""For a patient: at most five large choices in plain words, a sentence for what is pointed at,
and nothing that can confuse. The clinician leaves it by a corner that is held."""

from __future__ import annotations

import math

from imgui_bundle import imgui

from xrviewer.case.presets import EVERYTHING, presets
from xrviewer.document.intents import ShowPreset
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.state import Seen
from xrviewer.panels.theme import Icon, packed
from xrviewer.panels.tour import draw_tour, show_step
from xrviewer.words import mark, tr

LARGE, PLAIN_TEXT = 62.0, 20.0
CORNER, CORNER_HELD_S = 44.0, 2.0
"""Of the gesture that leaves the patient's panel."""
_PLAIN = {
    EVERYTHING: mark("Everything"),
    "bones": mark("The bones"),
    "cartilage": mark("The cartilage"),
    "ligaments": mark("The ligaments"),
    "muscles": mark("The muscles"),
    "vessels": mark("The blood vessels"),
    "brain": mark("The brain"),
    "findings": mark("What was found"),
}
MOST_CHOICES = 5


def draw_patient(page: Page) -> None:
    _draw_corner(page)
    page.title(tr(page.seen.case.title))
    if page.state.tour_step is not None:
        draw_tour(page)
        return
    tour, case = page.seen.case.tour, page.seen.case
    ready = [preset.id for preset in presets(case) if preset.id in _PLAIN]
    ready.sort(key=lambda id: id != EVERYTHING)
    imgui.push_font(page.gui.text, PLAIN_TEXT)
    width = (imgui.get_content_region_avail().x - theme.GAP) / 2
    for number, id in enumerate(ready[: MOST_CHOICES - bool(tour)]):
        if number % 2:
            imgui.same_line()
        if page.button(Icon.LAYERS, tr(_PLAIN[id]), width, height=LARGE):
            page.ask(ShowPreset(id))
    if tour and page.button(Icon.TOUR, tr("Show me around"), height=LARGE):
        show_step(page, 0)
    imgui.dummy((0, 2))
    _draw_sentence(page)
    imgui.pop_font()


def _draw_sentence(page: Page) -> None:
    """Of the structure that was last pointed at."""
    layer = pointed_layer(page.seen)
    if layer is None:
        page.quiet(tr("Point at something to learn what it is."))
        return
    found = page.seen.case.layers[page.seen.snapshot.layer_rows[layer]]
    imgui.push_font(page.gui.strong, PLAIN_TEXT)
    imgui.text_wrapped(tr(found.plain) or tr(found.name))
    imgui.pop_font()
    if found.sentence:
        imgui.text_wrapped(tr(found.sentence))


def pointed_layer(seen: Seen) -> str | None:
    if seen.hit is None or seen.hit.part >= len(seen.timepoint.surfaces.part_ids):
        return None
    return seen.world.layer_of(seen.hit.part, seen.snapshot)


def _draw_corner(page: Page) -> None:
    """A lock in the corner; held for two seconds it opens, where the clinician allows it."""
    before = imgui.get_cursor_pos()
    imgui.set_cursor_pos((imgui.get_window_width() - CORNER - 8, 8))
    imgui.invisible_button("corner", (CORNER, CORNER))
    page.place("corner")
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    held_s = imgui.get_io().mouse_down_duration[0] if imgui.is_item_active() else 0.0
    middle = ((low.x + high.x) / 2, (low.y + high.y) / 2)
    draw, size = imgui.get_window_draw_list(), imgui.calc_text_size(Icon.LOCK)
    at = (middle[0] - size.x / 2, middle[1] - size.y / 2)
    draw.add_text(at, packed(theme.FAINT_TEXT), Icon.LOCK)
    imgui.set_cursor_pos(before)
    if page.state.is_locked or held_s <= 0:
        return
    share = min(held_s / CORNER_HELD_S, 1.0)
    draw.path_arc_to(middle, 18.0, -math.pi / 2, -math.pi / 2 + share * 2 * math.pi)
    draw.path_stroke(packed(theme.ACCENT), thickness=3.0)
    if share >= 1.0:
        page.change(is_patient=False, tour_step=None)
