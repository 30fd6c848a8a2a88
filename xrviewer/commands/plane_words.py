"""The words of slices and cuts on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from xrviewer.document.planes import Filter, Mode

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
ColorsWord = Annotated[
    str, typer.Option("--colors", metavar="NAME", help="Colour map of the slices: gray, viridis.")
]
SliceMode = Annotated[
    Mode, typer.Option("--slice-mode", help="In its place, on a screen beside it, or both.")
]
SlabWords = Annotated[
    str, typer.Option("--slab", metavar="MM:mean|max|min", help="Show a thick slice.")
]
FilterWord = Annotated[Filter, typer.Option("--filter", help="Between the voxels.")]
OverWords = Annotated[
    str,
    typer.Option("--over", metavar="VOLUME:SHARE:COLORS", help="Lay a second scan over the first."),
]
