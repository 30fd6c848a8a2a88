"""Ready choices of structures, and looks that were saved."""

from __future__ import annotations

from collections.abc import Callable

from imgui_bundle import imgui

from xrviewer.case.presets import presets
from xrviewer.document.intents import RemovePreset, ResetLayers, SavePreset, ShowPreset
from xrviewer.panels import theme
from xrviewer.panels.fitting import columns_for
from xrviewer.panels.page import Page
from xrviewer.panels.theme import Icon
from xrviewer.words import tr


def draw_looks(page: Page) -> None:
    imgui.begin_child("looks", (0, -theme.ROW - theme.GAP))
    page.heading(tr("Ready"))
    ready = {preset.id: tr(preset.name) for preset in presets(page.seen.case)}
    columns = columns_for(list(ready.values()), 2)
    page.buttons(columns, *(_choice(page, id, name) for id, name in ready.items()))
    saved = page.seen.snapshot.presets
    if saved:
        page.heading(tr("Saved"))
    for name in saved:
        width = imgui.get_content_region_avail().x - theme.GAP - 110
        if page.button(Icon.PALETTE, name, width):
            page.ask(ShowPreset(name))
        imgui.same_line()
        imgui.push_id(name)
        if page.button(Icon.ERASE, tr("Remove"), 110):
            page.ask(RemovePreset(name))
        imgui.pop_id()
    imgui.end_child()
    page.buttons(
        2,
        (Icon.SAVE, tr("Save this look"), True, lambda: page.ask(SavePreset(_new_name(page)))),
        (Icon.UNDO, tr("As at first"), True, lambda: page.ask(ResetLayers())),
    )


def _choice(page: Page, id: str, name: str) -> tuple[Icon, str, bool, Callable[[], None]]:
    return (Icon.LAYERS, name, True, lambda: page.ask(ShowPreset(id)))


def _new_name(page: Page) -> str:
    """The first number that is free: nobody likes to type in a headset."""
    saved = page.seen.snapshot.presets
    names = (tr("Look {number}", number=i) for i in range(1, len(saved) + 2))
    return next(name for name in names if name not in saved)
