"""What the hands feel: short vibrations that say what happened without a look."""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.interaction.grab import Grab

_NO_HANDS = (False, False)


@dataclass(frozen=True, slots=True)
class Pulse:
    """One vibration of one controller."""

    hand: int
    """0 left, 1 right."""
    amplitude: float
    """0 to 1."""
    duration_s: float


def pulses(before: Grab | None, after: Grab | None) -> tuple[Pulse, ...]:
    """A tick in a hand that takes hold of the model, a lighter one where it lets go."""
    was, now = (grab.hands if grab else _NO_HANDS for grab in (before, after))
    taken = [Pulse(hand, 0.5, 0.02) for hand in (0, 1) if now[hand] and not was[hand]]
    let_go = [Pulse(hand, 0.25, 0.015) for hand in (0, 1) if was[hand] and not now[hand]]
    return (*taken, *let_go)
