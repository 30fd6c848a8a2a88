"""What scans and surfaces are held to: a TOML file, shipped or of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from xrviewer.errors import InputError, UsageError
from xrviewer.resources import cases_folder

_LIMIT_BYTES = 1 << 20
_Limit = Annotated[float, Meta(ge=0)]


class Contrast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of two structures, over the noise."""

    between: tuple[str, str]
    at_least: _Limit


class Protocol(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A limit that is not stated is not judged."""

    name: str
    modality: str = ""
    spacing_mm_at_most: tuple[_Limit, _Limit, _Limit] | None = None
    """From the finest axis to the coarsest."""
    coverage_mm_at_least: tuple[_Limit, _Limit, _Limit] | None = None
    """From the longest axis to the shortest."""
    slices_at_least: int | None = None
    snr_at_least: _Limit | None = None
    neighbour_correlation_at_least: float | None = None
    ghosting_at_most: _Limit | None = None
    deviation_mm_at_most: _Limit | None = None
    volume_change_at_most: _Limit | None = None
    structures: tuple[str, ...] = ()
    contrast: tuple[Contrast, ...] = ()
    volumes_mm3: dict[str, tuple[_Limit, _Limit]] = {}


def shipped() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _folder().glob("*.toml")))


def read_protocol(choice: str) -> Protocol:
    """By name, with or without .toml, or a file of that path. Raises UsageError or InputError."""
    own, ours = Path(choice), _folder() / f"{choice.removesuffix('.toml')}.toml"
    path = own if own.is_file() else ours
    if not path.is_file():
        raise UsageError(f"--protocol {choice}: no such file, and none of {', '.join(shipped())}")
    try:
        if path.stat().st_size > _LIMIT_BYTES:
            raise InputError(path, "is no protocol: it is over 1 MiB")
        return msgspec.toml.decode(path.read_bytes(), type=Protocol)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"is no protocol: {error}") from None


def _folder() -> Path:
    return cases_folder() / "protocols"
