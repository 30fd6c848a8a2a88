"""`xrviewer compare`: what has changed between two dates."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import msgspec
import numpy as np

from xrviewer.analysis.change import (
    Change,
    ChangeRow,
    Patch,
    change_rows,
    detectable_mm,
    on_layer,
    patches,
    thickness_change,
)
from xrviewer.analysis.pairs import Pair, pairs_among
from xrviewer.analysis.regions import knee_regions, lateral_sign
from xrviewer.analysis.registration import Fit, fitted
from xrviewer.analysis.terms import REPEATABILITY_MM, Definition
from xrviewer.analysis.thickness import DEFINITIONS, measure_surfaces, part_mesh
from xrviewer.case.model import Case, MapInfo, Timepoint
from xrviewer.case.surfaces import ScalarMap, frozen
from xrviewer.caseio.folder import save_case
from xrviewer.caseio.loose import find_case
from xrviewer.commands.choices import chosen_timepoint
from xrviewer.errors import MeasureError, UsageError
from xrviewer.scene.legend import NOT_DIAGNOSTIC

METHOD = "each bone of the later date laid onto the first one's, thickness read at the same place"


class BoneFit(msgspec.Struct, frozen=True):
    """How a structure that does not bend lies at the two dates."""

    layer: str
    residual_mm: float
    p95_mm: float
    overlap: float
    baseline_from_followup: tuple[tuple[float, ...], ...]
    """(4, 4), in the case frame, millimetres."""


class Comparison(msgspec.Struct, frozen=True):
    """What `compare` prints."""

    baseline: str
    followup: str
    days: int
    definition: str
    method: str
    repeatability_mm: float
    detectable_mm: float
    """At one place, at 95 %."""
    fits: tuple[BoneFit, ...]
    rows: tuple[ChangeRow, ...]
    patches: tuple[Patch, ...]
    """Where more changed than chance would have it."""
    note: str = NOT_DIAGNOSTIC


@dataclass(frozen=True, slots=True)
class Asked:
    baseline: str | None = None
    followup: str | None = None
    repeatability_mm: float = REPEATABILITY_MM
    definition: Definition = Definition.NORMAL


def compare(case: Case, asked: Asked) -> Comparison:
    """Raises MeasureError where the dates do not fit each other, or nothing is at both."""
    return _compared(case, asked)[0]


def save_change(path: Path, case: Case, asked: Asked) -> tuple[Comparison, str]:
    """Keeps the change as a map of the first date's surfaces."""
    folder = find_case(path)
    if folder is None:
        raise UsageError(f"{path} is no case folder: --save needs one")
    comparison, changes = _compared(case, asked)
    info = _info(comparison)
    save_case(_with_map(case, comparison.baseline, info, changes), folder)
    return comparison, f"kept as map {info.id} of {comparison.baseline} in {folder}"


def _compared(case: Case, asked: Asked) -> tuple[Comparison, list[Change]]:
    before, after = _dates(case, asked)
    pairs = _pairs(before, after)
    fits = {bone: _fit(bone, before, after) for bone in dict.fromkeys(p.inner for p in pairs)}
    changes = [_change(pair, before, after, fits[pair.inner], asked) for pair in pairs]
    lateral = lateral_sign(before.surfaces)
    rows = (
        row
        for change in changes
        for row in change_rows(change, knee_regions(change.before, lateral))
    )
    found = Comparison(
        before.id,
        after.id,
        after.day - before.day,
        DEFINITIONS[asked.definition],
        METHOD,
        asked.repeatability_mm,
        detectable_mm(asked.repeatability_mm),
        tuple(_told(bone, fit) for bone, fit in fits.items()),
        tuple(rows),
        tuple(patch for change in changes for patch in patches(change)),
    )
    return found, changes


def _dates(case: Case, asked: Asked) -> tuple[Timepoint, Timepoint]:
    """The first and the last where none is named, by their days."""
    in_order = sorted(case.timepoints, key=lambda t: t.day)
    if len(in_order) < 2:
        raise MeasureError(
            f"{case.title}: has one date; add another with xrviewer import --timepoint"
        )
    before = chosen_timepoint(case, asked.baseline or in_order[0].id)
    after = chosen_timepoint(case, asked.followup or in_order[-1].id)
    if before.day >= after.day:
        raise UsageError(f"{after.id} is not later than {before.id}: nothing is a change from it")
    return before, after


def _pairs(before: Timepoint, after: Timepoint) -> tuple[Pair, ...]:
    """Those of which both dates have both surfaces."""
    full = [_full_parts(timepoint) for timepoint in (before, after)]
    pairs = pairs_among(full[0] & full[1])
    if not pairs:
        raise MeasureError(
            f"{before.name} and {after.name} have no bone and its cartilage in common"
        )
    return pairs


def _full_parts(timepoint: Timepoint) -> set[str]:
    surfaces = timepoint.surfaces
    counts = surfaces.parts["triangle_count"]
    return {id for id, count in zip(surfaces.part_ids, counts, strict=True) if count}


def _fit(bone: str, before: Timepoint, after: Timepoint) -> Fit:
    return fitted(part_mesh(after.surfaces, bone), part_mesh(before.surfaces, bone), bone)


def _change(pair: Pair, before: Timepoint, after: Timepoint, fit: Fit, asked: Asked) -> Change:
    first, second = (measure_surfaces(t.surfaces, pair, asked.definition) for t in (before, after))
    return thickness_change(first, second, fit, asked.repeatability_mm)


def _told(bone: str, fit: Fit) -> BoneFit:
    matrix = tuple(tuple(float(v) for v in row) for row in fit.fixed_from_moving)
    return BoneFit(bone, fit.residual_mm, fit.p95_mm, fit.overlap, matrix)


def _info(comparison: Comparison) -> MapInfo:
    id = re.sub("[^a-z0-9]+", "_", f"change_{comparison.followup}_mm".lower())
    worst = max(fit.residual_mm for fit in comparison.fits)
    return MapInfo(
        id,
        f"Thickness change to {comparison.followup}",
        "mm",
        f"later less earlier, {comparison.definition}",
        f"{METHOD}; bones fit within {worst:.2f} mm",
        round(comparison.detectable_mm, 2),
    )


def _with_map(case: Case, baseline: str, info: MapInfo, changes: list[Change]) -> Case:
    timepoints = []
    for timepoint in case.timepoints:
        if timepoint.id == baseline:
            surfaces = timepoint.surfaces
            values = np.full(len(surfaces.positions_mm), np.nan, np.float32)
            for change in changes:
                layer = part_mesh(surfaces, change.before.pair.outer)
                row = surfaces.parts[surfaces.part_ids.index(change.before.pair.outer)]
                first = int(row["vertex_first"])
                values[first : first + int(row["vertex_count"])] = on_layer(change, layer)
            maps = {**surfaces.maps, info.id: ScalarMap(info.id, frozen(values))}
            surfaces = replace(surfaces, maps=MappingProxyType(maps))
            timepoint = replace(timepoint, surfaces=surfaces)
        timepoints.append(timepoint)
    stated = (*(m for m in case.maps if m.id != info.id), info)
    return replace(case, timepoints=tuple(timepoints), maps=stated)
