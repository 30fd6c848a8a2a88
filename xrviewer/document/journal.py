"""The session on disk: appended and flushed by a thread of its own, never by the frame's.

A kill at any instant loses what is younger than a batch and its fsync. A disk that fails loses
nothing while the program lives: the lines wait in memory and are tried again.
"""

from __future__ import annotations

import errno
import os
import queue
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from xrviewer.document.changes import Change
from xrviewer.document.lines import change_line, header_line, read_journal
from xrviewer.document.locks import open_locked
from xrviewer.document.registers import Register, Value
from xrviewer.errors import JournalError, why_unwritable

BATCH_S = 0.2
"""How long a change may wait for others, to share one fsync."""
RETRY_S = 0.5


class Journal:
    """One file, ours alone while it is open. Whoever opens it closes it."""

    def __init__(self, path: Path) -> None:
        """Opens, locks and reads; writes nothing yet. Raises JournalError."""
        self.path = path
        self.problem: str | None = None
        """Why the session is not on disk at the moment, in one line."""
        try:
            self._file = open_locked(path)
        except OSError as error:
            raise JournalError(path, why_unwritable(error)) from error
        try:
            self.contents = read_journal(path)
        except BaseException:
            self._file.close()
            raise
        self._end = self.contents.whole_bytes
        self._pending = b""
        self._queue: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="session journal", daemon=True)

    def start(self, case: str, opening: Mapping[Register, Value]) -> None:
        """Cuts the torn tail off and begins to write; a new file gets its header first."""
        if self.contents.broken:
            raise JournalError(self.path, f"{self.contents.broken}; name another file to go on")
        if self.contents.header is None:
            self._pending = header_line(case, opening)
        try:
            self._file.truncate(self._end)
        except OSError as error:
            raise JournalError(self.path, why_unwritable(error)) from error
        self._thread.start()

    def append(self, change: Change) -> None:
        """Returns at once."""
        self._queue.put(change)

    def close(self) -> None:
        """Writes what is left, or tries once; may be called twice."""
        self._closing.set()
        self._queue.put(None)
        if self._thread.ident is not None:
            self._thread.join()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self) -> None:
        is_open = True
        while is_open:
            self._flush()
            is_open = self._gather()
        self._flush()

    def _gather(self) -> bool:
        """Waits for changes and takes them over; False once the journal is being closed."""
        try:
            first = self._queue.get(timeout=RETRY_S if self._pending else None)
        except queue.Empty:
            return True
        self._closing.wait(BATCH_S)
        changes = [first]
        while not self._queue.empty():
            changes.append(self._queue.get())
        self._pending += b"".join(change_line(change) for change in changes if change)
        return None not in changes

    def _flush(self) -> None:
        if not self._pending:
            return
        try:
            self._follow_path()
            self._write()
            self.problem = None
        except (OSError, JournalError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            self.problem = f"{self.path}: not saved ({reason}); kept in memory and tried again"

    def _write(self) -> None:
        """At the end of what is known to be safe: a second try covers what the first left."""
        self._file.seek(self._end)
        rest = memoryview(self._pending)
        while rest:
            rest = rest[self._file.write(rest) :]
        os.fsync(self._file.fileno())
        self._end += len(self._pending)
        self._pending = b""

    def _follow_path(self) -> None:
        """A file that was removed under us still takes writes, and loses them: make it again."""
        try:
            if os.path.samestat(self.path.stat(), os.fstat(self._file.fileno())):
                return
        except FileNotFoundError:
            self._make_again()
        else:
            raise FileExistsError(errno.EEXIST, "another file took its place")

    def _make_again(self) -> None:
        self._file.seek(0)
        saved = self._file.readall()[: self._end]
        anew = open_locked(self.path, is_new=True)
        self._file.close()
        self._pending = saved + self._pending
        self._file, self._end = anew, 0
