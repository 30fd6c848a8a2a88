"""What became of a layer between two dates, each vertex in its own bone's frame.

The bone of the later date is laid onto that of the first, so that a knee that was bent otherwise
does not count as change. Thickness is read at the same place of the bone at both dates.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import ndtri

from xrviewer.analysis.facets import pieces, vertex_areas_mm2
from xrviewer.analysis.nearest import NearestPoint
from xrviewer.analysis.registration import Fit
from xrviewer.analysis.summary import weighted
from xrviewer.analysis.terms import REPEATABILITY_MM, WHOLE
from xrviewer.analysis.thickness import Thickness
from xrviewer.case.mesh import Mesh, Points
from xrviewer.spatial.transforms import apply, invert_similarity

SAME_PLACE_MM = 1.5
"""A bone's surface farther than this from the other date's is not the same place."""
RISK = 0.05
"""Of calling chance a change, at one place or of one mean."""
RISK_ANYWHERE = 0.002
"""Of finding a patch somewhere on any of the layers that were compared together. Far under 0.05:
where a layer lies aslant to its bone, as over the patella's ridge, thickness errs by more than its
surface does. 0.01 found one in 40 unchanged knees changed (`tools/no_change.py`)."""
SMALLEST_PLACE_MM2, LARGEST_PLACE_MM2 = 9.0, 60.0
"""Errors of a segmentation hang together over 3 to 8 mm. The smaller counts the chances of an
extreme, the larger what a mean is made of: each is the cautious one."""
WIDE_WAVE_MM2 = 200.0
"""A patch is told from the long waves of an error, too: only far wider ones count by their mean."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """On the inner surface of the first date, mm: later less earlier; NaN where one is missing."""

    before: Thickness
    values_mm: NDArray[np.float64]
    repeatability_mm: float
    searched_mm2: float = 0.0
    """Of all layers that are looked at together; 0 for this one alone."""

    @property
    def area_mm2(self) -> float:
        """Of where both dates have a value."""
        return float(vertex_areas_mm2(self.before.inner)[~np.isnan(self.values_mm)].sum())

    @property
    def detectable_mm(self) -> float:
        """The smallest change at one place that is no chance, at 95 %."""
        return detectable_mm(self.repeatability_mm)

    @property
    def anywhere_mm(self) -> float:
        """The smallest that is no chance *anywhere* on the layers: many places were looked at,
        and one in twenty of them exceeds the detectable change by chance alone."""
        places = max((self.searched_mm2 or self.area_mm2) / SMALLEST_PLACE_MM2, 1.0)
        return -float(ndtri(RISK_ANYWHERE / 2 / places)) * math.sqrt(2) * self.repeatability_mm

    @property
    def is_detected(self) -> NDArray[np.bool_]:
        """Beyond the detectable change, in patches that are beyond chance anywhere: over a whole
        place at their highest, or in the mean over all of them."""
        size, anywhere_mm = np.abs(np.nan_to_num(self.values_mm)), self.anywhere_mm
        beyond = size > self.detectable_mm
        count, patch = pieces(self.before.inner, beyond)
        if not count:
            return beyond
        at = np.where(beyond, patch, 0)
        area = np.where(beyond, vertex_areas_mm2(self.before.inner), 0.0)
        total = np.asarray(np.bincount(at, area, count), np.float64)
        mean = np.bincount(at, area * size, count) / np.maximum(total, 1e-12)
        highest = _over_a_place(size[beyond], patch[beyond], area[beyond], total)
        averaged = anywhere_mm / np.sqrt(np.maximum(total / WIDE_WAVE_MM2, 1.0))
        is_no_chance = (highest > anywhere_mm) | (mean > averaged)
        return np.asarray(beyond & is_no_chance[at])


def _over_a_place(
    size: NDArray[np.float64],
    patch: NDArray[np.intp],
    area_mm2: NDArray[np.float64],
    total_mm2: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Of each patch the size that is exceeded over a place. A single corner at a layer's rim, where
    a breath of outline is all of the thickness, is no place; a patch smaller than one is none."""
    order = np.lexsort((-size, patch))
    so_far = np.cumsum(area_mm2[order])
    before = np.concatenate([[0.0], np.cumsum(total_mm2)[:-1]])
    is_place = so_far - before[patch[order]] >= SMALLEST_PLACE_MM2
    found = np.zeros(len(total_mm2))
    np.maximum.at(found, patch[order][is_place], size[order][is_place])
    return found


