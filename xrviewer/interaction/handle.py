"""Scaling with a single hand: a ball over the model that one squeezes and pulls away from it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from xrviewer.interaction.grab import is_holding
from xrviewer.interaction.input import Hand
from xrviewer.interaction.scaling import Scaling, begin_scaling, scaled
from xrviewer.interaction.world import Extent
from xrviewer.spatial.transforms import Placement, Vec3

GAP_M = 0.06
"""Between the model's top and the ball."""
REACH_M = 0.05
_NEAREST_M = 0.02
"""No hand is nearer to the centre: the ratio would run away."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A pull in progress."""

    hand: int
    epoch: int
    center_m: Vec3
    distance_m: float
    scaling: Scaling
    model_at_start: Placement
    model: Placement


def handle_m(extent: Extent, model: Placement) -> Vec3:
    """Where the ball is: over the model, however it is turned."""
    x, y, z = extent.room_center(model)
    return (x, y + math.hypot(*extent.size_m) / 2 * model.scale + GAP_M, z)


def step_stretch(
    stretch: Stretch | None, hands: tuple[Hand, Hand], at_rest: Placement, extent: Extent
) -> Stretch | None:
    """None while no hand pulls."""
    if stretch is None:
        return next(
            (s for i in (0, 1) if (s := _begun(i, hands[i], at_rest, extent)) is not None), None
        )
    hand = hands[stretch.hand]
    if hand.grip is None or not is_holding(hand, True):
        return None
    away_m = max(math.dist(hand.grip.position_m, stretch.center_m), _NEAREST_M)
    if hand.epoch != stretch.epoch:  # lost and found: it pulls on from where it is
        scaling = begin_scaling(stretch.model.scale)
        begun = replace(stretch, epoch=hand.epoch, distance_m=away_m, scaling=scaling)
        return replace(begun, model_at_start=stretch.model)
    scaling, scale = scaled(stretch.scaling, away_m / stretch.distance_m)
    start = stretch.model_at_start
    growth = scale / start.scale
    x, y, z = (
        c + (p - c) * growth for c, p in zip(stretch.center_m, start.position_m, strict=True)
    )
    model = Placement((x, y, z), start.rotation_xyzw, scale)
    return replace(stretch, scaling=scaling, model=model)


def _begun(i: int, hand: Hand, at_rest: Placement, extent: Extent) -> Stretch | None:
    if hand.grip is None or not is_holding(hand, False):
        return None
    if math.dist(hand.grip.position_m, handle_m(extent, at_rest)) > REACH_M:
        return None
    center = extent.room_center(at_rest)
    away_m = max(math.dist(hand.grip.position_m, center), _NEAREST_M)
    return Stretch(i, hand.epoch, center, away_m, begin_scaling(at_rest.scale), at_rest, at_rest)
