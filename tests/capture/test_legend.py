"""The legend says what the colours mean, in the colours of the table."""

from __future__ import annotations

import numpy as np
import pytest

from xrviewer.capture.legend import with_legend
from xrviewer.case.model import MapInfo
from xrviewer.scene.mapping import LOSS_SRGB, Scale

INFO = MapInfo("thickness_mm", "Thickness", "mm", "defined", "by rays between surfaces", 0.05)
GREY = np.full((600, 800, 3), 90, np.uint8)


@pytest.mark.parametrize("steps", [0, 5])
def test_bar_holds_the_whole_table_in_order(steps: int) -> None:
    scale = Scale(INFO, 0.0, 4.0, steps, "viridis", True)
    picture = with_legend(GREY, scale).astype(int)
    table = scale.table().astype(int)
    column = max(range(60), key=lambda x: sum(is_in_table(picture[:, x], table)))
    rows = np.flatnonzero(is_in_table(picture[:, column], table))
    assert len(rows) >= 200 and (np.diff(rows) == 1).all()
    places = [np.abs(picture[y, column] - table).sum(axis=1).argmin() for y in rows]
    assert (np.diff(places) <= 0).all()
    np.testing.assert_array_equal(picture[rows[0], column], table[-1])
    np.testing.assert_array_equal(picture[rows[-1], column], table[0])


def is_in_table(pixels: np.ndarray, table: np.ndarray) -> np.ndarray:
    return (np.abs(pixels[:, None] - table).sum(axis=2) == 0).any(axis=1)


def test_full_loss_is_in_the_legend_only_where_zero_means_it() -> None:
    for has_loss in (True, False):
        picture = with_legend(GREY, Scale(INFO, 0.0, 4.0, 0, "viridis", has_loss))
        assert has_loss == bool((picture == np.array(LOSS_SRGB[0], np.uint8)).all(axis=2).any())


def test_the_pointed_value_is_marked_at_its_height() -> None:
    scale = Scale(INFO, 0.0, 4.0, 0, "viridis", True)
    plain = with_legend(GREY, scale).astype(int)
    heights = []
    for value in (0.5, 2.0, 3.5, 9.0):
        changed = np.abs(with_legend(GREY, scale, value).astype(int) - plain).sum(axis=2) > 0
        assert changed.any()
        heights.append(np.flatnonzero(changed.any(axis=1)).mean())
    assert heights == sorted(heights, reverse=True)
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=1.5)


@pytest.mark.parametrize("size", [(48, 48), (160, 90), (1080, 1920)])
def test_any_size_of_picture_keeps_its_size(size: tuple[int, int]) -> None:
    picture = np.zeros((*size, 3), np.uint8)
    scale = Scale(INFO, -1.0, 1.0, 0, "crameri:vik", False)
    assert with_legend(picture, scale).shape == picture.shape
