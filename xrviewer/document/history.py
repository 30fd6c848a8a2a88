"""Undo and redo: a stack of steps for each author.

Undo never rewinds. It is a compensating change, written with a new stamp, and it leaves alone
every register that someone has written since. A compensating write therefore *stands for* the
write it brings back: without that, the second undo would take the first for somebody's edit.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

from xrviewer.document.registers import Register, Registers, Stamp, Value

DEPTH = 256
"""Steps an author can take back. Hiding 990 layers is 990 steps of a hundred bytes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One register taken from one write to another."""

    register: Register
    old: Value
    old_stamp: Stamp
    new: Value
    new_stamp: Stamp

    def reversed(self) -> Step:
        return Step(self.register, self.new, self.new_stamp, self.old, self.old_stamp)


Steps = tuple[Step, ...]
_Stacks = defaultdict[str, deque[Steps]]


class History:
    """What each author can take back and do again."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self._stands_for: dict[tuple[Register, Stamp], Stamp] = {}
        self._undo: _Stacks = defaultdict(lambda: deque(maxlen=DEPTH))
        self._redo: _Stacks = defaultdict(lambda: deque(maxlen=DEPTH))

    def origin(self, register: Register) -> Stamp:
        """The write whose value stands, by itself or brought back by undo or redo."""
        stamp = self._registers.stamp(register)
        return self._stands_for.get((register, stamp), stamp)

    def record(self, author: str, steps: Steps) -> None:
        """A new change; what was undone before it cannot be done again."""
        self._undo[author].append(steps)
        self._redo[author].clear()

    def brought_back(self, step: Step, stamp: Stamp) -> None:
        """A step of an undo or redo was written, with this stamp."""
        self._stands_for[step.register, stamp] = step.new_stamp

    def undo(self, author: str) -> Steps:
        """The steps that take back; empty when nothing of the author's still stands."""
        return self._turn(self._undo[author], self._redo[author])

    def redo(self, author: str) -> Steps:
        return self._turn(self._redo[author], self._undo[author])

    def can_undo(self, author: str) -> bool:
        return self._any_standing(self._undo[author])

    def can_redo(self, author: str) -> bool:
        return self._any_standing(self._redo[author])

    def _turn(self, source: deque[Steps], target: deque[Steps]) -> Steps:
        """The last of the source that still does something, reversed; it goes to the target."""
        while source:
            back = tuple(step.reversed() for step in self._standing(source.pop()))
            if back:
                target.append(back)
                return back
        return ()

    def _standing(self, steps: Steps) -> Steps:
        return tuple(step for step in steps if self._stands(step))

    def _any_standing(self, stack: deque[Steps]) -> bool:
        return any(self._stands(step) for steps in reversed(stack) for step in steps)

    def _stands(self, step: Step) -> bool:
        return self.origin(step.register) == step.new_stamp
