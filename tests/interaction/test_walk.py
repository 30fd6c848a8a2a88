import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.interaction.gestures import EYE, Wearer, frame, hand_at, poses, rotations
from xrviewer.interaction.input import Hand
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.walk import Footing, in_room, in_tracking
from xrviewer.spatial.transforms import Pose, apply, axis_rotation, rigid, rotation_matrix
from xrviewer.spatial.views import View


def eye(turn_rad: float, at: tuple[float, float, float] = (0.0, 1.6, 0.0)) -> View:
    return View(Pose(at, axis_rotation((0, 1, 0), turn_rad)), EYE.fov)


def walk(wearer: Wearer, x: float, y: float, frames: int = 90, turn_rad: float = 0.0) -> None:
    hand = hand_at((0.2, 1, 0), stick=(x, y))
    for _ in range(frames):
        wearer.hands(right=hand, views=(eye(turn_rad),))


@pytest.mark.parametrize("turn_rad", [0.0, math.pi / 2, 2.5])
def test_a_second_of_full_stick_is_a_metre_where_the_head_looks(turn_rad: float) -> None:
    wearer = Wearer()
    walk(wearer, 0.0, 1.0, turn_rad=turn_rad)
    ahead = (-math.sin(turn_rad), 0.0, -math.cos(turn_rad))
    np.testing.assert_allclose(wearer.tools.footing.position_m, ahead, atol=1e-9)
    assert wearer.asked == []


def test_the_head_alone_moves_nothing_and_up_is_never_walked() -> None:
    wearer = Wearer()
    up = View(Pose((0, 1.6, 0), axis_rotation((1, 0, 0), 1.2)), EYE.fov)
    for _ in range(90):
        wearer.hands(right=hand_at((0, 1, 0), stick=(0, 1.0)), views=(up,))
    np.testing.assert_allclose(wearer.tools.footing.position_m, (0, 0, -1), atol=1e-9)


def test_the_walker_sees_from_there() -> None:
    wearer = Wearer()
    walk(wearer, 1.0, 0.0)
    wearer.hands()
    assert wearer.tools.views[0].eye.position_m == pytest.approx((1.0, 1.6, 0.0))


def test_a_flick_turns_thirty_degrees_about_the_head_only_when_wanted() -> None:
    wearer = Wearer(Preferences(snap_turn=True, walk=False))
    standing = eye(0.0, (0.5, 1.6, 0.3))
    for x in (0.9, 0.9, 0.9, 0.0):
        wearer.hands(right=hand_at((0, 1, 0), stick=(x, 0.0)), views=(standing,))
    seen = wearer.tools.views[0].eye
    assert seen.position_m == pytest.approx((0.5, 1.6, 0.3))
    looks = rotation_matrix(seen.rotation_xyzw) @ (0, 0, -1)
    right = math.radians(30)
    np.testing.assert_allclose(looks, (math.sin(right), 0, -math.cos(right)), atol=1e-9)
    for x in (0.9, 0.0):
        wearer.hands(right=hand_at((0, 1, 0), stick=(x, 0.0)), views=(standing,))
    assert wearer.tools.footing.turn_rad == pytest.approx(-2 * right)
    off = Wearer(Preferences(walk=False))
    off.hands(right=hand_at((0, 1, 0), stick=(0.9, 0.0)))
    assert off.tools.footing.turn_rad == 0.0


def test_the_edge_darkens_while_walking_and_clears_after() -> None:
    wearer = Wearer()
    walk(wearer, 0.0, 1.0, 60)
    assert wearer.tools.footing.vignette > 0.9
    wearer.rest(1.0)
    assert wearer.tools.footing.vignette == 0.0
    calm = Wearer(Preferences(vignette=False))
    walk(calm, 0.0, 1.0)
    assert calm.tools.footing.vignette == 0.0


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-3, 3), poses, rotations)
def test_eyes_hands_and_joints_go_over_rigidly(
    x: float, z: float, turn_rad: float, pose: Pose, joint: tuple[float, float, float, float]
) -> None:
    footing = Footing((x, 0.0, z), turn_rad)
    joints = np.zeros((26, 8), np.float32)
    joints[:] = (*pose.position_m, *joint, 0.01)
    hand = hand_at(pose.position_m, pose.rotation_xyzw)
    moved = in_room(footing, frame(right=hand)).right
    bare = in_room(footing, frame(left=type(hand)(joints=joints))).left
    room = rigid(footing.position_m, footing.rotation_xyzw)
    assert moved.grip is not None and bare.joints is not None
    np.testing.assert_allclose(moved.grip.matrix(), room @ pose.matrix(), atol=1e-9)
    np.testing.assert_allclose(bare.joints[3, :3], apply(room, pose.position_m), atol=1e-5)
    turned = rotation_matrix([float(v) for v in bare.joints[3, 3:7]])
    np.testing.assert_allclose(turned, room[:3, :3] @ rotation_matrix(joint), atol=1e-5)


def test_walking_is_off_when_wanted() -> None:
    wearer = Wearer(Preferences(walk=False))
    walk(wearer, 0.0, 1.0)
    assert wearer.tools.footing.is_home


@settings(max_examples=30, derandomize=True)
@given(poses, st.floats(-3, 3), st.tuples(st.floats(-9, 9), st.floats(-9, 9)))
def test_a_thing_of_the_room_is_told_in_the_tracked_space(
    pose: Pose, turn_rad: float, walked: tuple[float, float]
) -> None:
    """in_room carries a hand there and back."""
    footing = Footing((walked[0], 0.0, walked[1]), turn_rad)
    hand = Hand(grip=in_tracking(footing, pose))
    back = in_room(footing, frame(right=hand)).right.grip
    assert back is not None
    np.testing.assert_allclose(back.position_m, pose.position_m, atol=1e-9)
    np.testing.assert_allclose(back.matrix(), pose.matrix(), atol=1e-9)
