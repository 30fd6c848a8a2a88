"""Pieces cover a picture once, and each shows its part of the view."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrviewer.spatial.tiles import tile_view, tiles
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose
from xrviewer.spatial.views import View, symmetric_fov

VIEW = View(Pose((0, 0, 0), IDENTITY_ROTATION), symmetric_fov(0.6, 1.5))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(16, 3000), st.integers(16, 3000), st.integers(128, 2048))
def test_every_pixel_is_kept_once_and_was_drawn(width: int, height: int, limit: int) -> None:
    (wide, high), found = tiles(width, height, limit)
    assert wide <= limit and high <= limit
    count = np.zeros((height, width), np.uint8)
    for tile in found:
        left, bottom, right, top = tile.keep
        count[bottom:top, left:right] += 1
        assert tile.left <= left < right <= tile.left + wide <= width
        assert tile.bottom <= bottom < top <= tile.bottom + high <= height
        assert tile.left % 8 == 0 and tile.bottom % 8 == 0
    assert (count == 1).all()


def test_what_a_card_takes_is_one_piece() -> None:
    assert len(tiles(4096, 4096, 4096)[1]) == 1
    assert len(tiles(8192, 8192, 4096)[1]) <= 16


@pytest.mark.parametrize("corner", [0, -1])
def test_a_piece_sees_its_own_part(corner: int) -> None:
    drawn, found = tiles(900, 600, 256)
    tile = found[corner]
    fov = tile_view(VIEW, tile, drawn, (900, 600)).fov
    step = 2 * math.tan(VIEW.fov.right_rad) / 900
    assert math.tan(fov.left_rad) == pytest.approx(-450 * step + tile.left * step)
    assert math.tan(fov.up_rad) == pytest.approx(-300 * step + (tile.bottom + drawn[1]) * step)
