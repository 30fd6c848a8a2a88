"""The words that several commands share, and how the desk's mouse and keys are told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xrviewer.commands.choices import TOOLS, Camera, Display, Preset, check_tool, check_view
from xrviewer.commands.parsing import check_furniture, check_size
from xrviewer.document.comparison import Together
from xrviewer.interaction.keys import KEYS
from xrviewer.spatial.cameras import VIEW_NAMES

CasePath = Annotated[
    Path, typer.Argument(metavar="CASE", help="A case folder, or a single mesh or NIfTI file.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
DisplayOption = Annotated[Display, typer.Option(help="Where to show it.")]
Session = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Keep the session in this journal; resume it.")
]
Seconds = Annotated[
    float | None,
    typer.Option(min=0.1, help="Close after this long (off screen: the film's length)."),
]
PresetOption = Annotated[
    Preset, typer.Option(help="For a patient: a few large choices in plain words, and a tour.")
]
Lock = Annotated[
    bool, typer.Option("--lock", help="The patient's panel is not left by holding its corner.")
]
RecordInput = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Record hands, head and keys, to replay them.")
]
ReplayInput = Annotated[
    Path | None,
    typer.Option(
        "--replay",
        "--replay-input",
        metavar="FILE",
        help="Play a recorded session again; with --video as a film.",
    ),
]
Record = Annotated[
    Path | None,
    typer.Option("--record", "--video", metavar="OUT.mp4", help="Film what is shown."),
]
Without = Annotated[
    str,
    typer.Option(
        metavar="WORD,WORD",
        callback=check_furniture,
        help="Leave off the picture: legend, scale-bar, letters, caption.",
    ),
]
FilmSize = Annotated[
    str | None,
    typer.Option("--size", metavar="WxH", callback=check_size, help="Of a replay's film."),
]
FilmCamera = Annotated[
    Camera,
    typer.Option(help="A film's: the steadied eye, the room, or both side by side."),
]
RenderScale = Annotated[
    float, typer.Option(min=0.3, max=2.0, help="Of the headset's recommended picture size.")
]
RefreshRate = Annotated[
    float,
    typer.Option(min=1.0, metavar="HZ", help="Frames a second: the headset's best up to this."),
]
Passthrough = Annotated[
    bool, typer.Option("--passthrough", help="The real room behind the case, if it can.")
]
Tool = Annotated[
    str | None,
    typer.Option(
        callback=check_tool,
        metavar="NAME",
        help=f"What the trigger does, one of {', '.join(TOOLS)}; the session's if not given.",
    ),
]
TimepointName = Annotated[str | None, typer.Option(help="Which date; the first if not given.")]
ViewName = Annotated[
    str, typer.Option(callback=check_view, help=f"One of {', '.join(VIEW_NAMES)}.")
]
MapId = Annotated[
    str | None, typer.Option("--map", metavar="ID", help="Colour by this map of numbers.")
]
MapRange = Annotated[
    str,
    typer.Option(
        "--range",
        metavar="LOW:HIGH",
        help="What the map's colours span; or clinical, 5-95 (per cent of the values), full.",
    ),
]
MapSteps = Annotated[int, typer.Option(help="Bands of one colour each; 0 is smooth.")]
MapIsolines = Annotated[
    bool, typer.Option("--isolines", help="Lines where the map has round values.")
]
ComparedDates = Annotated[
    str,
    typer.Option(
        metavar="ID[:WAY[:BLEND]]",
        help=f"Another date with the shown one, {', '.join(Together)}; a blend is 0 to 1.",
    ),
]
Repeatability = Annotated[
    float, typer.Option(min=0.0, help="mm: what two scans of an unchanged knee differ by (sd).")
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print a table for a spreadsheet.")]
SaveOption = Annotated[
    bool, typer.Option("--save", help="Keep the map in the case, for every date.")
]
LayerIds = Annotated[
    str, typer.Option("--only", metavar="ID,ID", help="Of these structures; all if not given.")
]
_MOUSE = """\b
Mouse:
  left drag: turn
  middle or shift+left drag: move sideways
  wheel: nearer, farther
  right drag: take the model in hand
  ctrl+right drag: with both hands, to turn and scale it
  shift+right drag: take a structure out
"""
_KEY_LINES = "\n".join(f"  {key}: {entry.says}" for key, entry in KEYS.items())
_WINDOW_LINES = """  ctrl+c: copy the table of measurements
  f: the first view again
  escape: close"""
DESK = f"{_MOUSE}\n\b\nKeys:\n{_KEY_LINES}\n{_WINDOW_LINES}"
