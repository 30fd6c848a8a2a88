"""What of a hand can be believed, and what is done while it cannot be seen.

A hand that is lost stays where it was for half a second, holding what it held, and then lets
go. A hand that is found again, or that leaps, is a new one: it takes hold afresh, so nothing it
holds leaps with it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from xrviewer.interaction.input import Hand
from xrviewer.spatial.transforms import MIN_QUATERNION_NORM, Pose
from xrviewer.values import changed

FROZEN_S = 0.5
FARTHEST_M = 1000.0
"""Nobody's arm: beyond it a position is a fault of the tracking."""
LEAP_M = 2.0
"""In one frame."""
LONGEST_STEP_S = 0.1
_INSTANT_S = 1e-6
"""A frame without its hand, when time stands still."""


@dataclass(frozen=True, slots=True, eq=False)
class Steady:
    """A hand's last believable state."""

    hand: Hand = field(default_factory=lambda: Hand(epoch=-1))
    unseen_s: float = math.inf
    """0 while it is seen."""
    seen_epoch: int = 0


def believable_dt_s(dt_s: float) -> float:
    """Time that stands still is nothing; a leap or nonsense is cut short."""
    return min(dt_s, LONGEST_STEP_S) if dt_s > 0 else 0.0


def step_steady(steady: Steady, seen: Hand, dt_s: float, frozen_s: float = FROZEN_S) -> Steady:
    """dt_s: believable; frozen_s: how long a lost hand keeps what it has."""
    seen = _checked(seen)
    before = steady.hand
    if seen.grip is not None:
        is_new = (
            before.grip is None
            or steady.unseen_s > 0
            or seen.epoch != steady.seen_epoch
            or math.dist(before.grip.position_m, seen.grip.position_m) > LEAP_M
        )
        epoch = before.epoch + is_new
        # Most hands are never lost: a copy a frame would be most of this tool's cost.
        hand = seen if seen.epoch == epoch else changed(seen, epoch=epoch)
        return Steady(hand, 0.0, seen.epoch)
    unseen_s = steady.unseen_s + max(dt_s, _INSTANT_S)
    if before.grip is not None and unseen_s <= frozen_s:
        return Steady(changed(before, stick=(0.0, 0.0)), unseen_s, steady.seen_epoch)
    let_go = changed(seen, squeeze=0.0, trigger=0.0, epoch=before.epoch)
    return Steady(let_go, math.inf, steady.seen_epoch)


def moved_with_room(steady: Steady, seen: Hand) -> Steady:
    """A new origin makes every hand leap, and none has moved: it keeps what it holds."""
    if steady.hand.grip is None or seen.grip is None:
        return steady
    return changed(steady, hand=changed(steady.hand, grip=seen.grip))


def is_believable(pose: Pose) -> bool:
    """Finite, within reach, and turned somehow."""
    (x, y, z), (i, j, k, w) = pose.position_m, pose.rotation_xyzw
    is_near = x * x + y * y + z * z <= FARTHEST_M**2
    return is_near and MIN_QUATERNION_NORM**2 < i * i + j * j + k * k + w * w < math.inf


def _checked(hand: Hand) -> Hand:
    grip = hand.grip if hand.grip is not None and is_believable(hand.grip) else None
    aim = hand.aim if hand.aim is not None and is_believable(hand.aim) else None
    is_fine = (
        grip is hand.grip
        and aim is hand.aim
        and math.isfinite(hand.squeeze + hand.trigger + hand.stick[0] + hand.stick[1])
    )
    if is_fine:
        return hand
    x, y = hand.stick
    return changed(
        hand,
        grip=grip,
        aim=aim,
        squeeze=_finite(hand.squeeze),
        trigger=_finite(hand.trigger),
        stick=(_finite(x), _finite(y)),
    )


def _finite(value: float) -> float:
    return value if math.isfinite(value) else 0.0
