"""The map of numbers on the surfaces: which one, what its colours stand for, how often each."""

from __future__ import annotations

from functools import partial

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from xrviewer.case.model import MapInfo
from xrviewer.document.intents import SetMapRange, SetMapSteps, ShowMap
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.state import Seen
from xrviewer.panels.theme import packed
from xrviewer.scene.mapping import Scale, shown_scale
from xrviewer.words import number, tr

_BINS = 64
_BAR, _HISTOGRAM = 16.0, 44.0
_STEPS = (0, 4, 8)


class MapPanel:
    """Holds the histogram of the map that is shown: counted once, not in each drawing."""

    def __init__(self) -> None:
        self._counted: tuple[tuple[str, str, float, float], NDArray[np.float64]] | None = None

    def draw(self, page: Page) -> None:
        seen = page.seen
        here = maps_here(seen)
        ids: list[str | None] = [None, *(info.id for info in here)]
        now = ids.index(seen.snapshot.map) if seen.snapshot.map in ids else 0
        names = [tr("Own colours"), *(tr(info.name) for info in here)]
        chosen = page.column("map", names, now)
        if chosen != now:
            page.ask(ShowMap(ids[chosen]))
        scale = shown_scale(seen.case, seen.snapshot)
        if scale is None:
            page.quiet(tr("The structures have their own colours."))
            return
        self._draw_legend(page, scale)
        _draw_range(page, scale)
        words = [tr("Smooth"), *(tr("{count} steps", count=n) for n in _STEPS[1:])]
        at = _STEPS.index(scale.steps) if scale.steps in _STEPS else -1
        picked = page.choice("steps", words, at)
        if picked != at:
            page.ask(SetMapSteps(scale.info.id, _STEPS[picked]))
        page.quiet(_meaning(scale.info))

    def _draw_legend(self, page: Page, scale: Scale) -> None:
        """How often each value is, over the colours, over round numbers."""
        at, width = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x
        heights, table = self._heights(page.seen, scale), scale.table()
        draw, step = imgui.get_window_draw_list(), width / _BINS
        foot = at.y + _HISTOGRAM
        for i, height in enumerate(heights.tolist()):
            red, green, blue = (table[int((i + 0.5) / _BINS * len(table))] / 255).tolist()
            color, x = packed((red, green, blue, 1.0)), at.x + i * step
            draw.add_rect_filled((x, foot + 2), (x + step + 0.5, foot + 2 + _BAR), color)
            if height > 0:
                draw.add_rect_filled((x, foot - height * _HISTOGRAM), (x + step - 1, foot), color)
        imgui.push_font(page.gui.text, theme.SMALL)
        ticks = scale.ticks()
        for tick in ticks:
            label = number(tick, 1)
            share = (tick - scale.low) / (scale.high - scale.low)
            size = imgui.calc_text_size(label).x
            x = min(max(at.x + share * width - size / 2, at.x), at.x + width - size)
            draw.add_text((x, foot + _BAR + 4), packed(theme.QUIET_TEXT), label)
        imgui.pop_font()
        imgui.dummy((width, _HISTOGRAM + _BAR + theme.SMALL + 4))

    def _heights(self, seen: Seen, scale: Scale) -> NDArray[np.float64]:
        """0 to 1, of the visible range, of all points of the date that have a value."""
        key = (seen.snapshot.timepoint, scale.info.id, scale.low, scale.high)
        if self._counted is None or self._counted[0] != key:
            values = seen.timepoint.surfaces.maps[scale.info.id].values
            finite = values[np.isfinite(values)]
            counts, _ = np.histogram(finite, _BINS, (scale.low, scale.high))
            self._counted = (key, counts / max(int(counts.max()), 1))
        return self._counted[1]


def maps_here(seen: Seen) -> list[MapInfo]:
    """Those that the date that is shown has."""
    return [info for info in seen.case.maps if info.id in seen.timepoint.surfaces.maps]


def _draw_range(page: Page, scale: Scale) -> None:
    """Two sliders over all values of the map; neither passes the other."""
    values = page.seen.timepoint.surfaces.maps[scale.info.id].values
    least, most = _limits(values, scale)
    apart = (most - least) / 100
    unit = scale.info.unit
    for name, word, now in (("low", tr("From"), scale.low), ("high", tr("To"), scale.high)):
        low, high = (least, scale.high - apart) if name == "low" else (scale.low + apart, most)
        asked = partial(_range, scale, name)
        shown, done = page.slider(f"map {name}", word, now, low, high, f"%.1f {unit}")
        if shown is not None:
            page.previews.append(asked(shown))
        if done is not None:
            page.ask(asked(round(done, 2)))


def _range(scale: Scale, name: str, value: float) -> SetMapRange:
    if name == "low":
        return SetMapRange(scale.info.id, value, scale.high)
    return SetMapRange(scale.info.id, scale.low, value)


def _limits(values: NDArray[np.float32], scale: Scale) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    ends = (float(finite.min()), float(finite.max())) if len(finite) else (scale.low, scale.high)
    return min(ends[0], scale.low), max(ends[1], scale.high)


def _meaning(info: MapInfo) -> str:
    """A number is never shown without what it means."""
    error = "" if info.error is None else f" ± {number(info.error, 2)} {info.unit}"
    return f"{tr(info.definition)}. {tr(info.method)}{error}"
