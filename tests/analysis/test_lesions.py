"""Lesions of tiny masks, where every voxel was counted by hand; and of one real pair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xrviewer.analysis.lesions import _STAIRS, EDGE_SHARE, Fate, Grid, lesion_changes, on_grid
from xrviewer.caseio.nifti import read_nifti
from xrviewer.errors import MeasureError
from xrviewer.spatial.transforms import Matrix
from xrviewer.spatial.transforms import rigid as _rigid


def rigid(shift_mm: tuple[float, float, float]) -> Matrix:
    return _rigid(shift_mm, (0.0, 0.0, 0.0, 1.0))


SPACING = np.diag([1.0, 1.0, 2.0, 1.0])


def grid(*boxes: tuple[slice, slice, slice], place: np.ndarray = SPACING) -> Grid:
    mask = np.zeros((40, 40, 20), bool)
    for box in boxes:
        mask[box] = True
    return Grid(mask, place)


def cube(at: tuple[int, int, int], size: int) -> tuple[slice, slice, slice]:
    i, j, k = (slice(v, v + size) for v in at)
    return i, j, k


def test_each_fate() -> None:
    before = grid(
        cube((2, 2, 2), 4), cube((20, 2, 2), 6), cube((2, 20, 2), 6), cube((30, 30, 2), 6)
    )
    after = grid(
        cube((2, 2, 2), 7), cube((20, 2, 2), 3), cube((30, 30, 2), 6), cube((20, 30, 12), 2)
    )
    found = {change.fate: change for change in lesion_changes(before, after)}
    assert len(found) == 5
    grown, shrunk = found[Fate.GROWN], found[Fate.SHRUNK]
    assert (grown.before_mm3, grown.after_mm3) == (128, 686)
    assert shrunk.change_mm3 == -378 and shrunk.percent == pytest.approx(-87.5)
    assert (found[Fate.VANISHED].before_mm3, found[Fate.VANISHED].after_mm3) == (432, 0)
    assert found[Fate.UNCHANGED].change_mm3 == 0
    new = found[Fate.NEW]
    assert (new.after_mm3, new.percent, new.pieces) == (16, None, (0, 1))
    assert new.center_mm == pytest.approx((20.5, 30.5, 25.0))


def test_what_a_voxels_edge_may_be_wrong_by_is_no_change() -> None:
    """A side of 10 x 10 voxels more: 200 mm3 of 2000, of which the outline's error is 160."""
    before = grid((slice(2, 12), slice(2, 12), slice(2, 12)))
    rim = grid(
        (slice(2, 12), slice(2, 12), slice(2, 12)), (slice(12, 13), slice(2, 6), slice(2, 6))
    )
    (same,) = lesion_changes(before, rim)
    assert same.fate is Fate.UNCHANGED and same.change_mm3 == 32
    (more,) = lesion_changes(before, grid((slice(2, 14), slice(2, 12), slice(2, 12))))
    assert more.fate is Fate.GROWN and more.detectable_mm3 < 400


def test_two_that_run_together_are_told_of_as_one() -> None:
    before = grid(cube((2, 2, 2), 4), cube((8, 2, 2), 4))
    after = grid((slice(2, 12), slice(2, 6), slice(2, 6)))
    (merged,) = lesion_changes(before, after)
    assert merged.pieces == (2, 1) and merged.change_mm3 == 64
    assert {c.fate for c in lesion_changes(after, before)} == {Fate.SHRUNK}


def test_voxels_that_touch_at_a_corner_are_of_one_lesion_at_either_date() -> None:
    apart, chain = grid(cube((2, 2, 2), 2)), grid(cube((2, 2, 2), 2), cube((4, 4, 4), 2))
    (grown,) = lesion_changes(apart, chain)
    assert grown.pieces == (1, 1) and grown.after_mm3 == 32
    (shrunk,) = lesion_changes(chain, apart)
    assert shrunk.pieces == (1, 1)


def test_a_change_must_be_more_than_the_outline_s_error() -> None:
    """A bar of 3 x 5 x 7 voxels of 1 x 1 x 2 mm: its sides, less what stairs add, each as far off
    as a share of half a voxel's diagonal, at two dates."""
    bar = grid((slice(2, 5), slice(10, 15), slice(4, 11)))
    (same,) = lesion_changes(bar, bar)
    sides_mm2 = 2 * (3 * 5 * 1 + 3 * 7 * 2 + 5 * 7 * 2)
    off_mm = EDGE_SHARE * np.sqrt(1 + 1 + 4) / 2
    assert same.detectable_mm3 == pytest.approx(np.sqrt(2) * sides_mm2 * _STAIRS * off_mm)
    moved = grid((slice(2, 5), slice(10, 15), slice(4, 11)), place=rigid((70, 80, 90)) @ SPACING)
    (there,) = lesion_changes(moved, moved)
    assert there.detectable_mm3 == pytest.approx(same.detectable_mm3)


def test_nothing_and_other_grids() -> None:
    assert lesion_changes(grid(), grid()) == ()
    elsewhere = grid(place=SPACING @ rigid((5, 0, 0)))
    with pytest.raises(MeasureError, match="different grids"):
        lesion_changes(grid(), elsewhere)
    corner = np.eye(4)
    corner[2, 2] = 1.001  # alike at the first voxel, and off at the last
    with pytest.raises(MeasureError, match="different grids"):
        lesion_changes(grid(), grid(place=SPACING @ corner))


def test_a_mask_is_carried_to_another_grid() -> None:
    """Half the spacing and a turned patient: the same ball within a voxel's stairs."""
    i, j, k = np.indices((60, 60, 60))
    ball = (i - 30) ** 2 + (j - 30) ** 2 + (k - 30) ** 2 < 18**2
    fine = np.diag([0.5, 0.5, 0.5, 1.0])
    coarse = Grid(np.zeros((40, 40, 40), bool), np.eye(4) @ rigid((-5, -5, -5)))
    found = on_grid(Grid(ball, fine), coarse, rigid((3.0, 0.0, 0.0)))
    assert found.mask.sum() == pytest.approx(ball.sum() / 8, rel=0.03)
    (one,) = lesion_changes(coarse, found)
    assert one.center_mm == pytest.approx((18, 15, 15), abs=0.05)
    with pytest.raises(MeasureError, match="no place in common"):
        on_grid(Grid(ball, fine), coarse, rigid((300.0, 0.0, 0.0)))


def test_the_listed_lesions_of_a_real_pair(test_data: Path) -> None:
    """The change mask as its source lists it: 13 lesions, 3508.8 mm3, the three largest."""
    volume = read_nifti(test_data / "ms_longitudinal_patient01" / "gt.nii.gz", "gt", "gt").volume
    mask = np.asarray(volume.voxels) > 0
    place = np.asarray(volume.case_from_voxel)
    found = lesion_changes(Grid(np.zeros_like(mask), place), Grid(mask, place))
    assert len(found) == 13 and {one.fate for one in found} == {Fate.NEW}
    assert sum(one.after_mm3 for one in found) == pytest.approx(3508.8, abs=0.05)
    largest = [one.after_mm3 for one in found[:3]]
    assert largest == pytest.approx([2465.7, 441.7, 190.6], abs=0.05)
