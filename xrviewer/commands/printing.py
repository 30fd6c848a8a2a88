"""What a person, or another program, reads on the terminal."""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from collections.abc import Callable
from csv import writer as csv_writer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from xrviewer.analysis.terms import WHOLE
from xrviewer.caseio.info import CaseInfo
from xrviewer.interaction.preferences import Preferences

if TYPE_CHECKING:
    from xrviewer.commands.cohort import CohortEnd
    from xrviewer.commands.compare import Comparison
    from xrviewer.commands.doctor import Diagnosis  # which imports every device there is
    from xrviewer.commands.measure import ThicknessTable
    from xrviewer.commands.measure_maps import MapTable
    from xrviewer.commands.quality import Qc

_PLAIN_EVERY_S = 2.0


def say(line: str) -> None:
    """To the person; stdout is left to results where --json asks for them."""
    typer.echo(line, err=True)


def complain(line: str) -> None:
    """One line on stderr, whatever the message was made of: file names may hold anything."""
    plain = "".join(c if c.isprintable() else " " for c in line)
    typer.echo("xrviewer: " + " ".join(plain.split()), err=True)


def as_json(value: Any) -> None:
    typer.echo(msgspec.json.encode(value).decode())


def progress() -> Callable[[float, str], None]:
    """A bar on a terminal, a plain line now and then elsewhere; ends itself at 1.0."""
    return _bar() if sys.stderr.isatty() else _plain_lines()


def _bar() -> Callable[[float, str], None]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    bars: dict[str, Any] = {}

    def report(fraction: float, text: str) -> None:
        if "bar" not in bars:
            bars["bar"] = Progress(*columns, console=Console(stderr=True), transient=True)
            bars["bar"].start()
            bars["task"] = bars["bar"].add_task(text, total=1.0)
        bars["bar"].update(bars["task"], completed=fraction, description=text)
        if fraction >= 1.0:
            bars.pop("bar").stop()

    return report


def _plain_lines() -> Callable[[float, str], None]:
    last_s = time.monotonic()

    def report(fraction: float, text: str) -> None:
        nonlocal last_s
        if time.monotonic() - last_s >= _PLAIN_EVERY_S:
            last_s = time.monotonic()
            say(f"{fraction:4.0%} {text}")

    return report


def info(found: CaseInfo, faults: tuple[str, ...]) -> None:
    out = Console()
    out.print(f"[bold]{found.title}[/] ({found.id}): {found.triangles:,} triangles")
    dates = Table("timepoint", "name", "day", box=None)
    for timepoint in found.timepoints:
        dates.add_row(escape(timepoint.id), escape(timepoint.name), str(timepoint.day))
    out.print(dates)
    parts = Table("structure", "name", "group", "triangles", "size mm", box=None)
    for at in (0, 3, 4):
        parts.columns[at].no_wrap = True
    for part in found.parts:
        size = " x ".join(f"{v:.0f}" for v in part.size_mm)
        words = part.id, part.name, part.group or ""
        parts.add_row(*map(escape, words), f"{part.triangles:,}", size)
    if found.parts:
        out.print(parts)
    for volume in found.volumes:
        shape = " x ".join(str(v) for v in volume.shape)
        unit = f", {volume.unit}" if volume.unit else ""
        filled = ", ".join(str(k + 1) for k in volume.filled_slices)
        gaps = f"; not scanned but filled in: slice {filled}" if filled else ""
        kind = f"({volume.modality}{unit})"
        out.print(f"  scan {volume.id}, {volume.name} {kind}, {volume.timepoint}: {shape}{gaps}")
    for scalar in found.maps:
        out.print(f"  map {scalar.id}, {scalar.name} in {scalar.unit}: {scalar.definition}")
    fits = ", ".join(f"{name}: {'yes' if is_fit else 'no'}" for name, is_fit in found.fits.items())
    out.print(f"  fits a headset on {fits}")
    for line in found.advice:
        out.print(f"    {line}")
    for line in found.provenance:
        out.print(f"  {line}", highlight=False, markup=False)
    for fault in faults:
        complain(fault)


def cohort(ended: CohortEnd) -> None:
    """A line a case, and what went wrong with it."""
    table = Table("row", "case", "", "structures", "triangles", "s", "why not", box=None)
    for one in ended.cases:
        state = "[green]done[/]" if one.is_ok else "[red]failed[/]"
        counts = (str(one.structures), f"{one.triangles:,}", f"{one.seconds:.1f}")
        table.add_row(str(one.row), escape(Path(one.out).name), state, *counts, escape(one.reason))
    Console().print(table)
    good = len(ended.cases) - ended.failed
    typer.echo(f"{good} of {len(ended.cases)} cases in {ended.seconds:g} s")


def quality(found: Qc) -> None:
    """A line a measure; those out of limits in red."""
    colors = {"good": "green", "bad": "red", "not judged": "dim"}
    table = Table("of", "what", "found", "wanted", "", box=None)
    for row in found.findings:
        state = f"[{colors[row.verdict]}]{row.verdict}[/]"
        table.add_row(escape(row.about), row.what, row.found, row.wanted, state)
    Console().print(table)
    typer.echo(f"protocol {found.protocol}" if found.protocol else "no protocol: not judged")


