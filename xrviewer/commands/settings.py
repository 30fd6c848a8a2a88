"""`xrviewer settings`: what a person has set once for every case, in one small file."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import msgspec
import platformdirs

from xrviewer.errors import InputError, UsageError
from xrviewer.interaction.preferences import Preferences
from xrviewer.words import AUTO, languages

CONFIG_VARIABLE = "XRVIEWER_CONFIG"
"""Names another settings file."""
_FILE = "settings.json"
_FIELDS = {field.name: field for field in dataclasses.fields(Preferences)}
_WORDS = {
    **dict.fromkeys(("true", "on", "yes", "1"), True),
    **dict.fromkeys(("false", "off", "no", "0"), False),
}
SMALLEST_TEXT, LARGEST_TEXT = 0.5, 3.0


def settings_path() -> Path:
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    return Path(platformdirs.user_config_dir("xrviewer", appauthor=False)) / _FILE


def read_settings(path: Path) -> tuple[Preferences, tuple[str, ...]]:
    """And a line for everything in the file that is not taken. Raises InputError for a file that
    holds no settings at all; no file is the usual settings."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Preferences(), ()
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from error
    try:
        found = msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError) as error:
        reason = f"holds no settings ({error}); xrviewer settings reset writes a new one"
        raise InputError(path, reason) from error
    taken, notes = dict[str, Any](), []
    for name, value in found.items():
        reason = _why_not(name, value)
        if reason:
            notes.append(f"{path}: {reason}; left out")
        else:
            taken[name] = float(value) if _FIELDS[name].type == "float" else value
    return Preferences(**taken), tuple(notes)


def usable_settings() -> tuple[Preferences, tuple[str, ...]]:
    """For who only wants to look at a case: a broken file is a line, not an end."""
    try:
        return read_settings(settings_path())
    except InputError as error:
        return Preferences(), (str(error),)


def write_settings(path: Path, preferences: Preferences) -> None:
    """Whole or not at all."""
    text = msgspec.json.format(msgspec.json.encode(dataclasses.asdict(preferences)), indent=2)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(text + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, path)
    except OSError as error:
        raise InputError(path, f"cannot be written: {error.strerror}") from error


def changed(preferences: Preferences, assignment: str) -> Preferences:
    """With NAME=VALUE done. Raises UsageError."""
    name, is_given, text = assignment.partition("=")
    if not is_given:
        raise UsageError(f"a setting is changed by NAME=VALUE, not by {assignment!r}")
    name = name.strip().replace("-", "_")
    value = _parsed(name, text.strip())
    if reason := _why_not(name, value):
        raise UsageError(reason)
    changes: dict[str, Any] = {name: value}
    return dataclasses.replace(preferences, **changes)


def _parsed(name: str, text: str) -> bool | float | str:
    """The text itself where it says nothing of the kind."""
    if name in _FIELDS and _FIELDS[name].type == "bool":
        return _WORDS.get(text.lower(), text)
    if name in _FIELDS and _FIELDS[name].type == "str":
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _why_not(name: str, value: object) -> str:
    """Empty when the setting may have this value."""
    if name not in _FIELDS:
        return f"there is no setting {name!r}; there are {', '.join(_FIELDS)}"
    if _FIELDS[name].type == "bool":
        return "" if isinstance(value, bool) else f"{name} is on or off, not {value!r}"
    if _FIELDS[name].type == "str":
        known = (AUTO, *languages())
        return "" if value in known else f"{name} is one of {', '.join(known)}, not {value!r}"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and SMALLEST_TEXT <= float(str(value)) <= LARGEST_TEXT:
        return ""
    return f"{name} is a number from {SMALLEST_TEXT:g} to {LARGEST_TEXT:g}, not {value!r}"
