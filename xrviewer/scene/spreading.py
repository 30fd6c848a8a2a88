"""Parts that are spread, or put back, go there within a third of a second instead of jumping."""

from __future__ import annotations

import math
from dataclasses import replace

from xrviewer.document.snapshot import Snapshot

TIME_S = 0.08
"""In which two thirds of the way are gone, at any frame rate."""
_NEAR = 0.004
"""Of a spread: a third of a millimetre for a part that is 8 cm from the middle."""


class Spreading:
    """The spread as it is drawn. What a slider in the hand asks is followed at once."""

    def __init__(self) -> None:
        self._at: float | None = None

    def shown(self, snapshot: Snapshot, dt_s: float) -> Snapshot:
        """The same object when nothing is under way."""
        at, goal, is_in_hand = self._at, snapshot.explode, snapshot.version < 0
        if at == goal:
            return snapshot
        if at is not None and not is_in_hand:
            at = goal - (goal - at) * math.exp(-dt_s / TIME_S)
        if at is None or is_in_hand or abs(goal - at) < _NEAR:
            self._at = goal
            return snapshot
        self._at = at
        return replace(snapshot, explode=at)
