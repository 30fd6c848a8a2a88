"""The wearer's head, hands, buttons and fingers, as the loop gets them."""

from __future__ import annotations

import numpy as np
import pytest
from bed import Bed

from xrviewer.interaction.bare import Bare, step_bare
from xrviewer.interaction.input import ButtonNames, FrameInput
from xrviewer.spatial.transforms import axis_rotation

MM = 1e-3


def test_head_moves_both_eyes(bed: Bed) -> None:
    remote = bed.start_runtime()
    bed.start_frontend()
    turned = axis_rotation((0, 1, 0), np.radians(30))
    remote.head((0.1, 1.5, 0.2), turned)
    remote.send()
    frame = bed.run_until(lambda f: len(f.views) == 2 and f.views[0].eye.position_m[1] < 1.55)
    left, right = (np.array(view.eye.position_m) for view in frame.views)
    assert (left + right) / 2 == pytest.approx([0.1, 1.5, 0.2], abs=MM)
    # Turned left by 30 degrees about the vertical, right is (cos 30, 0, -sin 30).
    across = (right - left) / np.linalg.norm(right - left)
    assert across == pytest.approx([np.cos(np.radians(30)), 0, -np.sin(np.radians(30))], abs=MM)
    assert frame.views[0].eye.rotation_xyzw == pytest.approx(turned, abs=1e-5)


def test_controllers_reach_the_loop(null_bed: Bed) -> None:
    remote = null_bed.start_runtime()
    null_bed.start_frontend()
    remote.hand("left", (0.1, 1.0, -0.3), axis_rotation((1, 0, 0), 0.5))
    remote.press("left", squeeze=0.75, trigger=0.5, stick=(0.25, -0.5), a=(1, 1), b=(1, 1))
    remote.press("right", stick_button=(1, 1))
    remote.send()
    frame = null_bed.run_until(lambda f: f.left.squeeze > 0 and f.right.is_stick_pressed)
    left, right = frame.left, frame.right
    assert left.grip is not None and left.aim is not None
    assert left.grip.position_m == pytest.approx((0.1, 1.0, -0.3), abs=MM)
    assert left.grip.rotation_xyzw == pytest.approx(axis_rotation((1, 0, 0), 0.5), abs=1e-5)
    assert (left.squeeze, left.trigger, *left.stick) == pytest.approx((0.75, 0.5, 0.25, -0.5))
    assert left.is_a_pressed and left.is_b_pressed and not left.is_stick_pressed
    assert not right.is_a_pressed and right.squeeze == 0.0
    assert left.joints is None
    named = null_bed.run_until(lambda f: bool(f.left.names and f.right.names))
    index = ButtonNames("grip", "trigger", "stick", "stick", "A", "B")
    assert named.left.names == named.right.names == index


def test_hands_take_over_from_controllers_and_give_back(null_bed: Bed) -> None:
    remote = null_bed.start_runtime()
    null_bed.start_frontend()
    null_bed.run_until(lambda f: f.right.grip is not None and f.right.joints is None)
    remote.hand("right", (0.2, 1.2, -0.4), is_active=False)
    remote.curl("right", fingers=0.0, thumb=0.0)
    remote.send()
    flat = null_bed.run_until(lambda f: f.right.joints is not None).right
    assert flat.joints is not None and flat.joints.shape == (26, 8)
    assert flat.grip is not None

    def is_fist(frame: FrameInput) -> bool:
        return step_bare(Bare(), frame.right, frame.dt_s)[1].squeeze == 1.0

    assert not is_fist(FrameInput(0.0, 0.0, (), right=flat))
    remote.curl("right", fingers=1.0, thumb=0.0)
    remote.send()
    null_bed.run_until(is_fist)
    remote.curl("right", fingers=0.0, thumb=0.0)
    remote.send()
    null_bed.run_until(lambda f: not is_fist(f))
    remote.curl("right", fingers=0.0, thumb=0.0, is_tracked=False)
    remote.hand("right", (0.2, 1.2, -0.4), is_active=True)
    remote.send()
    null_bed.run_until(lambda f: f.right.grip is not None and f.right.joints is None)


def test_every_profile_is_taken(null_bed: Bed) -> None:
    null_bed.start_runtime()
    frontend = null_bed.start_frontend()
    null_bed.run_until(lambda f: bool(f.views))
    assert frontend.headset.session is not None
    assert frontend.headset.session.actions.refused == ()
