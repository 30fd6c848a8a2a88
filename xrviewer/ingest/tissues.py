"""Structures the catalogue does not list: a tissue, a group and a readable name by their words."""

from __future__ import annotations

from xrviewer.case.anatomy import tissue_of
from xrviewer.case.catalogue import color_for
from xrviewer.case.model import Layer

_SIDES = ("left", "right")


def tissue_layer(words: tuple[str, ...]) -> Layer:
    """A layer for a name of those words, in lower case."""
    role, group = tissue_of(words) or ("other", None)
    id = "_".join(words)[:64]
    return Layer(id, readable(words), color_for(id, role), group=group, role=role)


def readable(words: tuple[str, ...]) -> str:
    """kidney left: Left kidney; vertebrae l1: Vertebrae L1; rib left 7: Left rib 7."""
    sides = [word for word in words if word in _SIDES]
    rest = [word.upper() if _is_level(word) else word for word in words if word not in _SIDES]
    text = " ".join([*sides, *rest])
    return text[:1].upper() + text[1:]


def _is_level(word: str) -> bool:
    """Of the spine, l1 or c7; and sequences, t1 or 3d."""
    return len(word) <= 4 and any(c.isdigit() for c in word) and any(c.isalpha() for c in word)
