"""A row of colours to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from imgui_bundle import imgui

from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.theme import Icon, packed

SWATCH = 28.0


def swatches(page: Page, choices: Sequence[str], now: str) -> str | None:
    """sRGB as #rrggbb, over the whole width. The one that was pressed."""
    room = imgui.get_content_region_avail().x
    gap = (room - len(choices) * SWATCH) / (len(choices) - 1)
    pressed = None
    for i, choice in enumerate(choices):
        if i:
            imgui.same_line(0, gap)
        if imgui.invisible_button(f"color {choice}", (SWATCH, SWATCH)):
            pressed = choice
        page.place(f"color {choice}")
        _draw_swatch(choice, choice == now)
    return pressed


def _draw_swatch(choice: str, is_chosen: bool) -> None:
    """The chosen one has a tick."""
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    red, green, blue = (int(choice[i : i + 2], 16) / 255 for i in (1, 3, 5))
    inset = 0 if imgui.is_item_hovered() else 2
    draw = imgui.get_window_draw_list()
    corners = (low.x + inset, low.y + inset), (high.x - inset, high.y - inset)
    draw.add_rect_filled(*corners, packed((red, green, blue, 1.0)), theme.SMALL_CORNER)
    if is_chosen:
        size = imgui.calc_text_size(Icon.CHECK)
        at = ((low.x + high.x - size.x) / 2, (low.y + high.y - size.y) / 2)
        draw.add_text(at, packed(theme.WELL), Icon.CHECK)
