"""The tree of structures: seen or not, how clear, in which colour; and finding one by its name."""

from __future__ import annotations

from typing import Any

import numpy as np
from imgui_bundle import imgui

from xrviewer.document.intents import (
    SetLayerOpacity,
    SetLayersVisible,
    SetLayerVisible,
)
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.rows import Row, Tree
from xrviewer.panels.theme import Icon, packed

_EYE_WIDTH, _INDENT, _DETAILS = 40.0, 18.0, 118.0


class LayersPanel:
    """Holds the tree, and the rows it came to, until search or folding changes them."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._names = {row.id: row for row in tree.rows("", frozenset())}
        self._key: tuple[str, frozenset[str]] | None = None
        self._rows: tuple[Row, ...] = ()

    def draw(self, page: Page) -> None:
        search = page.text_field("search", "Search", page.state.search)
        if search != page.state.search:
            page.change(search=search)
        selected = self._names.get(page.state.selected or "")
        rows = self._fitting(page)
        space = imgui.get_content_region_avail()
        height = space.y - (_DETAILS if selected else 0.0) - theme.ROW - theme.GAP
        imgui.begin_child("tree", (0, height))
        self._draw_rows(page, rows)
        imgui.end_child()
        if selected:
            _draw_details(page, selected)
        self._draw_all(page)

    def _fitting(self, page: Page) -> tuple[Row, ...]:
        key = (page.state.search, page.state.closed_groups)
        if key != self._key:
            self._key, self._rows = key, self._tree.rows(*key)
        return self._rows

    def _draw_rows(self, page: Page, rows: tuple[Row, ...]) -> None:
        """Only those in sight cost anything."""
        if not rows:
            page.quiet(f"Nothing is called “{page.state.search.strip()}”.")
            return
        imgui.push_style_var(imgui.StyleVar_.item_spacing, (0, 2))
        clipper = imgui.ListClipper()
        clipper.begin(len(rows), theme.ROW + 2)
        while clipper.step():
            for i in range(clipper.display_start, clipper.display_end):
                _draw_row(page, rows[i])
        clipper.end()
        imgui.pop_style_var()

    def _draw_all(self, page: Page) -> None:
        layers = page.seen.snapshot.layers
        ids = tuple(page.seen.snapshot.layer_rows)
        is_any_hidden = not bool(layers["is_visible"].all())
        page.buttons(
            2,
            (
                Icon.EYE,
                "Show all",
                is_any_hidden,
                lambda: page.ask(SetLayersVisible(ids, True)),
            ),
            (
                Icon.EYE_OFF,
                "Hide all",
                bool(layers["is_visible"].any()),
                lambda: page.ask(SetLayersVisible(ids, False)),
            ),
        )


def _draw_row(page: Page, row: Row) -> None:
    imgui.push_id(("g:" if row.is_group else "l:") + row.id)
    visible = page.seen.snapshot.layers["is_visible"][row.layers]
    if imgui.invisible_button("eye", (_EYE_WIDTH, theme.ROW)):
        _toggle(page, row, not bool(visible.any()))
    page.place(f"eye {row.id}")
    _draw_eye(visible)
    imgui.same_line(0, 0)
    width = max(imgui.get_content_region_avail().x, 1.0)
    if imgui.invisible_button("name", (width, theme.ROW)):
        _press_name(page, row)
    page.place(f"name {row.id}")
    _draw_name(page, row, bool(visible.any()))
    imgui.pop_id()


def _toggle(page: Page, row: Row, is_visible: bool) -> None:
    if not row.is_group:
        page.ask(SetLayerVisible(row.id, is_visible))
        return
    ids = tuple(page.seen.snapshot.layer_rows)
    page.ask(SetLayersVisible(tuple(ids[i] for i in row.layers.tolist()), is_visible))


def _press_name(page: Page, row: Row) -> None:
    """A group opens and closes; a layer shows its details, and hides them again."""
    if row.is_group:
        page.change(closed_groups=page.state.closed_groups ^ {row.id})
    else:
        page.change(selected=None if page.state.selected == row.id else row.id)


def _draw_eye(visible: Any) -> None:
    """Open, crossed out, or half: a group of which some are hidden."""
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    if imgui.is_item_hovered():
        _well(low, high)
    icon = Icon.EYE if visible.all() else Icon.EYE_PART if visible.any() else Icon.EYE_OFF
    color = theme.TEXT if visible.all() else theme.QUIET_TEXT if visible.any() else theme.FAINT_TEXT
    size = imgui.calc_text_size(icon)
    at = ((low.x + high.x - size.x) / 2, (low.y + high.y - size.y) / 2)
    imgui.get_window_draw_list().add_text(at, packed(color), icon)


def _draw_name(page: Page, row: Row, is_seen: bool) -> None:
    draw, low, high = (
        imgui.get_window_draw_list(),
        imgui.get_item_rect_min(),
        imgui.get_item_rect_max(),
    )
    is_selected = not row.is_group and page.state.selected == row.id
    if is_selected or imgui.is_item_hovered():
        _well(low, high, theme.ACCENT_SOFT if is_selected else theme.WELL_HOVERED)
    x, y = low.x + 8 + row.depth * _INDENT, low.y + (theme.ROW - theme.BODY) / 2
    if row.is_group:
        is_closed = row.id in page.state.closed_groups
        icon = Icon.CLOSED if is_closed else Icon.OPENED
        draw.add_text((x, y), packed(theme.QUIET_TEXT), icon)
        x += 22
    else:
        _draw_swatch(page, row, x, low.y)
        x += 24
    note = _note(page, row, is_seen)
    right = high.x - 8
    if note:
        right -= imgui.calc_text_size(note).x
        draw.add_text((right, y), packed(theme.QUIET_TEXT), note)
        right -= 8
    color = packed(theme.TEXT if is_seen else theme.FAINT_TEXT)
    # A clip rectangle is a draw call: only the few names that are too long are cut.
    is_long = x + imgui.calc_text_size(row.name).x > right
    if is_long:
        draw.push_clip_rect((x, low.y), (right, high.y), True)
    draw.add_text((x, y), color, row.name)
    if is_long:
        draw.pop_clip_rect()


def _draw_swatch(page: Page, row: Row, x: float, y: float) -> None:
    red, green, blue = page.seen.snapshot.layers["color"][row.layers[0]].tolist()
    low = (x, y + theme.ROW / 2 - 7)
    high = (x + 14, y + theme.ROW / 2 + 7)
    color = packed((red, green, blue, 1.0))
    imgui.get_window_draw_list().add_rect_filled(low, high, color, 4.0)


def _note(page: Page, row: Row, is_seen: bool) -> str:
    """What the eye cannot say: how many of a group, how clear a layer."""
    layers = page.seen.snapshot.layers[row.layers]
    if row.is_group:
        return f"{int(np.count_nonzero(layers['is_visible']))} of {len(layers)}"
    if not is_seen:
        return "hidden"
    opacity = float(layers["opacity"][0])
    return "" if opacity >= 0.995 else f"{opacity:.0%}"


def _well(low: Any, high: Any, color: theme.Color = theme.WELL_HOVERED) -> None:
    imgui.get_window_draw_list().add_rect_filled(low, high, packed(color), theme.SMALL_CORNER)


def _draw_details(page: Page, row: Row) -> None:
    """What can be done to the structure that was chosen."""
    layer = page.seen.case.layers[int(row.layers[0])]
    page.quiet(layer.plain or layer.name)
    held = float(page.seen.snapshot.layers["opacity"][row.layers[0]])
    shown, done = page.slider(f"opacity {row.id}", "Opacity", held * 100, 0, 100, "%.0f %%")
    if shown is not None:
        page.previews.append(SetLayerOpacity(row.id, shown / 100))
    if done is not None:
        page.ask(SetLayerOpacity(row.id, round(done) / 100))
    others = tuple(i for i in page.seen.snapshot.layer_rows if i != row.id)
    page.buttons(
        2,
        (
            Icon.ISOLATE,
            "Only this",
            True,
            lambda: page.ask(SetLayersVisible(others, False), SetLayerVisible(row.id, True)),
        ),
        (Icon.EYE_OFF, "Hide", True, lambda: page.ask(SetLayerVisible(row.id, False))),
    )
