"""Where a picture or a film is to be written."""

from __future__ import annotations

import os
from pathlib import Path

from xrviewer.errors import InputError


def check_place(file: Path) -> None:
    """Before the work: a film that cannot be saved should not be made first."""
    folder = file.parent
    if not folder.is_dir():
        raise InputError(file, f"cannot be written: there is no folder {folder}; make it first")
    if file.is_dir():
        raise InputError(file, "cannot be written: it is a folder; name a file")
    if not os.access(folder, os.W_OK):
        raise InputError(file, f"cannot be written: the folder {folder} is read-only")


def why(error: Exception) -> str:
    """An error of the system in a person's words."""
    return str(getattr(error, "strerror", None) or error)
