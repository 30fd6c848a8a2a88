"""The words of `xrviewer session`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xrviewer.caseio.loose import open_path
from xrviewer.commands import printing
from xrviewer.commands.parsing import vec3_of
from xrviewer.commands.words import CasePath, Json, TimepointName
from xrviewer.document.show import read_session, show_session

app = typer.Typer(help="Look into a saved session, or add to it.", no_args_is_help=True)


@app.command("show")
def show_session_file(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="A session that `open` kept.")],
    json: Json = False,
) -> None:
    """Say where a session stands.

    \b
    Examples:
      xrviewer session show today.jsonl
      xrviewer session show today.jsonl --json
    """
    snapshot, notes = read_session(file)
    for note in notes:
        printing.complain(note)
    printing.as_json(show_session(snapshot)) if json else printing.session(show_session(snapshot))


@app.command("add")
def add_to_session(
    case: CasePath,
    markups: Annotated[Path, typer.Argument(metavar="FILE.mrk.json", help="Markups of 3D Slicer.")],
    session: Annotated[
        Path, typer.Option(metavar="FILE.jsonl", help="The session they are added to.")
    ],
    timepoint: TimepointName = None,
) -> None:
    """Measure what 3D Slicer has marked.

    \b
    Examples:
      xrviewer session add knee-demo F.mrk.json --session today.jsonl
    """
    from xrviewer.commands.export import add_markups

    said, notes = add_markups(open_path(case), markups, session, timepoint)
    for note in notes:
        printing.complain(note)
    printing.say(said)


@app.command("nudge")
def nudge_date(
    case: CasePath,
    session: Annotated[Path, typer.Option(metavar="FILE.jsonl", help="The session it is kept in.")],
    timepoint: Annotated[str, typer.Option(metavar="ID", help="Which later date.")],
    move: Annotated[
        str, typer.Option(metavar="X,Y,Z", help="By how many mm, to the left, back and head.")
    ] = "0,0,0",
    turn: Annotated[
        str, typer.Option(metavar="X,Y,Z", help="By how many degrees, about those axes.")
    ] = "0,0,0",
) -> None:
    """Move a date by hand, on top of how it was laid onto the first one.

    \b
    Examples:
      xrviewer session nudge knee-demo --session s.jsonl --timepoint t1 --move 0,0.5,0
    """
    from xrviewer.commands.nudging import nudge

    printing.say(nudge(open_path(case), session, timepoint, vec3_of(move), vec3_of(turn)))
