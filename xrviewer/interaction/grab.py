"""Taking the model in hand: one hand moves and turns it, two also scale it.

A grip is a frame C of the hands. At the start C0 and the placement M0 are kept; from then on
the model stands at C · C0⁻¹ · M0. Nothing is accumulated, so nothing drifts, and each hand
stays on the point it took hold of. Hands that reach past the model scale it about its own
centre instead: else it would flee from them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from xrviewer.document.rules import MAX_DISTANCE_M
from xrviewer.interaction.grip import Grip, have_crossed, one_hand_grip, two_hand_grip
from xrviewer.interaction.input import Hand
from xrviewer.interaction.scaling import Scaling, begin_scaling, is_life_size, scaled
from xrviewer.interaction.steady import is_believable
from xrviewer.interaction.world import Extent
from xrviewer.spatial.transforms import Placement, Vec3, reversed_rotation, rotated, turned
from xrviewer.values import changed

PRESS_FROM, RELEASE_BELOW = 0.7, 0.3

Holds = tuple[int | None, int | None]
"""Left and right: which take of that hand holds (see Hand.epoch); None when it does not."""
_NO_HOLDS: Holds = (None, None)


@dataclass(frozen=True, slots=True, eq=False)
class Grab:
    """A gesture in progress."""

    holds: Holds
    grip_at_start: Grip
    grip: Grip
    """The last one that could be made."""
    model_at_start: Placement
    pivot_at_start_m: Vec3
    """What the scale is about; it moves with the hands."""
    scaling: Scaling
    model: Placement
    """Where the model stands now."""
    has_lost_frame: bool = False
    """The hands are where no frame can be made of them; the model waits."""

    @property
    def hands(self) -> tuple[bool, bool]:
        """Which hands hold: left, right."""
        return (self.holds[0] is not None, self.holds[1] is not None)


def is_holding(hand: Hand, was_holding: bool) -> bool:
    """With hysteresis, so that a trembling finger does not let go."""
    threshold = RELEASE_BELOW if was_holding else PRESS_FROM
    return hand.squeeze > threshold and hand.grip is not None and is_believable(hand.grip)


def step_grab(
    grab: Grab | None, left: Hand, right: Hand, at_rest: Placement, extent: Extent | None = None
) -> Grab | None:
    """The gesture after this frame's hands; None when no hand holds."""
    was = grab.holds if grab else _NO_HOLDS
    holds = _hold(left, was[0]), _hold(right, was[1])
    if holds == _NO_HOLDS:
        return None
    grip = _grip(holds, left, right)
    if grip is None:
        return changed(grab, has_lost_frame=True) if grab else None
    if grab is None or holds != grab.holds or _is_another(grab, grip):
        # A hand that joins or leaves takes hold afresh where the model stands: nothing jumps.
        return _begin(holds, grip, grab.model if grab else at_rest, extent)
    return _moved(grab, grip)


def has_come_to_life_size(before: Grab | None, after: Grab | None) -> bool:
    """By scaling, in this frame."""
    if before is None or after is None or not all(after.hands):
        return False
    return is_life_size(after.model.scale) and not is_life_size(before.model.scale)


def _hold(hand: Hand, was: int | None) -> int | None:
    return hand.epoch if is_holding(hand, was is not None) else None


def _grip(holds: Holds, left: Hand, right: Hand) -> Grip | None:
    if holds[0] is not None and holds[1] is not None:
        assert left.grip is not None and right.grip is not None
        return two_hand_grip(left.grip, right.grip)
    held = left.grip if holds[0] is not None else right.grip
    return one_hand_grip(held) if held else None


def _is_another(grab: Grab, grip: Grip) -> bool:
    return grab.has_lost_frame and all(grab.hands) and have_crossed(grab.grip, grip)


def _begin(holds: Holds, grip: Grip, model: Placement, extent: Extent | None) -> Grab:
    pivot = grip.origin_m
    if extent is not None and not extent.holds(model, pivot):
        pivot = extent.room_center(model)
    return Grab(holds, grip, grip, model, pivot, begin_scaling(model.scale), model)


def _moved(grab: Grab, grip: Grip) -> Grab:
    """Rigidly with the grip, then scaled about where the pivot has come to."""
    begun, start = grab.grip_at_start, grab.model_at_start
    scaling, scale = scaled(grab.scaling, grip.size / begun.size)
    turn = turned(grip.rotation_xyzw, reversed_rotation(begun.rotation_xyzw))
    pivot = _carried(turn, begun, grip, grab.pivot_at_start_m)
    carried = _carried(turn, begun, grip, start.position_m)
    growth = scale / start.scale
    (px, py, pz), (x, y, z) = pivot, carried
    position = (px + (x - px) * growth, py + (y - py) * growth, pz + (z - pz) * growth)
    model = Placement(position, turned(turn, start.rotation_xyzw), scale)
    if not math.hypot(x, y, z) <= MAX_DISTANCE_M:
        model = grab.model  # flung out of the world: it stays at its edge
    return changed(grab, grip=grip, scaling=scaling, model=model, has_lost_frame=False)


def _carried(turn: tuple[float, float, float, float], begun: Grip, now: Grip, point: Vec3) -> Vec3:
    ox, oy, oz = begun.origin_m
    x, y, z = rotated(turn, (point[0] - ox, point[1] - oy, point[2] - oz))
    nx, ny, nz = now.origin_m
    return (x + nx, y + ny, z + nz)
