"""The other ways to share OpenGL with a runtime, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bed import Bed

PROGRAM = Path(__file__).with_name("surfaceless.py")


def test_egl_without_a_window(null_bed: Bed) -> None:
    null_bed.start_runtime()
    done = subprocess.run([sys.executable, str(PROGRAM)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "EGL, no window: 10 frames" in done.stdout
