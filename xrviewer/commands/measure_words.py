"""The words of `xrviewer measure`. The work is in measure.py and measure_maps.py."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xrviewer.analysis.terms import Definition
from xrviewer.caseio.loose import open_path
from xrviewer.commands import import_words, printing
from xrviewer.commands.parsing import ids_of
from xrviewer.commands.words import (
    CasePath,
    CsvOption,
    Json,
    LayerIds,
    SaveOption,
    TimepointName,
)
from xrviewer.errors import UsageError

if TYPE_CHECKING:
    from xrviewer.commands.measure_maps import Wanted

measure_app = typer.Typer(
    help="Numbers from a case: thickness, T2, curvature, distance.", no_args_is_help=True
)


@measure_app.command("thickness")
def thickness(
    case: CasePath,
    json: Json = False,
    csv: CsvOption = False,
    definition: Annotated[
        Definition,
        typer.Option(help="Along the normal, to the nearest point, or by lines of a potential."),
    ] = Definition.NORMAL,
    pair: Annotated[
        list[str] | None,
        typer.Option(metavar="INNER:OUTER", help="Two layers; those known if not given."),
    ] = None,
    timepoint: TimepointName = None,
    save: SaveOption = False,
    segmentation: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Measure in this label map, not on the surfaces."),
    ] = None,
    labels: import_words.Labels = "",
) -> None:
    """Measure cartilage, region by region.

    \b
    Examples:
      xrviewer measure thickness knee-demo
      xrviewer measure thickness knee-demo --definition laplace --csv
      xrviewer measure thickness knee --segmentation labels.nrrd --labels knee
    """
    from xrviewer.commands.measure import Asked, measure_thickness, save_thickness

    if json and csv:
        raise UsageError("choose one of --json and --csv")
    asked = Asked(definition, tuple(pair or ()), timepoint, segmentation, labels)
    found = open_path(case)
    result = measure_thickness(found, asked)
    if save:
        printing.say(save_thickness(case, found, asked))
    show_result = printing.as_json if json else printing.csv if csv else printing.thickness
    show_result(result)


@measure_app.command("t2")
def t2(
    case: CasePath,
    json: Json = False,
    csv: CsvOption = False,
    timepoint: TimepointName = None,
    save: SaveOption = False,
) -> None:
    """Measure T2 of the cartilage, from a scan of two or more echoes.

    \b
    Examples:
      xrviewer measure t2 knee --save
    """
    from xrviewer.commands.measure_maps import wanted_t2

    _measure_map(case, wanted_t2(), json, csv, timepoint, save)


@measure_app.command("curvature")
def curvature(
    case: CasePath,
    only: LayerIds = "",
    json: Json = False,
    csv: CsvOption = False,
    timepoint: TimepointName = None,
    save: SaveOption = False,
) -> None:
    """Measure how much surfaces bend.

    \b
    Examples:
      xrviewer measure curvature knee-demo --only femur
    """
    from xrviewer.commands.measure_maps import wanted_curvature

    _measure_map(case, wanted_curvature(ids_of(only)), json, csv, timepoint, save)


@measure_app.command("distance")
def distance(
    case: CasePath,
    to: Annotated[str, typer.Option(metavar="ID", help="The structure to measure to.")],
    only: LayerIds = "",
    json: Json = False,
    csv: CsvOption = False,
    timepoint: TimepointName = None,
    save: SaveOption = False,
) -> None:
    """Measure how far structures are from one of them.

    \b
    Examples:
      xrviewer measure distance knee-demo --to tibia --only femur
    """
    from xrviewer.commands.measure_maps import wanted_distance

    _measure_map(case, wanted_distance(to, ids_of(only)), json, csv, timepoint, save)


def _measure_map(
    case: Path, wanted: Wanted, json: bool, csv: bool, timepoint: str | None, save: bool
) -> None:
    from xrviewer.commands.measure_maps import measure_map, save_map

    if json and csv:
        raise UsageError("choose one of --json and --csv")
    found = open_path(case)
    result = measure_map(found, wanted, timepoint)
    if save:
        printing.say(save_map(case, found, wanted))
    show_result = printing.as_json if json else printing.csv if csv else printing.map_table
    show_result(result)
