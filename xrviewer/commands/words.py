"""The words that several commands share, and how the desk's mouse and keys are told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from xrviewer.commands.choices import TOOLS, Camera, Display, Mirror, Preset, check_tool, check_view
from xrviewer.commands.parsing import check_furniture, check_size
from xrviewer.document.comparison import Together
from xrviewer.interaction.keys import KEYS
from xrviewer.spatial.cameras import VIEW_NAMES

# How options are grouped in the help.
HEADSET = "In the headset"
RECORDING = "Films and recordings"
COLORS = "Numbers as colours"
PLANES = "Slices and cuts"
LAYERS = "What is seen"
PICTURE = "The picture"


def switch(*names: str, help: str, panel: str | None = None) -> Any:
    """An option without a value: nothing stands where others say what they take."""
    return typer.Option(*names, metavar="", help=help, rich_help_panel=panel)


CasePath = Annotated[
    Path,
    typer.Argument(
        metavar="CASE", help="A case folder, the zip of one, or a single mesh or NIfTI file."
    ),
]
Json = Annotated[bool, switch("--json", help="Print one JSON object and nothing else.")]
DisplayOption = Annotated[
    Display,
    typer.Option(
        help="Where to show it; auto takes the headset, else a window, else writes pictures."
    ),
]
Session = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.jsonl", help="Keep what is done in this file, and go on from where it ends."
    ),
]
SeenSession = Annotated[
    Path | None,
    typer.Option(metavar="FILE.jsonl", help="As this session stands; nothing is written into it."),
]
Seconds = Annotated[
    float | None,
    typer.Option(
        min=0.1,
        metavar="SECONDS",
        help="Close after this long; off screen, the length of the film. Else until it is closed.",
    ),
]
PresetOption = Annotated[
    Preset,
    typer.Option(help="Whose panels: a patient's has a few large choices in plain words."),
]
Lock = Annotated[
    bool,
    switch("--lock", help="With --preset patient: holding its corner does not leave that panel."),
]
RecordInput = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.input",
        help="Record head, hands and keys, to replay or to film them.",
        rich_help_panel=RECORDING,
    ),
]
ReplayInput = Annotated[
    Path | None,
    typer.Option(
        "--replay",
        "--replay-input",
        metavar="FILE.input",
        help="Play a recording again; with --video as a film.",
        rich_help_panel=RECORDING,
    ),
]
Record = Annotated[
    Path | None,
    typer.Option(
        "--record",
        "--video",
        metavar="OUT.mp4",
        help="Film what is shown.",
        rich_help_panel=RECORDING,
    ),
]
Without = Annotated[
    str,
    typer.Option(
        metavar="WORD,WORD",
        callback=check_furniture,
        help="Leave off: legend, scale-bar, letters, caption.",
        rich_help_panel=PICTURE,
    ),
]
FilmSize = Annotated[
    str | None,
    typer.Option(
        "--size",
        metavar="WxH",
        callback=check_size,
        help="Of a replay's film, in pixels; 1280x720 if not given.",
        rich_help_panel=RECORDING,
    ),
]
FilmCamera = Annotated[
    Camera,
    typer.Option(
        help="A film's: the steadied eye, the room, or both side by side.",
        rich_help_panel=RECORDING,
    ),
]
Narrate = Annotated[
    bool,
    switch("--narrate", help="Films have what the microphone hears.", panel=RECORDING),
]
RenderScale = Annotated[
    float,
    typer.Option(
        min=0.3,
        max=2.0,
        metavar="FACTOR",
        help="How fine the picture is, times what the headset recommends.",
        rich_help_panel=HEADSET,
    ),
]
RefreshRate = Annotated[
    float,
    typer.Option(
        min=1.0,
        metavar="HZ",
        help="Frames a second: the headset's best up to this.",
        rich_help_panel=HEADSET,
    ),
]
Passthrough = Annotated[
    bool,
    switch(
        "--passthrough",
        help="The real room behind the case, where the headset can.",
        panel=HEADSET,
    ),
]
MirrorOption = Annotated[
    Mirror,
    typer.Option(
        help="The window meanwhile: an eye's picture, a third view that the mouse turns, off.",
        rich_help_panel=HEADSET,
    ),
]
FramesJson = Annotated[
    bool, switch("--json", help="At the end, tell how the frames came, as JSON.", panel=HEADSET)
]
Tool = Annotated[
    str | None,
    typer.Option(
        callback=check_tool,
        metavar="NAME",
        autocompletion=lambda: list(TOOLS),
        help=f"What the trigger does: {', '.join(TOOLS)}; the session's own if not given.",
    ),
]
TimepointName = Annotated[
    str | None,
    typer.Option(
        metavar="ID",
        help="Which date, by its id or name as `info` lists them; the first if not given.",
    ),
]
ViewName = Annotated[
    str,
    typer.Option(
        callback=check_view,
        metavar="NAME",
        autocompletion=lambda: list(VIEW_NAMES),
        help=f"From where: {', '.join(VIEW_NAMES)}.",
    ),
]
MapId = Annotated[
    str | None,
    typer.Option(
        "--map",
        metavar="ID",
        help="Colour by this map of numbers, as `info` lists them.",
        rich_help_panel=COLORS,
    ),
]
MapRange = Annotated[
    str,
    typer.Option(
        "--range",
        metavar="LOW:HIGH",
        help="What the colours span, in the map's unit; or clinical, 5-95 (per cent), full.",
        rich_help_panel=COLORS,
    ),
]
MapSteps = Annotated[
    int,
    typer.Option(
        metavar="N", help="Bands of one colour each; 0 is smooth.", rich_help_panel=COLORS
    ),
]
MapIsolines = Annotated[
    bool, switch("--isolines", help="Lines where the map has round values.", panel=COLORS)
]
ComparedDates = Annotated[
    str,
    typer.Option(
        metavar="ID[:WAY[:BLEND]]",
        help=f"Another date too: {', '.join(Together)}; a blend is 0 to 1.",
        rich_help_panel=LAYERS,
    ),
]
Repeatability = Annotated[
    float,
    typer.Option(
        min=0.0,
        metavar="MM",
        help="What two scans of an unchanged knee differ by at one place: standard deviation, mm.",
    ),
]
CsvOption = Annotated[bool, switch("--csv", help="Print a table for a spreadsheet.")]
SaveOption = Annotated[bool, switch("--save", help="Keep the map in the case, for every date.")]
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
OPEN = """Open a case in a headset, a window or off screen.

\b
Examples:
  xrviewer open knee-demo --session today.jsonl
  xrviewer open knee-demo --preset patient --lock
  xrviewer open knee.zip --display window
  xrviewer open knee-demo --replay tour.input --video tour.mp4 --camera both
"""
