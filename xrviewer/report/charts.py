"""Trends over the days, and the legend of a map, as drawings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from xrviewer.report.drawing import (
    ACCENT,
    INK,
    QUIET,
    RULE,
    Disc,
    Drawing,
    Line,
    Rect,
    Shape,
    Words,
)
from xrviewer.scene.legend import tick_text
from xrviewer.scene.mapping import TABLE_LENGTH, Scale
from xrviewer.words import decimal, number, tr

WIDTH, HEIGHT = 228.0, 122.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 14.0, 26.0, 22.0
_MOST_TICKS = 4
_CAP = 3.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A value at a day."""

    day: int
    date: str
    value: float
    uncertainty: float | None = None
    """Half the width of a range that holds the truth in 95 of 100 cases."""


def trend(title: str, unit: str, readings: Sequence[Reading], places: int = 2) -> Drawing:
    """Points with their ranges, each last one named; a date a place along the axis, in days."""
    low, high, ticks = _axis(readings)
    days = [reading.day for reading in readings]
    span = max(days[-1] - days[0], 1)

    def x(day: float) -> float:
        inset = 14.0
        return _LEFT + inset + (day - days[0]) / span * (WIDTH - _LEFT - _RIGHT - 2 * inset)

    def y(value: float) -> float:
        return HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM)

    shapes: list[Shape] = [Words(0, 9, f"{title}, {unit}", 8.5, INK)]
    for tick in ticks:
        shapes.append(Line(((_LEFT, y(tick)), (WIDTH, y(tick))), RULE, 0.5))
        shapes.append(Words(_LEFT - 5, y(tick) + 2.6, decimal(f"{tick:g}"), 7, QUIET, "end"))
    shapes.append(Line(tuple((x(r.day), y(r.value)) for r in readings), ACCENT, 1.2))
    for reading in readings:
        at = x(reading.day)
        shapes += _range(reading, at, y)
        shapes.append(Disc(at, y(reading.value), 2.4))
        shapes.append(Words(at, HEIGHT - 9, reading.date, 7, QUIET, "middle"))
        text = number(reading.value, places)
        shapes.append(Words(at + 5, y(reading.value) - 4, text, 7, INK))
    says = "; ".join(f"{r.date} {number(r.value, places)} {unit}" for r in readings)
    return Drawing(WIDTH, HEIGHT, tuple(shapes), f"{title}: {says}")


def _range(reading: Reading, at: float, y: object) -> list[Shape]:
    if not reading.uncertainty or not callable(y):
        return []
    top, bottom = (y(reading.value + sign * reading.uncertainty) for sign in (1, -1))
    bars = [((at, top), (at, bottom))]
    bars += [((at - _CAP, end), (at + _CAP, end)) for end in (top, bottom)]
    return [Line(bar, ACCENT, 0.8) for bar in bars]


def _axis(readings: Sequence[Reading]) -> tuple[float, float, list[float]]:
    """Round numbers around all ranges; never so near that noise looks like change."""
    ends = [r.value + sign * (r.uncertainty or 0.0) for r in readings for sign in (-1, 1)]
    low, high = min(ends), max(ends)
    middle = (low + high) / 2
    half = max((high - low) / 2 * 1.15, 0.1 * abs(middle), 1e-6)
    step = _round_up(2 * half / _MOST_TICKS)
    first, last = math.floor((middle - half) / step), math.ceil((middle + half) / step)
    ticks = [round(i * step, 10) for i in range(first, last + 1)]
    return ticks[0], ticks[-1], ticks


def _round_up(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= least * (1 - 1e-9))


def legend(scale: Scale, height: float = 150.0) -> Drawing:
    """The table that coloured the surfaces, upright, with its ticks."""
    bar, top, rows = 11.0, 18.0, 64
    shapes: list[Shape] = [Words(0, 8, tr(scale.info.name), 7.5, INK)]
    table, tall = scale.table(), height - top - 26.0
    for row in range(rows):
        share = 1 - (row + 0.5) / rows
        color = table[min(int(share * TABLE_LENGTH), TABLE_LENGTH - 1)]
        hex = "#" + "".join(f"{int(v):02x}" for v in color)
        # A hair taller than a row: no seam between two of them, whatever draws it.
        shapes.append(Rect(0, top + row * tall / rows, bar, tall / rows + 0.3, hex))
    for value in scale.ticks():
        y = top + tall * (scale.high - value) / (scale.high - scale.low)
        shapes.append(Line(((bar, y), (bar + 3, y)), QUIET, 0.6))
        shapes.append(Words(bar + 6, y + 2.5, f"{tick_text(value, scale)} {scale.info.unit}", 7))
    foot = top + tall + 12
    if scale.within_error:
        error, unit = decimal(f"{scale.within_error:g}"), scale.info.unit
        within = tr("grey: within ±{error} {unit}", error=error, unit=unit)
        shapes.append(Words(0, foot, within, 7))
        foot += 10
    shapes.append(Words(0, foot, tr("bone colour: not measured"), 7, QUIET))
    return Drawing(108.0, height, tuple(shapes), tr("Legend of {map}", map=tr(scale.info.name)))
