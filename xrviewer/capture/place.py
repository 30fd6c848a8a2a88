"""Where a picture or a film is to be written."""

from __future__ import annotations

import tempfile
from pathlib import Path

from xrviewer.errors import InputError


def check_place(file: Path) -> None:
    """Before the work: a film that cannot be saved should not be made first."""
    folder = file.parent
    if not folder.is_dir():
        raise InputError(file, f"cannot be written: there is no folder {folder}; make it first")
    if file.is_dir():
        raise InputError(file, "cannot be written: it is a folder; name a file")
    check_folder(folder, file)


def check_folder(folder: Path, file: Path) -> None:
    """By trying: what a folder's permissions say, root and network drives do not keep."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(file, f"cannot be written: {why(error)}") from error


def why(error: Exception) -> str:
    """An error of the system in a person's words."""
    return str(getattr(error, "strerror", None) or error)
