"""What of a runtime's numbers is believed."""

from __future__ import annotations

import math

import numpy as np
import pytest
import xr

from xrviewer.frontends.openxr import convert
from xrviewer.spatial.views import Fov

BOTH = convert.BOTH_VALID


def raw_pose(rotation: tuple[float, ...], position: tuple[float, ...] = (0, 0, 0)) -> xr.Posef:
    return xr.Posef(xr.Quaternionf(*rotation), xr.Vector3f(*position))


def test_pose_is_taken_with_a_unit_rotation() -> None:
    pose = convert.valid_pose(BOTH, raw_pose((0, 0.6, 0, 0.8), (1, 2, 3)))
    assert pose is not None
    assert pose.position_m == (1, 2, 3)
    assert np.linalg.norm(pose.rotation_xyzw) == pytest.approx(1, abs=1e-12)
    assert pose.rotation_xyzw == pytest.approx((0, 0.6, 0, 0.8), abs=1e-6)


@pytest.mark.parametrize("flags", [0, convert.ORIENTATION_VALID, convert.POSITION_VALID, 12])
def test_pose_without_both_valid_bits_is_none(flags: int) -> None:
    assert convert.valid_pose(flags, raw_pose((0, 0, 0, 1))) is None


@pytest.mark.parametrize(
    "raw",
    [
        raw_pose((0, 0, 0, 0)),
        raw_pose((0, 0, 0, 2)),
        raw_pose((math.nan, 0, 0, 1)),
        raw_pose((0, 0, 0, 1), (math.nan, 0, 0)),
        raw_pose((0, 0, 0, 1), (0, math.inf, 0)),
    ],
)
def test_pose_that_is_none_whatever_the_bits_say(raw: xr.Posef) -> None:
    assert convert.valid_pose(BOTH, raw) is None


def test_fov_of_nothing_is_not_used() -> None:
    assert convert.usable_fov(-0.8, 0.7, 0.6, -0.9) == Fov(-0.8, 0.7, 0.6, -0.9)
    assert convert.usable_fov(0, 0, 0, 0) is None
    assert convert.usable_fov(0.8, -0.8, 0.6, -0.6) is None


def test_hidden_triangles_are_the_indexed_corners() -> None:
    corners = np.array([[-1, -1], [1, -1], [0, 1], [2, 2]], np.float32)
    indices = np.array([0, 1, 2, 2, 1, 3], np.uint32)
    found = convert.hidden_triangles(corners, indices)
    assert found.tolist() == [[-1, -1], [1, -1], [0, 1], [0, 1], [1, -1], [2, 2]]


@pytest.mark.parametrize("indices", [[], [0, 1], [0, 1, 7]])
def test_a_mask_that_does_not_hang_together_is_no_mask(indices: list[int]) -> None:
    corners = np.zeros((3, 2), np.float32)
    assert convert.hidden_triangles(corners, np.array(indices, np.uint32)).shape == (0, 2)


@pytest.mark.parametrize(
    ("recommended", "largest", "scale", "expected"),
    [(1440, 4096, 1.0, 1440), (1440, 4096, 0.7, 1008), (1441, 4096, 1.0, 1440),
     (1440, 2000, 2.0, 2000), (3, 4096, 0.3, 2)],
)  # fmt: skip
def test_scaled_size(recommended: int, largest: int, scale: float, expected: int) -> None:
    assert convert.scaled_size(recommended, largest, scale) == expected


@pytest.mark.parametrize(
    ("offered", "wanted", "expected"),
    [((72.0, 80.0, 90.0, 120.0), 90, 90), ((72.0, 80.0, 120.0), 90, 80), ((120.0, 144.0), 90, 120),
     ((89.9,), 90, 89.9), ((90.4,), 90, 90.4), ((), 90, None)],
)  # fmt: skip
def test_refresh_rate(offered: tuple[float, ...], wanted: float, expected: float | None) -> None:
    assert convert.refresh_rate(offered, wanted) == expected


def test_clock_never_goes_back_nor_leaps() -> None:
    clock = convert.Clock()
    assert clock.tick(5_000_000_000) == (0.0, 0.0)
    assert clock.tick(5_011_000_000) == pytest.approx((0.011, 0.011))
    assert clock.tick(1_000_000_000)[1] == 0.0  # another runtime's clock
    assert clock.tick(9_000_000_000)[1] == convert.MAX_DT_S
    assert clock.advance(0.02) == pytest.approx((0.131, 0.02))
    assert clock.now() == pytest.approx((0.131, 0.0))
