"""Ids for parts that have only a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_GAPS = re.compile(r"[\W_]+")


def slug(name: str) -> str:
    """Lower case letters, digits and single underscores: "Fémur (L)" is femur_l.

    Letters without an ASCII form are kept, so that names in any script stay apart.
    """
    folded = name.lower()
    if not name.isascii():
        plain = unicodedata.normalize("NFKD", name)
        folded = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return _GAPS.sub("_", folded).strip("_") or "part"


def unique_ids(stated: Sequence[str | None], names: Sequence[str]) -> tuple[str, ...]:
    """The id a file states, else the name's slug; the second of a kind ends in -2."""
    taken: set[str] = set()
    found: list[str | None] = [None] * len(names)
    for wanted in (True, False):
        seen: dict[str, int] = {}
        for i, (own, name) in enumerate(zip(stated, names, strict=True)):
            if (own is not None) == wanted:
                found[i] = _free(own or slug(name), taken, seen)
    return tuple(id_ or "part" for id_ in found)


def _free(base: str, taken: set[str], seen: dict[str, int]) -> str:
    """`seen` remembers the last number given, else n of a name would cost n squared."""
    number, candidate = seen.get(base, 1), base
    while candidate in taken:
        number += 1
        candidate = f"{base}-{number}"
    seen[base] = number
    taken.add(candidate)
    return candidate
