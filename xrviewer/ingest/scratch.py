"""Folders for files that still say who they are of: private, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from xrviewer.errors import InputError, UsageError

_PREFIX = "xrviewer-import-"
_OLD_S = 24 * 3600.0


@contextmanager
def private_folder(stands_for: str) -> Iterator[Path]:
    """Nobody else may look into it, and errors name what it stands for instead.

    It goes when the import ends, is stopped or is terminated; what one that was killed outright
    left behind goes a day later.
    """
    _sweep(Path(tempfile.gettempdir()))
    prefix = f"{_PREFIX}{os.getpid()}-"
    with _unwound_by_sigterm(), tempfile.TemporaryDirectory(prefix=prefix) as folder:
        try:
            yield Path(folder)
        except InputError as error:
            file, reason = (text.replace(folder, stands_for) for text in (error.file, error.reason))
            raise type(error)(file, reason) from None
        except UsageError as error:
            raise UsageError(str(error).replace(folder, stands_for)) from None


@contextmanager
def _unwound_by_sigterm() -> Iterator[None]:
    """By itself that signal ends a process at once, and leaves every file where it lies."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _sweep(parent: Path) -> None:
    """Of processes that are gone. Young ones stay: a process may count in a space of its own."""
    for folder in parent.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        try:
            is_old = time.time() - folder.stat().st_mtime > _OLD_S
        except OSError:
            continue
        if is_old and owner.isdecimal() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)
