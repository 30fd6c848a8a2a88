"""The colours of a map on its panel: what they stand for, and how much of what is seen has each."""

from __future__ import annotations

import math

import numpy as np
from imgui_bundle import imgui

from xrviewer.analysis.tally import Tally, tally
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.state import Seen
from xrviewer.panels.theme import packed
from xrviewer.scene.legend import tick_text
from xrviewer.scene.mapping import TABLE_LENGTH, Scale
from xrviewer.words import number, tr

_BAR, _HISTOGRAM = 16.0, 44.0
_SHADES = 64


def draw_legend(page: Page, scale: Scale) -> None:
    """How much of what is seen has each value, over the colours, over round numbers."""
    at, width = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x
    spread, foot = spread_of(page.seen, scale), at.y + _HISTOGRAM
    _draw_colors(scale, at.x, foot + 2, width)
    _draw_bars(scale, spread, at.x, foot, width)
    _draw_ticks(page, scale, at.x, foot + _BAR + 4, width)
    reading = page.seen.reading
    if reading is not None and math.isfinite(reading.value):
        _draw_mark(page, at.x + _share(scale, reading.value) * width, at.y, foot + _BAR + 4)
    imgui.dummy((width, _HISTOGRAM + _BAR + theme.SMALL + 4))
    page.quiet(_said(page, scale, spread))


def spread_of(seen: Seen, scale: Scale) -> Tally:
    """Over the parts that can be seen, each vertex with its share of the surface."""
    surfaces, snapshot = seen.timepoint.surfaces, seen.snapshot
    rows = [snapshot.layer_rows[id] for id in surfaces.part_ids]
    layers = snapshot.layers[rows]
    is_seen = layers["is_visible"] & (layers["opacity"] > 0)
    return tally(surfaces, scale.info.id, is_seen.tobytes(), scale.low, scale.high)


def _said(page: Page, scale: Scale, spread: Tally) -> str:
    """What is pointed at, else the mean of what is seen."""
    reading, unit = page.seen.reading, scale.info.unit
    if reading is not None:
        return ", ".join(text for text in (reading.said, reading.region, reading.map_name) if text)
    if math.isnan(spread.mean):
        return tr("Nothing that is seen has this map.")
    mean = f"{number(spread.mean, 2)} {unit}".rstrip()
    return tr("{mean} in the mean of what is seen", mean=mean)


def _draw_colors(scale: Scale, x: float, y: float, width: float) -> None:
    draw, table, step = imgui.get_window_draw_list(), scale.table(), width / _SHADES
    for i in range(_SHADES):
        color = _color(table[int((i + 0.5) / _SHADES * TABLE_LENGTH)])
        draw.add_rect_filled((x + i * step, y), (x + (i + 1) * step + 0.5, y + _BAR), color)


def _draw_bars(scale: Scale, spread: Tally, x: float, foot: float, width: float) -> None:
    draw, table, count = imgui.get_window_draw_list(), scale.table(), len(spread.area_mm2)
    step, most = width / count, max(float(spread.area_mm2.max(initial=0.0)), 1e-9)
    for i, area in enumerate(spread.area_mm2.tolist()):
        if area > 0:
            color = _color(table[int((i + 0.5) / count * TABLE_LENGTH)])
            left, top = x + i * step, foot - max(area / most * _HISTOGRAM, 1.0)
            draw.add_rect_filled((left, top), (left + step - 1, foot), color)


def _draw_ticks(page: Page, scale: Scale, left: float, y: float, width: float) -> None:
    draw = imgui.get_window_draw_list()
    imgui.push_font(page.gui.text, theme.SMALL)
    for tick in scale.ticks():
        label = tick_text(tick, scale)
        size = imgui.calc_text_size(label).x
        x = left + _share(scale, tick) * width - size / 2
        x = min(max(x, left), left + width - size)
        draw.add_text((x, y), packed(theme.QUIET_TEXT), label)
    imgui.pop_font()


def _draw_mark(page: Page, x: float, top: float, bottom: float) -> None:
    """The pointed value: a line through bars and colours, with a head above them."""
    draw, color = imgui.get_window_draw_list(), packed(theme.TEXT)
    draw.add_line((x, top), (x, bottom), color, 2.0)
    draw.add_triangle_filled((x - 5, top - 2), (x + 5, top - 2), (x, top + 6), color)
    page.places["map mark"] = (x - 1, top, x + 1, bottom)


def _share(scale: Scale, value: float) -> float:
    return min(max((value - scale.low) / (scale.high - scale.low), 0.0), 1.0)


def _color(srgb: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> int:
    red, green, blue = (srgb / 255).tolist()
    return packed((red, green, blue, 1.0))
