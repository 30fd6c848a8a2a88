"""A file that only one program writes. The system drops the lock when its holder dies."""

from __future__ import annotations

import os
import sys
from io import FileIO
from pathlib import Path

from xrviewer.errors import JournalError

if sys.platform == "win32":
    import msvcrt

    # Windows locks bytes against readers too: the one we take lies where no journal reaches.
    _FAR_BYTE = 0x7FFF_FFFE

    def _lock(file: FileIO) -> None:
        file.seek(_FAR_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: FileIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def open_locked(path: Path, is_new: bool = False) -> FileIO:
    """For reading and writing, made if it is not there; `is_new` insists on making it.

    Raises OSError for what the system refuses, JournalError where another program writes.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | (os.O_EXCL if is_new else 0)
    file = FileIO(os.open(path, flags, 0o666), "r+")
    try:
        _lock(file)
    except OSError as error:
        file.close()
        reason = "another program is writing this session; close it or name another file"
        raise JournalError(path, reason) from error
    return file
