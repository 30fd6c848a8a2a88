"""A frame of interaction: hover, gestures and the one intent at their end; and nothing else."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest

from tests.interaction.hands import OPEN, holding
from tests.shapes import case_of, sphere, square
from xrviewer.document.document import Document
from xrviewer.document.intents import PlaceModel, SetLayerVisible
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.step import Tools, step
from xrviewer.scene.pick import Picker
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.rays import Hit, Ray
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, apply
from xrviewer.spatial.views import looking_at

CASE = case_of({"ball": sphere((-60, 0, 0)), "plate": square((60, 0, 0), 20)})
PICKER = Picker(CASE.timepoints[0].surfaces)
ALL = np.ones(2, bool)


def pick(ray: Ray) -> Hit | None:
    return PICKER.pick(ray, ALL)


def frame(left: Hand = OPEN, right: Hand = OPEN, keys: tuple[str, ...] = ()) -> FrameInput:
    return FrameInput(0.0, 0.01, (), left, right, frozenset(keys))


def pointing_at(document: Document, case_mm: tuple[float, float, float]) -> Hand:
    """A hand before the model that points at a point of the case."""
    x, y, z = apply(document.snapshot.model.matrix() @ MODEL_FROM_CASE, case_mm)
    return Hand(aim=looking_at((0.05, float(y) + 0.1, 0.4), (float(x), float(y), float(z))))


def test_what_a_hand_points_at() -> None:
    document = Document(CASE)
    hand = pointing_at(document, (60, 0, 0))
    tools, intents = step(Tools(), frame(right=hand), document.snapshot, CASE, pick)
    assert intents == []
    assert tools.pointed is not None and tools.pointed.part == 1
    np.testing.assert_allclose(tools.pointed.point_mm, (60, 0, 0), atol=1e-3)


def test_the_right_hand_goes_first_and_the_left_points_when_it_does_not() -> None:
    document = Document(CASE)
    ball, plate = pointing_at(document, (-60, 0, 0)), pointing_at(document, (60, 0, 0))
    away = pointing_at(document, (0, 0, 500))
    for left, right, part in ((ball, plate, 1), (plate, ball, 0), (ball, away, 0), (ball, OPEN, 0)):
        tools, _ = step(Tools(), frame(left, right), document.snapshot, CASE, pick)
        assert tools.pointed is not None and tools.pointed.part == part
    tools, _ = step(Tools(), frame(away, away), document.snapshot, CASE, pick)
    assert tools.pointed is None


def test_a_key_means_what_was_pointed_at_when_it_went_down() -> None:
    document = Document(CASE)
    hovering, _ = step(
        Tools(), frame(right=pointing_at(document, (60, 0, 0))), document.snapshot, CASE, pick
    )
    _, intents = step(hovering, frame(keys=("h",)), document.snapshot, CASE, pick)
    assert intents == [SetLayerVisible("plate", False)]


def test_a_gesture_is_one_intent_at_its_end() -> None:
    document = Document(CASE)
    tools, said = Tools(), []
    way = [holding((0.1 * i, 1.0, -0.5)) for i in range(6)]
    for hand in [*way, OPEN, OPEN]:
        tools, intents = step(tools, frame(right=hand), document.snapshot, CASE, pick)
        said += intents
        assert (tools.placement is None) == (hand is OPEN)
    (placed,) = said
    assert isinstance(placed, PlaceModel)
    rest = document.snapshot.model.position_m
    np.testing.assert_allclose(placed.placement.position_m, np.add(rest, (0.5, 0, 0)), atol=1e-12)


def test_nothing_is_pointed_at_while_the_model_is_held() -> None:
    document = Document(CASE)
    aiming = pointing_at(document, (60, 0, 0))
    hand = Hand(grip=Pose((0, 1, 0), IDENTITY_ROTATION), aim=aiming.aim, squeeze=1.0)
    tools, _ = step(Tools(), frame(right=hand), document.snapshot, CASE, pick)
    assert tools.grab is not None and tools.pointed is None


@pytest.mark.parametrize(
    "aim",
    [Pose((math.nan, 0, 0), IDENTITY_ROTATION), Pose((0, 1, 0), (math.nan, 0, 0, 1))],
    ids=["position", "rotation"],
)
def test_a_hand_that_is_lost_points_at_nothing(aim: Pose) -> None:
    document = Document(CASE)
    tools, intents = step(Tools(), frame(right=Hand(aim=aim)), document.snapshot, CASE, pick)
    assert tools.pointed is None and intents == []


def test_a_step_changes_none_of_what_it_is_given() -> None:
    document = Document(CASE)
    snapshot = document.snapshot
    layers = snapshot.layers.copy()
    tools = Tools()
    hands = [holding((-0.1, 1, -0.5)), holding((0.1, 1, -0.5)), pointing_at(document, (60, 0, 0))]
    for left, right in ((OPEN, hands[2]), (hands[0], hands[1]), (hands[0], OPEN), (OPEN, OPEN)):
        before, inp = copy.deepcopy(tools), frame(left, right, ("h",))
        first, said = step(tools, inp, snapshot, CASE, pick)
        again, said_again = step(tools, inp, snapshot, CASE, pick)
        assert said == said_again
        assert repr(first) == repr(again)
        assert repr(tools) == repr(before)
        tools = first
    assert document.snapshot is snapshot
    np.testing.assert_array_equal(snapshot.layers, layers)
