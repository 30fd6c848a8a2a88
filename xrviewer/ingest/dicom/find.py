"""Which of the files that were named are DICOM."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_PREAMBLE = 132
_FIRST_GROUP = b"\x08\x00"
"""Of a file without the part-10 header: it starts with the tags of group 0008."""


def files_under(path: Path) -> Iterator[Path]:
    """The file itself, or every file of the folder in a fixed order; links are not followed."""
    if path.is_file():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_file() and not file.is_symlink():
                yield file


def is_dicom(path: Path) -> bool:
    """By what is in it: hospitals' files often have no suffix, and not every .dcm is one."""
    with path.open("rb") as file:
        head = file.read(_PREAMBLE)
    return head[128:] == b"DICM" or (len(head) == _PREAMBLE and head[:2] == _FIRST_GROUP)
