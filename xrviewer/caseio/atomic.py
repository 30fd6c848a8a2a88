"""Folders and files that are whole or absent."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xrviewer.errors import InputError

_HERE = -100
"""AT_FDCWD, linux/fcntl.h."""
_EXCHANGE = 2
"""RENAME_EXCHANGE, linux/fs.h."""


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A temporary folder beside `target`; renamed onto it when the block ends well.

    Any exception, Ctrl-C too, removes it and leaves `target` as it was. What the block wrote is
    flushed to the disk before the swap.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(target, "part")
    temporary.mkdir()
    try:
        yield temporary
        _sync(temporary)
        _swap(temporary, target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def write_whole(file: Path, data: bytes) -> None:
    """Writes beside the file and renames; raises InputError and leaves what was there."""
    partial = file.with_name(file.name + ".part")
    try:
        partial.write_bytes(data)
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise InputError(file, f"cannot be written: {error.strerror or error}") from error


def _beside(target: Path, suffix: str) -> Path:
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.{suffix}")


def _swap(temporary: Path, target: Path) -> None:
    if not target.exists():
        os.rename(temporary, target)
    elif _exchange(temporary, target):
        shutil.rmtree(temporary, ignore_errors=True)
    else:
        _step_aside(temporary, target)


def _exchange(one: Path, other: Path) -> bool:
    """Linux swaps two folders in one instant; False where that cannot be done.

    POSIX alone renames no folder over one that is not empty.
    """
    if sys.platform != "linux":
        return False
    try:
        renameat2 = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError):  # an older C library
        return False
    paths = (_HERE, os.fsencode(one.absolute()), _HERE, os.fsencode(other.absolute()))
    return bool(renameat2(*paths, _EXCHANGE) == 0)


def _step_aside(temporary: Path, target: Path) -> None:
    """A kill between the two renames leaves both folders whole, under hidden names."""
    aside = _beside(target, "old")
    os.rename(target, aside)
    try:
        os.rename(temporary, target)
    except BaseException:
        os.rename(aside, target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Without it a power cut after the rename could leave names without contents."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                os.fsync(file.fileno())
