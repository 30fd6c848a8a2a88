"""Measurements: the tool, the list, and what can be done to the one that was chosen."""

from __future__ import annotations

from functools import partial

from imgui_bundle import imgui

from xrviewer.case.measured import Kind, Lesion, Measured
from xrviewer.case.quantity import difference
from xrviewer.document.intents import SelectTool
from xrviewer.document.measurement_intents import (
    ColorMeasurement,
    MarkLesion,
    NameMeasurement,
    NoteMeasurement,
    Retract,
    SetMeasurementVisible,
)
from xrviewer.document.measurements import Measurement, baseline_of
from xrviewer.interaction.measure_kinds import (
    next_tool,
    previous_tool,
    says,
    toggled_tool,
)
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.swatches import SWATCH, swatches
from xrviewer.panels.theme import Icon, packed
from xrviewer.words import number, tr

_ARROW, _EYE = 40.0, 40.0
COLORS = ("#f2f2f2", "#e0a33a", "#6bb187", "#5ab0c8", "#4a6fd0", "#b58ae0", "#e07aa8", "#d5565b")
"""The first is the plain one."""
_DETAILS = 3 * theme.ROW + SWATCH + theme.SMALL + 6 * theme.GAP
_FOLLOWED = (Kind.DISTANCE, Kind.DIAMETER, Kind.VOLUME, Kind.NOTE)


def draw_measure(page: Page) -> None:
    _draw_tool(page)
    snapshot = page.seen.snapshot
    here = [m for m in snapshot.measurements.values() if _is_of(m, snapshot.timepoint)]
    others = len(snapshot.measurements) - len(here)
    chosen = snapshot.measurements.get(page.state.measurement or "")
    if not here:
        page.quiet(tr("Nothing is measured at this date yet."))
    space = imgui.get_content_region_avail().y
    below = _DETAILS if chosen else theme.ROW + theme.SMALL + 2 * theme.GAP
    height = space - below - (theme.BODY + theme.GAP if others else 0.0)
    imgui.begin_child("measurements", (0, max(height, theme.ROW)))
    _draw_rows(page, here[::-1])
    imgui.end_child()
    if others:
        page.quiet(tr("{count} more at other dates", count=others))
    if chosen is not None:
        _draw_details(page, chosen)
    elif snapshot.measurements:
        _draw_saving(page)


def _draw_saving(page: Page) -> None:
    """All dates', into files: where, is said when it is done."""
    if page.button(Icon.SAVE, tr("Save all as files")):
        page.wants_saved = True
    if page.seen.told:
        page.quiet(page.seen.told)


def _is_of(one: Measurement, timepoint: str) -> bool:
    return one.measured is not None and one.measured.timepoint == timepoint


def _draw_tool(page: Page) -> None:
    """Back, the tool itself with a bar when it is on, and on to the next."""
    tool = page.seen.snapshot.tool
    said = says(tool)
    width = imgui.get_content_region_avail().x - 2 * (_ARROW + theme.GAP)
    if page.button(Icon.BACK, "##before", _ARROW):
        page.ask(SelectTool(previous_tool(tool)))
    page.place("tool before")
    imgui.same_line()
    word = tr(said) if said is not None else tr("Measure")
    if page.button(Icon.RULER, word, width, is_on=said is not None):
        page.ask(SelectTool(toggled_tool(tool)))
    page.place("tool")
    imgui.same_line()
    if page.button(Icon.NEXT, "##after", _ARROW):
        page.ask(SelectTool(next_tool(tool)))
    page.place("tool after")


def _draw_rows(page: Page, found: list[Measurement]) -> None:
    """The last made first; only those in sight cost anything."""
    imgui.push_style_var(imgui.StyleVar_.item_spacing, (0, 2))
    clipper = imgui.ListClipper()
    clipper.begin(len(found), theme.ROW + 2)
    while clipper.step():
        for i in range(clipper.display_start, clipper.display_end):
            _draw_row(page, found[i])
    clipper.end()
    imgui.pop_style_var()


