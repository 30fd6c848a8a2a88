"""The steady camera: what of its wider picture is left after the cut to the window's shape."""

from __future__ import annotations

import math

import pytest

from xrviewer.commands.spectator import widened
from xrviewer.gpu.blit import cut
from xrviewer.spatial.views import symmetric_fov


@pytest.mark.parametrize("eye", [(1000, 1100), (2000, 1000), (640, 640)])
@pytest.mark.parametrize("window", [(1280, 800), (600, 900), (700, 700)])
def test_the_cut_shows_the_window_s_own_view(eye: tuple[int, int], window: tuple[int, int]) -> None:
    wanted = symmetric_fov(0.8, window[0] / window[1])
    drawn = widened(wanted, eye[0] / eye[1])
    left, bottom, right, top = cut(*eye, *window)
    across, along = math.tan(drawn.right_rad), math.tan(drawn.up_rad)
    assert across / along == pytest.approx(eye[0] / eye[1])
    assert across * (right - left) / eye[0] == pytest.approx(math.tan(wanted.right_rad), rel=2e-3)
    assert along * (top - bottom) / eye[1] == pytest.approx(math.tan(wanted.up_rad), rel=2e-3)
    assert (drawn.left_rad, drawn.down_rad) == (-drawn.right_rad, -drawn.up_rad)
