"""Which two layers bound what is measured: a bone and its cartilage, the two sides of a cortex."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """Layers by id: measured from the surface of `inner` to the far surface of `outer`."""

    inner: str
    outer: str

    @classmethod
    def from_text(cls, text: str) -> Pair:
        """From "femur:femoral_cartilage"; raises ValueError for anything else."""
        inner, colon, outer = (word.strip() for word in text.partition(":"))
        if not (inner and colon and outer) or ":" in outer or inner == outer:
            raise ValueError(f"a pair is written INNER:OUTER, two layers, not {text!r}")
        return cls(inner, outer)


KNOWN_PAIRS = (
    Pair("femur", "femoral_cartilage"),
    Pair("tibia", "medial_tibial_cartilage"),
    Pair("tibia", "lateral_tibial_cartilage"),
    Pair("tibia", "tibial_cartilage"),
    Pair("patella", "patellar_cartilage"),
    Pair("white_left", "pial_left"),
    Pair("white_right", "pial_right"),
)


_WALL, _LUMEN = "_wall", "_lumen"


def pairs_among(layers: Iterable[str]) -> tuple[Pair, ...]:
    """The known pairs of which both layers are there, and every wall with what it encloses:
    aorta_wall round aorta_lumen, or round aorta."""
    present = list(dict.fromkeys(layers))
    known = [pair for pair in KNOWN_PAIRS if {pair.inner, pair.outer} <= set(present)]
    walls = (id for id in present if id.endswith(_WALL))
    for wall in walls:
        stem = wall.removesuffix(_WALL)
        inner = next((id for id in (stem + _LUMEN, stem) if id in present), None)
        known += [Pair(inner, wall)] if inner else []
    return tuple(known)
