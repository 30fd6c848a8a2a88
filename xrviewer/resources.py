"""Where the files that travel with the code lie: in the wheel, or beside the package."""

from __future__ import annotations

from importlib.util import find_spec
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


def text_font() -> Path:
    """Roboto, which the panels' wheel carries; what is printed has the same letters."""
    return _fonts() / "Roboto-Regular.ttf"


def strong_font() -> Path:
    return _fonts() / "Roboto-Bold.ttf"


def _fonts() -> Path:
    spec = find_spec("imgui_bundle")  # found, not imported: that takes half a second
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "assets" / "fonts" / "Roboto"


def _folder(name: str) -> Path:
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name
