"""The words of `xrviewer render`. Its work is imported when it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xrviewer.case.model import Case
from xrviewer.caseio.loose import open_path
from xrviewer.commands import layer_words, plane_words, printing
from xrviewer.commands.parsing import dates_of, ids_of, map_range_of, size_of
from xrviewer.commands.words import (
    PICTURE,
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
    switch,
)

HELP = """Make a picture or a turntable.

\b
Examples:
  xrviewer render knee-demo --out front.png --view front --hide skin
  xrviewer render knee-demo --out turn.mp4 --turntable
  xrviewer render knee-demo --out cut.png --view left --cut sagittal@-68
  xrviewer render knee-demo --out map.png --map thickness_nearest_mm --isolines --view bottom
"""
PictureSize = Annotated[
    str, typer.Option(metavar="WxH", help="In pixels, up to 8192x8192.", rich_help_panel=PICTURE)
]
Turntable = Annotated[bool, switch("--turntable", help="Once around, as a film.", panel=PICTURE)]
TurntableSeconds = Annotated[
    float,
    typer.Option(
        min=0.1, metavar="SECONDS", help="The turntable's length.", rich_help_panel=PICTURE
    ),
]


def render(
    case: CasePath,
    out: Annotated[Path, typer.Option(metavar="FILE", help="A .png .jpg .dcm .mp4 .gif or .webp.")],
    view: ViewName = "corner",
    size: PictureSize = "1280x960",
    turntable: Turntable = False,
    seconds: TurntableSeconds = 10.0,
    timepoint: TimepointName = None,
    hide: layer_words.HiddenIds = "",
    only: layer_words.OnlyIds = "",
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
    """Make a picture or a turntable."""
    from xrviewer.commands import layers, planes, render

    seen = view, *size_of(size), timepoint, ids_of(hide), ids_of(only)
    colors = map, map_range_of(map, map_range, steps, isolines), steps, isolines
    asked = planes.wanted_planes(slice, cut, volume, window, look, curved)
    film = turntable, seconds, render.Furniture.without(ids_of(without))
    chosen = layers.wanted_layers(preset, peel, isolate, ghost_rest, explode)
    wanted = render.Wanted(*seen, *colors, asked, *film, chosen, None, dates_of(compare))
    render.render(_opened(case), out, wanted, printing.progress(), session)
    printing.say(f"wrote {out}")


def _opened(path: Path) -> Case:
    """What its files left open is said."""
    case = open_path(path)
    for fault in case.faults:
        printing.complain(fault)
    return case
