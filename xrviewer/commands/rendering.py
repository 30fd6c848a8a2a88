"""The words of `xrviewer render`. Its work is imported when it is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from xrviewer.case.model import Case
from xrviewer.caseio.loose import open_path
from xrviewer.commands import layer_words, plane_words, printing
from xrviewer.commands.parsing import dates_of, ids_of, map_range_of, size_of
from xrviewer.commands.ready import PLAIN, RECIPES, Background, Ready
from xrviewer.commands.words import (
    CasePath,
    ComparedDates,
    MapId,
    MapIsolines,
    MapRange,
    MapSteps,
    Session,
    TimepointName,
    ViewName,
    Without,
)


def render(
    case: CasePath,
    out: Annotated[Path, typer.Option(metavar="FILE", help=".png .jpg .dcm .mp4 .gif .webp")],
    view: ViewName = "corner",
    make: Annotated[
        Ready | None,
        typer.Option(
            help="Ready made: a still for a report (2400x1800 on white), ten seconds once around, "
            "or the case's tour with captions (both 1920x1080)."
        ),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(
            metavar="WxH", help="In pixels, 1280x960 if nothing is said.", show_default=False
        ),
    ] = None,
    background: Annotated[
        Background | None, typer.Option(help="A room, or white as paper.", show_default="room")
    ] = None,
    turntable: Annotated[bool, typer.Option("--turntable", help="Once around, as a film.")] = False,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="The turntable's length.", show_default="10")
    ] = None,
    timepoint: TimepointName = None,
    hide: Annotated[str, typer.Option(metavar="ID,ID", help="Structures to leave out.")] = "",
    only: Annotated[str, typer.Option(metavar="ID,ID", help="The only structures to show.")] = "",
    map: MapId = None,
    map_range: MapRange = "",
    steps: MapSteps = 0,
    isolines: MapIsolines = False,
    session: Session = None,
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
    """Make a picture or a turntable. Example: xrviewer render knee-demo --out front.png"""
    from xrviewer.commands import layers, planes, render

    recipe = RECIPES[make] if make else PLAIN
    pixels = size_of(size) if size else recipe.size
    seen = view, *pixels, timepoint, ids_of(hide), ids_of(only)
    colors = map, map_range_of(map, map_range, steps, isolines), steps, isolines
    asked = planes.wanted_planes(slice, cut, volume, window, look, curved)
    once_around = turntable or recipe.is_turntable
    film = once_around, seconds or recipe.seconds, render.Furniture.without(ids_of(without))
    chosen = layers.wanted_layers(preset, peel, isolate, ghost_rest, explode)
    is_on_white = background is Background.WHITE if background else recipe.is_on_white
    wanted = render.Wanted(*seen, *colors, asked, *film, chosen, None, dates_of(compare))
    wanted = replace(wanted, is_on_white=is_on_white, is_tour=recipe.is_tour)
    render.render(_opened(case), out, wanted, printing.progress(), session)
    printing.say(f"wrote {out}")


def _opened(path: Path) -> Case:
    """What its files left open is said."""
    case = open_path(path)
    for fault in case.faults:
        printing.complain(fault)
    return case
