"""What the hands feel: short vibrations that say what happened without a look."""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.interaction.grab import Grab, has_come_to_life_size

LIFE_SIZE = (0.4, 0.03)
"""How strong and how long the rest at life size is."""
REFUSED = (0.8, 0.06)
"""Nothing to do: felt once, stronger than all else."""
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
    """A tick in a hand that takes hold of the model, a lighter one where it lets go; one in both
    where the model comes to life size."""
    is_life_size = has_come_to_life_size(before, after)
    is_held_as_before = before is not None and after is not None and before.holds == after.holds
    if before is after or (is_held_as_before and not is_life_size):
        return ()
    was, now = (grab.hands if grab else _NO_HANDS for grab in (before, after))
    taken = [Pulse(hand, 0.5, 0.02) for hand in (0, 1) if now[hand] and not was[hand]]
    let_go = [Pulse(hand, 0.25, 0.015) for hand in (0, 1) if was[hand] and not now[hand]]
    at_rest = [Pulse(hand, *LIFE_SIZE) for hand in (0, 1) if is_life_size]
    return (*taken, *let_go, *at_rest)
