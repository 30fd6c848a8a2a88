"""How a slice looks: its window over the scan's histogram, its colours, a second scan over it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from imgui_bundle import imgui

from xrviewer.analysis.scan import ScanValues, presets_of, scan_values
from xrviewer.case.volume import Volume
from xrviewer.document.intents import SelectTool
from xrviewer.document.opening import OPENING_TOOL
from xrviewer.document.plane_intents import (
    SetSliceColors,
    SetSliceFilter,
    SetSliceFusion,
    SetSliceVolume,
    SetSliceWindow,
)
from xrviewer.document.planes import Filter, Fusion, Slice, Window
from xrviewer.interaction.plane_tool import WINDOW_TOOL
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.theme import Icon, packed
from xrviewer.words import mark, number, tr

PRESETS = {
    "auto": mark("Automatic"),
    "full": mark("All values"),
    "soft": mark("Soft tissue"),
    "bone": mark("Bone"),
    "lung": mark("Lung"),
    "brain": mark("Brain"),
    "liver": mark("Liver"),
    "vessels": mark("Vessels"),
}
COLORS = ("gray", "inferno", "viridis", "crameri:batlow")
_COLOR_WORDS = (mark("Grey"), mark("Warm"), mark("Violet to yellow"), mark("Blue to rose"))
_FILTERS = (mark("Straight"), mark("Smooth curves"))
_HISTOGRAM, _RAMP = 52.0, 8.0
_WIDE = 340.0


def draw_brightness(page: Page, id: str, slice: Slice, volume: Volume) -> None:
    values = scan_values(volume)
    window = slice.window or values.window
    _draw_histogram(values, window)
    _draw_window(page, id, values, window)
    said = tr("Values in {unit}", unit=volume.unit) if volume.unit else tr("Values have no unit.")
    page.quiet(said)
    presets = presets_of(volume)
    room = imgui.get_content_region_avail().x
    columns = 3 if room > _WIDE else 2
    width = (room - theme.GAP * (columns - 1)) / columns
    for i, (name, preset) in enumerate(presets.items()):
        if i % columns:
            imgui.same_line()
        is_on = slice.window is None if name == "auto" else slice.window == preset
        if page.button(Icon.BLANK, tr(PRESETS[name]), width, is_on=is_on):
            page.ask(SetSliceWindow(id, None if name == "auto" else preset))
    if len(presets) % columns:
        imgui.same_line()
    hand_button(page, WINDOW_TOOL, tr("By hand"), width)


def hand_button(page: Page, tool: str, word: str, width: float = -1.0) -> None:
    """Takes a tool in the hand; pressed again, structures."""
    is_on = page.seen.snapshot.tool == tool
    if page.button(Icon.HAND, word, width, is_on=is_on):
        page.ask(SelectTool(OPENING_TOOL if is_on else tool))


def _draw_histogram(values: ScanValues, window: Window) -> None:
    """How often each value is, by the root: a scan is mostly air. Under it the ramp from what is
    black to what is white."""
    at, width = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x
    draw, foot = imgui.get_window_draw_list(), at.y + _HISTOGRAM
    heights = np.sqrt(values.counts / max(int(values.counts.max()), 1)).tolist()
    span, step = values.high - values.low, width / len(heights)
    low, high = (
        min(max((window[0] + side * window[1] / 2 - values.low) / span, 0.0), 1.0) * width + at.x
        for side in (-1, 1)
    )
    draw.add_rect_filled((at.x, at.y), (at.x + width, foot), packed(theme.WELL), 3.0)
    draw.add_rect_filled((low, at.y), (high, foot), packed(theme.ACCENT_SOFT))
    for i, height in enumerate(heights):
        x = at.x + i * step
        is_in = low <= x + step / 2 <= high
        color = packed(theme.ACCENT if is_in else theme.FAINT_TEXT)
        top = foot - height * (_HISTOGRAM - 4)
        draw.add_rect_filled((x, top), (x + max(step - 0.6, 0.6), foot), color)
    black, white = packed((0.0, 0.0, 0.0, 1.0)), packed((1.0, 1.0, 1.0, 1.0))
    top, bottom = foot + 2, foot + 2 + _RAMP
    draw.add_rect_filled((at.x, top), (low, bottom), black)
    draw.add_rect_filled_multi_color((low, top), (high, bottom), black, white, white, black)
    draw.add_rect_filled((high, top), (at.x + width, bottom), white)
    imgui.dummy((width, _HISTOGRAM + 2 + _RAMP))


def _draw_window(page: Page, id: str, values: ScanValues, window: Window) -> None:
    span = values.high - values.low
    centre, width = window
    least = span / 1000
    ends = {
        "level": (tr("Level"), centre, min(values.low, centre), max(values.high, centre)),
        "width": (tr("Width"), width, min(least, width), max(span, width)),
    }
    for name, (word, now, low, high) in ends.items():
        asked = partial(_windowed, id, window, name)
        shown, done = page.slider(f"window {name}", word, now, low, high, partial(_said, span))
        if shown is not None:
            page.previews.append(asked(shown))
        if done is not None:
            page.ask(asked(done))


def _windowed(id: str, window: Window, name: str, value: float) -> SetSliceWindow:
    return SetSliceWindow(id, (value, window[1]) if name == "level" else (window[0], value))


def _said(span: float, value: float) -> str:
    """As many digits as the scan's values ask for."""
    return number(value, 0 if span >= 50 else 2)


def draw_scans(page: Page, id: str, slice: Slice, volume: Volume) -> None:
    volumes = page.seen.timepoint.volumes
    if len(volumes) > 1:
        page.heading(tr("Scan"))
        now = volumes.index(volume)
        picked = page.column("scan", [tr(v.name) for v in volumes], now)
        if picked != now:
            page.ask(SetSliceVolume(id, volumes[picked].id))
        _draw_over(page, id, slice, [v for v in volumes if v is not volume])
    page.heading(tr("Colours"))
    at = COLORS.index(slice.colors) if slice.colors in COLORS else -1
    picked = page.column("colours", [tr(w) for w in _COLOR_WORDS], at)
    if picked != at:
        page.ask(SetSliceColors(id, COLORS[picked]))
    page.heading(tr("Between voxels"))
    filters = list(Filter)
    picked = page.choice("filter", [tr(w) for w in _FILTERS], filters.index(slice.filter))
    if filters[picked] is not slice.filter:
        page.ask(SetSliceFilter(id, filters[picked]))


def _draw_over(page: Page, id: str, slice: Slice, others: list[Volume]) -> None:
    """A second scan over the first, and how much of each is seen."""
    page.heading(tr("Laid over it"))
    fusion = slice.fusion
    ids = [None, *(v.id for v in others)]
    now = ids.index(fusion.volume) if fusion and fusion.volume in ids else 0
    picked = page.column("over", [tr("Nothing"), *(f"+ {tr(v.name)}" for v in others)], now)
    if picked != now:
        other = others[picked - 1] if picked else None
        colors = scan_values(other).colors if other else ""
        page.ask(SetSliceFusion(id, Fusion(other.id, 0.5, None, colors) if other else None))
    elif fusion is not None and now:
        shown, done = page.slider("blend", tr("Blend"), fusion.share * 100, 0, 100, "%.0f %%")
        for share, ask in ((shown, page.previews.append), (done, page.ask)):
            if share is not None:
                ask(SetSliceFusion(id, replace(fusion, share=round(share) / 100)))
