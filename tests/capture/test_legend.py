"""The legend says what the colours mean, in the colours of the table."""

from __future__ import annotations

import numpy as np
import pytest

from xrviewer.capture.legend import legend_image
from xrviewer.case.model import MapInfo
from xrviewer.scene.mapping import LOSS_SRGB, Scale

INFO = MapInfo("thickness_mm", "Thickness", "mm", "defined", "by rays between surfaces", 0.05)


def plate(scale: Scale, pointed: float | None = None) -> np.ndarray:
    return np.asarray(legend_image(scale, 600, pointed))[..., :3].astype(int)


@pytest.mark.parametrize("steps", [0, 5])
def test_bar_holds_the_whole_table_in_order(steps: int) -> None:
    scale = Scale(INFO, 0.0, 4.0, steps, "viridis", True)
    picture = plate(scale)
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
        picture = plate(Scale(INFO, 0.0, 4.0, 0, "viridis", has_loss))
        assert has_loss == bool((picture == np.array(LOSS_SRGB[0])).all(axis=2).any())


def test_the_pointed_value_is_marked_at_its_height() -> None:
    scale = Scale(INFO, 0.0, 4.0, 0, "viridis", True)
    plain = plate(scale)
    heights = []
    for value in (0.5, 2.0, 3.5, 9.0):
        changed = np.abs(plate(scale, value) - plain).sum(axis=2) > 0
        assert changed.any()
        heights.append(np.flatnonzero(changed.any(axis=1)).mean())
    assert heights == sorted(heights, reverse=True)
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=1.5)


@pytest.mark.parametrize("height", [48, 90, 1920])
def test_it_grows_with_the_picture_down_to_what_can_be_read(height: int) -> None:
    made = legend_image(Scale(INFO, -1.0, 1.0, 0, "crameri:vik", False), height)
    smallest = legend_image(Scale(INFO, -1.0, 1.0, 0, "crameri:vik", False), 1)
    assert made.height >= smallest.height and (height < 500 or made.height <= height)
