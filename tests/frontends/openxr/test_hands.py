"""Bare fingers to grip, aim and buttons, on hands built joint by joint."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from xrviewer.frontends.openxr import hands
from xrviewer.frontends.openxr.hands import bare_hand
from xrviewer.spatial.transforms import apply_direction

RADIUS_M = 0.008
IDENTITY = (0.0, 0.0, 0.0, 1.0)


def flat_hand() -> NDArray[np.float32]:
    """Palm down, fingers towards -z."""
    found = np.zeros((hands.JOINT_COUNT, 8), np.float32)
    found[:, 3:7], found[:, 7] = IDENTITY, RADIUS_M
    found[hands.INDEX_ROOT, :3] = (-0.03, 0, -0.06)
    return found


def test_what_is_closed_is_not_for_the_front_end_to_say() -> None:
    hand = bare_hand(flat_hand(), True)
    assert (hand.squeeze, hand.trigger) == (0.0, 0.0) and hand.joints is not None


@pytest.mark.parametrize("is_left", [True, False])
def test_grip_axes_are_those_of_a_held_stick(is_left: bool) -> None:
    """Palm down: the thumb of a left hand points right (+x); the stick's -z goes to the thumb. The
    grip's x goes up into a right palm, and leaves a left palm downwards."""
    hand = bare_hand(flat_hand(), is_left)
    assert hand.grip is not None
    room_from_grip = hand.grip.matrix()
    thumb_side = (1.0, 0, 0) if is_left else (-1.0, 0, 0)
    into_palm = (0, -1.0, 0) if is_left else (0, 1.0, 0)
    assert apply_direction(room_from_grip, (0, 0, -1)) == pytest.approx(thumb_side, abs=1e-6)
    assert apply_direction(room_from_grip, (1, 0, 0)) == pytest.approx(into_palm, abs=1e-6)
    assert np.linalg.det(room_from_grip[:3, :3]) == pytest.approx(1)


def test_aim_leaves_the_index_root_along_the_fingers() -> None:
    hand = bare_hand(flat_hand(), True)
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