def _draw_row(page: Page, one: Measurement) -> None:
    imgui.push_id(one.id)
    if imgui.invisible_button("eye", (_EYE, theme.ROW)):
        page.ask(SetMeasurementVisible(one.id, not one.is_visible))
    page.place(f"eye {one.id}")
    low = imgui.get_item_rect_min()
    draw = imgui.get_window_draw_list()
    y = low.y + (theme.ROW - theme.BODY) / 2
    color = theme.TEXT if one.is_visible else theme.FAINT_TEXT
    draw.add_text((low.x + 10, y), packed(color), Icon.EYE if one.is_visible else Icon.EYE_OFF)
    imgui.same_line(0, 0)
    width = max(imgui.get_content_region_avail().x, 1.0)
    is_chosen = page.state.measurement == one.id
    if imgui.invisible_button("name", (width, theme.ROW)):
        chosen = None if is_chosen else one.id
        page.change(measurement=chosen, measurement_name=None, measurement_note=None)
    page.place(f"name {one.id}")
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    if is_chosen or imgui.is_item_hovered():
        well = theme.ACCENT_SOFT if is_chosen else theme.WELL_HOVERED
        draw.add_rect_filled(low, high, packed(well), theme.SMALL_CORNER)
        color = theme.TEXT  # dim letters are not read on a lit row; the eye says that it is hidden
    value = _value(one.measured)
    right = high.x - 8 - imgui.calc_text_size(value).x
    draw.add_text((right, y), packed(color), value)
    draw.push_clip_rect((low.x, low.y), (right - 8, high.y), True)
    draw.add_text((low.x + 8, y), packed(color), one.name)
    draw.pop_clip_rect()
    imgui.pop_id()


def _value(measured: Measured | None) -> str:
    quantity = None if measured is None else measured.quantity
    return "" if quantity is None else quantity.text


def _draw_details(page: Page, one: Measurement) -> None:
    width = (imgui.get_content_region_avail().x - theme.GAP) / 2
    typed, said = page.state.measurement_name, page.state.measurement_note
    held, noted = one.name if typed is None else typed, one.note if said is None else said
    name = page.text_field(f"rename {one.id}", tr("Name"), held, Icon.EDIT, width)
    imgui.same_line()
    note = page.text_field(f"note {one.id}", tr("Note"), noted, Icon.NOTE, width)
    if (name, note) != (held, noted):
        page.change(measurement_name=name, measurement_note=note)
    is_renamed = bool(name.strip()) and name != one.name

    def keep() -> None:
        if is_renamed:
            page.ask(NameMeasurement(one.id, name))
        if note != one.note:
            page.ask(NoteMeasurement(one.id, note))
        page.change(measurement_name=None, measurement_note=None)

    page.buttons(
        2,
        (Icon.CHECK, tr("Keep"), is_renamed or note != one.note, keep),
        (Icon.ERASE, tr("Take back"), True, lambda: page.ask(Retract((one.id,)))),
    )
    color = swatches(page, COLORS, one.color_hex or COLORS[0])
    if color is not None:
        page.ask(ColorMeasurement(one.id, None if color == COLORS[0] else color))
    if one.measured is not None and one.measured.kind in _FOLLOWED:
        _draw_lesion(page, one)
    page.quiet(_since(page, one))


def _draw_lesion(page: Page, one: Measurement) -> None:
    """What it counts as in the response criteria; pressed again, as nothing."""
    parts = {
        Lesion.TARGET: tr("Target"),
        Lesion.NODE: tr("Node"),
        Lesion.NON_TARGET: tr("Non-target"),
    }
    width = (imgui.get_content_region_avail().x - 2 * theme.GAP) / 3
    for i, (lesion, word) in enumerate(parts.items()):
        if i:
            imgui.same_line()
        is_on = one.lesion is lesion
        mark = partial(MarkLesion, one.id)
        if page.button(Icon.CHECK if is_on else Icon.RULER, word, width, is_on=is_on):
            page.ask(mark(Lesion.NONE if is_on else lesion))


def _since(page: Page, one: Measurement) -> str:
    """The change from the earliest date that has it by the same name."""
    case, now = page.seen.case, one.measured
    first = baseline_of(one, page.seen.snapshot.measurements.values(), case)
    then = first.measured if first is not None else None
    if now is None or then is None or now.quantity is None or then.quantity is None:
        return tr("The same name at another date makes a pair.")
    date = next(t.name for t in case.timepoints if t.id == then.timepoint)
    change = difference(now.quantity, then.quantity)
    sign = "+" if change.value >= 0 else ""
    share = ""
    if then.quantity.value:
        share = f" ({sign}{number(100 * change.value / then.quantity.value, 0)} %)"
    return tr("since {date}: {change}", date=tr(date), change=f"{sign}{change.text}{share}")
