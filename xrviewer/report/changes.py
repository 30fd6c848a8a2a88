"""Thickness and its changes, as the sections of a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xrviewer.analysis import regions
from xrviewer.analysis.change import ChangeRow
from xrviewer.analysis.followup import Followup, full_parts
from xrviewer.analysis.summary import Row as ThicknessRow
from xrviewer.analysis.terms import WHOLE
from xrviewer.case.model import Case
from xrviewer.report.charts import Reading, trend
from xrviewer.report.content import Section, Table
from xrviewer.report.drawing import Drawing
from xrviewer.report.signs import apart, grouped, in_sentence, layer_name, signed
from xrviewer.words import number, tr

_INDENT = "\u00a0" * 4
_TWO_SIDED = 2**0.5
"""A difference is as uncertain as one reading times this."""


def thickness_section(case: Case, rows: Sequence[ThicknessRow], note: str) -> Section:
    """At the first date alone."""
    cells = tuple(
        (
            _place(case, row.layer, row.region),
            number(row.mean_mm, 2),
            number(row.sd_mm, 2),
            f"{number(row.p05_mm, 2)}–{number(row.p95_mm, 2)}",
            grouped(row.area_mm2),
            grouped(row.denuded_mm2),
        )
        for row in rows
    )
    columns = (
        tr("Layer and region"),
        tr("Mean mm"),
        tr("SD mm"),
        tr("5–95 % mm"),
        tr("Area mm²"),
        tr("Bare mm²"),
    )
    table = Table(columns, cells, note, strong=_wholes(rows))
    return Section(tr("Cartilage thickness"), tables=(table,))


def trend_section(case: Case, followups: Sequence[Followup]) -> Section:
    """A chart a layer."""
    words = tr(
        "Mean thickness of each whole layer. Bars are the range that holds the truth in 95 of 100 "
        "cases; a change within them may be measurement error."
    )
    charts = tuple(_trends(case, followups))
    return Section(tr("Cartilage thickness over time"), (words,), charts=charts)


def _trends(case: Case, followups: Sequence[Followup]) -> Iterable[Drawing]:
    layers = dict.fromkeys(row.layer for one in followups for row in one.rows)
    for layer in layers:
        readings: list[Reading] = []
        for one in followups:
            row = next((r for r in one.rows if (r.layer, r.region) == (layer, WHOLE)), None)
            if row is None:
                continue
            off = row.detectable_mm / _TWO_SIDED
            if not readings:
                readings.append(Reading(one.before.day, tr(one.before.name), row.before_mm, off))
            readings.append(Reading(one.after.day, tr(one.after.name), row.after_mm, off))
        yield trend(layer_name(case, layer), "mm", readings)


def change_section(case: Case, one: Followup) -> Section:
    rows = tuple(_change_cells(case, row) for row in one.rows)
    columns = (
        tr("Layer and region"),
        tr(one.before.name),
        tr(one.after.name),
        tr("Change"),
        "%",
        tr("Detectable"),
        tr("Beyond it"),
    )
    beyond = frozenset(n for n, row in enumerate(one.rows) if row.is_beyond_error)
    note = tr(
        "Thickness in mm, weighted by area. Detectable: the smallest change of this mean that is "
        "no chance, at 95 %; of {count} such rows one in twenty is beyond it by chance.",
        count=len(rows),
    )
    table = Table(columns, rows, note, strong=_wholes(one.rows), marked=beyond)
    tables = (table, _patch_table(case, one)) if one.patches else (table,)
    dates = {"before": tr(one.before.name), "after": tr(one.after.name)}
    title = tr("Change from {before} to {after}", **dates)
    return Section(title, (*_fits(case, one), *_missing(case, one)), tables=tables)


def _missing(case: Case, one: Followup) -> Iterable[str]:
    """A line a structure that one of the two dates does not have."""
    here, there = full_parts(one.before), full_parts(one.after)
    for layer in case.layers:
        if (layer.id in here) != (layer.id in there):
            lacking = one.after if layer.id in here else one.before
            yield tr(
                "{layer} was not compared: {date} has none of it.",
                layer=tr(layer.name),
                date=tr(lacking.name),
            )


def _change_cells(case: Case, row: ChangeRow) -> tuple[str, ...]:
    percent = "" if row.percent is None else signed(row.percent, 1)
    return (
        _place(case, row.layer, row.region),
        number(row.before_mm, 2),
        number(row.after_mm, 2),
        signed(row.change_mm, 2),
        percent,
        f"±{number(row.detectable_mm, 2)}",
        tr("yes") if row.is_beyond_error else tr("no"),
    )


def _patch_table(case: Case, one: Followup) -> Table:
    rows = tuple(
        (
            layer_name(case, patch.layer),
            tr("loss") if patch.is_loss else tr("gain"),
            signed(patch.largest_mm, 2),
            grouped(patch.area_mm2),
            grouped(patch.half_area_mm2),
            " ".join(signed(v, 0).removeprefix("+") for v in patch.center_mm),
        )
        for patch in one.patches
    )
    columns = (
        tr("Place"),
        "",
        tr("Largest mm"),
        tr("Area mm²"),
        tr("Over half mm²"),
        tr("Centre LPS mm"),
    )
    note = tr("Connected places that are beyond what chance does anywhere on all layers compared.")
    return Table(columns, rows, note, words=2)


def _fits(case: Case, one: Followup) -> Iterable[str]:
    fits = "; ".join(
        tr(
            "{bone} {apart} (95 % of its surface: {most})",
            bone=in_sentence(layer_name(case, bone)),
            apart=apart(fit.residual_mm),
            most=apart(fit.p95_mm),
        )
        for bone, fit in one.fits.items()
    )
    yield tr("Each bone was laid onto its first date's; what remains apart: {fits}.", fits=fits)
    moved = one.by_hand
    if moved is not None:
        yield tr(
            "Adjusted by hand: {date} was moved by {mm} mm and turned by {degrees}° on top of the "
            "automatic fit. What remains apart, and every number of this section, is as it lies "
            "now.",
            date=tr(one.after.name),
            mm=number(moved[0], 2),
            degrees=number(moved[1], 2),
        )


def _wholes(rows: Sequence[ChangeRow | ThicknessRow]) -> frozenset[int]:
    return frozenset(n for n, row in enumerate(rows) if row.region == WHOLE)


def _place(case: Case, layer: str, region: str) -> str:
    name = layer_name(case, layer)
    return name if region == WHOLE else f"{_INDENT}{tr(regions.spoken(region))}"
