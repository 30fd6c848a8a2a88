"""Two quick presses on one structure put it out of sight: the way of a hand that has no keys."""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.document.intents import Intent, SetLayerVisible
from xrviewer.interaction.take import EARLY_S, Held

TWICE_WITHIN_S = 0.45


@dataclass(frozen=True, slots=True)
class Tap:
    """The last short press that moved nothing."""

    layer: str
    time_s: float


def step_tap(tap: Tap | None, let_go: Held, time_s: float) -> tuple[Tap | None, list[Intent]]:
    """What a part that is let go now says of it."""
    if let_go.has_moved or let_go.age_s > EARLY_S:
        return None, []
    is_second = tap is not None and tap.layer == let_go.layer
    if is_second and tap is not None and time_s - tap.time_s <= TWICE_WITHIN_S:
        return None, [SetLayerVisible(let_go.layer, False)]
    return Tap(let_go.layer, time_s), []
