"""Finding structures by what people call them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from xrviewer.case.model import Layer
from xrviewer.words import tr

MOST_SHOWN = 60
_MOST_NAMES = 65_536


def found_layers(layers: Sequence[Layer], wanted: str) -> tuple[Layer, ...]:
    """Those whose clinical or plain name, in the language that is spoken or as the case has it,
    or whose id holds every word that is wanted; names that begin with the words come first.

    Accents and case do not count. Nothing wanted is nothing found.
    """
    words = folded(wanted).split()
    if not words:
        return ()
    ranked = [(rank, i) for i, layer in enumerate(layers) if (rank := _rank(layer, words))]
    return tuple(layers[i] for _, i in sorted(ranked))


def readable_name(layer: Layer, can_write: Callable[[str], bool]) -> str:
    """One line for the room: the clinical name, else the plain one, else the id, whichever the
    letters at hand can write; not longer than a person reads while pointing."""
    names = (tr(layer.name), layer.name, tr(layer.plain), layer.plain, layer.id)
    lines = (" ".join(name.split()) for name in names)
    found = next((line for line in lines if line and can_write(line)), layer.id)
    return found if len(found) <= MOST_SHOWN else found[: MOST_SHOWN - 1].rstrip() + "…"


def folded(text: str) -> str:
    """As it is compared: without accents, case, or breaks between words."""
    return _folded(text)


def _rank(layer: Layer, words: Sequence[str]) -> int:
    """0 where it is not found, else the lower the nearer."""
    names = (layer.name, tr(layer.name), layer.plain, tr(layer.plain))
    best = 0
    for name in map(folded, (*names, layer.id)):
        if not all(word in name for word in words):
            continue
        begins = any(part.startswith(words[0]) for part in name.split())
        rank = 1 if name.startswith(words[0]) else 2 if begins else 3
        best = min(best, rank) if best else rank
    return best


@lru_cache(_MOST_NAMES)
def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())
