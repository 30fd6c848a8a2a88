"""Taking the model in hand: one hand moves and turns it, two also scale it.

A grip is a frame C of the hands. At the start C0 and the placement M0 are kept; from then on
the model stands at C · C0⁻¹ · M0. Nothing is accumulated, so nothing drifts, and each hand
stays on the point it took hold of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.interaction.input import Hand
from xrviewer.spatial.transforms import (
    Matrix,
    Placement,
    invert_similarity,
    placement,
)

PRESS_FROM, RELEASE_BELOW = 0.7, 0.3
MIN_SCALE, MAX_SCALE = 0.01, 100.0
_MIN_HANDS_APART_M = 0.01
_MAX_ALIGNED = 0.99
"""Cosine between the line of the hands and their up axis from which no frame can be made."""


@dataclass(frozen=True, slots=True, eq=False)
class Grab:
    """A gesture in progress."""

    hands: tuple[bool, bool]
    """Which hands hold: left, right."""
    grip_at_start: Matrix
    model_at_start: Matrix
    model: Placement
    """Where the model stands now."""


def is_holding(hand: Hand, was_holding: bool) -> bool:
    """With hysteresis, so that a trembling finger does not let go."""
    threshold = RELEASE_BELOW if was_holding else PRESS_FROM
    return hand.grip is not None and hand.grip.is_known and hand.squeeze > threshold


def step_grab(grab: Grab | None, left: Hand, right: Hand, at_rest: Placement) -> Grab | None:
    """The gesture after this frame's hands; None when no hand holds."""
    was = grab.hands if grab else (False, False)
    hands = (is_holding(left, was[0]), is_holding(right, was[1]))
    if not any(hands):
        return None
    grip = _grip_frame(hands, left, right)
    if grip is None:
        return grab  # what is held stays where it is until the hands say something again
    if grab is None or hands != grab.hands:
        # A hand that joins or leaves takes hold afresh where the model stands: nothing jumps.
        model = grab.model if grab else at_rest
        return Grab(hands, grip, model.matrix(), model)
    moved = _clamped(grip, grab)
    return Grab(hands, grab.grip_at_start, grab.model_at_start, moved)


def _clamped(grip: Matrix, grab: Grab) -> Placement:
    """Scale ends at the limits; the rest of the gesture goes on about the hands' middle."""
    start = float(np.linalg.norm(grab.model_at_start[:3, 0]))
    change = float(np.linalg.norm(grip[:3, 0]) / np.linalg.norm(grab.grip_at_start[:3, 0]))
    allowed = min(max(start * change, MIN_SCALE), MAX_SCALE) / start
    limited = grip.copy()
    limited[:3, :3] *= allowed / change
    return placement(limited @ invert_similarity(grab.grip_at_start) @ grab.model_at_start)


def _grip_frame(hands: tuple[bool, bool], left: Hand, right: Hand) -> Matrix | None:
    """None where the hands do not define one: on one spot, or in line with their own up."""
    if hands == (True, True):
        assert left.grip is not None and right.grip is not None
        return _two_hand_frame(left.grip.matrix(), right.grip.matrix())
    held = left.grip if hands[0] else right.grip
    return held.matrix() if held else None


def _two_hand_frame(left: Matrix, right: Matrix) -> Matrix | None:
    """Origin midway, scale the distance, x from left to right, y near the hands' summed y."""
    between: NDArray[np.float64] = right[:3, 3] - left[:3, 3]
    apart_m = float(np.linalg.norm(between))
    up: NDArray[np.float64] = left[:3, 1] + right[:3, 1]
    length = float(np.linalg.norm(up))
    if apart_m < _MIN_HANDS_APART_M or length < 1e-6:
        return None
    x, up = between / apart_m, up / length
    if abs(float(x @ up)) > _MAX_ALIGNED:
        return None
    z = np.cross(x, up)
    z /= np.linalg.norm(z)
    frame = np.eye(4)
    frame[:3, :3] = np.column_stack([x, np.cross(z, x), z]) * apart_m
    frame[:3, 3] = (left[:3, 3] + right[:3, 3]) / 2
    return frame
