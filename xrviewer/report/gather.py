"""What was found of a case, as the sections of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xrviewer import __version__
from xrviewer.analysis.change import detectable_mm
from xrviewer.analysis.criteria import Criteria
from xrviewer.analysis.followup import FOLLOWUP_METHOD, Followup
from xrviewer.analysis.region_response import RegionResponse
from xrviewer.analysis.response import Response, alternatives
from xrviewer.analysis.summary import Row as ThicknessRow
from xrviewer.case.measured import Kind
from xrviewer.case.model import Case
from xrviewer.case.quantity import Quantity, difference
from xrviewer.interaction.measure_kinds import WANTED
from xrviewer.report.changes import change_section, thickness_section, trend_section
from xrviewer.report.charts import Reading, trend
from xrviewer.report.content import NOTE, Picture, Report, Section, Table
from xrviewer.report.drawing import Drawing
from xrviewer.report.lesion_section import MaskedLesions, lesion_headline, lesion_section
from xrviewer.report.rows import Row
from xrviewer.report.signs import grouped, in_sentence, layer_name, signed
from xrviewer.words import decimal, number, spoken, tr


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
    """In the language that is spoken."""
    case = found.case
    sections = [
        *(_judgement(one) for one in found.judged),
        lesion_section(found.lesions) if found.lesions else None,
        _thickness(found),
        *(change_section(case, one) for one in found.followups),
        _measurements(found),
        _volumes(found),
        Section(tr("Pictures"), pictures=found.pictures) if found.pictures else None,
        Section(tr("Kept while looking"), pictures=found.captures) if found.captures else None,
        _methods(found),
    ]
    facts, headline = tuple(_facts(case)), tuple(_headline(found))
    kept = tuple(s for s in sections if s)
    return Report(tr(case.title), facts, headline, kept, tr(NOTE), spoken())


def _thickness(found: Findings) -> Section | None:
    """At the first date alone; with later dates, the trends."""
    if found.followups:
        return trend_section(found.case, found.followups)
    if not found.first:
        return None
    return thickness_section(found.case, found.first, _repeatability(found))


def _facts(case: Case) -> Iterable[tuple[str, str]]:
    yield tr("Case"), case.id
    dates = (tr("{date} (day {day})", date=tr(t.name), day=t.day) for t in case.timepoints)
    yield tr("Dates"), ", ".join(dates)
    for timepoint in case.timepoints:
        for volume in timepoint.volumes:
            spacing = " × ".join(number(v, 2) for v in volume.spacing_mm)
            what = tr("Scan, {date}", date=tr(timepoint.name))
            yield what, f"{tr(volume.name)} ({volume.modality}), {spacing} mm"
    yield tr("Made with"), f"xrviewer {__version__}"


def _headline(found: Findings) -> Iterable[str]:
    for one in found.followups:
        yield from _changed(found.case, one)
    yield from found.why_not
    if found.lesions is not None:
        yield lesion_headline(found.lesions)
    for judged in found.judged:
        for date, response in judged.found:
            rule, category = tr(judged.criteria.name), _category(response)
            yield tr("{rule} at {date}: {category}.", rule=rule, date=tr(date), category=category)
    if len(found.case.timepoints) == 1:
        yield tr("One date: there is nothing to compare it with yet.")


def _changed(case: Case, one: Followup) -> Iterable[str]:
    """A sentence a place, of the largest few."""
    names = {"before": tr(one.before.name), "after": tr(one.after.name)}
    span = tr("From {before} to {after} ({days} days)", **names, days=one.days)
    if not one.patches:
        yield tr(
            "{span} no cartilage changed by more than two scans of an unchanged knee differ.",
            span=span,
        )
    for patch in one.patches[:3]:
        told = {
            "span": span,
            "layer": in_sentence(layer_name(case, patch.layer)),
            "size": number(abs(patch.largest_mm), 1),
            "area": grouped(patch.area_mm2),
        }
        if patch.is_loss:
            yield tr(
                "{span} the {layer} became thinner by up to {size} mm over {area} mm².", **told
            )
        else:
            yield tr(
                "{span} the {layer} became thicker by up to {size} mm over {area} mm².", **told
            )
    if one.nudge is not None:
        yield tr("{date} was adjusted by hand; see below.", date=names["after"])


def _category(response: Response | RegionResponse) -> str:
    if isinstance(response, RegionResponse):
        return tr(response.says or response.category)
    overall = tr(response.overall)
    if not response.could_be:
        return overall
    others = alternatives(map(tr, response.could_be))
    return tr("{category}; targets could be {others}", category=overall, others=others)


def _judgement(judged: Judged) -> Section:
    rule = judged.criteria
    title = tr("Response: {rule}", rule=tr(rule.name))
    words = tr(
        "Rule: {rule}, version {version}. Source: {source}. {note}",
        rule=tr(rule.name),
        version=rule.version,
        source=rule.source,
        note=tr(rule.note),
    )
    if judged.why_not:
        return Section(title, (words, judged.why_not))
    steps = [
        line if tr(date) in line or len(judged.found) == 1 else f"{tr(date)}: {line}"
        for date, response in judged.found
        for line in response.steps
    ]
    return Section(title, (words,), tuple(steps))


def _measurements(found: Findings) -> Section | None:
    if not found.measurements:
        return None
    names = {t.id: t.name for t in found.case.timepoints}
    rows = tuple(
        (
            row.name,
            tr(WANTED[Kind(row.kind)].says),
            tr(names[row.timepoint]),
            decimal(row.written) or row.note,
            decimal(row.change_written).replace("-", "\u2212"),
            "" if row.change_percent is None else signed(row.change_percent, 1),
        )
        for row in found.measurements
    )
    columns = (tr("Name"), tr("Kind"), tr("Date"), tr("Value"), tr("Change"), "%")
    note = tr("Values with the range that holds the truth in 95 of 100 cases.")
    table = Table(columns, rows, note, words=3)
    return Section(tr("Measurements"), charts=tuple(_measured_trends(found)), tables=(table,))


def _measured_trends(found: Findings) -> Iterable[Drawing]:
    names = {t.id: tr(t.name) for t in found.case.timepoints}
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
        cells = [decimal(by_date[t.id].text) if t.id in by_date else "–" for t in dates]
        ends = by_date.get(dates[0].id), by_date.get(dates[-1].id)
        change = difference(ends[1], ends[0]).text if has_change and all(ends) else ""  # type: ignore[arg-type]
        change = decimal(change).replace("-", "\u2212")
        rows.append((layer_name(found.case, layer), *cells, *([change] if has_change else [])))
    more = [tr("Change")] if has_change else []
    columns = (tr("Structure"), *(tr(t.name) for t in dates), *more)
    note = tr("Of closed surfaces; the range comes from the scan's voxels.")
    return Section(tr("Volumes"), tables=(Table(columns, tuple(rows), note),))


def _methods(found: Findings) -> Section:
    words = [_of_thickness(found)] if found.first or found.followups else []
    if found.followups:
        told = {"method": tr(FOLLOWUP_METHOD), "repeatability": _repeatability(found)}
        words.append(tr("Change: {method}. {repeatability}", **told))
    for info in found.case.maps:
        error = tr("error not stated")
        if info.error is not None:
            error = tr("error {error} {unit}", error=decimal(f"{info.error:g}"), unit=info.unit)
        names = {"name": tr(info.name), "definition": tr(info.definition)}
        words.append(
            tr(
                "Map {name}: {definition}; {method}; {error}.",
                **names,
                method=tr(info.method),
                error=error,
            )
        )
    steps = tuple(tr(line).rstrip(".") + "." for line in found.case.provenance)
    words.append(tr("How the case was made:") if steps else "")
    return Section(tr("Methods"), tuple(line for line in words if line), steps)


def _of_thickness(found: Findings) -> str:
    method = tr(found.method)
    return tr(
        "Thickness: {definition}. {method}.",
        definition=tr(found.definition),
        method=method[:1].upper() + method[1:],
    )


def _repeatability(found: Findings) -> str:
    return tr(
        "Two scans of an unchanged knee are taken to differ by {size} mm (sd) at one place: there, "
        "changes from {least} mm on are detectable at 95 %.",
        size=decimal(f"{found.repeatability_mm:g}"),
        least=number(detectable_mm(found.repeatability_mm), 2),
    )
