"""Runtimes that are absent, die, come back, and sessions that end: the loop outlives them all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import xr
from bed import Bed

from xrviewer.frontends.frontend import Wait
from xrviewer.interaction.input import FrameInput


def _is_holding(frame: FrameInput) -> bool:
    return frame.left.squeeze > 0.5


def _has_both_hands(frame: FrameInput) -> bool:
    return len(frame.views) == 2 and frame.left.grip is not None and frame.right.grip is not None


def test_killed_in_mid_gesture_and_started_again(bed: Bed) -> None:
    remote = bed.start_runtime()
    bed.start_frontend()
    remote.press("left", squeeze=1.0)
    remote.send()
    before = bed.run_until(_is_holding)
    bed.kill_runtime()
    let_go = bed.run_until(lambda f: True)
    assert not let_go.views and let_go.left.grip is None and let_go.left.squeeze == 0.0
    assert "session was lost" in bed.lines[-1]
    bed.start_runtime()
    after = bed.run_until(_has_both_hands)
    assert after.left.squeeze == 0.0
    assert after.time_s >= let_go.time_s >= before.time_s


def test_no_runtime_at_start_is_waited_for(null_bed: Bed) -> None:
    null_bed.start_frontend()
    assert set(null_bed.turn(1.5)) == {Wait.IDLE}
    assert len(null_bed.lines) == 1 and "monado-service" in null_bed.lines[0]
    null_bed.start_runtime()
    null_bed.run_until(_has_both_hands)
    assert "Monado" in null_bed.lines[-1]


def test_the_runtimes_menu_can_end_the_program(null_bed: Bed) -> None:
    null_bed.start_runtime()
    frontend = null_bed.start_frontend()
    null_bed.run_until(_has_both_hands)
    session = frontend.headset.session
    assert session is not None
    xr.request_exit_session(session.handle)
    assert null_bed.turn_until_quit()


def test_a_hand_that_is_not_tracked_for_a_second(null_bed: Bed) -> None:
    remote = null_bed.start_runtime()
    null_bed.start_frontend()
    null_bed.run_until(_has_both_hands)
    remote.hand("left", (0, 0, 0), is_active=False)
    remote.send()
    null_bed.run_until(lambda f: f.left.grip is None and f.right.grip is not None)
    null_bed.turn(1.0)
    remote.hand("left", (0, 1, 0), is_active=True)
    remote.send()
    null_bed.run_until(_has_both_hands)


def test_a_head_without_rotation_is_not_drawn_for(null_bed: Bed) -> None:
    """A zero quaternion is what runtimes give before the first fix."""
    remote = null_bed.start_runtime()
    null_bed.start_frontend()
    null_bed.run_until(_has_both_hands)
    remote.head((0, 1.6, 0), (0, 0, 0, 0))
    remote.send()
    null_bed.run_until(lambda f: not f.views)
    remote.head((0, 1.6, 0))
    remote.send()
    null_bed.run_until(_has_both_hands)


def test_two_copies_at_once(null_bed: Bed) -> None:
    null_bed.start_runtime()
    null_bed.start_frontend()
    null_bed.run_until(_has_both_hands)
    program = Path(__file__).with_name("second_copy.py")
    second = subprocess.Popen(
        [sys.executable, str(program)], stdout=subprocess.PIPE, text=True, env=_without_layers()
    )
    with second:
        while second.poll() is None:
            null_bed.turn(0.2)
        assert second.stdout is not None and "frames: 20" in second.stdout.read()
    assert second.returncode == 0
    null_bed.run_until(_has_both_hands)


def test_validation_would_be_heard(null_bed: Bed) -> None:
    """The guard of all the other tests: a bad habit is reported."""
    null_bed.start_runtime()
    frontend = null_bed.start_frontend()
    null_bed.run_until(_has_both_hands)
    session = frontend.headset.session
    assert session is not None
    while frontend.wait() is not Wait.RUN:
        pass
    session.actions.sync()
    null_bed.frame()  # which does it again
    assert any("xrSyncActions" in line for line in null_bed.complaints())
    with pytest.raises(xr.ErrorResult):
        xr.wait_frame(session.handle, xr.FrameWaitInfo(type=xr.StructureType.UNKNOWN))
    assert any("xrWaitFrame" in line for line in null_bed.complaints())
    null_bed.forgive()


def _without_layers() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("XR_CORE_VALIDATION")}


@pytest.mark.parametrize("count", [0, 1])
def test_frames_without_views_are_ended_without_layers(
    null_bed: Bed, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """The missing views are put on; what follows is the real runtime's judgement of it."""
    null_bed.start_runtime()
    frontend = null_bed.start_frontend()
    null_bed.run_until(_has_both_hands)
    assert frontend.headset.session is not None
    eyes = frontend.headset.session.eyes
    locate = eyes._locate

    def too_few() -> int:
        result = locate()
        eyes._located.value = count
        return result

    with monkeypatch.context() as patched:
        patched.setattr(eyes, "_locate", too_few)
        for _ in range(5):
            assert null_bed.run_until(lambda f: not f.views).left.grip is not None
    null_bed.run_until(_has_both_hands)
