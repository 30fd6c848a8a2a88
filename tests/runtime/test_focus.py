"""The runtime's own hand on the session: its input taken away, the room recentred."""

from __future__ import annotations

import re
import subprocess

from bed import Bed

from xrviewer.interaction.input import FrameInput


def control(*arguments: str) -> str:
    done = subprocess.run(["monado-ctl", *arguments], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def _has_hands(frame: FrameInput) -> bool:
    return frame.left.grip is not None and frame.right.squeeze > 0.5


def test_input_that_goes_elsewhere_leaves_neutral_hands(null_bed: Bed) -> None:
    remote, null_bed.is_spent = null_bed.start_runtime(), True
    null_bed.start_frontend()
    remote.press("right", squeeze=1.0)
    remote.send()
    null_bed.run_until(_has_hands)
    found = re.search(r"id: (\d+).*xrviewer", control())
    assert found is not None, "the runtime does not list the viewer among its clients"
    control("-i", found[1])
    away = null_bed.run_until(lambda f: f.right.squeeze == 0.0)
    assert len(away.views) == 2, "it goes on drawing"
    control("-i", found[1])
    null_bed.run_until(_has_hands)


def test_recentring_is_told_once(null_bed: Bed) -> None:
    remote, null_bed.is_spent = null_bed.start_runtime(), True
    null_bed.start_frontend()
    remote.head((0.5, 1.6, 0.3))
    remote.send()
    null_bed.run_until(lambda f: bool(f.views) and f.views[0].eye.position_m[2] > 0.29)
    control("-c")
    null_bed.run_until(lambda f: f.is_recentred)
    after = null_bed.run_until(lambda f: bool(f.views))
    assert not after.is_recentred
    assert abs(after.views[0].eye.position_m[2]) < 0.01
