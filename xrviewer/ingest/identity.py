"""Who a source is of: compared while it is read, and dropped before a case is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """What a hospital's file says of the person. Never shown, logged or written."""

    id: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)

    def may_be(self, other: Person) -> bool:
        """Whether nothing that both state speaks against it."""
        pairs = ((self.id, other.id), (self.birth_date, other.birth_date))
        return all(one == two for one, two in pairs if one and two)


def are_one(people: Iterable[Person]) -> bool:
    """Whether all of them may be the same person."""
    found = list(dict.fromkeys(people))
    return all(one.may_be(two) for i, one in enumerate(found) for two in found[i + 1 :])