@dataclass(frozen=True, slots=True)
class Patch:
    """A connected place where more changed than chance would have it."""

    layer: str
    is_loss: bool
    area_mm2: float
    largest_mm: float
    """The largest change in it, with its sign."""
    half_area_mm2: float
    """Where more than half of the largest changed."""
    center_mm: tuple[float, float, float]
    """On the bone, in the first date's frame."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    layer: str
    region: str
    before_mm: float
    after_mm: float
    change_mm: float
    percent: float | None
    detectable_mm: float
    """Of a mean over so many independent places."""
    is_beyond_error: bool
    area_mm2: float


def detectable_mm(repeatability_mm: float) -> float:
    """Of a difference of two readings."""
    return -float(ndtri(RISK / 2)) * math.sqrt(2) * repeatability_mm


def thickness_change(
    before: Thickness, after: Thickness, fit: Fit, repeatability_mm: float = REPEATABILITY_MM
) -> Change:
    """fit: of the inner surfaces, the first date fixed."""
    known = ~np.isnan(before.inner_mm)  # of a femur's vertices a third
    there = apply(invert_similarity(fit.fixed_from_moving), before.inner.points_mm[known])
    feet = NearestPoint(after.inner).feet(there)
    found = feet.interpolated(after.inner, after.inner_mm)
    found[feet.distance_mm > SAME_PLACE_MM] = np.nan
    later = np.full(len(known), np.nan)
    later[known] = found
    return Change(before, later - before.inner_mm, repeatability_mm)


def together(changes: Iterable[Change]) -> tuple[Change, ...]:
    """As layers of one comparison: what is chance on any of them is no finding."""
    found = tuple(changes)
    area_mm2 = sum(change.area_mm2 for change in found)
    return tuple(replace(change, searched_mm2=area_mm2) for change in found)


def on_layer(change: Change, layer: Mesh) -> NDArray[np.float64]:
    """The change at each vertex of the layer's own surface: that of the bone under it."""
    known = ~np.isnan(change.values_mm)
    if not known.any():
        return np.full(len(layer.points_mm), np.nan)
    distance, nearest = cKDTree(change.before.inner.points_mm[known]).query(layer.points_mm)
    found = change.values_mm[known][nearest]
    found[distance > _DEEPEST_MM] = np.nan
    return np.asarray(found)


_DEEPEST_MM = 8.0
"""No cartilage is thicker; farther away the bone under it was not measured."""


def patches(change: Change) -> tuple[Patch, ...]:
    """The largest first."""
    values = np.nan_to_num(change.values_mm)
    found = []
    area = vertex_areas_mm2(change.before.inner)
    for is_loss in (True, False):
        signed = change.is_detected & ((values < 0) == is_loss)
        count, patch = pieces(change.before.inner, signed)
        for number in range(count):
            here = patch == number
            found.append(_patch(change, values, area, here, is_loss))
    return tuple(sorted(found, key=lambda p: -p.area_mm2))


def _patch(
    change: Change,
    values: NDArray[np.float64],
    area: NDArray[np.float64],
    here: NDArray[np.bool_],
    is_loss: bool,
) -> Patch:
    points: Points = change.before.inner.points_mm
    largest = float(values[here].min() if is_loss else values[here].max())
    is_half = here & (np.abs(values) > abs(largest) / 2)
    weights = np.abs(values[here]) * area[here]
    x, y, z = (float(v) for v in np.average(points[here], axis=0, weights=weights))
    return Patch(
        change.before.pair.outer,
        is_loss,
        float(area[here].sum()),
        largest,
        float(area[is_half].sum()),
        (x, y, z),
    )


def change_rows(change: Change, regions: Mapping[str, NDArray[np.bool_]]) -> tuple[ChangeRow, ...]:
    """The whole layer, then each region."""
    known = ~np.isnan(change.values_mm)
    area = vertex_areas_mm2(change.before.inner)
    found = []
    for name, is_in in {WHOLE: known, **regions}.items():
        here = is_in & known
        if here.any():
            found.append(_row(change, name, here, area))
    return tuple(found)


_SYSTEMATIC_MM = 0.05
"""What no mean averages out."""


def _row(
    change: Change,
    name: str,
    here: NDArray[np.bool_],
    area: NDArray[np.float64],
) -> ChangeRow:
    before = weighted(change.before.inner_mm[here], area[here])[0]
    mean = weighted(change.values_mm[here], area[here])[0]
    total = float(area[here].sum())
    places = max(total / LARGEST_PLACE_MM2, 1.0)
    spread = math.hypot(change.repeatability_mm / math.sqrt(places), _SYSTEMATIC_MM)
    least = detectable_mm(spread)
    return ChangeRow(
        change.before.pair.outer,
        name,
        before,
        before + mean,
        mean,
        100 * mean / before if before > 0 else None,
        least,
        abs(mean) > least,
        total,
    )
