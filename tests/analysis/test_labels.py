"""Thickness from label maps at knee voxels, against closed forms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.analysis.phantoms import ALONG, BONE, CARTILAGE, KNEE_MM, TILTED, Grid, grid
from xrviewer.analysis.facets import on_border
from xrviewer.analysis.labels import cut_block, sheet_from_labels, smoothing_voxels
from xrviewer.analysis.sheet import Sheet
from xrviewer.analysis.terms import Definition
from xrviewer.analysis.thickness import label_error_mm
from xrviewer.errors import MeasureError

Array = NDArray[np.float64]
Inside = Callable[[Array], NDArray[np.bool_]]


def sheet_of(where: Grid, labels: NDArray[np.uint8]) -> Sheet:
    return sheet_from_labels(cut_block(labels, where.case_from_voxel, [BONE], [CARTILAGE]))


def errors(sheet: Sheet, truth: Array | float, definition: Definition, half_mm: float) -> Array:
    """Of the vertices within half_mm; a vertex that was given no thickness fails here."""
    points = sheet.inner.points_mm
    found = sheet.at_inner(definition)
    is_in = (np.abs(points) < half_mm).all(axis=1)
    assert is_in.sum() > 300
    assert not np.isnan(found[is_in]).any(), "a vertex was dropped"
    return np.asarray((found - truth)[is_in])


@pytest.mark.parametrize("thickness_mm", [1.0, 2.0, 3.0])
def test_shell_of_20_mm(thickness_mm: float) -> None:
    where = grid(25.0)
    depth = np.linalg.norm(where.points_mm, axis=-1) - 20
    sheet = sheet_of(where, where.labels(depth, thickness_mm))
    for definition in Definition:
        error = errors(sheet, thickness_mm, definition, 30)
        assert np.abs(error).mean() <= 0.02
        assert abs(error.mean()) <= 0.01


@pytest.mark.parametrize("definition", Definition)
@pytest.mark.parametrize("thickness_mm", [1.0, 2.0, 3.0])
def test_shell_of_8_mm(thickness_mm: float, definition: Definition) -> None:
    where = grid(13.0)
    depth = np.linalg.norm(where.points_mm, axis=-1) - 8
    sheet = sheet_of(where, where.labels(depth, thickness_mm))
    assert np.abs(errors(sheet, thickness_mm, definition, 30)).mean() <= 0.05


@pytest.mark.parametrize("definition", Definition)
def test_cylinder(definition: Definition) -> None:
    where = grid(14.0)
    axis = np.array([0.3, 0.5, 0.81]) / np.linalg.norm([0.3, 0.5, 0.81])
    across = where.points_mm - (where.points_mm @ axis)[..., None] * axis
    depth = np.linalg.norm(across, axis=-1) - 8
    sheet = sheet_of(where, where.labels(depth, 2.0))
    assert np.abs(errors(sheet, 2.0, definition, 9.0)).mean() <= 0.05


@pytest.mark.parametrize("definition", Definition)
def test_torus(definition: Definition) -> None:
    where = grid(24.0)
    ring = np.hypot(where.points_mm[..., 0], where.points_mm[..., 1]) - 14
    depth = np.hypot(ring, where.points_mm[..., 2]) - 5
    sheet = sheet_of(where, where.labels(depth, 2.0))
    assert np.abs(errors(sheet, 2.0, definition, 30)).mean() <= 0.05


@pytest.mark.parametrize("definition", Definition)
def test_tilted_slab(definition: Definition) -> None:
    where = grid(12.0)
    sheet = sheet_of(where, where.labels(where.points_mm @ TILTED, 2.0))
    assert np.abs(errors(sheet, 2.0, definition, 8.0)).mean() <= 0.05


@pytest.mark.parametrize("definition", Definition)
def test_wedge(definition: Definition) -> None:
    """Two planes at an angle: nearest is shorter than along the normal by its cosine; a field line
    is an arc about the edge where they would meet."""
    where, slope = grid(12.0), 0.15
    labels = where.labels(where.points_mm @ TILTED, 2 + slope * (where.points_mm @ ALONG))
    sheet = sheet_of(where, labels)
    truth = 2 + slope * (sheet.inner.points_mm @ ALONG)
    truth = (
        truth
        * {
            Definition.NORMAL: 1.0,
            Definition.NEAREST: np.cos(np.arctan(slope)),
            Definition.LAPLACE: np.arctan(slope) / slope,
        }[definition]
    )
    assert np.abs(errors(sheet, truth, definition, 7.0)).mean() <= 0.05


@pytest.mark.parametrize(
    ("edge_mm", "radius_mm", "thickness_mm", "least", "most_mm"),
    [(0.15, 4.0, 1.0, 10_000, 0.02), (0.5, 9.0, 2.0, 4_000, 0.03), (0.9, 16.0, 3.0, 4_000, 0.09)],
)
def test_no_vertex_is_dropped_at_any_resolution(
    edge_mm: float, radius_mm: float, thickness_mm: float, least: int, most_mm: float
) -> None:
    """Bone and cartilage share their surface; a rule of exactly two crossings loses most of it."""
    where = grid(radius_mm + thickness_mm + 2, (edge_mm, edge_mm, edge_mm))
    depth = np.linalg.norm(where.points_mm, axis=-1) - radius_mm
    sheet = sheet_of(where, where.labels(depth, thickness_mm))
    assert len(sheet.inner.points_mm) > least
    for definition in Definition:
        error = errors(sheet, thickness_mm, definition, 30)
        assert np.abs(error).mean() <= min(most_mm, label_error_mm(where.case_from_voxel))


@pytest.mark.parametrize("definition", Definition)
def test_edge_is_where_the_labels_end_and_never_thicker(definition: Definition) -> None:
    """A layer of 2 mm with a steep edge at x = 0, on a tilted plane."""
    where = grid(12.0)
    height, along = where.points_mm @ TILTED, where.points_mm @ ALONG
    labels = where.labels(height, np.where(along > 0, 2.0, 0.0))
    sheet = sheet_of(where, labels)
    found, along = sheet.at_inner(definition), sheet.inner.points_mm @ ALONG
    is_in = (np.abs(sheet.inner.points_mm) < 8).all(axis=1)
    assert np.isnan(found[is_in & (along < -0.4)]).all()
    assert not np.isnan(found[is_in & (along > 0.4)]).any()
    assert np.nanmax(found[is_in]) <= 2.1
    away = is_in & (along > 1.5)
    assert np.abs(found[away] - 2).mean() <= 0.05


def test_voxels_ten_times_longer_than_wide() -> None:
    where = grid(16.0, (0.3, 0.3, 3.0))
    depth = np.linalg.norm(where.points_mm, axis=-1) - 11
    sheet = sheet_of(where, where.labels(depth, 2.0))
    found = sheet.at_inner(Definition.NORMAL)
    is_side = np.abs(sheet.inner.points_mm[:, 2]) < 7  # over the poles no slice may hold the layer
    assert not np.isnan(found[is_side]).any()
    assert np.abs(found[is_side] - 2).mean() < 0.1


def test_a_layer_cut_by_the_volume_is_measured_inside_it() -> None:
    where = grid(9.0)  # the ball is larger than the volume
    depth = np.linalg.norm(where.points_mm + 16 * TILTED, axis=-1) - 16
    sheet = sheet_of(where, where.labels(depth, 2.0))
    assert np.abs(errors(sheet, 2.0, Definition.NORMAL, 5.5)).mean() <= 0.05
    found, on_cut = sheet.at_inner(Definition.NORMAL), on_border(sheet.inner)
    assert on_cut.any() and np.nanmax(found[on_cut]) < 2.5  # what is beyond is not made up


def test_mirrored_axes_change_nothing() -> None:
    where = grid(12.0)
    labels = where.labels(where.points_mm @ TILTED, 2.0)
    mirrored = where.case_from_voxel @ np.diag([-1.0, 1, 1, 1])
    mirrored[:3, 3] = where.case_from_voxel[:3, :3] @ (labels.shape[0] - 1, 0, 0)
    mirrored[:3, 3] += where.case_from_voxel[:3, 3]
    there = sheet_of(Grid(where.points_mm, mirrored), labels[::-1])
    assert np.abs(errors(there, 2.0, Definition.NORMAL, 8.0)).mean() <= 0.05


def test_empty_labels_are_refused_by_name() -> None:
    where = grid(5.0)
    only_bone = where.labels(where.points_mm @ TILTED, 0.0)
    with pytest.raises(MeasureError, match="no voxel is labelled 1"):
        sheet_of(where, only_bone)
    no_bone = np.where(only_bone == BONE, CARTILAGE, 0).astype(np.uint8)
    with pytest.raises(MeasureError, match="no voxel near is labelled 5"):
        sheet_of(where, no_bone)


def test_knee_voxels_are_smoothed_as_measured() -> None:
    sigma_mm = smoothing_voxels(np.array(KNEE_MM)) * KNEE_MM
    np.testing.assert_allclose(sigma_mm, 0.84)


def test_coarse_voxels_state_a_larger_error() -> None:
    stated = [label_error_mm(np.diag([*edges, 1.0])) for edges in (KNEE_MM, (0.9,) * 3, (1, 1, 3))]
    assert stated == [0.05, 0.09, 0.3]
