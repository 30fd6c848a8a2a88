"""The second date in the hand: moved and turned on top of its fit, small motions made smaller.

Pure; what is held is shown as a preview of the intent that its release will be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from xrviewer.analysis.dates import main_bone
from xrviewer.document.comparison import HOME, DateFit
from xrviewer.document.comparison_intents import NudgeDate
from xrviewer.document.comparison_rules import is_near
from xrviewer.document.intents import Intent
from xrviewer.document.opening import middle_mm
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.aiming import less, room_from_case
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.take import is_pressing
from xrviewer.interaction.world import World
from xrviewer.spatial.planes import scaled
from xrviewer.spatial.transforms import (
    IDENTITY_ROTATION,
    Matrix,
    PartPlace,
    Placement,
    Pose,
    Quat,
    Vec3,
    apply,
    axis_rotation,
    invert_similarity,
    quaternion,
    reversed_rotation,
    rigid,
    rotated,
    turned,
)

NUDGE_TOOL = "nudge"
FINE_SHARE = 0.25
FINE_M, FINE_RAD = 0.03, math.radians(12)
"""So far the date goes a quarter of the hand's way; what goes beyond, it goes in full."""
_STILL_M, _STILL_RAD = 0.001, math.radians(0.5)
"""A hand that only pressed has moved less."""


@dataclass(frozen=True, slots=True, eq=False)
class NudgeHold:
    """A date in a hand."""

    date: str
    hand: int
    epoch: int
    hand_at_start: Pose
    nudge_at_start: PartPlace
    first_from_shown: Matrix
    is_shown: bool
    """It is the shown date that moves, against the first one: the other way round."""
    nudge: PartPlace
    has_moved: bool = False

    def intents(self) -> list[Intent]:
        """What letting go now would do."""
        return [NudgeDate(self.date, self.nudge)] if self.has_moved else []


@dataclass(frozen=True, slots=True, eq=False)
class Nudging:
    """Between the hands and the second date."""

    hold: NudgeHold | None = None
    is_pressed: tuple[bool, bool] = (False, False)

    def preview(self) -> tuple[Intent, ...]:
        return tuple(self.hold.intents()) if self.hold else ()


IDLE = Nudging()


def nudged_date(snapshot: Snapshot, world: World) -> str | None:
    """The one of the two that a hand may move: the first date is what all others are laid onto."""
    other = snapshot.comparison.other
    return snapshot.timepoint if other == world.case.timepoints[0].id else other


def step_nudging(
    tool: Nudging, inp: FrameInput, model: Placement, snapshot: Snapshot, world: World
) -> tuple[Nudging, list[Intent]]:
    """By a trigger, from anywhere: there is no part of a date to aim at."""
    if snapshot.tool != NUDGE_TOOL or world.preferences.visitor_lock:
        return IDLE, []
    hands, hold = (inp.left, inp.right), tool.hold
    intents: list[Intent] = []
    left, right = (is_pressing(h, was) for h, was in zip(hands, tool.is_pressed, strict=True))
    pressed = (left, right)
    if hold is not None and nudged_date(snapshot, world) != hold.date:
        hold = None
    elif hold is not None and pressed[hold.hand]:
        hold = _carried(hold, hands[hold.hand], model, snapshot, world)
    elif hold is not None:
        intents, hold = hold.intents(), None
    else:
        for i, hand in enumerate(hands):
            if hold is None and pressed[i] and not tool.is_pressed[i]:
                hold = _taken(i, hand, snapshot, world)
    return Nudging(hold, pressed), intents


def _taken(i: int, hand: Hand, snapshot: Snapshot, world: World) -> NudgeHold | None:
    """None as long as its fit is not known: there is nothing yet to be moved by hand."""
    date, first = nudged_date(snapshot, world), world.case.timepoints[0].id
    if date is None or hand.grip is None:
        return None
    known = snapshot.dates.get(date)
    first_from_shown = _first_from_shown(snapshot, world)
    if known is None or not known.fits or first_from_shown is None:
        return None
    is_shown = snapshot.comparison.other == first
    made = (date, i, hand.epoch, hand.grip, known.nudge, first_from_shown, is_shown)
    return NudgeHold(*made, known.nudge)


