"""The words of `render` for what is seen of the layers."""

from __future__ import annotations

from typing import Annotated

import typer

from xrviewer.commands.words import LAYERS, switch

HiddenIds = Annotated[
    str,
    typer.Option("--hide", metavar="ID,ID", help="Not these structures.", rich_help_panel=LAYERS),
]
OnlyIds = Annotated[
    str,
    typer.Option("--only", metavar="ID,ID", help="These structures alone.", rich_help_panel=LAYERS),
]
PresetName = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="NAME",
        help="A ready choice (bones, cartilage, muscles, ...) or a look the session saved.",
        rich_help_panel=LAYERS,
    ),
]
PeelCount = Annotated[
    int,
    typer.Option(
        "--peel",
        metavar="N",
        min=0,
        help="Take off the outermost N layers.",
        rich_help_panel=LAYERS,
    ),
]
IsolateNames = Annotated[
    list[str] | None,
    typer.Option(
        "--isolate",
        metavar="NAME",
        help="Only this structure or group, by id, clinical or plain name; again for more.",
        rich_help_panel=LAYERS,
    ),
]
GhostRest = Annotated[
    bool,
    switch("--ghost-rest", help="With --isolate: the rest as ghosts, not hidden.", panel=LAYERS),
]
ExplodeAmount = Annotated[
    float,
    typer.Option(
        "--explode",
        min=0.0,
        max=3.0,
        metavar="FACTOR",
        help="Spread the structures apart: at 1 each is twice as far from the middle.",
        rich_help_panel=LAYERS,
    ),
]
