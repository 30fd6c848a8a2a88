"""`xrviewer compare`: what has changed between two dates."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import msgspec

from xrviewer.analysis.change import ChangeRow, Patch, detectable_mm
from xrviewer.analysis.followup import FOLLOWUP_METHOD, Followup, followed
from xrviewer.analysis.registration import Fit
from xrviewer.analysis.terms import REPEATABILITY_MM, Definition
from xrviewer.analysis.thickness import DEFINITIONS
from xrviewer.case.model import Case, MapInfo, Timepoint
from xrviewer.case.surfaces import ScalarMap, frozen
from xrviewer.caseio.folder import save_case
from xrviewer.caseio.loose import find_case
from xrviewer.commands.choices import chosen_timepoint
from xrviewer.document.show import read_session
from xrviewer.document.snapshot import Snapshot
from xrviewer.errors import MeasureError, UsageError
from xrviewer.scene.legend import NOT_DIAGNOSTIC
from xrviewer.spatial.transforms import Matrix


class BoneFit(msgspec.Struct, frozen=True):
    """How a structure that does not bend lies at the two dates."""

    layer: str
    residual_mm: float
    p95_mm: float
    overlap: float
    by_hand: bool
    """A person moved it since it was fitted; the residual is as it lies now."""
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
    session: Path | None = None
    """In which a person may have moved a date by hand."""


def compare(case: Case, asked: Asked) -> Comparison:
    """Raises MeasureError where the dates do not fit each other, or nothing is at both."""
    return comparison_of(follow(case, asked), asked)


def save_change(path: Path, case: Case, asked: Asked) -> tuple[Comparison, str]:
    """Keeps the change as a map of the first date's surfaces."""
    folder = find_case(path)
    if folder is None:
        raise UsageError(f"{path} is no case folder: --save needs one")
    found = follow(case, asked)
    comparison = comparison_of(found, asked)
    info = change_info(found, asked.repeatability_mm, asked.definition)
    save_case(with_change(case, found, info), folder)
    return comparison, f"kept as map {info.id} of {comparison.baseline} in {folder}"


def follow(case: Case, asked: Asked) -> Followup:
    before, after = _dates(case, asked)
    nudge = None
    if asked.session is not None and before is case.timepoints[0]:  # which all nudges go from
        nudge = nudge_of(read_session(asked.session)[0], after)
    return followed(before, after, asked.definition, asked.repeatability_mm, nudge)


def nudge_of(session: Snapshot, date: Timepoint) -> Matrix | None:
    """What was done by hand, as far as anything was."""
    lies = session.dates.get(date.id)
    return lies.nudge.matrix() if lies is not None and lies.is_by_hand else None


def comparison_of(found: Followup, asked: Asked) -> Comparison:
    """As it is printed."""
    return Comparison(
        found.before.id,
        found.after.id,
        found.days,
        DEFINITIONS[asked.definition],
        FOLLOWUP_METHOD,
        asked.repeatability_mm,
        detectable_mm(asked.repeatability_mm),
        tuple(_told(bone, fit) for bone, fit in found.fits.items()),
        found.rows,
        found.patches,
    )


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


def _told(bone: str, fit: Fit) -> BoneFit:
    matrix = tuple(tuple(float(v) for v in row) for row in fit.fixed_from_moving)
    return BoneFit(bone, fit.residual_mm, fit.p95_mm, fit.overlap, fit.is_by_hand, matrix)


def change_info(
    found: Followup, repeatability_mm: float, definition: Definition = Definition.NORMAL
) -> MapInfo:
    """What the map of the change means."""
    id = re.sub("[^a-z0-9]+", "_", f"change_{found.after.id}_mm".lower())
    worst = max(fit.residual_mm for fit in found.fits.values())
    return MapInfo(
        id,
        f"Thickness change to {found.after.name}",
        "mm",
        f"later less earlier, {DEFINITIONS[definition]}",
        f"{FOLLOWUP_METHOD}; bones {_HOW[found.nudge is not None]} within {worst:.2f} mm",
        round(detectable_mm(repeatability_mm), 2),
    )


_HOW = ("fit", "adjusted by hand to")


def with_change(case: Case, found: Followup, info: MapInfo) -> Case:
    """The case with the change on the first date's surfaces."""
    values = ScalarMap(info.id, frozen(found.on_surfaces()))
    timepoints = []
    for timepoint in case.timepoints:
        if timepoint is found.before:
            maps = MappingProxyType({**timepoint.surfaces.maps, info.id: values})
            timepoint = replace(timepoint, surfaces=replace(timepoint.surfaces, maps=maps))
        timepoints.append(timepoint)
    stated = (*(m for m in case.maps if m.id != info.id), info)
    return replace(case, timepoints=tuple(timepoints), maps=stated)
