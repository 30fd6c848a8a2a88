"""Bare fingers to grip, aim and buttons, on hands built joint by joint."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from xrviewer.frontends.openxr import hands
from xrviewer.frontends.openxr.hands import Fingers, bare_hand
from xrviewer.spatial.transforms import apply_direction

RADIUS_M = 0.008
IDENTITY = (0.0, 0.0, 0.0, 1.0)


def flat_hand(pinch_gap_m: float = 0.08, grip_gap_m: float = 0.12) -> NDArray[np.float32]:
    """Palm down, fingers towards -z; gaps are between skins."""
    found = np.zeros((hands.JOINT_COUNT, 8), np.float32)
    found[:, 3:7], found[:, 7] = IDENTITY, RADIUS_M
    found[hands.INDEX_ROOT, :3] = (-0.03, 0, -0.06)
    found[hands.INDEX_TIP, :3] = (-0.03, 0, -0.14)
    found[hands.THUMB_TIP, :3] = (-0.03 - pinch_gap_m - 2 * RADIUS_M, 0, -0.14)
    found[hands.RING_TIP, :3] = (0.01, 0, -0.02 - grip_gap_m - 2 * RADIUS_M)
    found[hands.RING_ROOT, :3] = (0.01, 0, -0.02)
    return found


@pytest.mark.parametrize(
    ("gap_mm", "was_pinching", "expected"),
    [(9, False, 1.0), (11, False, 0.0), (14, True, 1.0), (16, True, 0.0), (14, False, 0.0)],
)
def test_pinch_closes_near_and_opens_far(
    gap_mm: float, was_pinching: bool, expected: float
) -> None:
    hand, fingers = bare_hand(flat_hand(gap_mm / 1000), True, Fingers(is_pinching=was_pinching))
    assert hand.trigger == expected and fingers.is_pinching == bool(expected)
    assert hand.squeeze == 0.0


@pytest.mark.parametrize(
    ("gap_mm", "was_gripping", "expected"), [(49, False, 1.0), (55, False, 0.0), (55, True, 1.0)]
)
def test_grip(gap_mm: float, was_gripping: bool, expected: float) -> None:
    found = flat_hand(grip_gap_m=gap_mm / 1000)
    hand, _ = bare_hand(found, False, Fingers(is_gripping=was_gripping))
    assert hand.squeeze == expected and hand.trigger == 0.0


@pytest.mark.parametrize("is_left", [True, False])
def test_grip_axes_are_those_of_a_held_stick(is_left: bool) -> None:
    """Palm down: the thumb of a left hand points right (+x); the stick's -z goes to the thumb. The
    grip's x goes up into a right palm, and leaves a left palm downwards."""
    hand, _ = bare_hand(flat_hand(), is_left, Fingers())
    assert hand.grip is not None
    room_from_grip = hand.grip.matrix()
    thumb_side = (1.0, 0, 0) if is_left else (-1.0, 0, 0)
    into_palm = (0, -1.0, 0) if is_left else (0, 1.0, 0)
    assert apply_direction(room_from_grip, (0, 0, -1)) == pytest.approx(thumb_side, abs=1e-6)
    assert apply_direction(room_from_grip, (1, 0, 0)) == pytest.approx(into_palm, abs=1e-6)
    assert np.linalg.det(room_from_grip[:3, :3]) == pytest.approx(1)


def test_aim_leaves_the_index_root_along_the_fingers() -> None:
    hand, _ = bare_hand(flat_hand(), True, Fingers())
    assert hand.aim is not None
    assert hand.aim.position_m == pytest.approx((-0.03, 0, -0.06))
    assert apply_direction(hand.aim.matrix(), (0, 0, -1)) == pytest.approx((0, 0, -1))


def raw_joints() -> NDArray[np.void]:
    raw = np.zeros(hands.JOINT_COUNT, hands.RAW_JOINT)
    raw["flags"], raw["rotation_xyzw"], raw["radius_m"] = 3, IDENTITY, 0.01
    raw["position_m"] = np.arange(hands.JOINT_COUNT * 3).reshape(-1, 3)
    return raw


def test_joints_are_position_rotation_radius() -> None:
    found = hands.joints(raw_joints())
    assert found is not None and found.shape == (26, 8) and not found.flags.writeable
    assert found[2].tolist() == pytest.approx([6, 7, 8, 0, 0, 0, 1, 0.01])


@pytest.mark.parametrize(("field", "value"), [("flags", 1), ("rotation_xyzw", 0.0)])
def test_one_unknown_joint_makes_no_hand(field: str, value: float) -> None:
    raw = raw_joints()
    raw[field][7] = value
    assert hands.joints(raw) is None
