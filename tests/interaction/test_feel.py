"""Which hand feels what."""

from __future__ import annotations

import pytest

from xrviewer.interaction.feel import pulses
from xrviewer.interaction.grab import Grab, step_grab
from xrviewer.interaction.input import Hand
from xrviewer.spatial.transforms import Placement, Pose

REST = Placement((0, 1, 0), (0, 0, 0, 1), 1.0)


def grab(left: bool, right: bool) -> Grab | None:
    hands = (Hand(Pose((x, 1, 0), (0, 0, 0, 1)), squeeze=float(held)) for x, held in
             ((-0.2, left), (0.2, right)))  # fmt: skip
    return step_grab(None, *hands, REST)


@pytest.mark.parametrize(
    ("before", "after", "taken", "let_go"),
    [
        ((False, False), (True, False), [0], []),
        ((True, False), (True, True), [1], []),
        ((True, True), (False, True), [], [0]),
        ((True, False), (False, True), [1], [0]),
        ((True, True), (True, True), [], []),
        ((True, True), (False, False), [], [0, 1]),
    ],
)
def test_hands_that_changed_feel_it(
    before: tuple[bool, bool], after: tuple[bool, bool], taken: list[int], let_go: list[int]
) -> None:
    felt = pulses(grab(*before), grab(*after))
    assert [p.hand for p in felt] == taken + let_go
    strengths = [p.amplitude for p in felt]
    assert strengths == sorted(strengths, reverse=True)
    assert all(0 < p.amplitude <= 1 and 0 < p.duration_s < 0.1 for p in felt)
