"""The panels' names at the board's left edge: an icon and a word each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from imgui_bundle import imgui

from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.state import Surface
from xrviewer.panels.theme import Icon, packed
from xrviewer.words import tr

WIDTH = 78.0
_HEIGHT = 56.0
_ICON = 22.0


class Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def icon(self) -> Icon: ...
    @property
    def word(self) -> str: ...


def draw_rail(page: Page, panels: Sequence[Named], surface: Surface) -> bool:
    """True when the board is to be hidden."""
    imgui.begin_child("rail", (WIDTH, 0))
    imgui.push_style_var(imgui.StyleVar_.item_spacing, (0, 4))
    imgui.dummy((0, 4))
    # Many panels stand closer: all of them are in sight, and each is as high as a finger needs.
    height = min(_HEIGHT, (surface.height - 8) / (len(panels) + 1) - 4)
    for panel in panels:
        is_open = page.state.open == panel.id
        if _entry(page, panel.id, panel.icon, tr(panel.word), is_open, height):
            page.change(open=panel.id)
    imgui.set_cursor_pos_y(surface.height - height - 8)
    hides = _entry(page, "hide", Icon.HIDE, tr("Hide"), False, height)
    imgui.pop_style_var()
    imgui.end_child()
    x = WIDTH
    imgui.get_window_draw_list().add_line((x, 0), (x, surface.height), packed(theme.HAIRLINE), 1.0)
    return hides


def draw_strip(page: Page) -> bool:
    """What is left of hidden panels; true when they are wanted again."""
    return _entry(page, "show", Icon.SHOW, "", False, _HEIGHT, imgui.get_window_width())


def _entry(
    page: Page,
    id: str,
    icon: Icon,
    word: str,
    is_open: bool,
    height: float,
    width: float = WIDTH,
) -> bool:
    imgui.set_cursor_pos_x(4)
    is_pressed = imgui.invisible_button(id, (width - 8, height))
    page.place(f"rail {id}")
    page.rise()
    draw, low, high = (
        imgui.get_window_draw_list(),
        imgui.get_item_rect_min(),
        imgui.get_item_rect_max(),
    )
    is_lit = is_open or imgui.is_item_hovered()
    if is_lit:
        color = theme.ACCENT_SOFT if is_open else theme.WELL_HOVERED
        draw.add_rect_filled(low, high, packed(color), theme.SMALL_CORNER)
    if is_open:
        bar = (low.x + 3, high.y - 12)
        draw.add_rect_filled((low.x, low.y + 12), bar, packed(theme.ACCENT), 1.5)
    color = theme.TEXT if is_lit else theme.QUIET_TEXT
    # However close the entries stand, an icon is nearer to its own word than to the one above.
    size, gap = min(_ICON, height - theme.SMALL - 6), min(4.0, height / 20)
    above = (height - size - gap - theme.SMALL) / 2
    _centred(page, icon, size, low.y + above, low.x, high.x, color)
    _centred(page, word, theme.SMALL, low.y + above + size + gap, low.x, high.x, color)
    return bool(is_pressed)


def _centred(
    page: Page, text: str, size: float, y: float, left: float, right: float, color: theme.Color
) -> None:
    imgui.push_font(page.gui.text, size)
    x = (left + right - imgui.calc_text_size(text).x) / 2
    imgui.get_window_draw_list().add_text((x, y), packed(color), text)
    imgui.pop_font()
