"""Folders that are whole or absent."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A temporary folder beside `target`; renamed onto it when the block ends well.

    Any exception, Ctrl-C too, removes it and leaves `target` as it was. POSIX renames no folder
    over a full one, so an old `target` steps aside first: a kill in that instant leaves both
    whole under their hidden names. What is in the block is flushed to the disk before the swap.
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


def _beside(target: Path, suffix: str) -> Path:
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.{suffix}")


def _swap(temporary: Path, target: Path) -> None:
    if not target.exists():
        os.rename(temporary, target)
        return
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
