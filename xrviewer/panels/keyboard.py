"""Keys on the board, for hands that have no others."""

from __future__ import annotations

from imgui_bundle import imgui

from xrviewer.panels import theme
from xrviewer.panels.page import ERASE, Page
from xrviewer.panels.theme import Icon, packed
from xrviewer.words import spoken, tr

_ROWS = {
    "en": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "de": ("qwertzuiopü", "asdfghjklöä", "yxcvbnmß"),
}
_GAP = 6.0
HEIGHT = 4 * theme.ROW + 3 * _GAP + 2 * theme.PADDING


def draw_keyboard(page: Page, left: float, width: float, board_height: float) -> None:
    """Under the panel, beside the rail."""
    imgui.set_cursor_pos((left, board_height - HEIGHT))
    imgui.begin_child("keyboard", (width, HEIGHT))
    at = imgui.get_window_pos()
    draw = imgui.get_window_draw_list()
    draw.add_line((at.x, at.y), (at.x + width, at.y), packed(theme.HAIRLINE))
    imgui.set_cursor_pos_y(theme.PADDING)
    _draw_keys(page, width)
    imgui.end_child()


def _draw_keys(page: Page, width: float) -> None:
    imgui.push_style_var(imgui.StyleVar_.item_spacing, (_GAP, _GAP))
    rows = _ROWS.get(spoken(), _ROWS["en"])
    key = (width - 2 * theme.PADDING - _GAP * (len(rows[0]) - 1)) / len(rows[0])
    for row in rows:
        indent = (width - len(row) * key - (len(row) - 1) * _GAP) / 2
        for i, letter in enumerate(row):
            if i:
                imgui.same_line()
            else:
                imgui.set_cursor_pos_x(indent)
            if imgui.button(letter, (key, theme.ROW)):
                _press(page, letter)
            page.rise()
            page.place(f"key {letter}")
    _draw_last_row(page, width, key)
    imgui.pop_style_var()


def _draw_last_row(page: Page, width: float, key: float) -> None:
    imgui.set_cursor_pos_x(theme.PADDING)
    if imgui.button(f"{Icon.ERASE}  {tr('Erase')}", (3 * key, theme.ROW)):
        _press(page, ERASE)
    page.rise()
    page.place("key erase")
    imgui.same_line()
    space = width - 2 * theme.PADDING - 6 * key - 2 * _GAP
    if imgui.button(f"{tr('Space')}", (space, theme.ROW)):
        _press(page, " ")
    page.rise()
    page.place("key space")
    imgui.same_line()
    imgui.push_style_color(imgui.Col_.button, packed(theme.ACCENT_SOFT))
    if imgui.button(f"{Icon.CHECK}  {tr('Done')}", (3 * key, theme.ROW)):
        page.change(keyboard="", keys=())
    page.rise()
    imgui.pop_style_color()
    page.place("key done")


def _press(page: Page, key: str) -> None:
    page.change(keys=(*page.state.keys, key))
