"""The cuts: made along a slice or as a box, taken off, and what they leave whole."""

from __future__ import annotations

from imgui_bundle import imgui

from xrviewer.document.intents import Intent
from xrviewer.document.plane_intents import (
    AddCut,
    RemoveCut,
    SetCutExempt,
    SetCutVisible,
    free_id,
)
from xrviewer.document.planes import Cut, CutKind, CutShape
from xrviewer.interaction import slicing
from xrviewer.interaction.plane_tool import CUT_TOOL
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.slice_looks import hand_button
from xrviewer.panels.theme import Icon
from xrviewer.words import tr

_SIDE = 40.0
_BOX_SHARE = 0.35
"""Of half the scan's size."""


def draw_cuts(page: Page, slice: str | None) -> None:
    snapshot = page.seen.snapshot
    width = (imgui.get_content_region_avail().x - theme.GAP) / 2
    if page.button(Icon.CUT, tr("Cut here"), width, is_enabled=slice is not None):
        page.ask(*slicing.cut_here(snapshot, slice))
    imgui.same_line()
    if page.button(Icon.CUT, tr("Cut a box"), width):
        page.ask(_box(page))
    hand_button(page, CUT_TOOL, tr("Move the cut by hand"))
    for number, (id, cut) in enumerate(snapshot.cuts.items(), start=1):
        _draw_row(page, id, cut, number)
    last = next(reversed(snapshot.cuts), None)
    if last is None:
        page.quiet(tr("A cut takes away what lies before a plane; its face shows the scan."))
        return
    page.heading(tr("Left whole by the last cut"))
    imgui.begin_child("exempt", (0, max(imgui.get_content_region_avail().y, 3 * theme.ROW)))
    _draw_exempt(page, last, snapshot.cuts[last])
    imgui.end_child()


def _box(page: Page) -> Intent:
    """Round the middle of the first scan."""
    volume = page.seen.timepoint.volumes[0]
    halves = (
        volume.half_extent_mm((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
        volume.half_extent_mm((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
    )
    x, y, z = (_BOX_SHARE * v for v in (*halves[0], halves[1][0]))
    shape = CutShape(CutKind.BOX, volume.center_mm, half_size_mm=(x, y, z))
    return AddCut(free_id("cut", page.seen.snapshot.cuts), shape, volume.id)


def _draw_row(page: Page, id: str, cut: Cut, number: int) -> None:
    """Shown or not, its name, and away with it."""
    imgui.push_id(id)
    word = tr("Box") if cut.shape.kind is CutKind.BOX else tr("Plane")
    icon = Icon.EYE if cut.is_visible else Icon.EYE_OFF
    width = imgui.get_content_region_avail().x - _SIDE - theme.GAP
    if page.button(icon, f"{word} {number}", width):
        page.ask(SetCutVisible(id, not cut.is_visible))
    page.place(f"cut {id}")
    imgui.same_line()
    if page.button(Icon.REMOVE, "##remove", _SIDE):
        page.ask(RemoveCut(id))
    page.place(f"remove {id}")
    imgui.pop_id()


def _draw_exempt(page: Page, id: str, cut: Cut) -> None:
    for layer in page.seen.case.layers:
        is_whole = layer.id in cut.exempt
        imgui.push_id(layer.id)
        icon = Icon.CHECK if is_whole else Icon.BLANK
        if page.button(icon, tr(layer.name), is_on=is_whole):
            others = tuple(name for name in cut.exempt if name != layer.id)
            page.ask(SetCutExempt(id, others if is_whole else (*others, layer.id)))
        page.place(f"whole {layer.id}")
        imgui.pop_id()