def _first_from_shown(snapshot: Snapshot, world: World) -> Matrix | None:
    """Of its largest bone: what all of it is carried with."""
    if snapshot.timepoint == world.case.timepoints[0].id:
        return np.eye(4)
    fits = snapshot.dates.get(snapshot.timepoint, DateFit()).by_layer()
    shown = next(t for t in world.case.timepoints if t.id == snapshot.timepoint)
    return fits[main_bone(fits, shown)] if fits else None


def _carried(
    hold: NudgeHold, hand: Hand, model: Placement, snapshot: Snapshot, world: World
) -> NudgeHold:
    """Never accumulated: from where the hand began. One that was lost takes hold afresh."""
    if hand.grip is None:
        return hold
    if hand.epoch != hold.epoch:
        afresh = replace(hold, epoch=hand.epoch, hand_at_start=hand.grip)
        return replace(afresh, nudge_at_start=hold.nudge)
    way = less(hand.grip.position_m, hold.hand_at_start.position_m)
    by = turned(hand.grip.rotation_xyzw, reversed_rotation(hold.hand_at_start.rotation_xyzw))
    is_still = math.hypot(*way) < _STILL_M and _angle(by) < _STILL_RAD
    if is_still and not hold.has_moved:
        return hold
    shown = next(t for t in world.case.timepoints if t.id == snapshot.timepoint)
    nudge = _moved(hold, _in_case(damped_m(way), damped(by), model), middle_mm(shown))
    # Beyond what is a nudge it stays at the last place that was one.
    return replace(hold, nudge=nudge, has_moved=True) if is_near(nudge, world.case) else hold


def _moved(hold: NudgeHold, motion: tuple[Vec3, Quat], pivot_mm: Vec3) -> PartPlace:
    """The hand's motion is the shown date's; a nudge lies in the first date's frame."""
    way_mm, turn = motion
    of_shown = rigid((0.0, 0.0, 0.0), turn)
    of_shown[:3, 3] = pivot_mm - apply(of_shown, pivot_mm) + way_mm
    there = hold.first_from_shown
    moved = there @ of_shown @ invert_similarity(there)
    if hold.is_shown:
        moved = invert_similarity(moved)
    placed = moved @ hold.nudge_at_start.matrix()
    x, y, z = placed[:3, 3].tolist()
    return PartPlace((x, y, z), quaternion(placed[:3, :3]))


def _in_case(way_m: Vec3, turn: Quat, model: Placement) -> tuple[Vec3, Quat]:
    room_turn, mm = room_from_case(model)
    back = reversed_rotation(room_turn)
    return scaled(rotated(back, way_m), 1 / mm), turned(turned(back, turn), room_turn)


def damped_m(way_m: Vec3) -> Vec3:
    length = math.hypot(*way_m)
    return scaled(way_m, _damped(length, FINE_M) / length) if length > 0 else way_m


def damped(turn: Quat) -> Quat:
    angle = _angle(turn)
    if angle < 1e-9:
        return IDENTITY_ROTATION
    sign = 1.0 if turn[3] >= 0 else -1.0
    return axis_rotation([sign * v for v in turn[:3]], _damped(angle, FINE_RAD))


def _damped(size: float, fine: float) -> float:
    return FINE_SHARE * min(size, fine) + max(size - fine, 0.0)


def _angle(turn: Quat) -> float:
    return 2 * math.atan2(math.hypot(*turn[:3]), abs(turn[3]))


def taken_back(date: str) -> NudgeDate:
    """As the fit alone has it."""
    return NudgeDate(date, HOME)
