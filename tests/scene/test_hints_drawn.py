"""What is written beside a hand: in lines outwards of it, each tied to its button."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from xrviewer.scene.marks import Anchor, Marks, Sketch
from xrviewer.scene.overlay import HINT_M, add_hints
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, Vec3, apply, axis_rotation

GRIP = Pose((0.3, 1.0, -0.4), axis_rotation((1, 2, 3), 0.8))
HEAD = Pose((0.0, 1.6, 0.0), IDENTITY_ROTATION)
HINTS = (((0.02, 0.01, -0.06), "undo"), ((0.03, -0.02, 0.01), "grab"))


def button_hints(
    grip: Pose, is_left: bool, hints: Sequence[tuple[Vec3, str]], head: Pose, size: float
) -> Marks:
    sketch = Sketch()
    add_hints(sketch, grip, is_left, hints, head, size)
    return sketch.marks()


@pytest.mark.parametrize("is_left", [True, False])
def test_each_line_is_tied_to_its_button(is_left: bool) -> None:
    drawn = button_hints(GRIP, is_left, HINTS, HEAD, 2.0)
    mirror = (-1, 1, 1) if is_left else (1, 1, 1)
    buttons = apply(GRIP.matrix(), [np.multiply(place, mirror) for place, _ in HINTS])
    np.testing.assert_allclose(drawn.strokes["end_m"], buttons, atol=1e-6)
    assert [label.text for label in drawn.labels] == ["undo", "grab"]
    upper, lower = (np.array(label.position_m) for label in drawn.labels)
    np.testing.assert_allclose(upper - lower, (0, 2.2 * HINT_M * 2.0, 0), atol=1e-9)
    assert {label.anchor for label in drawn.labels} == {Anchor.RIGHT if is_left else Anchor.LEFT}
    off = upper - GRIP.position_m
    right = np.array([0.4, 0, 0.3]) / 0.5 * (-1 if is_left else 1)  # of who looks at the hand
    assert off @ right == pytest.approx(0.06) and math.isclose(off[1], 0.05)


def test_a_hand_right_over_the_head_is_beside_it_all_the_same() -> None:
    over = Pose((0.0, 2.0, 0.0), IDENTITY_ROTATION)
    (label,) = button_hints(over, False, HINTS[:1], HEAD, 1.0).labels
    assert label.position_m == pytest.approx((0.06, 2.05, 0.0))


def test_no_hints_draw_nothing() -> None:
    drawn = button_hints(GRIP, True, (), HEAD, 1.0)
    assert not drawn.labels and not len(drawn.strokes)
