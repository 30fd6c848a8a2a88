"""Two dates of one case laid onto each other: how well they fit, and what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.by_hand import laid_by_hand
from xrviewer.analysis.change import (
    Change,
    ChangeRow,
    Patch,
    change_rows,
    on_layer,
    patches,
    thickness_change,
    together,
)
from xrviewer.analysis.pairs import Pair, pairs_among
from xrviewer.analysis.regions import knee_regions, lateral_sign
from xrviewer.analysis.registration import Fit, fitted
from xrviewer.analysis.terms import REPEATABILITY_MM, Definition
from xrviewer.analysis.thickness import Thickness, measure_surfaces, part_mesh
from xrviewer.case.model import Timepoint
from xrviewer.case.surfaces import Surfaces
from xrviewer.errors import MeasureError
from xrviewer.spatial.transforms import Matrix, angle_rad, apply
from xrviewer.words import mark

FOLLOWUP_METHOD = mark(
    "each bone of the later date laid onto the first one's, thickness read at the same place"
)
CORES = 2
"""At once: numpy leaves the interpreter to others only while it works on large arrays."""


@dataclass(frozen=True, slots=True, eq=False)
class Followup:
    """The later date's change since the first one, each layer in its own bone's frame."""

    before: Timepoint
    after: Timepoint
    fits: Mapping[str, Fit]
    """By bone; the first date is fixed."""
    changes: tuple[Change, ...]
    rows: tuple[ChangeRow, ...]
    patches: tuple[Patch, ...]
    """The largest first."""
    nudge: Matrix | None = None
    """What a person has moved the later date by, on top of its fits."""

    @property
    def days(self) -> int:
        return self.after.day - self.before.day

    @property
    def by_hand(self) -> tuple[float, float] | None:
        """How far a person has moved the later date, mm at the middle of the bones, and degrees."""
        if self.nudge is None:
            return None
        low, high = self.before.surfaces.bounds_mm()
        middle = (np.asarray(low, np.float64) + high) / 2
        moved = float(np.linalg.norm(apply(self.nudge, middle) - middle))
        return moved, float(np.degrees(angle_rad(self.nudge)))

    def on_surfaces(self) -> NDArray[np.float32]:
        """The change at every vertex of the first date's surfaces; NaN elsewhere."""
        surfaces = self.before.surfaces
        values = np.full(len(surfaces.positions_mm), np.nan, np.float32)
        for change in self.changes:
            layer = change.before.pair.outer
            row = surfaces.parts[surfaces.part_ids.index(layer)]
            first = int(row["vertex_first"])
            there = values[first : first + int(row["vertex_count"])]
            there[:] = on_layer(change, part_mesh(surfaces, layer))
        return values


def followed(
    before: Timepoint,
    after: Timepoint,
    definition: Definition = Definition.NORMAL,
    repeatability_mm: float = REPEATABILITY_MM,
    nudge: Matrix | None = None,
) -> Followup:
    """nudge: what a person has moved the later date by, on top of its fit. Raises MeasureError
    where the dates do not fit each other, or nothing is at both."""
    pairs = common_pairs(before, after)
    bones = dict.fromkeys(pair.inner for pair in pairs)
    tasks: list[Callable[[], Fit | Thickness]] = [
        *(lambda bone=bone: fit_of(bone, before, after) for bone in bones),
        *(
            lambda at=at, pair=pair: measure_surfaces(at.surfaces, pair, definition)
            for pair in pairs
            for at in (before, after)
        ),
    ]
    with ThreadPoolExecutor(CORES) as pool:
        done = list(pool.map(lambda task: task(), tasks))
    fits = {bone: fit for bone, fit in zip(bones, done, strict=False) if isinstance(fit, Fit)}
    if nudge is not None:
        fits = laid_by_hand(fits, nudge, before, after)
    read = [found for found in done if isinstance(found, Thickness)]
    changes = together(
        thickness_change(first, second, fits[pair.inner], repeatability_mm)
        for pair, first, second in zip(pairs, read[::2], read[1::2], strict=True)
    )
    return Followup(
        before,
        after,
        fits,
        changes,
        tuple(_rows(changes, before.surfaces)),
        tuple(patch for change in changes for patch in patches(change)),
        nudge,
    )


def _rows(changes: Iterable[Change], surfaces: Surfaces) -> Iterable[ChangeRow]:
    lateral = lateral_sign(surfaces)
    for change in changes:
        yield from change_rows(change, knee_regions(change.before, lateral))


def fit_of(bone: str, before: Timepoint, after: Timepoint) -> Fit:
    """Of one structure that does not bend."""
    return fitted(part_mesh(after.surfaces, bone), part_mesh(before.surfaces, bone), bone)


def common_pairs(before: Timepoint, after: Timepoint) -> tuple[Pair, ...]:
    """Those of which both dates have both surfaces."""
    pairs = pairs_among(full_parts(before) & full_parts(after))
    if not pairs:
        raise MeasureError(
            mark("{first} and {later} have no bone and its cartilage in common"),
            first=before.name,
            later=after.name,
        )
    return pairs


def full_parts(timepoint: Timepoint) -> set[str]:
    """The layers that have triangles at a date."""
    surfaces = timepoint.surfaces
    counts = surfaces.parts["triangle_count"]
    return {id for id, count in zip(surfaces.part_ids, counts, strict=True) if count}
