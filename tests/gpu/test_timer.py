"""Times come later, in order, and never block."""

from __future__ import annotations

import numpy as np
import pytest
from OpenGL import GL

from tests.gpu.names import alive
from xrviewer.gpu.context import Capabilities, wait_for_gpu
from xrviewer.gpu.target import Canvas
from xrviewer.gpu.timer import GpuTimer

pytestmark = pytest.mark.gl


def test_work_takes_time_and_more_takes_longer(gl: Capabilities) -> None:
    canvas, timer = Canvas(1024, 1024), GpuTimer()
    assert timer.poll_ms() == []
    black = np.zeros(4, np.float32)
    for times in (1, 0, 200):  # llvmpipe times its first clear of all by its clock's start
        timer.begin()
        for _ in range(times):
            GL.glClearNamedFramebufferfv(canvas.target.framebuffers[0], GL.GL_COLOR, 0, black)
        timer.end()
    wait_for_gpu()
    _, nothing_ms, clears_ms = timer.poll_ms()
    assert 0 <= nothing_ms < clears_ms < 10_000
    assert timer.poll_ms() == []
    timer.close()
    canvas.close()


def test_a_gpu_far_behind_is_not_waited_for(gl: Capabilities) -> None:
    before = alive()
    timer = GpuTimer()
    for _ in range(20):
        timer.begin()
        timer.end()
    wait_for_gpu()
    assert 1 <= len(timer.poll_ms()) <= 20
    timer.begin()
    timer.end()
    timer.close()
    assert alive() == before


def test_an_end_without_a_begin_does_nothing(gl: Capabilities) -> None:
    timer = GpuTimer()
    timer.end()
    timer.close()
