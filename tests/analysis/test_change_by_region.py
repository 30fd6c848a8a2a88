"""What changed, by region and by patch, on a flat layer where every figure is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xrviewer.analysis.change import Change, change_rows, patches
from xrviewer.analysis.pairs import Pair
from xrviewer.analysis.thickness import Definition, Thickness
from xrviewer.case.mesh import Mesh

WIDE_MM, TALL_MM, THICK_MM, NOISE_MM = 60.0, 40.0, 2.0, 0.15


def plate() -> tuple[Thickness, np.ndarray, np.ndarray]:
    """Corners every millimetre, 2 mm thick; where each is."""
    x, y = np.meshgrid(np.arange(0, WIDE_MM + 1), np.arange(0, TALL_MM + 1))
    points = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    wide = x.shape[1]
    i = (np.arange(x.shape[0] - 1)[:, None] * wide + np.arange(wide - 1)).ravel()
    triangles = np.concatenate(
        [np.stack([i, i + 1, i + wide], axis=1), np.stack([i + 1, i + wide + 1, i + wide], axis=1)]
    )
    mesh, thick = Mesh.of(points, triangles), np.full(x.size, THICK_MM)
    pair = Pair("femur", "femoral_cartilage")
    found = Thickness(pair, Definition.NORMAL, mesh, mesh.normals, thick, np.zeros(0))
    return found, points[:, 0], points[:, 1]


def test_each_region_s_own_change_and_limit() -> None:
    before, x, _ = plate()
    values = np.where(x < 20, -0.6, 0.2)
    values[x > 40] = np.nan  # not measured at the second date
    change = Change(before, values, NOISE_MM)
    whole, left, right = change_rows(
        change, {"left": x < 20, "right": x >= 20, "unmeasured": x > 45}
    )
    assert [row.region for row in (whole, left, right)] == ["all", "left", "right"]
    for row, mean_mm, area_mm2 in ((left, -0.6, 19.5 * 40), (right, 0.2, 21 * 40)):
        assert row.layer == "femoral_cartilage"
        assert row.before_mm == pytest.approx(2.0) and row.change_mm == pytest.approx(mean_mm)
        assert row.after_mm == pytest.approx(2.0 + mean_mm)
        assert row.percent == pytest.approx(50 * mean_mm)
        assert row.area_mm2 == pytest.approx(area_mm2)
        # 95 %: of a difference of two means over so many places of 60 mm2, and 0.05 mm besides.
        off_mm = math.hypot(NOISE_MM / math.sqrt(area_mm2 / 60), 0.05)
        assert row.detectable_mm == pytest.approx(1.959964 * math.sqrt(2) * off_mm)
        assert row.is_beyond_error is (abs(mean_mm) > row.detectable_mm)
    assert left.is_beyond_error and right.is_beyond_error
    mean_mm = (left.change_mm * left.area_mm2 + right.change_mm * right.area_mm2) / whole.area_mm2
    assert whole.change_mm == pytest.approx(mean_mm)


def test_a_region_that_changed_less_than_its_error_is_not_beyond_it() -> None:
    before, x, _ = plate()
    (row,) = change_rows(Change(before, np.full(len(x), -0.14), NOISE_MM), {})
    assert row.detectable_mm == pytest.approx(0.15, abs=0.01) and not row.is_beyond_error


def test_patches_the_largest_first_with_their_own_figures() -> None:
    """Two losses and a gain, each a square of corners and half of the triangles round it."""
    before, x, y = plate()
    values = np.zeros(len(x))
    small = (np.abs(x - 10) <= 3) & (np.abs(y - 10) <= 3)
    large = (np.abs(x - 40) <= 6) & (np.abs(y - 20) <= 6)
    gain = (np.abs(x - 12) <= 4) & (np.abs(y - 30) <= 4)
    deep = (np.abs(x - 40) <= 2) & (np.abs(y - 20) <= 2)
    values[small], values[large], values[gain], values[deep] = -1.1, -0.8, 1.2, -1.9
    found = patches(Change(before, values, NOISE_MM))
    assert [(one.is_loss, one.area_mm2) for one in found] == [
        (True, pytest.approx(13 * 13)),
        (False, pytest.approx(9 * 9)),
        (True, pytest.approx(7 * 7)),
    ]
    largest, gained, other = found
    assert (largest.largest_mm, gained.largest_mm, other.largest_mm) == (-1.9, 1.2, -1.1)
    assert largest.half_area_mm2 == pytest.approx(5 * 5) and other.half_area_mm2 == pytest.approx(
        7 * 7
    )
    assert largest.center_mm == pytest.approx((40, 20, 0))
    assert other.center_mm == pytest.approx((10, 10, 0))
