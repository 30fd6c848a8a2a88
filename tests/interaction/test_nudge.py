"""The second date in the hand: where it goes, how it is damped, and what is kept."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from tests.interaction.gestures import frame, hand_at, positions, rotations
from tests.shapes import Look, case_of, sphere
from xrviewer.document.comparison import HOME, KeptFit
from xrviewer.document.comparison_intents import CompareWith, KeepFits, NudgeDate
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent, SelectTool, ShowTimepoint, Undo
from xrviewer.document.opening import middle_mm
from xrviewer.interaction.nudge import (
    FINE_M,
    FINE_RAD,
    FINE_SHARE,
    NUDGE_TOOL,
    damped,
    damped_m,
    taken_back,
)
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.step import Tools, step
from xrviewer.interaction.world import world_of
from xrviewer.scene.comparing import shown_from_other
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import (
    Pose,
    Vec3,
    apply,
    axis_rotation,
    rigid,
    turned,
)

CASE = case_of({"femur": sphere((30, -20, 10), 25, 8)}, {"femur": Look(role="bone")}, dates=2)
MOVED = rigid((12.0, -4.0, 3.0), axis_rotation((0, 1, 1), 0.4))
bounded = settings(derandomize=True, max_examples=40, deadline=None)


class Reader:
    """Two dates, and a right hand that has the tool."""

    def __init__(self, *intents: Intent, locked: bool = False) -> None:
        self.document, self.tools = Document(CASE), Tools()
        self.world = world_of(CASE, Preferences(visitor_lock=locked))
        fit = KeptFit("femur", tuple(MOVED.ravel().tolist()), 0.01, 1.0)
        for intent in (KeepFits("t1", (fit,)), *intents, SelectTool(NUDGE_TOOL)):
            self.document.apply(intent)

    def hand(self, pose: Pose, trigger: float = 1.0, epoch: int = 0) -> list[Intent]:
        right = replace(hand_at(pose.position_m, pose.rotation_xyzw, trigger=trigger), epoch=epoch)
        inp = frame(right=right)
        self.tools, intents = step(
            self.tools, inp, self.document.snapshot, self.world, lambda _: None
        )
        for intent in intents:
            self.document.apply(intent)
        return intents

    def place(self) -> np.ndarray:
        """shown_from_other of the bone, as it is seen."""
        found = shown_from_other(self.document.preview(self.tools.preview()), CASE)
        assert found is not None
        return found["femur"]


START = Pose((0.3, 1.2, -0.2), axis_rotation((1, 0, 0), 0.3))


def moved(by_m: Vec3, turn: tuple[Vec3, float] = ((0, 1, 0), 0.0)) -> Pose:
    x, y, z = (a + b for a, b in zip(START.position_m, by_m, strict=True))
    return Pose((x, y, z), turned(axis_rotation(*turn), START.rotation_xyzw))


@pytest.mark.parametrize("shown", ["t0", "t1"])
def test_what_is_seen_of_the_second_date_goes_a_quarter_of_the_way(shown: str) -> None:
    """Whichever of both dates stands still; about its own middle, not about the far hand."""
    other = "t1" if shown == "t0" else "t0"
    reader = Reader(ShowTimepoint(shown), CompareWith(other))
    before, model = reader.place(), reader.document.snapshot.model
    reader.hand(START)
    by_m, angle = (0.008, -0.012, 0.004), 0.08
    reader.hand(moved(by_m, ((0, 0, 1), angle)))
    room_from_case = model.matrix() @ MODEL_FROM_CASE
    seen = room_from_case @ reader.place() @ np.linalg.inv(before) @ np.linalg.inv(room_from_case)
    middle = apply(room_from_case, middle_mm(CASE.timepoints[int(shown[1])]))
    np.testing.assert_allclose(apply(seen, middle) - middle, np.multiply(by_m, 0.25), atol=1e-9)
    quarter = rigid((0, 0, 0), axis_rotation((0, 0, 1), angle * FINE_SHARE))
    np.testing.assert_allclose(seen[:3, :3], quarter[:3, :3], atol=1e-9)
    (asked,) = reader.hand(moved(by_m, ((0, 0, 1), angle)), trigger=0.0)
    assert isinstance(asked, NudgeDate) and asked.timepoint == "t1"


def test_it_is_one_step_of_undo_and_can_be_taken_back_at_once() -> None:
    reader = Reader(CompareWith("t1"))
    for way in (0.02, 0.05):
        reader.hand(START)
        reader.hand(moved((way / 2, 0, 0)))
        reader.hand(moved((way, 0, 0)), trigger=0.0)
    date = reader.document.snapshot.dates["t1"]
    assert date.is_by_hand and date.residual_mm is None
    reader.document.apply(taken_back("t1"))
    assert reader.document.snapshot.dates["t1"].nudge == HOME
    reader.document.apply(Undo())
    assert reader.document.snapshot.dates["t1"].nudge == date.nudge
    reader.document.apply(Undo())
    reader.document.apply(Undo())
    assert not reader.document.snapshot.dates["t1"].is_by_hand


def test_a_press_alone_a_guest_and_an_unknown_fit_move_nothing() -> None:
    for reader, way_m in (
        (Reader(CompareWith("t1")), 0.0004),
        (Reader(CompareWith("t1"), locked=True), 0.05),
        (Reader(CompareWith("t1"), KeepFits("t1", ())), 0.05),
        (Reader(), 0.05),
    ):
        reader.hand(START)
        assert reader.hand(moved((way_m, 0, 0))) == [] and reader.tools.preview() == ()
        assert reader.hand(moved((way_m, 0, 0)), trigger=0.0) == []


def test_a_hand_that_was_lost_takes_hold_afresh() -> None:
    reader = Reader(CompareWith("t1"))
    reader.hand(START)
    reader.hand(moved((0.01, 0, 0)))
    there = reader.place()
    reader.hand(moved((0.5, 0.2, 0)), epoch=1)
    np.testing.assert_allclose(reader.place(), there, atol=1e-9)


def test_it_stops_where_a_nudge_ends() -> None:
    reader = Reader(CompareWith("t1"))
    reader.hand(START)
    reader.hand(moved((0.04, 0, 0)))
    there = reader.place()
    reader.hand(moved((0.9, 0, 0)))
    np.testing.assert_allclose(reader.place(), there)
    (asked,) = reader.hand(moved((0.9, 0, 0)), trigger=0.0)
    assert isinstance(asked, NudgeDate)


@bounded
@given(positions, rotations)
def test_small_motions_are_a_quarter_and_none_is_longer_than_the_hands(
    way: Vec3, turn: tuple[float, float, float, float]
) -> None:
    length = math.hypot(*way)
    gone = math.hypot(*damped_m(way))
    assert gone <= length + 1e-12
    assert gone == pytest.approx(
        FINE_SHARE * length if length <= FINE_M else length - (1 - FINE_SHARE) * FINE_M
    )
    angle = 2 * math.acos(min(abs(turn[3]), 1.0))
    less = 2 * math.acos(min(abs(damped(turn)[3]), 1.0))
    wanted = FINE_SHARE * angle if angle <= FINE_RAD else angle - (1 - FINE_SHARE) * FINE_RAD
    assert less == pytest.approx(wanted, abs=1e-6)
