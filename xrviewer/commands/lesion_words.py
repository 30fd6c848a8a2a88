"""The words of `xrviewer lesions`, and how its table is printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from xrviewer.commands import printing
from xrviewer.commands.words import Json
from xrviewer.errors import UsageError

if TYPE_CHECKING:
    from xrviewer.commands.lesions import LesionTable


Masks = Annotated[
    str,
    typer.Option(
        metavar="MASK,LATER", help="With what became of lesions; one mask alone is of what is new."
    ),
]
MaskScans = Annotated[
    str, typer.Option(metavar="SCAN,LATER", help="Scans that lay the later mask onto the first.")
]


def masks_of(masks: str, scans: str) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The files that are named, one or two masks, and two scans or none."""
    found, laid = _paths(masks), _paths(scans)
    if len(found) > 2:
        raise UsageError(f"--lesions {masks}: name one mask or two, MASK,LATER")
    if laid and (len(laid) != 2 or len(found) != 2):
        raise UsageError("--lesion-scans names two scans, SCAN,LATER, of two masks")
    return found, laid


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(Path(word.strip()) for word in text.split(",") if word.strip())


def lesions(
    before: Annotated[
        Path, typer.Argument(metavar="MASK", help="A NIfTI mask; above 0 is lesion.")
    ],
    after: Annotated[
        Path | None, typer.Argument(metavar="LATER", help="That of the later date.")
    ] = None,
    scans: Annotated[
        str,
        typer.Option(
            metavar="SCAN,LATER", help="The scans of the masks: the later is laid onto the first."
        ),
    ] = "",
    least: Annotated[
        float, typer.Option(min=0.0, metavar="MM3", help="Leave smaller ones out, in mm³.")
    ] = 0.0,
    json: Json = False,
) -> None:
    """Say which lesions are new, grown, shrunk or gone.

    One mask alone is taken for a mask of what is new.

    \b
    Examples:
      xrviewer lesions month0.nii.gz month6.nii.gz --scans flair0.nii.gz,flair6.nii.gz
      xrviewer lesions new.nii.gz --least 3
    """
    from xrviewer.commands.lesions import lesions as find_lesions

    pair = tuple(Path(word.strip()) for word in scans.split(",")) if scans else ()
    if scans and (len(pair) != 2 or after is None):
        raise UsageError("--scans names two scans, SCAN,LATER, of the two masks")
    found = find_lesions(before, after, (pair[0], pair[1]) if scans else None, least)
    printing.as_json(found) if json else _print(found)


def _print(found: LesionTable) -> None:
    out, table = Console(), Table(box=None)
    table.add_column("", no_wrap=True)
    for name in ("before mm3", "after", "change", "%", "beyond ±", "centre LPS mm"):
        table.add_column(name, justify="right")
    for row in found.rows:
        sizes = (f"{row.before_mm3:,.1f}", f"{row.after_mm3:,.1f}", f"{row.change_mm3:+,.1f}")
        percent = "" if row.percent is None else f"{row.percent:+.0f}"
        center = " ".join(f"{v:.0f}" for v in row.center_mm)
        table.add_row(row.fate, *sizes, percent, f"{row.detectable_mm3:,.1f}", center)
    out.print(table)
    counts = ", ".join(f"{count} {fate}" for fate, count in found.counts.items() if count)
    out.print(f"{counts or 'no lesion'}; {found.before_mm3:,.1f} to {found.after_mm3:,.1f} mm3")
    if found.fit is not None:
        residual, likeness = found.fit.residual_mm, found.fit.likeness
        out.print(f"scans fit: there and back {residual:.2f} mm, likeness {likeness:.2f}")
    out.print(f"Method: {found.method}.")
    out.print(found.note)
