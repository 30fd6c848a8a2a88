"""What stands on a picture: each part of it can go, but for what the picture is not for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrviewer.capture.dressing import Dressing
from xrviewer.capture.furniture import ALL, BARE, Furniture, Told, bar_length_mm, dressed
from xrviewer.case.model import MapInfo
from xrviewer.scene.mapping import Scale

GREY = np.full((480, 640, 4), 90, np.uint8)
INFO = MapInfo("thickness_mm", "Thickness", "mm", "defined", "by rays between surfaces", 0.05)
TOLD = Told("A knee", Scale(INFO, 0.0, 4.0, 0, "viridis", True), 0.25, ("R", "L", "S", "I"))
PARTS = ("legend", "scale_bar", "letters", "caption")


def changed(a: np.ndarray, b: np.ndarray) -> int:
    return int((np.abs(a.astype(int) - b).max(axis=2) > 0).sum())


@pytest.mark.parametrize("part", PARTS)
def test_each_part_can_be_left_out_alone(part: str) -> None:
    full, without = dressed(GREY, TOLD), dressed(GREY, TOLD, replace(ALL, **{part: False}))
    only = dressed(GREY, TOLD, replace(BARE, **{part: True}))
    assert changed(full, without) > 50
    assert changed(only, dressed(GREY, TOLD, BARE)) > 50
    assert Furniture.without((part.replace("_", "-"),)) == replace(ALL, **{part: False})


def test_the_warning_stays_whatever_is_left_out() -> None:
    bare = dressed(GREY, TOLD, BARE)
    corner = bare[-30:, -200:].astype(int)
    assert corner.max() > 150  # written
    rest = bare.copy()
    rest[-40:, -220:] = 90
    assert changed(rest, GREY[..., :3]) == 0


@pytest.mark.parametrize("mm_per_pixel", [0.004, 0.05, 0.25, 3.0])
def test_the_bar_is_as_long_as_it_says(mm_per_pixel: float) -> None:
    only = replace(BARE, scale_bar=True)
    picture = dressed(GREY, replace(TOLD, mm_per_pixel=mm_per_pixel), only).astype(int)
    bare = dressed(GREY, TOLD, BARE).astype(int)
    bright = (picture.min(axis=2) > 225) & (np.abs(picture - bare).max(axis=2) > 0)
    row = max(range(480), key=lambda y: int(bright[y].sum()))
    columns = np.flatnonzero(bright[row])
    length_mm = bar_length_mm(mm_per_pixel, 640)
    assert (columns[-1] - columns[0]) * mm_per_pixel == pytest.approx(
        length_mm, abs=1.6 * mm_per_pixel
    )


@settings(max_examples=80, derandomize=True)
@given(st.floats(1e-4, 1e3), st.integers(16, 8192))
def test_the_bar_is_round_and_fits(mm_per_pixel: float, width: int) -> None:
    length = bar_length_mm(mm_per_pixel, width)
    lead = float(f"{length:.6e}".split("e")[0])
    assert lead in (1.0, 2.0, 5.0)
    assert 0.4 * 0.22 * 0.99 * width <= length / mm_per_pixel <= 0.22 * width * 1.0001


def test_where_nothing_has_one_scale_there_is_no_bar() -> None:
    no_bar = replace(TOLD, mm_per_pixel=None)
    np.testing.assert_array_equal(
        dressed(GREY, no_bar, ALL), dressed(GREY, TOLD, replace(ALL, scale_bar=False))
    )


@pytest.mark.parametrize("size", [(16, 16), (90, 160), (2000, 1000)])
def test_any_size_keeps_its_size(size: tuple[int, int]) -> None:
    assert dressed(np.zeros((*size, 3), np.uint8), TOLD).shape == (*size, 3)


@pytest.mark.parametrize("is_on_white", [False, True])
def test_laid_on_a_film_s_picture_it_is_what_is_drawn_on_it(is_on_white: bool) -> None:
    """Within the rounding of one blend; on any picture, and where there is nothing, exactly."""
    noise = np.random.default_rng(5).integers(0, 256, (*GREY.shape[:2], 4), np.uint8)
    told = replace(TOLD, sentence="A sentence of a film", is_on_white=is_on_white)
    wanted, dressing = dressed(noise, told), Dressing(told)
    for _ in range(2):
        picture = noise.copy()
        assert dressing(picture) is picture
        assert np.abs(picture[..., :3].astype(int) - wanted).max() <= 1
        assert np.array_equal(picture[..., 3], noise[..., 3])
    white = np.full_like(noise, 255)
    is_free = (dressed(white, told) == 255).all(axis=2) & ~dressed(0 * white, told).any(axis=2)
    assert 0.3 < is_free.mean() < 0.99
    assert np.array_equal(picture[is_free], noise[is_free])
    small = noise[:120, :160].copy()
    assert np.abs(dressing(small)[..., :3].astype(int) - dressed(noise[:120, :160], told)).max() < 2
