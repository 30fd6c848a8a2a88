"""Flat registers, the last writer wins: a complete convergent merge.

Nothing is nested and nothing is deleted, so replicas that saw the same writes in any order, any
number of times, hold the same values. What must not be mixed from two people (a placement, the
points of a measurement) is one register, written whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

Value: TypeAlias = "bool | int | float | str | tuple[Value, ...] | None"
Register = tuple[str, str, str]
"""(collection, id, field)"""


_VALUE = 5
"""Where a write's value stands."""
_new_tuple = tuple.__new__


class Stamp(NamedTuple):
    """When a register was written, in Lamport time; the author breaks a tie."""

    clock: int
    author: str


OPENING_STAMP = Stamp(0, "")
"""Older than any write."""


class Write(NamedTuple):
    """One register written once; flat, as it stands in a journal line."""

    collection: str
    id: str
    field: str
    clock: int
    author: str
    value: Value

    @property
    def register(self) -> Register:
        return self[:3]

    @property
    def stamp(self) -> tuple[int, str]:
        """A Stamp, as its plain tuple: it is compared more often than it is read."""
        return self[3:5]


class Registers:
    """The write that holds in each register."""

    def __init__(self, opening: Mapping[Register, Value]) -> None:
        self.clock = 0
        self._held = {
            register: Write(*register, *OPENING_STAMP, value) for register, value in opening.items()
        }

    def next_stamp(self, author: str) -> Stamp:
        """Newer than every write seen here."""
        return Stamp(self.clock + 1, author)

    def merge(self, write: Write) -> bool:
        """Takes a write, ours or another's; False when a newer one, or itself, holds."""
        self.clock = max(self.clock, write.clock)
        held = self._held.get(write.register)
        if held is not None and write.stamp <= held.stamp:
            return False
        self._held[write.register] = write
        return True

    def write(
        self, values: Mapping[Register, Value], author: str
    ) -> tuple[tuple[Write, ...], list[Write]]:
        """Writes what is new of these, newer than all before; and what held there until now."""
        clock, author = self.next_stamp(author)
        written, before, held = list[Write](), list[Write](), self._held
        for register, value in values.items():
            old = held.get(register) or self.held(register)
            if old[_VALUE] != value:
                before.append(old)
                collection, id, field = register
                # Write(...) takes three times as long, and a thousand layers change at once.
                new = _new_tuple(Write, (collection, id, field, clock, author, value))
                held[register] = new
                written.append(new)
        if written:
            self.clock = clock
        return tuple(written), before

    def held(self, register: Register) -> Write:
        """What holds; nothing, from the opening on, where nobody has written yet."""
        held = self._held.get(register)
        if held is None:  # kept, as undo tells writes apart by what they are
            held = self._held[register] = Write(*register, *OPENING_STAMP, None)
        return held

    def values(self) -> dict[Register, Value]:
        return {register: write.value for register, write in self._held.items()}


def is_text(text: str) -> bool:
    """Whether it names something and can be written: half a surrogate pair has no UTF-8."""
    try:
        return bool(text.encode())
    except UnicodeEncodeError:
        return False
