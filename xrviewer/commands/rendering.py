"""The words of `xrviewer render`. Its work is imported when it is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xrviewer.case.model import Case
from xrviewer.caseio.loose import open_path
from xrviewer.commands import layer_words, plane_words, printing
from xrviewer.commands.parsing import dates_of, ids_of, map_range_of
from xrviewer.commands.ready import PLAIN, Background, Ready, Recipe, recipe_of
from xrviewer.commands.words import (
    PICTURE,
    CasePath,
    ComparedDates,
    MapId,
    MapIsolines,
    MapRange,
    MapSteps,
    SeenSession,
    TimepointName,
    ViewName,
    Without,
    switch,
)

if TYPE_CHECKING:
    from xrviewer.commands.render import Wanted

HELP = """Make a picture or a turntable.

\b
Examples:
  xrviewer render knee-demo --out front.png --view front --hide skin
  xrviewer render knee-demo --out turn.mp4 --turntable
  xrviewer render knee-demo --out tour.mp4 --make tour
  xrviewer render knee-demo --out cut.png --view left --cut sagittal@-68
  xrviewer render knee-demo --out map.png --map thickness_nearest_mm --isolines --view bottom
"""
MakeOption = Annotated[
    Ready | None,
    typer.Option(
        help="Ready made: a still for a report (2400x1800 on white), ten seconds once around, or "
        "the case's tour with captions (both 1920x1080).",
        rich_help_panel=PICTURE,
    ),
]
PictureSize = Annotated[
    str | None,
    typer.Option(
        metavar="WxH",
        help="In pixels, up to 8192x8192.",
        show_default="1280x960",
        rich_help_panel=PICTURE,
    ),
]
BackgroundOption = Annotated[
    Background | None,
    typer.Option(help="A room, or white as paper.", show_default="room", rich_help_panel=PICTURE),
]
Turntable = Annotated[bool, switch("--turntable", help="Once around, as a film.", panel=PICTURE)]
TurntableSeconds = Annotated[
    float | None,
    typer.Option(
        min=0.1,
        metavar="SECONDS",
        help="The turntable's length.",
        show_default="10",
        rich_help_panel=PICTURE,
    ),
]


def render(
    case: CasePath,
    out: Annotated[Path, typer.Option(metavar="FILE", help="A .png .jpg .dcm .mp4 .gif or .webp.")],
    view: ViewName = "corner",
    make: MakeOption = None,
    size: PictureSize = None,
    background: BackgroundOption = None,
    turntable: Turntable = False,
    seconds: TurntableSeconds = None,
    timepoint: TimepointName = None,
    hide: layer_words.HiddenIds = "",
    only: layer_words.OnlyIds = "",
    map: MapId = None,
    map_range: MapRange = "",
    steps: MapSteps = 0,
    isolines: MapIsolines = False,
    session: SeenSession = None,
    slice: plane_words.SliceWords = None,
    cut: plane_words.CutWords = None,
    curved: plane_words.CurvedWords = None,
    volume: plane_words.VolumeId = None,
    window: plane_words.WindowWords = "",
    look: plane_words.LookWords = None,
    without: Without = "",
    preset: layer_words.PresetName = None,
    peel: layer_words.PeelCount = 0,
    isolate: layer_words.IsolateNames = None,
    ghost_rest: layer_words.GhostRest = False,
    explode: layer_words.ExplodeAmount = 0.0,
    compare: ComparedDates = "",
) -> None:
    from xrviewer.commands import layers, planes, render

    seen = view, *PLAIN.size, timepoint, ids_of(hide), ids_of(only)
    colors = map, map_range_of(map, map_range, steps, isolines), steps, isolines
    film = turntable, PLAIN.seconds, render.Furniture.without(ids_of(without))
    cuts = planes.wanted_planes(slice, cut, volume, window, look, curved)
    chosen = layers.wanted_layers(preset, peel, isolate, ghost_rest, explode)
    wanted = render.Wanted(*seen, *colors, cuts, *film, chosen, None, dates_of(compare))
    _make(case, out, wanted, recipe_of(make, size, background, seconds, turntable), session)


def _make(case: Path, out: Path, wanted: Wanted, recipe: Recipe, session: Path | None) -> None:
    from xrviewer.commands.render import render

    (width, height), is_turntable = recipe.size, recipe.is_turntable
    wanted = replace(wanted, width=width, height=height, is_turntable=is_turntable)
    wanted = replace(wanted, seconds=recipe.seconds, is_tour=recipe.is_tour)
    wanted = replace(wanted, is_on_white=recipe.is_on_white)
    render(_opened(case), out, wanted, printing.progress(), session)
    printing.say(f"wrote {out}")


def _opened(path: Path) -> Case:
    """What its files left open is said."""
    case = open_path(path)
    for fault in case.faults:
        printing.complain(fault)
    return case
