"""One document, one door: `Document.apply` is the only way to change a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Case
from xrviewer.document.changes import Change, utc_now
from xrviewer.document.history import History, Steps
from xrviewer.document.intents import NOT_UNDONE, Intent, Redo, Undo
from xrviewer.document.journal import Journal
from xrviewer.document.known import Known
from xrviewer.document.lines import Contents, Record
from xrviewer.document.opening import opening_values
from xrviewer.document.registers import Registers, Write, is_text
from xrviewer.document.rules import assignments
from xrviewer.document.snapshot import Snapshot, advance, first_snapshot
from xrviewer.errors import DocumentError, JournalError

_TURNS: dict[str, Callable[[History, str], Steps]] = {
    Undo.__name__: History.undo,
    Redo.__name__: History.redo,
}


class Document:
    """The state of one session on one case. One thread's: the frame's."""

    def __init__(
        self, case: Case, author: str = "local", journal: Journal | Record | None = None
    ) -> None:
        """Takes up where the journal ends; it stays the caller's to close. None writes to a record.

        Raises JournalError where the journal is another case's, DocumentError where the case
        cannot be shown.
        """
        self.author = _author(author)
        self._journal = journal if isinstance(journal, Journal) else None
        opening = opening_values(case)
        contents = journal.contents if journal else Contents()
        if journal and contents.header:
            _must_fit(journal, case)
            opening |= contents.header.values()
        layers = [layer.id for layer in case.layers]
        timepoints, maps = [t.id for t in case.timepoints], [info.id for info in case.maps]
        self._known = Known(frozenset(layers), timepoints, maps, case)
        self._registers = Registers(opening)
        self._history = History(self._registers)
        self._snapshot = first_snapshot(opening, layers)
        self._cell_of_slot = np.zeros(0, np.intp)
        self._look_for_cells()
        self._previews = 0
        self._turns: tuple[Snapshot | None, tuple[bool, bool]] = (None, (False, False))
        if journal:
            self._replay(journal)
        if self._journal:
            self._journal.start(case.id, opening)

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    @property
    def can_undo(self) -> bool:
        """By this document's author."""
        return self._turns_left()[0]

    @property
    def can_redo(self) -> bool:
        return self._turns_left()[1]

    def _turns_left(self) -> tuple[bool, bool]:
        """Looked for once a snapshot: whoever shows it asks in every frame."""
        if self._turns[0] is not self._snapshot:
            can = self._history.can_undo(self.author), self._history.can_redo(self.author)
            self._turns = (self._snapshot, can)
        return self._turns[1]

    @property
    def problem(self) -> str | None:
        """Why the session is not being saved at the moment, in one line."""
        return self._journal.problem if self._journal else None

    def apply(self, intent: Intent, author: str | None = None) -> Change:
        """Does what is asked, or nothing: raises DocumentError and is as it was."""
        author = self.author if author is None else _author(author)
        kind = type(intent).__name__
        if turn := _TURNS.get(kind):
            steps = turn(self._history, author)
            back = {write.register: write.value for write in steps.new}
            writes, _, slots = self._registers.write(back, author)
        else:
            asked = assignments(intent, self._known, self._snapshot)
            writes, before, slots = self._registers.write(asked, author)
            steps = self._history.steps(writes, before)
        change = Change(self._snapshot.version + 1, utc_now(), author, intent, writes)
        if writes:
            self._keep(kind, author, steps, writes)
            self._snapshot = advance(self._snapshot, writes, cells=self._cells(slots))
            if self._journal:
                self._journal.append(change)
        return change

    def _cells(self, slots: NDArray[np.intp]) -> NDArray[np.intp] | None:
        """Of the layers' columns, for many; each register is looked for by name once."""
        if len(slots) < len(self._snapshot.layer_cells) // 32:
            return None
        if int(slots.max()) >= len(self._cell_of_slot):
            self._look_for_cells()
        cells: NDArray[np.intp] = self._cell_of_slot[slots]
        return cells

    def _look_for_cells(self) -> None:
        """Of the registers that were not there before."""
        known, cells = self._cell_of_slot, self._snapshot.layer_cells
        later = [cells.get(register, -1) for register in self._registers.registers[len(known) :]]
        self._cell_of_slot = np.concatenate([known, np.array(later, np.intp)])

    def preview(self, intents: tuple[Intent, ...]) -> Snapshot:
        """As it would be: for a control that is still in the hand. Nothing is kept of it; its
        version is below 0 and never the same twice. What is refused is left out."""
        writes = []
        for intent in intents:
            try:
                wanted = assignments(intent, self._known, self._snapshot)
            except DocumentError:
                continue
            writes += [Write(register, 0, "", value) for register, value in wanted.items()]
        self._previews += 1
        return advance(self._snapshot, writes, version=-self._previews)

    def _keep(self, kind: str, author: str, steps: Steps, writes: Sequence[Write]) -> None:
        if kind in _TURNS:
            self._history.bring_back(steps, writes)
        elif kind not in NOT_UNDONE:
            self._history.record(author, steps)

    def _replay(self, journal: Journal | Record) -> None:
        """What was written counts, not what it was asked by: a rule may change, a record not."""
        changes = list[list[Write]]()
        try:
            for entry in journal.contents.entries:
                writes = tuple(entry.writes())
                turn = _TURNS.get(entry.kind)
                held = [self._registers.held(write.register) for write in writes]
                steps = (
                    turn(self._history, entry.author) if turn else self._history.steps(writes, held)
                )
                changes.append([write for write in writes if self._registers.merge(write)])
                self._keep(entry.kind, entry.author, steps, writes)
            self._snapshot = _after(self._snapshot, changes)
        except (LookupError, TypeError, ValueError) as error:
            number = _first_refused(self._snapshot, changes)
            reason = f"change {number} cannot be replayed ({error!r})"
            raise JournalError(journal.path, reason) from error
        if self._snapshot.timepoint not in self._known.timepoints:
            reason = f"shows timepoint {self._snapshot.timepoint!r}, which the case no longer has"
            raise JournalError(journal.path, reason)


def _after(snapshot: Snapshot, changes: list[list[Write]]) -> Snapshot:
    """Made at once: a snapshot for each change of a long day would take seconds."""
    made = advance(snapshot, [write for writes in changes for write in writes])
    return replace(made, version=snapshot.version + len(changes))


def _first_refused(snapshot: Snapshot, changes: list[list[Write]]) -> int:
    """Counted from 1; the one after all of these if none of them is."""
    for number, writes in enumerate(changes, start=1):
        try:
            advance(snapshot, writes)
        except (LookupError, TypeError, ValueError):
            return number
    return len(changes) + 1


def _author(author: str) -> str:
    if not is_text(author):
        raise DocumentError(f"an author has a name, not {author!r}")
    return author


def _must_fit(journal: Journal | Record, case: Case) -> None:
    header = journal.contents.header
    if header and header.case != case.id:
        reason = f"is a session of case {header.case!r}, not of {case.id!r}; name another file"
        raise JournalError(journal.path, reason)
