"""Flat registers, the last writer wins: a complete convergent merge.

Nothing is nested and nothing is deleted, so replicas that saw the same writes in any order, any
number of times, hold the same values. What must not be mixed from two people (a placement, the
points of a measurement) is one register, written whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress, repeat
from operator import and_, itemgetter
from typing import Any, NamedTuple, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

Value: TypeAlias = "bool | int | float | str | tuple[Value, ...] | None"
Register = tuple[str, str, str]
"""(collection, id, field)"""


class Stamp(NamedTuple):
    """When a register was written, in Lamport time; the author breaks a tie."""

    clock: int
    author: str


OPENING_STAMP = Stamp(0, "")
"""Older than any write."""


class Write(msgspec.Struct, frozen=True, gc=False):
    """One register written once. A thousand are made at a press of one button: as such a struct
    in a fifth of the time that a named tuple takes, and out of the garbage collector's sight."""

    register: Register
    clock: int
    author: str
    value: Any

    @property
    def collection(self) -> str:
        return self.register[0]

    @property
    def id(self) -> str:
        return self.register[1]

    @property
    def field(self) -> str:
        return self.register[2]

    @property
    def stamp(self) -> tuple[int, str]:
        """A Stamp, as its plain tuple: it is compared more often than it is read."""
        return (self.clock, self.author)


class Sweep(NamedTuple):
    """One register of each of many things, and what is asked for there: as two lists, for a
    dictionary would hash a thousand names at every press."""

    registers: list[Register]
    asked: list[Any]
    is_asked: list[bool] | None = None
    """False where nothing is; everywhere something when it is None."""

    def besides(self, more: Mapping[Register, Value]) -> Sweep:
        """With other registers, that are none of these."""
        is_asked = None if self.is_asked is None else [*self.is_asked, *[True] * len(more)]
        return Sweep([*self.registers, *more], [*self.asked, *more.values()], is_asked)

    def items(self) -> Iterable[tuple[Register, Value]]:
        pairs = zip(self.registers, self.asked, strict=True)
        return pairs if self.is_asked is None else compress(pairs, self.is_asked)


class Written(NamedTuple):
    """What one change wrote, what held there until then, and in which slots."""

    writes: tuple[Write, ...] = ()
    before: Sequence[Write] = ()
    slots: NDArray[np.intp] = np.zeros(0, np.intp)


class _Run(NamedTuple):
    """Many registers in the order in which a change names them, found once: the same press names
    the same ones, and to compare a thousand names takes a tenth of finding them."""

    registers: list[Register]
    slots: list[int]
    evenly: int
    """So many of the first slots are evenly apart, as a column's are: a slice takes all at once."""
    even: slice
    numbers: NDArray[np.intp]
    take: Callable[[Sequence[Write]], tuple[Write, ...]]


_MANY, _MOST_RUNS = 64, 8


class Registers:
    """The write that holds in each register."""

    def __init__(self, opening: Mapping[Register, Value]) -> None:
        self.clock = 0
        self._slots = {register: slot for slot, register in enumerate(opening)}
        self._held = [Write(register, *OPENING_STAMP, value) for register, value in opening.items()]
        """By slot: a register is hashed once a change, and what then asks for it counts."""
        self._runs: deque[_Run] = deque(maxlen=_MOST_RUNS)

    def next_stamp(self, author: str) -> Stamp:
        """Newer than every write seen here."""
        return Stamp(self.clock + 1, author)

    def merge(self, write: Write) -> bool:
        """Takes a write, ours or another's; False when a newer one, or itself, holds."""
        self.clock = max(self.clock, write.clock)
        slot = self._slot(write.register)
        if write.stamp <= self._held[slot].stamp:
            return False
        self._held[slot] = write
        return True

    def write(self, values: Mapping[Register, Value] | Sweep, author: str) -> Written:
        """Writes what is new of these, newer than all before."""
        sweep = values if isinstance(values, Sweep) else Sweep(list(values), list(values.values()))
        if not sweep.registers:
            return Written()
        run = self._run(sweep.registers)
        before, slots, numbers = run.take(self._held), run.slots, run.numbers
        is_new = [old.value != new for old, new in zip(before, sweep.asked, strict=True)]
        if sweep.is_asked is not None:
            is_new = list(map(and_, is_new, sweep.is_asked))
        count = is_new.count(True)
        if not count:
            return Written()
        self.clock, author = self.next_stamp(author)
        registers: Iterable[Register] = run.registers
        fresh: Iterable[Value] = sweep.asked
        evenly = run.evenly
        if count < len(is_new):
            registers, fresh = compress(registers, is_new), compress(fresh, is_new)
            before, slots = tuple(compress(before, is_new)), list(compress(slots, is_new))
            numbers = numbers[np.fromiter(is_new, bool, len(is_new))]
            evenly = 0
        written = tuple(map(Write, registers, repeat(self.clock), repeat(author), fresh))
        held = self._held
        if evenly:
            held[run.even] = written[:evenly]
        for slot, write in zip(slots[evenly:], written[evenly:], strict=True):
            held[slot] = write
        return Written(written, before, numbers)

    def _run(self, registers: list[Register]) -> _Run:
        if len(registers) < _MANY:
            return self._found(registers)
        for run in self._runs:
            if run.registers == registers:
                return run
        self._runs.appendleft(self._found(registers))
        return self._runs[0]

    def _found(self, registers: list[Register]) -> _Run:
        slots = list(map(self._slot, registers))
        held = itemgetter(*slots) if len(slots) > 1 else lambda rows: (rows[slots[0]],)
        even: tuple[int, slice] = _even(slots) if len(slots) >= _MANY else (0, slice(0))
        return _Run(registers, slots, *even, np.array(slots, np.intp), held)

    def held(self, register: Register) -> Write:
        """What holds; nothing, from the opening on, where nobody has written yet."""
        return self._held[self._slot(register)]

    def values(self) -> dict[Register, Value]:
        return {write.register: write.value for write in self._held}

    @property
    def registers(self) -> list[Register]:
        """By slot."""
        return list(self._slots)

    def _slot(self, register: Register) -> int:
        slot = self._slots.setdefault(register, len(self._held))
        if slot == len(self._held):  # kept, as undo tells writes apart by what they are
            self._held.append(Write(register, *OPENING_STAMP, None))
        return slot


def _even(slots: list[int]) -> tuple[int, slice]:
    """How many of the first are evenly apart, and where they lie."""
    apart = np.diff(slots)
    if apart[0] < 1:
        return 0, slice(0)
    count = 2 + int(np.argmax(np.append(apart[1:] != apart[0], True)))
    return count, slice(slots[0], slots[count - 1] + 1, int(apart[0]))


def is_text(text: str) -> bool:
    """Whether it names something and can be written: half a surrogate pair has no UTF-8."""
    try:
        return bool(text.encode())
    except UnicodeEncodeError:
        return False
