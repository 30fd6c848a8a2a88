"""Taking one part out of the body: it goes with the hand, and stays within the case where it is
let go. Undo, or "put all back", brings it home."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from xrviewer.document.intents import Intent, PlacePart
from xrviewer.document.rules import MAX_PART_DISTANCE_MM
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.aiming import less, plus, room_from_case
from xrviewer.interaction.grab import PRESS_FROM, RELEASE_BELOW
from xrviewer.interaction.input import Hand
from xrviewer.interaction.world import World
from xrviewer.spatial.transforms import (
    PartPlace,
    Placement,
    Pose,
    Vec3,
    reversed_rotation,
    rotated,
    turned,
)

EARLY_S = 0.25
"""So young a hold is given up when the other hand closes too: the two wanted the model."""
_CLICK_M, _CLICK_COS = 0.005, math.cos(math.radians(3) / 2)
"""A hand that moved less has pressed, not taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A part in a hand."""

    part: int
    layer: str
    spread_mm: Vec3
    """Where the explosion would put it: not the hand's doing."""
    epoch: int
    hand_at_start: Pose
    part_at_start: Pose
    """In the room."""
    place: PartPlace
    """Where it is now, before the explosion."""
    age_s: float = 0.0
    has_moved: bool = False


def is_pressing(hand: Hand, was_pressing: bool) -> bool:
    return hand.trigger > (RELEASE_BELOW if was_pressing else PRESS_FROM)


def take(part: int, hand: Hand, model: Placement, snapshot: Snapshot, world: World) -> Held | None:
    """Takes hold of what the hand points at; nothing moves yet."""
    if hand.grip is None:
        return None
    layer = world.layer_of(part, snapshot)
    place, spread = world.place_of(layer, snapshot), world.spread_of(part, snapshot)
    return Held(part, layer, spread, hand.epoch, hand.grip, _in_room(place, spread, model), place)


def carry(held: Held, hand: Hand, model: Placement, dt_s: float) -> Held:
    """Where the part is in this frame; a hand that was lost and found takes hold afresh."""
    held = replace(held, age_s=held.age_s + dt_s)
    if hand.grip is None:
        return held
    if hand.epoch != held.epoch:
        part = _in_room(held.place, held.spread_mm, model)
        return replace(held, epoch=hand.epoch, hand_at_start=hand.grip, part_at_start=part)
    turn = turned(hand.grip.rotation_xyzw, reversed_rotation(held.hand_at_start.rotation_xyzw))
    off = less(held.part_at_start.position_m, held.hand_at_start.position_m)
    position = plus(hand.grip.position_m, rotated(turn, off))
    part = Pose(position, turned(turn, held.part_at_start.rotation_xyzw))
    place = _in_case(part, held.spread_mm, model)
    if not math.hypot(*place.position_mm) <= MAX_PART_DISTANCE_MM:
        return held
    moved_m = math.dist(hand.grip.position_m, held.hand_at_start.position_m)
    has_moved = held.has_moved or moved_m > _CLICK_M or abs(turn[3]) < _CLICK_COS
    return replace(held, place=place, has_moved=has_moved)


def let_go(held: Held) -> list[Intent]:
    return [PlacePart(held.layer, held.place)] if held.has_moved else []


def _in_room(place: PartPlace, spread_mm: Vec3, model: Placement) -> Pose:
    turn, mm = room_from_case(model)
    at = rotated(turn, plus(place.position_mm, spread_mm))
    position = plus(model.position_m, (at[0] * mm, at[1] * mm, at[2] * mm))
    return Pose(position, turned(turn, place.rotation_xyzw))


def _in_case(part: Pose, spread_mm: Vec3, model: Placement) -> PartPlace:
    turn, mm = room_from_case(model)
    back = reversed_rotation(turn)
    at = rotated(back, less(part.position_m, model.position_m))
    position = less((at[0] / mm, at[1] / mm, at[2] / mm), spread_mm)
    return PartPlace(position, turned(back, part.rotation_xyzw))
