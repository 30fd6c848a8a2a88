"""The dates: one is pressed, or scrubbed to; how two are seen together; a measure over all."""

from __future__ import annotations

import numpy as np
from imgui_bundle import imgui, implot
from numpy.typing import NDArray

from xrviewer.analysis.registration import MAX_RESIDUAL_MM
from xrviewer.case.model import Case
from xrviewer.document.comparison import Together
from xrviewer.document.comparison_intents import CompareWith, SetBlend
from xrviewer.document.intents import SelectTool, ShowTimepoint
from xrviewer.document.opening import OPENING_TOOL
from xrviewer.interaction.dates import see
from xrviewer.interaction.nudge import NUDGE_TOOL, nudged_date, taken_back
from xrviewer.interaction.plane_tool import SWIPE_TOOL
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.theme import Icon, packed
from xrviewer.panels.trends import Trend, Volumes, measured_trends
from xrviewer.words import number, tr

Values = NDArray[np.float64]
_TRACK, _KNOB, _REACH = 46.0, 7.0, 18.0
_PLOT, _LEAST_PLOT = 170.0, 104.0
"""Height: as much of it as the page has left."""
_TALL = 500.0
"""Of a page that has room for headings."""
_PRESS_MM = 14.0
"""How near to a point of the plot a press means it."""


class TimelinePanel:
    """Of a case with two dates or more."""

    def __init__(self, case: Case) -> None:
        self._volumes = Volumes(case)
        self._layers = [layer.id for layer in case.layers]

    def draw(self, page: Page) -> None:
        is_tall = imgui.get_content_region_avail().y > _TALL
        _draw_track(page)
        if is_tall:
            page.heading(tr("Seen together"))
        _draw_ways(page)
        _draw_fit(page)
        if is_tall:
            page.heading(tr("Over time"))
        measured = measured_trends(page.seen.case, page.seen.snapshot.measurements.values())
        trends = [*measured, *page.seen.trends]
        index = page.state.trend % (len(trends) + len(self._layers))
        trend = (
            trends[index]
            if index < len(trends)
            else self._volumes.trend(self._layers[index - len(trends)])
        )
        self._draw_choice(page, trend)
        _draw_plot(page, trend)

    def _draw_choice(self, page: Page, trend: Trend) -> None:
        """Back, what is plotted, and on; what is plotted is pressed for the next as well."""
        width = imgui.get_content_region_avail().x - 2 * (40.0 + theme.GAP)
        if page.button(Icon.BACK, "##trend before", 40.0):
            page.change(trend=page.state.trend - 1)
        page.place("measure before")
        imgui.same_line()
        is_named = page.button(Icon.RULER, trend.title, width)
        imgui.same_line()
        if page.button(Icon.NEXT, "##trend after", 40.0) or is_named:
            page.change(trend=page.state.trend + 1)
        page.place("measure after")


def _draw_track(page: Page) -> None:
    """A knob a date, as far apart as their days; drag along it to scrub."""
    dates = page.seen.case.timepoints
    width, draw = imgui.get_content_region_avail().x, imgui.get_window_draw_list()
    imgui.invisible_button("track", (width, _TRACK))
    page.place("track")
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    left, right, y = low.x + _REACH, high.x - _REACH, low.y + 14.0
    span = max(dates[-1].day - dates[0].day, 1)
    at = [left + (date.day - dates[0].day) / span * (right - left) for date in dates]
    draw.add_line((left, y), (right, y), packed(theme.HAIRLINE), 2.0)
    shown, other = page.seen.snapshot.timepoint, page.seen.snapshot.comparison.other
    for x, date in zip(at, dates, strict=True):
        is_shown, is_other = date.id == shown, date.id == other
        draw.add_circle_filled((x, y), _KNOB, packed(theme.ACCENT if is_shown else theme.WELL))
        draw.add_circle(
            (x, y), _KNOB, packed(theme.ACCENT if is_other else theme.QUIET_TEXT), 0, 1.6
        )
        size = imgui.calc_text_size(tr(date.name))
        text_x = min(max(x - size.x / 2, low.x), high.x - size.x)
        color = theme.TEXT if is_shown or is_other else theme.QUIET_TEXT
        draw.add_text((text_x, y + 12.0), packed(color), tr(date.name))
    if imgui.is_item_active():
        pointer = imgui.get_io().mouse_pos.x
        nearest = min(range(len(dates)), key=lambda i: abs(at[i] - pointer))
        if dates[nearest].id != shown:
            page.ask(ShowTimepoint(dates[nearest].id))


