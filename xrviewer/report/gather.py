"""What was found of a case, as the sections of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xrviewer import __version__
from xrviewer.analysis.change import ChangeRow, detectable_mm
from xrviewer.analysis.criteria import Criteria
from xrviewer.analysis.followup import FOLLOWUP_METHOD, Followup, full_parts
from xrviewer.analysis.region_response import RegionResponse
from xrviewer.analysis.response import Response
from xrviewer.analysis.summary import Row as ThicknessRow
from xrviewer.analysis.terms import WHOLE
from xrviewer.case.model import Case
from xrviewer.case.quantity import Quantity, difference
from xrviewer.report.charts import Reading, trend
from xrviewer.report.content import Picture, Report, Section, Table
from xrviewer.report.drawing import Drawing
from xrviewer.report.lesion_section import MaskedLesions, lesion_headline, lesion_section
from xrviewer.report.rows import Row
from xrviewer.report.signs import signed

_INDENT = "\u00a0" * 4
_TWO_SIDED = 2**0.5
"""A difference is as uncertain as one reading times this."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A rule and what it says of each later date."""

    criteria: Criteria
    found: tuple[tuple[str, Response | RegionResponse], ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """All that a report is made of."""

    case: Case
    definition: str
    method: str
    repeatability_mm: float
    first: tuple[ThicknessRow, ...] = ()
    """Thickness at the first date."""
    followups: tuple[Followup, ...] = ()
    """Of each later date since the first."""
    why_not: tuple[str, ...] = ()
    """Of each date that could not be compared, why."""
    volumes: Mapping[str, Mapping[str, Quantity]] | None = None
    """By layer and date, of what is closed."""
    measurements: tuple[Row, ...] = ()
    judged: tuple[Judged, ...] = ()
    pictures: tuple[Picture, ...] = ()
    captures: tuple[Picture, ...] = ()
    """Stills that somebody kept of the case."""
    lesions: MaskedLesions | None = None


def report_of(found: Findings) -> Report:
    sections = [
        *(_judgement(one) for one in found.judged),
        lesion_section(found.lesions) if found.lesions else None,
        _thickness(found),
        *(_changes(found, one) for one in found.followups),
        _measurements(found),
        _volumes(found),
        Section("Pictures", pictures=found.pictures) if found.pictures else None,
        Section("Kept while looking", pictures=found.captures) if found.captures else None,
        _methods(found),
    ]
    facts, headline = tuple(_facts(found.case)), tuple(_headline(found))
    return Report(found.case.title, facts, headline, tuple(s for s in sections if s))


def _facts(case: Case) -> Iterable[tuple[str, str]]:
    yield "Case", case.id
    dates = (f"{t.name} (day {t.day})" for t in case.timepoints)
    yield "Dates", ", ".join(dates)
    for timepoint in case.timepoints:
        for volume in timepoint.volumes:
            spacing = " × ".join(f"{v:.2f}" for v in volume.spacing_mm)
            yield f"Scan, {timepoint.name}", f"{volume.name} ({volume.modality}), {spacing} mm"
    yield "Made with", f"xrviewer {__version__}"


def _headline(found: Findings) -> Iterable[str]:
    for one in found.followups:
        span = f"From {one.before.name} to {one.after.name} ({one.days} days)"
        if not one.patches:
            yield f"{span} no cartilage changed by more than two scans of an unchanged knee differ."
        for patch in one.patches[:3]:
            kind = "thinner" if patch.is_loss else "thicker"
            yield (
                f"{span} the {_name(found.case, patch.layer).lower()} became {kind} by up to "
                f"{abs(patch.largest_mm):.1f} mm over {patch.area_mm2:.0f} mm²."
            )
    yield from found.why_not
    if found.lesions is not None:
        yield lesion_headline(found.lesions)
    for judged in found.judged:
        for date, response in judged.found:
            yield f"{judged.criteria.name} at {date}: {_category(response)}."
    if len(found.case.timepoints) == 1:
        yield "One date: there is nothing to compare it with yet."


def _category(response: Response | RegionResponse) -> str:
    if isinstance(response, RegionResponse):
        return response.says or response.category
    maybe = f"; targets could be {' or '.join(response.could_be)}" if response.could_be else ""
    return f"{response.overall}{maybe}"


def _judgement(judged: Judged) -> Section:
    rule = judged.criteria
    words = (f"Rule: {rule.name}, version {rule.version}. Source: {rule.source}. {rule.note}",)
    if judged.why_not:
        return Section(f"Response: {rule.name}", (*words, judged.why_not))
    steps = [
        line if line.startswith(date) or len(judged.found) == 1 else f"{date}: {line}"
        for date, response in judged.found
        for line in response.steps
    ]
    return Section(f"Response: {rule.name}", words, tuple(steps))


def _thickness(found: Findings) -> Section | None:
    """At the first date alone; with later dates, the trends."""
    if found.followups:
        return Section("Cartilage thickness over time", _TREND_WORDS, charts=tuple(_trends(found)))
    if not found.first:
        return None
    rows = tuple(
        (
            _place(found.case, row.layer, row.region),
            f"{row.mean_mm:.2f}",
            f"{row.sd_mm:.2f}",
            f"{row.p05_mm:.2f}–{row.p95_mm:.2f}",
            f"{row.area_mm2:,.0f}",
            f"{row.denuded_mm2:,.0f}",
        )
        for row in found.first
    )
    table = Table(
        ("Layer and region", "Mean mm", "SD mm", "5–95 % mm", "Area mm²", "Bare mm²"),
        rows,
        _repeatability(found),
        strong=_wholes(found.first),
    )
    return Section("Cartilage thickness", tables=(table,))


_TREND_WORDS = (
    "Mean thickness of each whole layer. Bars are the range that holds the truth in 95 of 100 "
    "cases; a change within them may be measurement error.",
)


def _trends(found: Findings) -> Iterable[Drawing]:
    layers = dict.fromkeys(row.layer for one in found.followups for row in one.rows)
    for layer in layers:
        readings: list[Reading] = []
        for one in found.followups:
            row = next((r for r in one.rows if (r.layer, r.region) == (layer, WHOLE)), None)
            if row is None:
                continue
            off = row.detectable_mm / _TWO_SIDED
            if not readings:
                readings.append(Reading(one.before.day, one.before.name, row.before_mm, off))
            readings.append(Reading(one.after.day, one.after.name, row.after_mm, off))
        yield trend(_name(found.case, layer), "mm", readings)


def _changes(found: Findings, one: Followup) -> Section:
    rows = tuple(_change_cells(found.case, row) for row in one.rows)
    columns = (
        "Layer and region",
        one.before.name,
        one.after.name,
        "Change",
        "%",
        "Detectable",
        "Beyond it",
    )
    beyond = frozenset(n for n, row in enumerate(one.rows) if row.is_beyond_error)
    table = Table(columns, rows, _TABLE_NOTE, strong=_wholes(one.rows), marked=beyond)
    tables = [table]
    if one.patches:
        tables.append(_patch_table(found.case, one))
    title = f"Change from {one.before.name} to {one.after.name}"
    words = (_fits(found.case, one), *_missing(found.case, one))
    return Section(title, words, tables=tuple(tables))


def _missing(case: Case, one: Followup) -> Iterable[str]:
    """A line a structure that one of the two dates does not have."""
    here, there = full_parts(one.before), full_parts(one.after)
    for layer in case.layers:
        if (layer.id in here) != (layer.id in there):
            lacking = one.after if layer.id in here else one.before
            yield f"{layer.name} was not compared: {lacking.name} has none of it."


_TABLE_NOTE = (
    "Thickness in mm, weighted by area. Detectable: the smallest change of this mean that is no "
    "chance, at 95 %."
)


def _change_cells(case: Case, row: ChangeRow) -> tuple[str, ...]:
    percent = "" if row.percent is None else signed(row.percent, 1)
    return (
        _place(case, row.layer, row.region),
        f"{row.before_mm:.2f}",
        f"{row.after_mm:.2f}",
        signed(row.change_mm, 2),
        percent,
        f"±{row.detectable_mm:.2f}",
        "yes" if row.is_beyond_error else "no",
    )


def _patch_table(case: Case, one: Followup) -> Table:
    rows = tuple(
        (
            _name(case, patch.layer),
            "loss" if patch.is_loss else "gain",
            signed(patch.largest_mm, 2),
            f"{patch.area_mm2:.0f}",
            f"{patch.half_area_mm2:.0f}",
            " ".join(f"{v:.0f}" for v in patch.center_mm),
        )
        for patch in one.patches
    )
    columns = ("Place", "", "Largest mm", "Area mm²", "Over half mm²", "Centre LPS mm")
    note = (
        "Connected places that are beyond what chance does anywhere on so large a layer, at 95 %."
    )
    return Table(columns, rows, note, words=2)


def _fits(case: Case, one: Followup) -> str:
    fits = (
        f"{_name(case, bone).lower()} {_apart(fit.residual_mm)} (95 % of its surface: "
        f"{_apart(fit.p95_mm)})"
        for bone, fit in one.fits.items()
    )
    return f"Each bone was laid onto its first date's; what remains apart: {'; '.join(fits)}."


def _apart(length_mm: float) -> str:
    return "under 0.01 mm" if length_mm < 0.01 else f"{length_mm:.2f} mm"


def _measurements(found: Findings) -> Section | None:
    if not found.measurements:
        return None
    rows = tuple(
        (
            row.name,
            row.kind,
            row.timepoint,
            row.written or row.note,
            row.change_written,
            "" if row.change_percent is None else signed(row.change_percent, 1),
        )
        for row in found.measurements
    )
    columns = ("Name", "Kind", "Date", "Value", "Change", "%")
    note = "Values with the range that holds the truth in 95 of 100 cases."
    table = Table(columns, rows, note, words=3)
    return Section("Measurements", charts=tuple(_measured_trends(found)), tables=(table,))


def _measured_trends(found: Findings) -> Iterable[Drawing]:
    names = {t.id: t.name for t in found.case.timepoints}
    by_name: dict[tuple[str, str, str], list[Row]] = {}
    for row in found.measurements:
        if row.value is not None:
            by_name.setdefault((row.name, row.kind, row.unit), []).append(row)
    for (name, _, unit), rows in by_name.items():
        if len({row.day for row in rows}) > 1:
            readings = [
                Reading(row.day, names[row.timepoint], row.value or 0.0, row.uncertainty)
                for row in rows
            ]
            yield trend(name, unit, readings, 1)


def _volumes(found: Findings) -> Section | None:
    if not found.volumes:
        return None
    dates = found.case.timepoints
    has_change = len(dates) > 1
    rows = []
    for layer, by_date in found.volumes.items():
        cells = [by_date[t.id].text if t.id in by_date else "–" for t in dates]
        ends = by_date.get(dates[0].id), by_date.get(dates[-1].id)
        change = difference(ends[1], ends[0]).text if has_change and all(ends) else ""  # type: ignore[arg-type]
        rows.append((_name(found.case, layer), *cells, *([change] if has_change else [])))
    columns = ("Structure", *(t.name for t in dates), *(["Change"] if has_change else []))
    note = "Of closed surfaces; the range comes from the scan's voxels."
    return Section("Volumes", tables=(Table(columns, tuple(rows), note),))


def _methods(found: Findings) -> Section:
    words = [f"Thickness: {found.definition}. {found.method[:1].upper()}{found.method[1:]}."]
    if found.followups:
        words.append(f"Change: {FOLLOWUP_METHOD}. {_repeatability(found)}")
    for info in found.case.maps:
        error = "error not stated" if info.error is None else f"error {info.error:g} {info.unit}"
        words.append(f"Map {info.name}: {info.definition}; {info.method}; {error}.")
    steps = tuple(line.rstrip(".") + "." for line in found.case.provenance)
    words.append("How the case was made:" if steps else "")
    return Section("Methods", tuple(line for line in words if line), steps)


def _repeatability(found: Findings) -> str:
    least = detectable_mm(found.repeatability_mm)
    return (
        f"Two scans of an unchanged knee are taken to differ by {found.repeatability_mm:g} mm (sd) "
        f"at one place: there, changes from {least:.2f} mm on are detectable at 95 %."
    )


def _wholes(rows: Sequence[ChangeRow | ThicknessRow]) -> frozenset[int]:
    return frozenset(n for n, row in enumerate(rows) if row.region == WHOLE)


def _place(case: Case, layer: str, region: str) -> str:
    return _name(case, layer) if region == WHOLE else f"{_INDENT}{region.replace('_', ' ')}"


def _name(case: Case, layer: str) -> str:
    return next((one.name for one in case.layers if one.id == layer), layer)
