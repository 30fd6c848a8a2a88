"""Which of the files that were named are DICOM."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset

from xrviewer.errors import InputError
from xrviewer.ingest.dicom.header import BROKEN, one_line

DIRECTORY = "DICOMDIR"

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


def is_directory(path: Path) -> bool:
    """The table of contents of a disc."""
    return path.name.upper() == DIRECTORY and is_dicom(path)


def listed_files(directory: Path) -> tuple[list[Path], int]:
    """The files that a DICOMDIR lists and that are there, and how many are not.

    Raises InputError. What it lists outside of its own folder counts as not there.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            records = pydicom.dcmread(directory).DirectoryRecordSequence
            listed = [_file_id(record) for record in records]
    except BROKEN as error:
        raise InputError(directory, f"is no readable DICOMDIR: {one_line(error)}") from None
    wanted = [directory.parent.joinpath(*words) for words in listed if words]
    inside = directory.parent.resolve()
    found = [p for p in wanted if p.is_file() and p.resolve().is_relative_to(inside)]
    return found, len(wanted) - len(found)


def _file_id(record: Dataset) -> list[str]:
    """A directory above the file a value; none for a record of a patient, study or series."""
    value = record.get("ReferencedFileID") or []
    return [value] if isinstance(value, str) else [str(word) for word in value]


def is_dicom(path: Path) -> bool:
    """By what is in it: hospitals' files often have no suffix, and not every .dcm is one."""
    with path.open("rb") as file:
        head = file.read(_PREAMBLE)
    return head[128:] == b"DICM" or (len(head) == _PREAMBLE and head[:2] == _FIRST_GROUP)