def _ways() -> dict[Together | None, tuple[Icon, str]]:
    return {
        None: (Icon.EYE, tr("Alone")),
        Together.SIDE: (Icon.SIDE, tr("Side by side")),
        Together.OVERLAY: (Icon.LAYERS, tr("Overlay")),
        Together.FLICKER: (Icon.TURNS, tr("By turns")),
        Together.SWIPE: (Icon.SWIPE, tr("Swipe")),
        Together.DIFFERENCE: (Icon.MAP, tr("Difference")),
    }


def _draw_ways(page: Page) -> None:
    asked, case = page.seen.snapshot.comparison, page.seen.case
    now = asked.together if asked.other is not None else None
    width = (imgui.get_content_region_avail().x - 2 * theme.GAP) / 3
    for i, (way, (icon, word)) in enumerate(_ways().items()):
        if i % 3:
            imgui.same_line()
        if page.button(icon, word, width, is_on=way is now) and way is not now:
            page.ask(*see(case, page.seen.snapshot, way))
    if now is Together.OVERLAY:
        _draw_blend(page, asked.blend)
    if now is Together.SWIPE:
        is_held = page.seen.snapshot.tool == SWIPE_TOOL
        if page.button(Icon.HAND, tr("The plane in the hand"), is_on=is_held):
            page.ask(SelectTool(OPENING_TOOL if is_held else SWIPE_TOOL))
    if asked.other is not None and len(case.timepoints) > 2:
        _draw_other(page, asked.other)


def _draw_blend(page: Page, blend: float) -> None:
    dragged, done = page.slider("blend", tr("Blend"), blend, 0.0, 1.0, "%.2f")
    if dragged is not None:
        page.previews.append(SetBlend(dragged))
    if done is not None:
        page.ask(SetBlend(done))


def _draw_other(page: Page, other: str) -> None:
    """Of three dates or more: which is the second one."""
    others = [t for t in page.seen.case.timepoints if t.id != page.seen.snapshot.timepoint]
    at = next((n for n, t in enumerate(others) if t.id == other), 0)
    chosen = page.choice("other date", [tr(t.name) for t in others], at)
    if chosen != at:
        page.ask(CompareWith(others[chosen].id))


def _draw_fit(page: Page) -> None:
    """How well the later date lies on the first; a number is never shown without it."""
    snapshot = page.seen.snapshot
    if snapshot.comparison.other is None:
        return
    pair = (snapshot.timepoint, snapshot.comparison.other)
    first = page.seen.case.timepoints[0].id
    found = [snapshot.dates.get(date) for date in pair if date != first]
    if not all(one is not None and one.fits for one in found):
        page.quiet(tr("Laying one date onto the other …"))
        return
    sizes = [one.residual_mm for one in found if one is not None]
    worst = max((size for size in sizes if size is not None), default=None)
    is_by_hand = any(one is not None and one.is_by_hand for one in found)
    if worst is None or None in sizes:
        page.quiet(tr("Adjusted by hand"))
    elif is_by_hand:
        word = tr("Adjusted by hand: {size} mm apart", size=number(worst, 2))
        page.notice(Icon.HAND, word, theme.WARNING if worst > MAX_RESIDUAL_MM else theme.QUIET_TEXT)
    else:
        page.quiet(tr("bones fit within {size} mm", size=number(max(worst, 0.01), 2)))
    _draw_hand(page, is_by_hand)