def session(shown: dict[str, Any]) -> None:
    model = shown["model"]
    typer.echo(f"tool {shown['tool']}; model at {model['position_m']} m, {model['scale']:g}x")
    for layer, state in shown["layers"].items():
        typer.echo(f"  {layer}: {'shown' if state['visible'] else 'hidden'}, {state['opacity']:g}")


def settings(file: str, preferences: Preferences) -> None:
    typer.echo(file)
    for name, value in dataclasses.asdict(preferences).items():
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        if isinstance(value, bool):
            shown = "on" if value else "off"
        typer.echo(f"  {name} = {shown}")


def csv(found: ThicknessTable | MapTable) -> None:
    """One header line, then a line a region; units are in the names."""
    columns = [field.name for field in dataclasses.fields(found.rows[0])]
    lines = csv_writer(sys.stdout, lineterminator="\n")
    lines.writerow(columns)
    lines.writerows([_plain(getattr(row, name)) for name in columns] for row in found.rows)


def thickness(found: ThicknessTable) -> None:
    out = Console()
    table = Table(box=None)
    table.add_column("layer and region", no_wrap=True, min_width=24)
    for name in ("mean mm", "sd", "p05", "p50", "p95", "area mm2", "bare mm2", "volume mm3"):
        table.add_column(name, justify="right")
    for row in found.rows:
        lengths = (row.mean_mm, row.sd_mm, row.p05_mm, row.p50_mm, row.p95_mm)
        sizes = (row.area_mm2, row.denuded_mm2, row.volume_mm3)
        numbers = [*(f"{v:.2f}" for v in lengths), *(f"{v:,.0f}" for v in sizes)]
        table.add_row(
            f"[bold]{row.layer}[/]" if row.region == WHOLE else f"  {row.region}", *numbers
        )
    out.print(table)
    error = "" if found.error_mm is None else f"; error {found.error_mm:g} mm"
    out.print(f"Thickness {found.definition}. Method: {found.method}{error}.")
    out.print(found.note)


def comparison(found: Comparison) -> None:
    out = Console()
    table = Table(box=None)
    table.add_column("layer and region", no_wrap=True, min_width=24)
    for name in ("before mm", "after", "change", "%", "beyond ±", "area mm2"):
        table.add_column(name, justify="right")
    for row in found.rows:
        percent = "" if row.percent is None else f"{row.percent:+.0f}"
        beyond = f"{'yes' if row.is_beyond_error else 'no'} {row.detectable_mm:.2f}"
        numbers = (f"{row.before_mm:.2f}", f"{row.after_mm:.2f}", f"{row.change_mm:+.2f}")
        name = f"[bold]{row.layer}[/]" if row.region == WHOLE else f"  {row.region}"
        table.add_row(name, *numbers, percent, beyond, f"{row.area_mm2:,.0f}")
    out.print(table)
    for patch in found.patches:
        kind = "thinner" if patch.is_loss else "thicker"
        size = f"{patch.area_mm2:.0f} mm2, {patch.half_area_mm2:.0f} mm2 of it by over half"
        out.print(f"{patch.layer}: {kind} by up to {abs(patch.largest_mm):.1f} mm over {size}")
    if not found.patches:
        out.print("No place changed by more than two scans of an unchanged knee would differ.")
    for fit in found.fits:
        how = "adjusted by hand to" if fit.by_hand else "fits"
        out.print(f"{fit.layer} {how} within {fit.residual_mm:.2f} mm (95 %: {fit.p95_mm:.2f} mm)")
    out.print(
        f"{found.baseline} to {found.followup}, {found.days} days. Thickness {found.definition}; "
        f"{found.method}. Detectable at one place: {found.detectable_mm:.2f} mm at 95 %, from a "
        f"repeatability of {found.repeatability_mm:g} mm."
    )
    out.print(found.note)


def map_table(found: MapTable) -> None:
    out = Console()
    table = Table(box=None)
    table.add_column("layer", no_wrap=True, min_width=24)
    for name in (f"mean {found.unit}", "sd", "p05", "p50", "p95", "area mm2"):
        table.add_column(name, justify="right")
    for row in found.rows:
        values = (row.mean, row.sd, row.p05, row.p50, row.p95)
        table.add_row(row.layer, *(f"{v:.3g}" for v in values), f"{row.area_mm2:,.0f}")
    out.print(table)
    error = "not stated" if found.error is None else f"{found.error:g} {found.unit}"
    out.print(f"Map {found.map}, {found.definition}. Method: {found.method}; error {error}.")
    out.print(found.note)


def _plain(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value


def rows(result: msgspec.Struct) -> None:
    table = Table(show_header=False, box=None)
    for name, value in msgspec.structs.asdict(result).items():
        table.add_row(name, f"{value:,.3f}" if isinstance(value, float) else str(value))
    Console().print(table)


def diagnosis(found: Diagnosis) -> None:
    typer.echo(f"xrviewer {found.version}")
    for finding in found.findings:
        typer.echo(f"{'works' if finding.is_ok else 'FAILS':6} {finding.name}: {finding.detail}")
        if finding.fix:
            typer.echo(f"       {finding.fix}")


def give_up_output() -> None:
    """What could not be written is not tried again at the end, where Python would say so too."""
    try:
        sys.stdout.flush()
    except OSError:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
