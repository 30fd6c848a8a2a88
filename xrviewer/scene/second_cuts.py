"""What is opened of two dates: each by its own cuts, with faces that show its own scan.

A person's cuts are there once more for the other date, so that neither date's surfaces count on
the other's faces; the two cuts of a swipe are there already, one for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.document.planes import Cut
from xrviewer.scene.cuts import OPEN_BIT, Face, ShownCuts
from xrviewer.values import changed


@dataclass(frozen=True, slots=True)
class Shared:
    """How many cuts there are, and whose each is, as bits."""

    swipes: int
    """Before a person's: 2 or none, the first taking the shown date away."""
    all: int

    @property
    def own(self) -> int:
        """A person's."""
        return self.all - self.swipes

    @property
    def of_shown(self) -> int:
        return (1 if self.swipes else 0) | self._bits(self.swipes)

    @property
    def of_other(self) -> int:
        return (2 if self.swipes else 0) | self._bits(self.all)

    def _bits(self, first: int) -> int:
        return ((1 << self.own) - 1) << first

    def exempt_shown(self, exempt: NDArray[np.float32]) -> NDArray[np.float32]:
        """What spares each part of the shown date. exempt: as its own scene has it."""
        return np.asarray(exempt.astype(np.int64) | self.of_other, np.float32)

    def exempt_other(self, exempt: NDArray[np.float32]) -> NDArray[np.float32]:
        bits = exempt.astype(np.int64)
        asked = (bits >> self.swipes) & self._bits(0)
        return np.asarray((asked << self.all) | self.of_shown | (bits & OPEN_BIT), np.float32)


def with_second_cuts(
    cuts: ShownCuts, own: Sequence[Cut], shared: Shared
) -> tuple[ShownCuts, tuple[tuple[Face, Cut], ...]]:
    """All of them, and the faces that the other date gets. own: as they are numbered now."""
    first: list[Face] = []
    for face in cuts.faces:
        is_others = face.cut == 1 and shared.swipes > 0
        first.append(changed(face, spared=shared.of_shown if is_others else shared.of_other))
    second = [
        (changed(face, cut=face.cut - shared.swipes + shared.all, spared=shared.of_shown), face.cut)
        for face in cuts.faces
        if face.cut >= shared.swipes
    ]
    rows = np.concatenate([cuts.rows, cuts.rows[shared.swipes :]])
    faces = (*first, *(face for face, _ in second))
    return ShownCuts(rows, faces), tuple((face, own[number]) for face, number in second)
