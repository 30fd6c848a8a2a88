"""Paths that a manifest names: inside the case folder, or refused."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from xrviewer.errors import CaseError

# Windows opens these as devices whatever the folder; a case is refused alike on every system.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))]
)


def inside(folder: Path, relative: str, file: Path) -> Path:
    """The real path of `relative`, which need not exist. `file` is what names it, for the error.

    Refuses absolute paths, `..`, drives, backslashes, NUL and links that lead out of the folder.
    """
    reason = form_fault(relative)
    if reason is None:
        try:
            found = (folder / relative).resolve()
        except (OSError, RuntimeError) as error:
            raise CaseError(file, f"path {relative!r} cannot be followed: {error}") from None
        if found.is_relative_to(folder.resolve()):
            return found
        reason = "follows a link out of the case folder"
    raise CaseError(file, f"path {relative!r} {reason}; files of a case lie inside its folder")


def form_fault(relative: str) -> str | None:
    """What is wrong with how the path is written."""
    if "\0" in relative:
        return "holds a NUL"
    if "\\" in relative:
        return "holds a backslash (write / between folders)"
    if ":" in relative:
        return "names a drive or a stream"
    path = PurePosixPath(relative)
    if path.is_absolute():
        return "is absolute"
    if ".." in path.parts:
        return "climbs out with '..'"
    if not path.parts:
        return "names no file"
    if any(part.split(".")[0].lower() in _DEVICES for part in path.parts):
        return "names a device"
    return None
