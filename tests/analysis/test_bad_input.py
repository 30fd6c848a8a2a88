"""What is broken, cut, thin or absent is measured as far as it goes, or refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.phantoms import BONE, CARTILAGE, grid, shell_mesh
from xrviewer.analysis.pairs import Pair
from xrviewer.analysis.sheet import Sheet
from xrviewer.analysis.terms import Definition
from xrviewer.analysis.thickness import measure_labels
from xrviewer.case.mesh import Mesh
from xrviewer.errors import MeasureError

PAIR = Pair("femur", "femoral_cartilage")


def measured(labels: np.ndarray, case_from_voxel: np.ndarray, definition: Definition):
    return measure_labels(labels, case_from_voxel, [BONE], [CARTILAGE], PAIR, definition)


@pytest.mark.parametrize("definition", Definition)
def test_voxels_ten_times_longer_than_wide(definition: Definition) -> None:
    where = grid(16.0, (0.3, 0.3, 3.0))
    depth = np.linalg.norm(where.points_mm, axis=-1) - 11
    found = measured(where.labels(depth, 2.0), where.case_from_voxel, definition)
    side = np.abs(found.inner.points_mm[:, 2]) < 7  # over the poles no slice may hold the layer
    assert not np.isnan(found.inner_mm[side]).any()
    assert np.abs(found.inner_mm[side] - 2).mean() < 0.1


@pytest.mark.parametrize("definition", Definition)
def test_two_islands(definition: Definition) -> None:
    where = grid(14.0)
    depth = np.linalg.norm(where.points_mm, axis=-1) - 10
    labels = where.labels(depth, np.where(np.abs(where.points_mm[..., 0]) > 3, 2.0, 0.0))
    found = measured(labels, where.case_from_voxel, definition)
    x = found.inner.points_mm[:, 0]
    assert np.isnan(found.inner_mm[np.abs(x) < 2.5]).all()
    for side in (x > 4.5, x < -4.5):
        assert np.abs(found.inner_mm[side] - 2).mean() <= 0.05


@pytest.mark.parametrize("definition", Definition)
def test_a_layer_cut_by_the_volume(definition: Definition) -> None:
    """The ball is larger than the volume, whose faces cut bone and layer."""
    where = grid(9.0)
    depth = np.linalg.norm(where.points_mm + np.array([0, 0, 14.0]), axis=-1) - 16
    found = measured(where.labels(depth, 2.0), where.case_from_voxel, definition)
    inside = (np.abs(found.inner.points_mm) < 5.5).all(axis=1)
    assert not np.isnan(found.inner_mm[inside]).any()
    # The pole lies along the slices, whose steps are the largest here.
    assert np.abs(found.inner_mm[inside] - 2).mean() <= 0.06
    assert np.nanmax(found.inner_mm) < 2.6  # what is beyond is not made up


@pytest.mark.parametrize("definition", [Definition.NORMAL, Definition.NEAREST])
def test_a_torn_surface_misses_only_where_it_is_torn(definition: Definition) -> None:
    """Every tenth triangle of the shell is lost: holes of 0.6 mm."""
    inner, outer = shell_mesh(20, 2, detail=5)
    is_kept = np.arange(len(outer.triangles)) % 10 != 3
    torn = Mesh.of(outer.points_mm, outer.triangles[is_kept])
    found = Sheet(inner, torn).at_inner(definition)
    told = ~np.isnan(found)
    assert told.mean() > 0.8
    assert np.abs(found[told] - 2).mean() <= 0.03


@pytest.mark.parametrize("definition", Definition)
def test_holes_of_a_voxel_in_bone_and_layer_change_little(definition: Definition) -> None:
    """One voxel in a hundred was not segmented: specks of nothing within both."""
    where = grid(13.0)
    depth = np.linalg.norm(where.points_mm, axis=-1) - 9
    labels = where.labels(depth, 2.0)
    labels[np.random.default_rng(7).random(labels.shape) < 0.01] = 0
    found = measured(labels, where.case_from_voxel, definition)
    assert np.isnan(found.inner_mm).mean() < 0.01
    assert np.nanmean(np.abs(found.inner_mm - 2)) <= 0.05
    assert (found.inner_mm == 0).mean() < 0.005  # a speck is no full-thickness loss


@pytest.mark.parametrize("definition", Definition)
def test_bone_without_cartilage_and_cartilage_without_bone(definition: Definition) -> None:
    where = grid(5.0)
    bone = where.labels(where.points_mm[..., 2], 0.0)
    with pytest.raises(MeasureError, match="no voxel is labelled 1"):
        measured(bone, where.case_from_voxel, definition)
    floating = np.where(bone == BONE, CARTILAGE, 0)
    with pytest.raises(MeasureError, match="no voxel near is labelled 5"):
        measured(floating, where.case_from_voxel, definition)
    with pytest.raises(MeasureError, match="no voxel is labelled 1"):
        measured(np.zeros_like(bone), where.case_from_voxel, definition)


@pytest.mark.parametrize("definition", Definition)
def test_a_speck_is_refused_and_a_sheet_of_one_voxel_is_not(definition: Definition) -> None:
    where = grid(8.0)
    depth = where.points_mm[..., 2]
    speck = where.labels(depth, 0.0)
    speck[20, 20, int(np.argmax(depth[0, 0] > 4))] = CARTILAGE
    with pytest.raises(MeasureError, match="does not lie on"):
        measured(speck, where.case_from_voxel, definition)
    sheet = measured(where.labels(depth, 0.7), where.case_from_voxel, definition)
    inside = (np.abs(sheet.inner.points_mm[:, :2]) < 5).all(axis=1)
    assert not np.isnan(sheet.inner_mm[inside]).any()
    assert np.nanmean(sheet.inner_mm[inside]) == pytest.approx(0.7, abs=0.05)
