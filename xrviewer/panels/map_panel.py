"""The map of numbers on the surfaces: which one, what its colours stand for, where it is lowest."""

from __future__ import annotations

import math
from functools import partial

from imgui_bundle import imgui

from xrviewer.case.model import MapInfo
from xrviewer.document.intents import SetMapRange, SetMapSteps, ShowIsolines, ShowMap
from xrviewer.interaction.keys import Asked, show_lowest
from xrviewer.panels import theme
from xrviewer.panels.map_legend import draw_legend, spread_of
from xrviewer.panels.page import Page
from xrviewer.panels.state import Seen
from xrviewer.panels.theme import Icon
from xrviewer.scene.mapping import RANGE_WORDS, Scale, ready_ranges, shown_scale
from xrviewer.words import number, tr

_STEPS = (0, 4, 8)
_TALL = 560.0
"""Of a page that has room for the list of maps and for all that is said of one."""


def draw_map(page: Page) -> None:
    scale = shown_scale(page.seen.case, page.seen.snapshot)
    is_tall = imgui.get_content_region_avail().y > _TALL
    if scale is None:
        _draw_choice(page)
        page.quiet(tr("The structures have their own colours."))
    elif is_tall:
        _draw_choice(page)
        _draw_map(page, scale)
    elif page.state.shows_maps:
        _draw_choice(page)
    else:
        if page.button(Icon.OPENED, tr(scale.info.name), is_on=True):
            page.change(shows_maps=True)
        _draw_map(page, scale)


def _draw_choice(page: Page) -> None:
    """None of them, or one; the list is folded again by a press."""
    seen = page.seen
    names = {None: tr("Own colours")} | {info.id: tr(info.name) for info in maps_here(seen)}
    now = seen.snapshot.map if seen.snapshot.map in names else None
    for id, name in names.items():
        imgui.push_id(f"map {id}")
        if page.button(Icon.CHECK if id == now else Icon.BLANK, name, is_on=id == now):
            page.change(shows_maps=False)
            page.ask(*([ShowMap(id)] if id != now else []))
        imgui.pop_id()


def _draw_map(page: Page, scale: Scale) -> None:
    draw_legend(page, scale)
    _draw_spot_and_lines(page, scale)
    _draw_range(page, scale)
    words = [tr("Smooth"), *(tr("{count} steps", count=n) for n in _STEPS[1:])]
    at = _STEPS.index(scale.steps) if scale.steps in _STEPS else -1
    picked = page.choice("steps", words, at)
    if picked != at:
        page.ask(SetMapSteps(scale.info.id, _STEPS[picked]))
    page.quiet(_meaning(scale.info))


def maps_here(seen: Seen) -> list[MapInfo]:
    """Those that the date that is shown has."""
    return [info for info in seen.case.maps if info.id in seen.timepoint.surfaces.maps]


def _draw_spot_and_lines(page: Page, scale: Scale) -> None:
    """Where it is lowest comes before the eyes; lines at round values are put on and off."""
    seen, is_lined = page.seen, scale.isoline_step > 0
    asked = Asked(seen.snapshot, seen.world, seen.hit, seen.views)
    lowest = tr("Thinnest spot") if scale.has_loss else tr("Lowest value")
    has_any = not math.isnan(spread_of(seen, scale).mean)
    page.buttons(
        2,
        (Icon.SPOT, lowest, has_any, lambda: page.ask(*show_lowest(asked))),
        (
            Icon.CHECK if is_lined else Icon.LINES,
            tr("Lines"),
            True,
            lambda: page.ask(ShowIsolines(scale.info.id, not is_lined)),
        ),
    )


def _draw_range(page: Page, scale: Scale) -> None:
    """Ready ones, and two sliders over all values of the map, of which neither passes the other."""
    ready = ready_ranges(page.seen.case, scale.info.id)
    names, now = list(ready), (scale.low, scale.high)
    at = next((i for i, name in enumerate(names) if _is_same(ready[name], now)), -1)
    picked = page.choice("ranges", [tr(RANGE_WORDS[name]) for name in names], at)
    if picked != at:
        page.ask(SetMapRange(scale.info.id, *ready[names[picked]]))
    ends = (*ready.values(), now)
    least, most = min(low for low, _ in ends), max(high for _, high in ends)
    apart = (most - least) / 100
    digits = max(0, 1 - math.floor(math.log10(most - least)))
    width = (imgui.get_content_region_avail().x - theme.GAP) / 2
    for name, word, value in (("low", tr("From"), scale.low), ("high", tr("To"), scale.high)):
        if name == "high":
            imgui.same_line()
        low, high = (least, scale.high - apart) if name == "low" else (scale.low + apart, most)
        asked = partial(_range, scale, name)
        format = f"%.{digits}f {scale.info.unit}"
        imgui.begin_group()
        shown, done = page.slider(f"map {name}", word, value, low, high, format, width)
        imgui.end_group()
        if shown is not None:
            page.previews.append(asked(shown))
        if done is not None:
            page.ask(asked(round(done, digits + 1)))


def _is_same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(math.isclose(a, b, abs_tol=1e-9) for a, b in zip(one, other, strict=True))


def _range(scale: Scale, name: str, value: float) -> SetMapRange:
    if name == "low":
        return SetMapRange(scale.info.id, value, scale.high)
    return SetMapRange(scale.info.id, scale.low, value)


def _meaning(info: MapInfo) -> str:
    """A number is never shown without what it means."""
    error = "" if info.error is None else f" ± {number(info.error, 2)} {info.unit}"
    said = tr(info.definition), f"{tr(info.method)}{error}"
    return " ".join(f"{text[:1].upper()}{text[1:]}." for text in said)
