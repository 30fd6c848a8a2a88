"""Undo and redo: a stack of steps for each author.

Undo never rewinds. It is a compensating change, written with a new stamp, and it leaves alone
every register that someone has written since. A compensating write therefore *stands for* the
write it brings back: without that, the second undo would take the first for somebody's edit.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from itertools import compress
from typing import NamedTuple

from xrviewer.document.registers import Register, Registers, Write

DEPTH = 256
"""Changes an author can take back."""


class Steps(NamedTuple):
    """Registers taken from an old write to a new one; two rows, as a thousand are made at once."""

    old: Sequence[Write] = ()
    new: Sequence[Write] = ()


_Stack = deque[Steps]


class History:
    """What each author can take back and do again."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self._brought_back: dict[Register, tuple[Write, Write]] = {}
        self._undo: defaultdict[str, _Stack] = defaultdict(lambda: deque(maxlen=DEPTH))
        self._redo: defaultdict[str, _Stack] = defaultdict(lambda: deque(maxlen=DEPTH))

    def steps(self, writes: Sequence[Write], held: Sequence[Write]) -> Steps:
        """What undo would take back of writes that are still to be adopted; held: what they are
        written over."""
        return Steps(self._all_meant(held), writes)

    def record(self, author: str, steps: Steps) -> None:
        """A new change; what was undone before it cannot be done again."""
        self._undo[author].append(steps)
        self._redo[author].clear()

    def bring_back(self, steps: Steps, writes: Iterable[Write]) -> None:
        """These writes did those steps of an undo or redo, and stand for what they bring back.

        A journal of a version that undid otherwise may have writes without a step: plain edits.
        """
        stands_for = {write.register: write for write in steps.new}
        for write in writes:
            self._brought_back[write.register] = (write, stands_for.get(write.register, write))

    def undo(self, author: str) -> Steps:
        """The steps that take back; empty when nothing of the author's still stands."""
        return self._turn(self._undo[author], self._redo[author])

    def redo(self, author: str) -> Steps:
        return self._turn(self._redo[author], self._undo[author])

    def can_undo(self, author: str) -> bool:
        return self._is_any_standing(self._undo[author])

    def can_redo(self, author: str) -> bool:
        return self._is_any_standing(self._redo[author])

    def _turn(self, source: _Stack, target: _Stack) -> Steps:
        """The last of the source that still does something, reversed; it goes to the target."""
        while source:
            steps = source.pop()
            meant = self._all_meant([self._registers.held(new.register) for new in steps.new])
            is_standing = [now is new for now, new in zip(meant, steps.new, strict=True)]
            if any(is_standing):
                old, new = (tuple(compress(row, is_standing)) for row in steps)
                target.append(Steps(new, old))
                return Steps(new, old)
        return Steps()

    def _is_any_standing(self, stack: _Stack) -> bool:
        return any(self._is_standing(new) for steps in reversed(stack) for new in steps.new)

    def _is_standing(self, write: Write) -> bool:
        return self._meant(self._registers.held(write.register)) is write

    def _meant(self, held: Write) -> Write:
        """The write whose value holds, by itself or brought back by undo or redo."""
        written, stands_for = self._brought_back.get(held.register, (held, held))
        return stands_for if written is held else held

    def _all_meant(self, held: Sequence[Write]) -> Sequence[Write]:
        """The same of many, without a call for each."""
        if not self._brought_back:
            return held
        found = [self._brought_back.get(write.register) for write in held]
        return [
            pair[1] if pair is not None and pair[0] is write else write
            for pair, write in zip(found, held, strict=True)
        ]
