"""The words of slices and cuts on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from xrviewer.commands.words import PLANES

SliceWords = Annotated[
    list[str] | None,
    typer.Option(
        "--slice",
        metavar="PLANE",
        help="One of axial, coronal, sagittal, with @MM if not in the middle; or "
        "oblique:X,Y,Z,NX,NY,NZ. Millimetres of the patient (LPS). Again for more.",
        rich_help_panel=PLANES,
    ),
]
CutWords = Annotated[
    list[str] | None,
    typer.Option(
        "--cut",
        metavar="PLANE",
        help="Take away what lies before a plane (as --slice), or in box:X,Y,Z,SX,SY,SZ.",
        rich_help_panel=PLANES,
    ),
]
CurvedWords = Annotated[
    list[str] | None,
    typer.Option(
        "--curved",
        metavar="PART",
        help="The scan straightened along the middle of a long structure, or along "
        "points:X,Y,Z,X,Y,Z,... (LPS mm); without --view, seen straight on.",
        rich_help_panel=PLANES,
    ),
]
VolumeId = Annotated[
    str | None,
    typer.Option(
        "--volume",
        metavar="ID",
        help="Which scan, as `info` lists them; the first if not given.",
        rich_help_panel=PLANES,
    ),
]
WindowWords = Annotated[
    str,
    typer.Option(
        "--window",
        metavar="C/W",
        help="Centre and width, or a preset: auto, full; of a CT soft, bone, lung, brain, ...",
        rich_help_panel=PLANES,
    ),
]
LookWords = Annotated[
    list[str] | None,
    typer.Option(
        "--look",
        metavar="NAME=VALUE",
        help="Of the slices: colors=viridis, mode=painted|frame|both, slab=MM:mean|max|min, "
        "filter=linear|cubic, over=VOLUME:SHARE:COLORS, outlines=shown|all|none. "
        "Again for more.",
        rich_help_panel=PLANES,
    ),
]
