"""Rules of response: a TOML file, shipped or of one's own."""

from __future__ import annotations

from pathlib import Path

import msgspec

from xrviewer.analysis.criteria import Criteria
from xrviewer.errors import InputError, UsageError
from xrviewer.resources import cases_folder

_LIMIT_BYTES = 1 << 20


def shipped_criteria() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _folder().glob("*.toml")))


def read_criteria(choice: str) -> Criteria:
    """By name, or a file of that path. Raises UsageError or InputError."""
    own, ours = Path(choice), _folder() / f"{choice.removesuffix('.toml')}.toml"
    path = own if own.is_file() else ours
    if not path.is_file():
        known = ", ".join(shipped_criteria())
        raise UsageError(f"--criteria {choice}: no such file, and none of {known}")
    try:
        if path.stat().st_size > _LIMIT_BYTES:
            raise InputError(path, "is no rule of response: it is over 1 MiB")
        return msgspec.toml.decode(path.read_bytes(), type=Criteria)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"is no rule of response: {error}") from None


def _folder() -> Path:
    return cases_folder() / "criteria"
