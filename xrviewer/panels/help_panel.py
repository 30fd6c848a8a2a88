"""What hands and keys do at this moment: from the live bindings, so that it cannot be wrong."""

from __future__ import annotations

from imgui_bundle import imgui

from xrviewer.interaction.hints import BUTTON_A, BUTTON_B, SQUEEZE, STICK, TRIGGER, buttons_of
from xrviewer.interaction.keys import KEYS
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.theme import packed
from xrviewer.words import mark, tr

_KEY_WIDTH = 92.0
_BARE = 2
"""After the left and the right hand."""
MOUSE = (
    (mark("drag"), mark("look from elsewhere")),
    (mark("wheel"), mark("nearer, farther")),
    (mark("middle drag"), mark("move the picture")),
    (mark("right drag"), mark("take the model")),
    (mark("shift + right drag"), mark("take a structure out")),
    (mark("ctrl in a right drag"), mark("turn and scale")),
)
BARE_HANDS = (
    (mark("pinch"), mark("press, or take a structure out")),
    (mark("fist"), mark("take the model")),
    (mark("two fists"), mark("turn and scale")),
    (mark("palm to the eyes"), mark("bring the panels, or take them away")),
    (mark("finger on a panel"), mark("press")),
)
_BUTTONS = {
    BUTTON_A: mark("A or X"),
    BUTTON_B: mark("B or Y"),
    STICK: mark("stick"),
    TRIGGER: mark("trigger"),
    SQUEEZE: mark("squeeze"),
}


def draw_help(page: Page) -> None:
    if page.seen.is_desk:
        imgui.begin_child("help", (0, 0))
        _table(page, tr("Mouse"), [(tr(does), tr(says)) for does, says in MOUSE], 150.0)
        _table(page, tr("Keys"), [(key, tr(one.says)) for key, one in KEYS.items()])
        imgui.end_child()
        return
    page.title(tr("Help"))
    now = page.state.help_page
    now = _in_use(page) if now is None else now
    words = [tr("Left hand"), tr("Right hand"), tr("Bare hands")]
    picked = page.choice("help page", words, now)
    if picked != now:
        page.change(help_page=picked)
    imgui.dummy((0, 2))
    if picked == _BARE:
        _table(page, "", [(tr(does), tr(says)) for does, says in BARE_HANDS], 150.0)
    else:
        _draw_hand(page, picked)


def _in_use(page: Page) -> int:
    is_bare = any(hand.joints is not None for hand in page.seen.tools.seen)
    return _BARE if is_bare else page.seen.world.preferences.dominant


def _draw_hand(page: Page, hand: int) -> None:
    """What its controller calls each button, else what most do."""
    seen = page.seen
    named = buttons_of(seen.tools, hand, seen.world.preferences, seen.can_undo, seen.can_redo)
    rows = [(name or tr(_BUTTONS.get(place, "")), text) for place, name, text in named]
    _table(page, "", rows, 110.0)


def _table(
    page: Page, heading: str, rows: list[tuple[str, str]], width: float = _KEY_WIDTH
) -> None:
    if heading:
        page.heading(heading)
    draw = imgui.get_window_draw_list()
    for key, says in rows:
        at = imgui.get_cursor_screen_pos()
        size = imgui.calc_text_size(key)
        corner = (at.x + max(size.x + 16, 28), at.y + theme.BODY + 7)
        draw.add_rect_filled((at.x, at.y), corner, packed(theme.WELL), 5.0)
        draw.add_text((at.x + 8, at.y + 3), packed(theme.TEXT), key)
        imgui.set_cursor_pos_x(imgui.get_cursor_pos_x() + max(width, size.x + 26))
        imgui.set_cursor_pos_y(imgui.get_cursor_pos_y() + 3)
        imgui.push_text_wrap_pos(0.0)
        imgui.text(says)
        imgui.pop_text_wrap_pos()
