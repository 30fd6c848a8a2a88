"""The words of `xrviewer settings`."""

from __future__ import annotations

from typing import Annotated

import typer

from xrviewer.commands import printing, settings
from xrviewer.commands.words import Json
from xrviewer.interaction.preferences import Preferences

app = typer.Typer(
    help="Handedness, comfort, language: set once, kept for every case.", no_args_is_help=True
)


@app.command("show")
def show_settings(json: Json = False) -> None:
    """Say every setting and where the file is.

    \b
    Examples:
      xrviewer settings show
    """
    path = settings.settings_path()
    preferences, notes = settings.read_settings(path)
    for note in notes:
        printing.complain(note)
    if json:
        printing.as_json({"file": str(path), "settings": preferences})
    else:
        printing.settings(str(path), preferences)


@app.command("set")
def set_settings(
    assignments: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME=VALUE...",
            autocompletion=lambda: [f"{name}=" for name in Preferences.__dataclass_fields__],
            help="Most are on or off; text_size is 0.5 to 3, language en, de, ... or auto.",
        ),
    ],
    json: Json = False,
) -> None:
    """Change settings, for every case; `settings show` names them.

    \b
    Examples:
      xrviewer settings set left_handed=on text_size=1.5
      xrviewer settings set language=de
    """
    path = settings.settings_path()
    preferences, notes = settings.read_settings(path)
    for note in notes:
        printing.complain(note)
    for assignment in assignments:
        preferences = settings.changed(preferences, assignment)
    settings.write_settings(path, preferences)
    show_settings(json)


@app.command("reset")
def reset_settings(json: Json = False) -> None:
    """Make every setting what it is for a new user.

    \b
    Examples:
      xrviewer settings reset
    """
    settings.write_settings(settings.settings_path(), Preferences())
    show_settings(json)
