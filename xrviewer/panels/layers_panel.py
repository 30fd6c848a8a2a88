"""The tree of structures: seen or not, and finding one by its name."""

from __future__ import annotations

import numpy as np
from imgui_bundle import imgui

from xrviewer.case.model import Case
from xrviewer.case.search import found_layers
from xrviewer.document.intents import (
    Peel,
    SetLayersVisible,
    SetLayerVisible,
    ShowAll,
    Unpeel,
)
from xrviewer.panels import theme
from xrviewer.panels.fitting import shortened
from xrviewer.panels.layer_details import HEIGHT as DETAILS_HEIGHT
from xrviewer.panels.layer_details import draw_details
from xrviewer.panels.looks import draw_looks
from xrviewer.panels.page import Page
from xrviewer.panels.rows import Row, flat, tree_of
from xrviewer.panels.theme import Icon, packed
from xrviewer.panels.writing import as_drawn
from xrviewer.words import tr

_EYE_WIDTH, _INDENT, _LOOKS_WIDTH = 40.0, 18.0, 112.0
_Corner = imgui.ImVec2


class LayersPanel:
    """Holds the tree, and the rows it came to, until search or folding changes them."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._tree = tree_of(case)
        self._leaves = {row.id: row for row in self._tree.rows(frozenset()) if not row.is_group}
        self._key: tuple[str, frozenset[str]] | None = None
        self._rows: tuple[Row, ...] = ()

    def draw(self, page: Page) -> None:
        self._draw_search(page)
        if page.state.shows_looks:
            draw_looks(page)
            return
        selected = self._leaves.get(page.state.selected or "")
        is_typing = bool(page.state.keyboard)
        below = 0.0 if is_typing else DETAILS_HEIGHT if selected else theme.ROW
        height = imgui.get_content_region_avail().y - below - (0.0 if is_typing else theme.GAP)
        imgui.begin_child("tree", (0, max(height, theme.ROW)))
        self._draw_rows(page, self._fitting(page))
        imgui.end_child()
        if is_typing:
            return
        if selected:
            draw_details(page, selected)
        else:
            _draw_all(page)

    def _draw_search(self, page: Page) -> None:
        width = imgui.get_content_region_avail().x - _LOOKS_WIDTH - theme.GAP
        search = page.text_field("search", tr("Search"), page.state.search, Icon.SEARCH, width)
        if search != page.state.search:
            page.change(search=search, shows_looks=False)
        imgui.same_line()
        is_on = page.state.shows_looks
        if page.button(Icon.PALETTE, tr("Looks"), _LOOKS_WIDTH, is_on=is_on):
            page.change(shows_looks=not is_on, keyboard="")

    def _fitting(self, page: Page) -> tuple[Row, ...]:
        key = (page.state.search, page.state.closed_groups)
        if key != self._key:
            self._key, self._rows = key, self._found(*key)
        return self._rows

    def _found(self, search: str, closed: frozenset[str]) -> tuple[Row, ...]:
        """A search finds layers wherever they are, in closed groups too."""
        if not search.strip():
            return self._tree.rows(closed)
        return tuple(
            flat(self._leaves[layer.id]) for layer in found_layers(self._case.layers, search)
        )

    def _draw_rows(self, page: Page, rows: tuple[Row, ...]) -> None:
        """Only those in sight cost anything."""
        if not rows:
            page.quiet(tr("Nothing is called “{name}”.", name=page.state.search.strip()))
            return
        imgui.push_style_var(imgui.StyleVar_.item_spacing, (0, 2))
        clipper = imgui.ListClipper()
        clipper.begin(len(rows), theme.ROW + 2)
        while clipper.step():
            for i in range(clipper.display_start, clipper.display_end):
                _draw_row(page, rows[i])
        clipper.end()
        imgui.pop_style_var()


def _draw_all(page: Page) -> None:
    snapshot = page.seen.snapshot
    is_any_hidden = not bool(snapshot.layers["is_visible"].all())
    page.buttons(
        3,
        (Icon.EYE, tr("Show all"), is_any_hidden, lambda: page.ask(ShowAll())),
        (Icon.PEEL, tr("Peel"), True, lambda: page.ask(Peel())),
        (Icon.UNPEEL, tr("Put on"), bool(snapshot.peeled), lambda: page.ask(Unpeel())),
    )


def _draw_row(page: Page, row: Row) -> None:
    imgui.push_id(("g:" if row.is_group else "l:") + row.id)
    visible = page.seen.snapshot.layers["is_visible"][row.layers]
    is_all, is_any = bool(visible.all()), bool(visible.any())
    if imgui.invisible_button("eye", (_EYE_WIDTH, theme.ROW)):
        _toggle(page, row, not is_any)
    page.place(f"eye {row.id}")
    _draw_eye(is_all, is_any)
    imgui.same_line(0, 0)
    width = max(imgui.get_content_region_avail().x, 1.0)
    if imgui.invisible_button("name", (width, theme.ROW)):
        _press_name(page, row)
    page.place(f"name {row.id}")
    _draw_name(page, row, is_any)
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
        page.change(selected=None if page.state.selected == row.id else row.id, keyboard="")


def _draw_eye(is_all: bool, is_any: bool) -> None:
    """Open, crossed out, or half: a group of which some are hidden."""
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    if imgui.is_item_hovered():
        _well(low, high)
    icon = Icon.EYE if is_all else Icon.EYE_PART if is_any else Icon.EYE_OFF
    color = theme.TEXT if is_all else theme.QUIET_TEXT if is_any else theme.FAINT_TEXT
    size = imgui.calc_text_size(icon)
    at = ((low.x + high.x - size.x) / 2, (low.y + high.y - size.y) / 2)
    imgui.get_window_draw_list().add_text(at, packed(color), icon)


def _draw_name(page: Page, row: Row, is_seen: bool) -> None:
    draw = imgui.get_window_draw_list()
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    is_selected = not row.is_group and page.state.selected == row.id
    is_lit = is_selected or imgui.is_item_hovered()
    quiet = theme.TEXT if is_lit else theme.QUIET_TEXT  # dim letters are not read on a lit row
    if is_lit:
        _well(low, high, theme.ACCENT_SOFT if is_selected else theme.WELL_HOVERED)
    x, y = low.x + 8 + row.depth * _INDENT, low.y + (theme.ROW - theme.BODY) / 2
    if row.is_group:
        is_closed = row.id in page.state.closed_groups
        icon = Icon.CLOSED if is_closed else Icon.OPENED
        draw.add_text((x, y), packed(quiet), icon)
    else:
        _draw_swatch(page, row, x, low.y)
    x, right, note = x + 24, high.x - 8, _note(page, row, is_seen)
    if note:
        right -= imgui.calc_text_size(note).x
        draw.add_text((right, y), packed(quiet), note)
        right -= 8
    name, color = (
        as_drawn(tr(row.name)),
        packed(theme.TEXT if is_seen or is_lit else theme.FAINT_TEXT),
    )
    draw.add_text((x, y), color, shortened(name, right - x))


def _draw_swatch(page: Page, row: Row, x: float, y: float) -> None:
    red, green, blue = page.seen.snapshot.layers["color"][row.layers[0]].tolist()
    middle, color = y + theme.ROW / 2, packed((red, green, blue, 1.0))
    imgui.get_window_draw_list().add_rect_filled((x, middle - 7), (x + 14, middle + 7), color, 4.0)


def _note(page: Page, row: Row, is_seen: bool) -> str:
    """What the eye cannot say: how many of a group, how clear a layer."""
    layers = page.seen.snapshot.layers[row.layers]
    if row.is_group:
        seen = int(np.count_nonzero(layers["is_visible"]))
        return tr("{seen} of {all}", seen=seen, all=len(layers))
    if not is_seen:
        return tr("hidden")
    opacity = float(layers["opacity"][0])
    return "" if opacity >= 0.995 else f"{opacity * 100:.0f} %"


def _well(low: _Corner, high: _Corner, color: theme.Color = theme.WELL_HOVERED) -> None:
    imgui.get_window_draw_list().add_rect_filled(low, high, packed(color), theme.SMALL_CORNER)
