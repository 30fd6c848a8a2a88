"""Where the files that travel with the code lie: in the wheel, or beside the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shaders_folder() -> Path:
    return _folder("shaders")


def cases_folder() -> Path:
    """Data of the demo cases: names, sentences, recipes. Not the cases themselves."""
    return _folder("cases")


def languages_folder() -> Path:
    """A file a language."""
    return _folder("languages")


def _folder(name: str) -> Path:
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name
