"""Numbers to colours, once for all: the surfaces, the legend and the report ask here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from cmap import Colormap
from numpy.typing import NDArray

from xrviewer.case.model import Case, MapInfo
from xrviewer.case.ranges import RangeName
from xrviewer.case.surfaces import frozen
from xrviewer.document.snapshot import Snapshot
from xrviewer.words import mark

TABLE_LENGTH = 256
LOST_BELOW = 0.005
"""As in shaders/lib/map.glsl."""
LOSS_SRGB = ((122, 16, 24), (70, 6, 12))
"""Full-thickness loss: stripes of two dark reds, which no palette here holds."""
WITHIN_ERROR_SRGB = (158, 163, 168)
"""What two scans of an unchanged person may differ by has no colour."""
_SEQUENTIAL, _DIVERGING = "viridis", "crameri:vik"
_USUAL_SHARE, _MOST_SHARE = (2, 98), (5, 95)
"""Percentiles between which a map without a preset is coloured; and those of a ready range."""
_MOST_TICKS = 6
_MOST_ISOLINES = 8


@dataclass(frozen=True, slots=True)
class Preset:
    """How maps whose id starts with a word are coloured at first."""

    word: str
    range: tuple[float, float]
    palette: str = _SEQUENTIAL
    has_loss: bool = False
    has_error_greyed: bool = False


PRESETS = (
    Preset("thickness", (0.0, 4.0), has_loss=True),
    Preset("change", (-1.5, 1.5), _DIVERGING, has_error_greyed=True),
    Preset("t2", (20.0, 80.0)),
)


RANGE_WORDS = {
    RangeName.CLINICAL: mark("Clinical"),
    RangeName.MOST: mark("5–95 %"),
    RangeName.FULL: mark("Full"),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """What the colours of a shown map stand for."""

    info: MapInfo
    low: float
    high: float
    steps: int
    palette: str
    has_loss: bool
    """Whether 0 means that all of it is lost."""
    isoline_step: float = 0.0
    """Lines at its multiples; 0 for none."""
    within_error: float = 0.0
    """Values nearer to 0 than this are grey; 0 for none."""

    def table(self) -> NDArray[np.uint8]:
        """(TABLE_LENGTH, 3) sRGB, from low to high."""
        table = color_table(self.palette, self.steps)
        if not self.within_error:
            return table
        at = np.linspace(self.low, self.high, TABLE_LENGTH)
        is_error = np.abs(at) <= self.within_error
        return frozen(np.where(is_error[:, None], np.array(WITHIN_ERROR_SRGB, np.uint8), table))

    def place(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """The row of the table for values, as the shader finds it."""
        share = np.clip((values - self.low) / (self.high - self.low), 0, 1)
        return np.minimum((share * TABLE_LENGTH).astype(np.int64), TABLE_LENGTH - 1)

    def ticks(self) -> tuple[float, ...]:
        """At round numbers; at the edges of the bands where there are few."""
        if 0 < self.steps <= _MOST_TICKS:
            edges = np.linspace(self.low, self.high, self.steps + 1)
            return tuple(float(v) for v in edges)
        step = _round_step((self.high - self.low) / _MOST_TICKS)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return tuple(i * step for i in range(first, last + 1))


@cache
def color_table(palette: str, steps: int) -> NDArray[np.uint8]:
    """Read-only; of steps bands, each in the colour of its middle."""
    at = np.arange(TABLE_LENGTH) / (TABLE_LENGTH - 1)
    if steps:
        at = (np.minimum(np.floor(at * steps), steps - 1) + 0.5) / steps
    colors = np.asarray(Colormap(palette)(at), np.float64)[:, :3]
    return frozen(np.round(colors * 255).astype(np.uint8))


def shown_scale(case: Case, snapshot: Snapshot) -> Scale | None:
    """None when no map is shown, or this date does not have it."""
    surfaces = next(t.surfaces for t in case.timepoints if t.id == snapshot.timepoint)
    info = next((info for info in case.maps if info.id == snapshot.map), None)
    if info is None or info.id not in surfaces.maps:
        return None
    look = snapshot.map_look(info.id)
    preset = _preset(info.id)
    low, high = look.range or (preset.range if preset else _usual_range(case, info.id))
    palette = preset.palette if preset else _SEQUENTIAL
    lines = _round_step((high - low) / _MOST_ISOLINES) if look.isolines else 0.0
    greyed = (info.error or 0.0) if preset and preset.has_error_greyed else 0.0
    has_loss = bool(preset and preset.has_loss)
    return Scale(info, low, high, look.steps, palette, has_loss, lines, greyed)


@lru_cache(maxsize=32)
def ready_ranges(case: Case, map: str) -> dict[RangeName, tuple[float, float]]:
    """Over all dates, so that one colour means one value at each of them; a map of a kind that has
    no clinical range has none here. Cases are compared by identity."""
    preset, values = _preset(map), _values(case, map)
    ranges = {RangeName.CLINICAL: preset.range} if preset else {}
    if len(values):
        low, most, high = (
            float(values.min()),
            np.percentile(values, _MOST_SHARE),
            float(values.max()),
        )
        ranges[RangeName.MOST] = _apart(float(most[0]), float(most[1]))
        ranges[RangeName.FULL] = _apart(low, high)
    return ranges


def _preset(map: str) -> Preset | None:
    return next((p for p in PRESETS if map.startswith(p.word)), None)


def _usual_range(case: Case, map: str) -> tuple[float, float]:
    values = _values(case, map)
    if not len(values):
        return (0.0, 1.0)
    low, high = (float(v) for v in np.percentile(values, _USUAL_SHARE))
    step = _round_step(max(high - low, 1e-6) / _MOST_TICKS)
    return math.floor(low / step) * step, (math.floor(high / step) + 1) * step


def _values(case: Case, map: str) -> NDArray[np.float32]:
    """Of all dates."""
    found = [t.surfaces.maps[map].values for t in case.timepoints if map in t.surfaces.maps]
    values = np.concatenate(found) if found else np.zeros(0, np.float32)
    return np.asarray(values[np.isfinite(values)])


def _apart(low: float, high: float) -> tuple[float, float]:
    """Outwards to a hundredth of the span; the ends of a range differ."""
    if high <= low:
        return low - 0.5, high + 0.5
    step = _round_step((high - low) / 100)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _round_step(least: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= least * (1 - 1e-9))
