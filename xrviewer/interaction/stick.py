"""How a thumbstick is read: nothing near its middle, then from nothing to all."""

from __future__ import annotations

import math

DEAD_ZONE = 0.25
REST_ZONE = 0.2
"""Below this a moving stick counts as let go."""
FLICK_FROM, FLICK_AGAIN_BELOW = 0.5, 0.2


def beyond_dead_zone(value: float) -> float:
    """-1 to 1, 0 within the dead zone, without a step at its edge. Nonsense is 0."""
    if not math.isfinite(value):
        return 0.0
    over = min(abs(value), 1.0) - DEAD_ZONE
    return math.copysign(max(over, 0.0) / (1 - DEAD_ZONE), value)


def is_resting(stick: tuple[float, float], was_moving: bool) -> bool:
    limit = REST_ZONE if was_moving else DEAD_ZONE
    across, along = stick
    return not (limit < abs(across) < math.inf or limit < abs(along) < math.inf)