def _draw_hand(page: Page, is_by_hand: bool) -> None:
    """The date in the hand, and back to where it was fitted."""
    snapshot, world = page.seen.snapshot, page.seen.world
    width = (imgui.get_content_region_avail().x - theme.GAP) / 2
    is_held, date = snapshot.tool == NUDGE_TOOL, nudged_date(snapshot, world)
    if page.button(Icon.HAND, tr("Move by hand"), width, is_on=is_held):
        page.ask(SelectTool(OPENING_TOOL if is_held else NUDGE_TOOL))
    imgui.same_line()
    if page.button(Icon.BACK, tr("As it was fitted"), width, is_enabled=is_by_hand) and date:
        page.ask(taken_back(date))


def _draw_plot(page: Page, trend: Trend) -> None:
    """A point a date, its range as a bar. The point that is pressed brings its scan."""
    case = page.seen.case
    days = {t.id: (float(t.day), tr(t.name)) for t in case.timepoints}
    if not trend.points:
        page.quiet(tr("No date has this structure closed."))
        return
    x = np.array([days[date][0] for date, _ in trend.points])
    y = np.array([quantity.value for _, quantity in trend.points])
    off = np.array([quantity.uncertainty or 0.0 for _, quantity in trend.points])
    flags = implot.Flags_.no_legend | implot.Flags_.no_menus | implot.Flags_.no_mouse_text
    room = imgui.get_content_region_avail()
    size = (room.x, min(max(room.y, _LEAST_PLOT), _PLOT))
    if not implot.begin_plot("##trend", size, flags | implot.Flags_.no_inputs):
        return
    style = implot.get_style()
    style.minor_alpha = 0.0  # a line only where it has its number
    style.set_color_(implot.Col_.axis_grid, imgui.ImVec4(*theme.WELL_HOVERED))
    style.set_color_(implot.Col_.plot_border, imgui.ImVec4(*theme.CLEAR))
    still = implot.AxisFlags_.no_highlight | implot.AxisFlags_.no_menus
    implot.setup_axes("", "", still | implot.AxisFlags_.no_grid_lines, still)
    _setup_limits(x, y, off, [days[date][1] for date, _ in trend.points])
    accent = imgui.ImVec4(*theme.ACCENT)
    implot.plot_line("value", x, y, spec=implot.Spec(line_color=accent, line_weight=2.0))
    if off.any():
        implot.plot_error_bars("value", x, y, off)
    marked = implot.Spec(marker=implot.Marker_.circle, marker_fill_color=accent)
    marked.marker_line_color = accent
    implot.plot_scatter("value", x, y, spec=marked)
    pixels = [implot.plot_to_pixels(float(a), float(b)) for a, b in zip(x, y, strict=True)]
    implot.end_plot()
    page.place("plot")
    _press(page, trend, [(p.x, p.y) for p in pixels])


def _setup_limits(x: Values, y: Values, off: Values, names: list[str]) -> None:
    """Wide enough that noise does not look like change."""
    low, high = float((y - off).min()), float((y + off).max())
    room = max(0.15 * (high - low), 0.05 * abs(high), 1e-3)
    span = max(float(x[-1] - x[0]), 1.0) * 0.15
    implot.setup_axes_limits(
        float(x[0]) - span, float(x[-1]) + span, low - room, high + room, implot.Cond_.always
    )
    implot.setup_axis_ticks(implot.ImAxis_.x1, x.tolist(), names, False)


def _press(page: Page, trend: Trend, pixels: list[tuple[float, float]]) -> None:
    for (date, _), (px, py) in zip(trend.points, pixels, strict=True):
        page.places[f"point {date}"] = (px - 4, py - 4, px + 4, py + 4)
    if not imgui.is_mouse_clicked(0):
        return
    at = imgui.get_io().mouse_pos
    away = [((px - at.x) ** 2 + (py - at.y) ** 2) ** 0.5 for px, py in pixels]
    nearest = min(range(len(away)), key=away.__getitem__)
    if away[nearest] <= _PRESS_MM and trend.points[nearest][0] != page.seen.snapshot.timepoint:
        page.ask(ShowTimepoint(trend.points[nearest][0]))
