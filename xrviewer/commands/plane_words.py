"""The words of slices and cuts on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

SliceWords = Annotated[
    list[str] | None,
    typer.Option(
        "--slice",
        metavar="PLANE",
        help="axial, coronal or sagittal, @MM if not in the middle; or oblique:X,Y,Z,NX,NY,NZ. "
        "Millimetres of the patient (LPS). May be given several times.",
    ),
]
CutWords = Annotated[
    list[str] | None,
    typer.Option(
        "--cut",
        metavar="PLANE",
        help="Take away what lies before a plane (as --slice), or in box:X,Y,Z,SX,SY,SZ.",
    ),
]
CurvedWords = Annotated[
    list[str] | None,
    typer.Option(
        "--curved",
        metavar="PART",
        help="The scan straightened along the middle of a long structure, or along "
        "points:X,Y,Z,X,Y,Z,... (LPS mm); without --view, seen straight on.",
    ),
]
VolumeId = Annotated[
    str | None, typer.Option("--volume", metavar="ID", help="Which scan; the first if not given.")
]
WindowWords = Annotated[
    str,
    typer.Option(
        "--window",
        metavar="C/W",
        help="Centre and width, or a preset: auto, full; of a CT soft, bone, lung, brain, ...",
    ),
]
LookWords = Annotated[
    list[str] | None,
    typer.Option(
        "--look",
        metavar="NAME=VALUE",
        help="Of the slices: colors=viridis, mode=painted|frame|both, slab=MM:mean|max|min, "
        "filter=linear|cubic, over=VOLUME:SHARE:COLORS, outlines=shown|all|none. "
        "May be given several times.",
    ),
]
