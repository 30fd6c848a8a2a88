"""What can be done to the one structure that was chosen in the tree."""

from __future__ import annotations

from imgui_bundle import imgui

from xrviewer.document.intents import (
    EndGhosts,
    EndIsolation,
    GhostRest,
    Isolate,
    SetLayerColor,
    SetLayerOpacity,
)
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.rows import Row
from xrviewer.panels.swatches import SWATCH, swatches
from xrviewer.panels.theme import Icon
from xrviewer.words import tr

COLORS = ("#e8dcc4", "#9cc4d9", "#6fa39a", "#d9c07a", "#a8554a", "#c0392b", "#3f6fb5", "#c2477f")
"""Of the tissues; the structure's own comes first."""
HEIGHT = theme.SMALL + 2 * theme.ROW + SWATCH + 4 * theme.GAP


def draw_details(page: Page, row: Row) -> None:
    layer = page.seen.case.layers[int(row.layers[0])]
    page.quiet(tr(layer.plain) or tr(layer.name))
    held = float(page.seen.snapshot.layers["opacity"][row.layers[0]])
    name = f"opacity {row.id}"
    shown, done = page.slider(name, tr("Opacity"), held * 100, 0, 100, "%.0f %%")
    if shown is not None:
        page.previews.append(SetLayerOpacity(row.id, shown / 100))
    if done is not None:
        page.ask(SetLayerOpacity(row.id, round(done) / 100))
    _draw_focus(page, row)
    _draw_colors(page, row, layer.color.hex())


def _draw_focus(page: Page, row: Row) -> None:
    """Alone, or among ghosts; pressed again, as it was."""
    snapshot = page.seen.snapshot
    width = (imgui.get_content_region_avail().x - theme.GAP) / 2
    is_alone, is_among_ghosts = snapshot.isolated is not None, snapshot.ghosted is not None
    if page.button(Icon.ISOLATE, tr("Only this"), width, is_on=is_alone):
        page.ask(EndIsolation() if is_alone else Isolate((row.id,)))
    imgui.same_line()
    if page.button(Icon.GHOST, tr("Ghost the rest"), width, is_on=is_among_ghosts):
        page.ask(EndGhosts() if is_among_ghosts else GhostRest((row.id,)))


def _draw_colors(page: Page, row: Row, own: str) -> None:
    red, green, blue = page.seen.snapshot.layers["color"][row.layers[0]].tolist()
    now = "#" + "".join(f"{round(v * 255):02x}" for v in (red, green, blue))
    choices = (own, *(c for c in COLORS if c != own))[: len(COLORS)]
    chosen = swatches(page, choices, now)
    if chosen is not None:
        page.ask(SetLayerColor(row.id, chosen))
